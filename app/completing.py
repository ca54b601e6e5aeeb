"""Completion while a filter is typed: fields first, then the values seen. Never waits: values come with a later key."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from app.finding import Finder, quoted
from widgets.pane import Pane
from widgets.safe import Safe, safe

MOST = 50
"""Candidates offered for one word."""

_VALUE = re.compile(r"(!?)([A-Za-z_][\w.]*)(!=|:|=)(.*)")

Fetch = Callable[[Callable[[], list[str]], Callable[[list[str]], None]], None]
"""Runs the first on a worker and hands what it gives to the second, later, on the event loop."""


class Completer:
    """Offers what a word of a pane's filter could become."""

    def __init__(self, finder: Callable[[], Finder], fetch: Fetch) -> None:
        self._finder = finder
        self._fetch = fetch
        self._values: dict[tuple[str, str], list[str]] = {}
        self._asked: set[tuple[str, str]] = set()

    def forget(self) -> None:
        """The workspace is another: its values are, too."""
        self._values.clear()
        self._asked.clear()

    def offers(self, pane: Pane[Any], word: str) -> Sequence[Safe]:
        """What `word` could become, best first."""
        clause = _VALUE.fullmatch(word)
        if clause is None:
            return self._fields(pane, word)
        sign, field, op, typed = clause.groups()
        names = self._finder().fields(pane) if field == "has" else self._known(pane, field)
        wanted = typed.strip('"').lower()
        found = [value for value in names if value.lower().startswith(wanted) and value.lower() != wanted]
        return [safe(f"{sign}{field}{op}{quoted(value)}") for value in found[:MOST]]

    def _fields(self, pane: Pane[Any], word: str) -> Sequence[Safe]:
        sign = "!" if word.startswith("!") else ""
        start = word.removeprefix("!").lower()
        if not start:
            return []
        names = [name for name in self._finder().fields(pane) if name.startswith(start)]
        return [safe(f"{sign}{name}" if name.endswith(".") else f"{sign}{name}:") for name in names[:MOST]]

    def _known(self, pane: Pane[Any], field: str) -> list[str]:
        at = (pane.name, field)
        if at not in self._asked:
            self._asked.add(at)
            finder = self._finder()
            self._fetch(lambda: finder.values(pane, field), lambda found: self._values.__setitem__(at, found))
        return self._values.get(at, [])
