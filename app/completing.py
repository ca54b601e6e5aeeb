"""Completion while a filter is typed: fields first, then the values seen, the most frequent first.

Never waits: what has to be looked up comes with a later key. A command line, which may wait, gives a `fetch` that does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from app.finding import Finder
from app.quoting import quoted
from cache.query import GONE
from cache.table import Field, Table, field_named
from widgets.pane import Pane
from widgets.safe import Safe, safe

MOST = 50
"""Candidates offered for one word."""

_CLAUSE = re.compile(r'(!?)([A-Za-z_]\w*(?:\.(?:"[^"]*"|[^":=<>!~]+))?)(!=|<=|>=|[:=<>])(.*)', re.DOTALL)
_EXAMPLES = {"time": ("24h", "7d", "30d"), "float": ("90s", "30m", "2h"), "money": ("$1", "$50"), "int": ()}
"""What may follow a comparison, by the kind of field: its units."""

Fetch = Callable[[Callable[[], list[str]], Callable[[list[str]], None]], None]
"""Runs the first on a worker and hands what it gives to the second, later, on the event loop."""


class Completer:
    """Offers what a word of a pane's filter could become."""

    def __init__(self, finder: Callable[[], Finder], fetch: Fetch) -> None:
        self._finder = finder
        self._fetch = fetch
        self._known: dict[tuple[str, str], list[str]] = {}
        self._asked: set[tuple[str, str]] = set()

    def forget(self) -> None:
        """The workspace is another: its values are, too."""
        self._known.clear()
        self._asked.clear()

    def offers(self, pane: Pane[Any], word: str) -> Sequence[Safe]:
        """What `word` could become, best first."""
        clause = _CLAUSE.fullmatch(word)
        if clause is None:
            return self._fields(pane, word)
        sign, name, op, typed = clause.groups()
        start = f"{sign}{name}{op}"
        field = field_named(self._finder().table(pane), name.partition(".")[0])
        if field is None:
            if (name.lower(), op) == ("is", ":"):
                return [safe(start + GONE)] if GONE.startswith(typed.lower()) and typed != GONE else []
            return self._names(pane, start, typed) if (name.lower(), op) == ("has", ":") else []
        if op in ("<", "<=", ">", ">="):
            return [
                safe(start + one) for one in _EXAMPLES.get(field.kind, ()) if one.startswith(typed) and one != typed
            ]
        before, comma, last = typed.rpartition(",") if op in ("=", "!=") else ("", "", typed)
        values = self._look_up((pane.name, name), lambda finder: finder.values(pane, name.replace('"', "")))
        return [safe(f"{start}{before}{comma}{quoted(value)}") for value in _matching(values, last.strip('"'))]

    def _fields(self, pane: Pane[Any], word: str) -> Sequence[Safe]:
        start = word.lstrip("!")
        if not start:
            return []
        sign = word[: len(word) - len(start)]
        if "." in start:
            return [safe(f"{offer}{_operator(field)}") for offer, field in self._reaches(pane, sign, start)]
        names = [name for name in self._finder().fields(pane) if name.startswith(start.lower())]
        table = self._finder().table(pane)
        return [safe(f"{sign}{name}{_sign(table, name)}") for name in names[:MOST]]

    def _names(self, pane: Pane[Any], start: str, typed: str) -> Sequence[Safe]:
        """What can be had: fields, and names in them."""
        if "." in typed:
            return [safe(offer) for offer, _ in self._reaches(pane, start, typed)]
        names = [name for name in self._finder().fields(pane) if name not in ("has", "is")]
        return [safe(f"{start}{name}") for name in _matching(names, typed) if name.startswith(typed.lower())]

    def _reaches(self, pane: Pane[Any], start: str, typed: str) -> list[tuple[str, Field]]:
        """Names seen in a field of pairs: `metric.a` becomes `metric.auc`."""
        name, _, reach = typed.partition(".")
        field = field_named(self._finder().table(pane), name)
        if field is None or field.kind != "pairs":
            return []
        seen = self._look_up((pane.name, f"{field.name}."), lambda finder: finder.names(pane, field.name))
        return [(f"{start}{name}.{quoted(one)}", field) for one in _matching(seen, reach.strip('"'))]

    def _look_up(self, at: tuple[str, str], find: Callable[[Finder], list[str]]) -> list[str]:
        if at not in self._asked:
            self._asked.add(at)
            finder = self._finder()
            self._fetch(lambda: find(finder), lambda found: self._known.__setitem__(at, found))
        return self._known.get(at, [])


def _sign(table: Table, name: str) -> str:
    """What comes after a field: most times are asked for by their age, which is compared."""
    field = field_named(table, name)
    if name.endswith("."):
        return ""
    return "<" if field is not None and field.kind == "time" else ":"


def _operator(field: Field) -> str:
    """What comes after a name in pairs: numbers are compared, texts searched."""
    return ">" if field.is_numeric else ":"


def _matching(values: Sequence[str], typed: str) -> list[str]:
    """Those that begin with what is typed, then those that hold it; in their order."""
    wanted = typed.casefold()
    folded = [(value, value.casefold()) for value in values if value.casefold() != wanted]
    first = [value for value, text in folded if text.startswith(wanted)]
    return [*first, *(value for value, text in folded if wanted in text and not text.startswith(wanted))][:MOST]
