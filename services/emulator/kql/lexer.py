"""The words of a query, each with its place."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any, Literal

import msgspec

from services.emulator.kql.errors import SyntaxFault
from services.emulator.kql.kinds import as_datetime, as_timespan

What = Literal["name", "string", "long", "real", "timespan", "datetime", "dynamic", "sign", "end"]

_UNITS: dict[str, timedelta] = {
    "d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1), "s": timedelta(seconds=1),
    "ms": timedelta(milliseconds=1), "microsecond": timedelta(microseconds=1), "tick": timedelta(microseconds=0.1),
    "milli": timedelta(milliseconds=1), "second": timedelta(seconds=1), "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1), "day": timedelta(days=1), "millisecond": timedelta(milliseconds=1),
}  # fmt: skip
_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))
_TOKEN = re.compile(
    rf"""(?P<blank>(?:\s+|//[^\n]*)+)
    |(?P<timespan>(?P<many>\d+(?:\.\d+)?)(?P<unit>{_UNIT})s?\b)
    |(?P<real>\d+\.\d+(?:[eE][+-]?\d+)?\b|\d+[eE][+-]?\d+\b)
    |(?P<long>0[xX][0-9a-fA-F]+\b|\d+)
    |(?P<raw>(?:datetime|timespan|time|dynamic)\s*\()
    |(?P<name>[A-Za-z_$][A-Za-z0-9_]*)
    |(?P<string>[hH]?(?:@"(?:[^"]|"")*"|@'(?:[^']|'')*'|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'))
    |(?P<sign>![a-z_]+|\.\.|=~|!~|==|!=|<>|<=|>=|[-+*/%<>=()\[\]{{}},;|.:~])""",
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}


class Token(msgspec.Struct, frozen=True):
    """One word: what it is, how it is written, what it says."""

    what: What
    text: str
    at: int
    value: Any = None


def tokens_of(text: str) -> list[Token]:
    """Return the words of a query and its end. Raises SyntaxFault at what is no word."""
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise SyntaxFault(text, at, text[at])
        at = match.end()
        if match["raw"] is not None:
            token, at = _raw(text, match)
            found.append(token)
        elif match["blank"] is None:
            found.append(_token(match))
    return [*found, Token("end", "", len(text))]


def _token(match: re.Match[str]) -> Token:
    text, at = match[0], match.start()
    if match["timespan"] is not None:
        return Token("timespan", text, at, float(match["many"]) * _UNITS[match["unit"]])
    if match["real"] is not None:
        return Token("real", text, at, float(text))
    if match["long"] is not None:
        return Token("long", text, at, int(text, 0 if text.lower().startswith("0x") else 10))
    if match["string"] is not None:
        return Token("string", text, at, _said(text.lstrip("hH")))
    return Token("name" if match["name"] is not None else "sign", text, at)


def _said(written: str) -> str:
    if written.startswith("@"):
        quote = written[1]
        return written[2:-1].replace(quote * 2, quote)
    said = _ESCAPE.sub(_unescaped, written[1:-1])
    return said.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if "\\u" in written else said


def _unescaped(found: re.Match[str]) -> str:
    letter = found[1]
    return chr(int(letter[1:], 16)) if len(letter) == 5 else _ESCAPES.get(letter, letter)


def _raw(text: str, match: re.Match[str]) -> tuple[Token, int]:
    """Return the value in `datetime(…)`, `timespan(…)` or `dynamic(…)`, and the place behind its parenthesis."""
    word, start = match[0].rstrip("( \t\r\n"), match.end()
    if word == "dynamic":
        return _dynamic(text, match.start(), start)
    close = text.find(")", start)
    said = text[start : close if close >= 0 else len(text)].strip()
    if close < 0 or not said:
        place = start if close < 0 else close
        raise SyntaxFault(text, place, text[place : place + 1])
    bare = said.strip("\"'")
    is_time = word == "datetime"
    value: Any = None if bare == "null" else as_datetime(bare) if is_time else _span(bare)
    if value is None and bare != "null":
        raise SyntaxFault(text, start, said)
    whole = text[match.start() : close + 1]
    return Token("datetime" if is_time else "timespan", whole, match.start(), value), close + 1


def _span(written: str) -> timedelta | None:
    found = _TOKEN.fullmatch(written)
    if found is not None and found["timespan"] is not None:
        return float(found["many"]) * _UNITS[found["unit"]]
    return timedelta(days=int(written)) if written.isdecimal() else as_timespan(written)


def _dynamic(text: str, at: int, start: int) -> tuple[Token, int]:
    begin = start + len(text[start:]) - len(text[start:].lstrip())
    try:
        value, end = json.JSONDecoder().raw_decode(text, begin)
    except (ValueError, RecursionError) as error:
        raise SyntaxFault(text, begin, text[begin : begin + 1]) from error
    close = end + len(text[end:]) - len(text[end:].lstrip())
    if text[close : close + 1] != ")":
        raise SyntaxFault(text, close, text[close : close + 1])
    return Token("dynamic", text[at : close + 1], at, value), close + 1
