"""Regular expressions of a filter, matched by RE2: in time linear to the text, whatever the expression.

Python's own `re` can hang every thread of the process on `^(a+)+$`. re2 is loaded when an expression is first met.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from cache.values import Unclear

SHORTEST = 3
"""Letters a literal has to have for the index of words to know it."""

_REASONS = {
    "missing )": "has a ( without its )",
    "missing ]": "has a [ without its ]",
    "unexpected )": "has a ) without its (",
    "no argument for repetition operator": "repeats nothing at",
    "bad repetition operator": "repeats twice at",
    "invalid repetition size": "repeats too often at",
    "invalid character class range": "has no such set of characters as",
    "invalid escape sequence": "has no such escape as",
    "invalid perl operator": "cannot look around or behind:",
    "invalid named capture group": "has a name that is none at",
    "trailing \\": "ends with a lone \\",
    "pattern too large": "is too large",
}


class NoExpression(ValueError):
    """It cannot be matched: what is wrong with it, to be put behind its name ("has a ( without its )")."""


def compiled(expression: str, *, is_literal: bool = False, is_cased: bool = False) -> Any:
    """The expression as RE2 has it, or a text to be found as it stands. Raises NoExpression with the reason."""
    try:
        import re2  # pyright: ignore[reportMissingTypeStubs]
    except ImportError as error:  # there are no wheels for every machine
        raise NoExpression("cannot be matched here: the package google-re2 is not installed") from error
    tools: Any = re2
    options = tools.Options()
    options.log_errors, options.never_capture = False, True
    options.case_sensitive, options.literal = is_cased, is_literal
    try:
        return tools.compile(expression, options)
    except tools.error as error:
        raise NoExpression(_reason(error.args[0] if error.args else "it is none")) from error


@lru_cache(maxsize=64)
def finder(pattern: str) -> Callable[[str], bool]:
    """What says whether a text has a match of the expression, without regard to case. Raises Unclear with the reason.

    What follows a NUL in a text is not looked at.
    """
    try:
        search = compiled(pattern).search
    except NoExpression as error:
        raise Unclear(str(error)) from error
    return lambda text: search(text.partition("\0")[0].encode("utf-8", "replace")) is not None


def matches(value: object, pattern: str) -> int | None:
    """For SQL: 1 when the value has a match of the expression, 0 when not, None for what is no text."""
    return int(finder(pattern)(value)) if isinstance(value, str) else None


def _reason(said: bytes | str) -> str:
    """What RE2 says, in our words."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    what, _, where = text.partition(": ")
    known = next((words for start, words in _REASONS.items() if what.startswith(start)), f"is no expression: {what}")
    return f"{known} {where}" if where and known.endswith(("at", "as", ":")) else known


_PIECE = re.compile(
    r"""
    (?P<escaped> \\[^\w\s] )
  | (?P<any> \\[bBdDwWsSAz] | [.^$] )
  | (?P<set> \[\^?\]?(?:\[:\w*:\]|\\.|[^\]\\])*\] )
  | (?P<repeat> [*?] | \{\d+(?:,\d*)?\} )
  | (?P<more> \+ )
  | (?P<either> \| )
  | (?P<open> \( )
  | (?P<close> \) )
  | (?P<letter> [^\\\[{] )
    """,
    re.VERBOSE | re.DOTALL,
)


def literals(pattern: str) -> tuple[tuple[str, ...], ...]:
    """Texts that a match has to hold: for each alternative some that are all there. Empty when none is sure.

    Careful rather than clever: what stands in groups, what may be left out and what is not ASCII is passed over, and
    an expression with anything unusual in it has no literals.
    """
    found: list[list[str]] = [[]]
    run, depth, at = "", 0, 0
    while at < len(pattern):
        piece = _PIECE.match(pattern, at)
        if piece is None:
            return ()
        at, kind, text = piece.end(), piece.lastgroup, piece[0]
        if kind in ("letter", "escaped") and depth == 0 and text.isascii():
            run += text[-1]
            continue
        found[-1].append(run[:-1] if kind == "repeat" else run)
        run = ""
        depth += (kind == "open") - (kind == "close")
        if kind == "either" and depth == 0:
            found.append([])
    found[-1].append(run)
    sure = tuple(tuple(text for text in texts if len(text) >= SHORTEST) for texts in found)
    return sure if all(sure) and depth == 0 else ()
