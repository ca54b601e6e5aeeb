"""Fewer bytes for the same picture: colours are sent when they change, not again with every piece of text.

Rich sets foreground and background for each segment and resets after it: about 40 bytes around every word. On a slow
link that is most of a frame. Text, order and cursor moves stay as they are; each frame still ends as it did.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

_TOKEN = re.compile(r"\x1b\[([0-9;]*)m|(\x1b\[[0-9;]*H|\n)|(\x1b)")
_RESET = "\x1b[0m"
_OFF = {"1": "22", "4": "24", "7": "27"}
"""How to end bold, underline and reverse alone. Whatever else is on is ended by a full reset."""


_ENDS = {"22": "12", "23": "3", "24": "4", "25": "5", "27": "7", "28": "8", "29": "9"}
_FRONT = re.compile(r"[39][0-79]")
_BACK = re.compile(r"4[0-79]|10[0-7]")


class Pen(NamedTuple):
    """How text is drawn: attributes in order, foreground, background; empty means the terminal's own."""

    attributes: tuple[str, ...] = ()
    front: str = ""
    back: str = ""


_PLAIN = Pen()


def lean(output: str) -> str:
    """The same output without colour codes that repeat what is set already."""
    out: list[str] = []
    # What the terminal draws with is not known before the first code of a frame; Textual leaves it reset.
    has, wants = _PLAIN, _PLAIN
    end = 0
    for token in _TOKEN.finditer(output):
        if token.start() > end:
            out.append(_change(has, wants))
            has = wants
            out.append(output[end : token.start()])
        end = token.end()
        if token[1] is not None:
            wants = _set(wants, token[1])
        elif token[2] is not None:
            out.append(token[2])
        else:
            # Other sequences may erase with the background, so they get the pen they were written for.
            out.append(_change(has, wants))
            has = wants
            out.append("\x1b")
    out += (_change(has, wants), output[end:])
    return "".join(out)


@lru_cache(maxsize=4096)
def _set(pen: Pen, codes: str) -> Pen:
    """The pen after a colour code."""
    attributes, front, back = list(pen.attributes), pen.front, pen.back
    parts = iter(codes.split(";"))
    for part in parts:
        if part in ("", "0"):
            attributes, front, back = [], "", ""
        elif part in ("38", "48"):
            colour = ";".join([part, *_colour(parts)])
            front, back = (colour, back) if part == "38" else (front, colour)
        elif _FRONT.fullmatch(part):
            front = "" if part == "39" else part
        elif _BACK.fullmatch(part):
            back = "" if part == "49" else part
        elif part in _ENDS:
            attributes = [each for each in attributes if each not in _ENDS[part]]
        elif part not in attributes:
            attributes.append(part)
    return Pen(tuple(attributes), front, back)


def _colour(parts: Iterator[str]) -> list[str]:
    """The numbers of one colour: `2;r;g;b` or `5;n`."""
    kind = next(parts, "5")
    return [kind, *islice(parts, 3 if kind == "2" else 1)]


@lru_cache(maxsize=8192)
def _change(has: Pen, wants: Pen) -> str:
    """The shortest code from one pen to another."""
    if has == wants:
        return ""
    if wants == _PLAIN:
        return _RESET
    gone = [part for part in has.attributes if part not in wants.attributes]
    if any(part not in _OFF for part in gone):
        return f"\x1b[0;{';'.join(part for part in (*wants.attributes, wants.front, wants.back) if part)}m"
    codes = [_OFF[part] for part in gone]
    codes += [part for part in wants.attributes if part not in has.attributes]
    if wants.front != has.front:
        codes.append(wants.front or "39")
    if wants.back != has.back:
        codes.append(wants.back or "49")
    return f"\x1b[{';'.join(codes)}m"
