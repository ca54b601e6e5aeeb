"""The keys of a board of charts, each with an id for the user's key map. The footer and the help read them here."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from widgets.bound_keys import side_binding


def _key(keys: str, action: str, words: str) -> Binding:
    return Binding(keys, action, words, show=False, id=f"chart.{words.replace(' ', '-')}")


BINDINGS: list[BindingType] = [
    side_binding("chart_left", "cursor(-1)"),
    side_binding("chart_right", "cursor(1)"),
    _key("shift+left", "cursor(-10)", "ten cells left"),
    _key("shift+right", "cursor(10)", "ten cells right"),
    _key("home", "cursor_end(-1)", "first point"),
    _key("end", "cursor_end(1)", "last point"),
    _key("down,j", "choose(1)", "chart below"),
    _key("up,k", "choose(-1)", "chart above"),
    _key("n", "beside(1)", "next chart"),
    _key("N", "beside(-1)", "chart before"),
    _key("enter", "enlarge", "one chart"),
    _key("escape", "leave", "all charts"),
    _key("+,=", "zoom(1)", "zoom in"),
    _key("-", "zoom(-1)", "zoom out"),
    _key("0", "whole", "show all"),
    side_binding("chart_log", "toggle_log"),
    _key("g", "toggle_guides", "guides"),
    _key("m", "smooth", "smoothing"),
    _key("x", "next_axis", "axis"),
]
