"""The keys of a log, exactly those of the key table: search as in `less`, since, follow and the rest as in k9s."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from widgets.bound_keys import side_binding

SINCE: tuple[tuple[str, float], ...] = (("2", 60.0), ("3", 300.0), ("4", 900.0), ("5", 1800.0), ("6", 3600.0))
"""Digits and the seconds before the log's end they show."""


def _key(keys: str, action: str, words: str) -> Binding:
    return Binding(keys, action, words, show=False, id=f"log.{words.replace(' ', '-')}")


LOG_KEYS: list[BindingType] = [
    _key("j,down", "scroll_lines(1)", "line down"),
    _key("k,up", "scroll_lines(-1)", "line up"),
    _key("ctrl+d", "scroll_pages(0.5)", "half page down"),
    _key("ctrl+u", "scroll_pages(-0.5)", "half page up"),
    _key("pagedown,space", "scroll_pages(1)", "page down"),
    _key("pageup,b", "scroll_pages(-1)", "page up"),
    _key("g,home", "scroll_top", "first line"),
    _key("G,end", "scroll_bottom", "last line"),
    side_binding("log_right", "sideways(1)"),
    side_binding("log_left", "sideways(-1)"),
    _key("slash", "search", "search"),
    _key("n", "next(1)", "next match"),
    _key("N", "next(-1)", "previous match"),
    _key("ampersand", "matches_only", "matches only"),
    _key("exclamation_mark", "problems", "problems only"),
    _key("T", "traceback", "first traceback"),
    _key("0", "tail", "tail"),
    _key("1", "head", "head"),
    *(_key(digit, f"since({seconds})", f"since {int(seconds) // 60} min") for digit, seconds in SINCE),
    _key("s", "follow", "follow"),
    _key("w", "wrap", "wrap"),
    _key("t", "stamps", "time stamps"),
    _key("f", "full_screen", "full screen"),
    _key("m", "mark", "mark line"),
    _key("C", "clear", "clear"),
    _key("ctrl+s", "save", "save"),
]
