"""How texts are held against texts. Words are runs of letters and digits, as the service's index has them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from services.emulator.kql.errors import SemanticFault

Matcher = Callable[[str], bool]


def _has(text: str, term: str) -> bool:
    """Return whether a term stands in a text as whole words."""
    at = text.find(term)
    while term and at >= 0:
        end = at + len(term)
        is_begun = at == 0 or not (text[at - 1].isalnum() and term[0].isalnum())
        is_ended = end == len(text) or not (text[end].isalnum() and term[-1].isalnum())
        if is_begun and is_ended:
            return True
        at = text.find(term, at + 1)
    return not term


def _has_prefix(text: str, term: str) -> bool:
    at = text.find(term)
    while at > 0 and text[at - 1].isalnum():
        at = text.find(term, at + 1)
    return at >= 0


def _has_suffix(text: str, term: str) -> bool:
    return _has_prefix(text[::-1], term[::-1])


MATCHES: dict[str, Callable[[str, str], bool]] = {
    "has": _has, "contains": lambda text, term: term in text, "startswith": str.startswith, "endswith": str.endswith,
    "hasprefix": _has_prefix, "hassuffix": _has_suffix, "=~": str.__eq__, "~": str.__eq__,
}  # fmt: skip
"""By operator; each holds without regard to case, with `_cs` behind its name with."""


def matcher(sign: str, term: str) -> Matcher:
    """Return what tells whether an operator holds between a text and this term. Raises SemanticFault."""
    if sign == "matches":
        expression = regex(term)
        return lambda text: expression.search(text) is not None
    bare = sign.lstrip("!")
    is_right = sign[0] != "!"
    if bare.endswith("_cs"):
        holds = MATCHES[bare.removesuffix("_cs")]
        return lambda text: holds(text, term) is is_right
    holds, folded = MATCHES[bare], term.lower()
    return lambda text: holds(text.lower(), folded) is is_right


def regex(pattern: str) -> Any:
    """Return an expression as RE2 has it. Raises SemanticFault for what is none."""
    import re2  # pyright: ignore[reportMissingTypeStubs]

    tools: Any = re2
    options = tools.Options()
    options.log_errors = False
    try:
        return tools.compile(pattern, options)
    except tools.error as error:
        raise SemanticFault(f"invalid regular expression: {pattern}", "SEM0420") from error


def several(sign: str, terms: Sequence[str]) -> Matcher:
    """Return what tells whether `has_any` or `has_all` of these terms stand in a text."""
    holds = [matcher("has", term) for term in terms]
    choose, is_right = (any if sign.lstrip("!") == "has_any" else all), sign[0] != "!"
    return lambda text: choose(one(text) for one in holds) is is_right
