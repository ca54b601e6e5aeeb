"""The only door from foreign text to a screen or a terminal.

Names, tags, log lines and errors come from people and machines we do not know. `safe` turns whatever could
move a cursor, write a clipboard or hide itself into visible marks; what comes out is a `Safe`, and widgets
take nothing else. No Textual import: the command line uses the same door.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal, LiteralString

LIMIT = 4096
"""Characters of one value that are kept, unless the caller says otherwise."""

MARKS_KEPT = 4
"""Combining marks kept on one character; more than that only smears over the lines around it."""

_NEAR = 16
"""Characters looked at for each cell: more than an emoji of several joined ones has, far less than a long text."""

_ZWJ = "\u200d"
_KEPT_SELECTORS = "\ufe0e\ufe0f"  # text and emoji presentation
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2065\u3164\uffa0")  # letters drawn as nothing
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_NEWLINE = re.compile(r"\r\n|\n")

Kind = Literal["plain", "bad", "joins"]


class Safe(str):
    """Text that has been through `safe`, or that we wrote ourselves. Never make one by hand."""

    __slots__ = ()


def plain(literal: LiteralString) -> Safe:
    """Give our own words as Safe: the type checker refuses anything that is not written in the source."""
    return Safe(literal)


def safe(text: object, limit: int = LIMIT) -> Safe:
    """One line that is safe to draw: controls, bidi and invisible characters become visible marks.

    At most `limit` characters, the last an `…` when something was cut. Newlines become `⏎`, tabs one space;
    cleaning twice changes nothing.
    """
    if isinstance(text, Safe) and len(text) <= limit:
        return text
    raw = text if isinstance(text, str) else _as_text(text)
    if raw.isascii() and raw.isprintable():
        return Safe(raw if len(raw) <= limit else _cut(raw, limit))
    # A character can vanish (a fifth accent), so look a little further than the limit before cutting.
    seen = raw[: 4 * limit + 4]
    clean = _clean(_NEWLINE.sub("⏎", seen))
    if len(clean) > limit or len(seen) < len(raw):
        clean = _cut(clean, limit)
    return Safe(clean)


def safe_lines(text: object, limit: int = LIMIT) -> list[Safe]:
    """The lines of a text, each safe to draw and at most `limit` long. Tabs stop every four cells."""
    raw = text if isinstance(text, str) else _as_text(text)
    return [safe(line.expandtabs(4), limit) for line in _NEWLINE.split(raw)]


_NOTHING = plain("")


def join(parts: Iterable[Safe], between: Safe = _NOTHING) -> Safe:
    """Several safe texts as one."""
    return safe(between.join(parts), limit=1 << 30)


def cell_width(text: str) -> int:
    """Terminal cells a safe text takes; characters of ambiguous width count as one."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def is_wider(text: str, width: int) -> bool:
    """Whether a safe text takes more than `width` cells, measuring no more of it than that needs."""
    near = _NEAR * (max(0, width) + 1)
    return (len(text) > near and cell_width(text[:near]) > width) or cell_width(text) > width


def clip(text: Safe, width: int) -> Safe:
    """The text in at most `width` cells, ending in `…` when it was too long."""
    if not is_wider(text, width):
        return text
    if width <= 0:
        return plain("")
    near = text[: _NEAR * (width + 1)]
    return Safe(_head(near if cell_width(near) > width else text, width - 1) + "…")


def clip_middle(text: Safe, width: int) -> Safe:
    """The text in at most `width` cells with `…` in the middle: `fraud-…-931`, when names differ late."""
    if cell_width(text) <= width:
        return text
    if width < 4:
        return clip(text, width)
    tail = (width - 1) * 2 // 5
    return Safe(_head(text, width - 1 - tail) + "…" + _tail(text, tail))


def _as_text(value: object) -> str:
    if isinstance(value, bytes | bytearray):
        return bytes(value).decode("utf-8", "backslashreplace")
    return str(value)


def _cut(text: str, limit: int) -> str:
    """Room for the `…`; a joiner left at the end would join onto it."""
    return text[: max(0, limit - 1)].rstrip(_ZWJ) + "…" if limit > 0 else ""


@lru_cache(maxsize=4096)
def _kind(char: str) -> Kind:
    """What to do with a character: nothing, replace it, or look at its neighbours."""
    if char == _ZWJ or char in _KEPT_SELECTORS:
        return "joins"
    point = ord(char)
    category = unicodedata.category(char)
    if category in ("Cc", "Cf", "Cs", "Zl", "Zp") or char in _BLANKS or point & 0xFFFE == 0xFFFE:
        return "bad"
    if 0xFE00 <= point <= 0xFE0D or 0x180B <= point <= 0x180F or 0xFFF0 <= point <= 0xFFF8:
        return "bad"
    if 0xE0000 <= point <= 0xE0FFF:
        return "bad"
    return "joins" if category in ("Mn", "Me") else "plain"


@lru_cache(maxsize=4096)
def _mark(char: str) -> str:
    """A visible mark that stands for a character: ␛ for ESC, ⟨U+202E⟩ for what has no picture."""
    point = ord(char)
    if char == "\t":
        return " "
    if point < 0x20:
        return chr(0x2400 + point)
    return "␡" if point == 0x7F else f"⟨U+{point:04X}⟩"


def _clean(text: str) -> str:
    kinds = {char: _kind(char) for char in set(text)}
    found = set(kinds.values())
    if found <= {"plain"}:
        return text
    if "joins" in found:
        return _clean_joined(text)
    return text.translate({ord(char): _mark(char) for char, kind in kinds.items() if kind == "bad"})


def _clean_joined(text: str) -> str:
    """The slow way, for text with accents, presentation selectors or joiners: neighbours decide."""
    out: list[str] = []
    marks = 0
    for index, char in enumerate(text):
        kind = _kind(char)
        if kind == "plain":
            marks = 0
            out.append(char)
        elif kind == "bad":
            marks = 0
            out.append(_mark(char))
        elif char == _ZWJ:
            out.append(char if _joins_emoji(text, index) else _mark(char))
        else:
            marks += 1
            if marks <= MARKS_KEPT:
                out.append(char if out else "◌" + char)
    return "".join(out)


def _joins_emoji(text: str, index: int) -> bool:
    before = index - 1
    while before >= 0 and (text[before] in _KEPT_SELECTORS or ord(text[before]) in _SKIN_TONES):
        before -= 1
    return before >= 0 and index + 1 < len(text) and _is_emoji(text[before]) and _is_emoji(text[index + 1])


def _is_emoji(char: str) -> bool:
    return 0x2190 <= ord(char) <= 0x2BFF or 0x1F000 <= ord(char) <= 0x1FAFF


def _graphemes(text: str) -> list[tuple[int, int, int]]:
    from rich.cells import split_graphemes

    return split_graphemes(text)[0]


def _head(text: str, width: int) -> str:
    if text.isascii():
        return text[: max(0, width)]
    end = 0
    for _start, stop, cells in _graphemes(text):
        width -= cells
        if width < 0:
            break
        end = stop
    return text[:end]


def _tail(text: str, width: int) -> str:
    if text.isascii():
        return text[len(text) - width :] if width > 0 else ""
    begin = len(text)
    for start, _stop, cells in reversed(_graphemes(text)):
        width -= cells
        if width < 0:
            break
        begin = start
    return text[begin:]
