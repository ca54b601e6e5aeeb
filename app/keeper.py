"""The rows on the screen and the rows being counted: one count at a time, the newest question wins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.finding import Found

Ask = Callable[[Callable[[], Any], Callable[[Any], None]], None]
"""Does the first on a worker and hands what it gives to the second, later, on the event loop."""


class Keeper:
    """Holds what a table shows. `take` is called when the table shall look at other rows, `counted` when it knows them.

    Everything here runs on the event loop but `Found.prepare`.
    """

    def __init__(self, ask: Ask, take: Callable[[Found], None], counted: Callable[[], None]) -> None:
        self._ask = ask
        self._take = take
        self._counted = counted
        self.found: Found | None = None
        self._counting: Found | None = None
        self._again: Callable[[], Found] | None = None

    @property
    def count(self) -> int | None:
        """Rows that match; None while they are counted."""
        return self.found.count() if self.found is not None else None

    @property
    def total(self) -> int | None:
        """Rows there are without the filter; None while they are counted."""
        return self.found.total() if self.found is not None else None

    def open(self, found: Found) -> None:
        """Other rows from now on; the caller shows them."""
        self.close()
        self.found = found
        self._count(found)

    def narrow(self, found: Found) -> None:
        """The same rows, filtered otherwise: shown as soon as there are some, or as it is known that there are none."""
        if found.window(0, 1) or found.count() is not None:
            self._show(found)
            self._count(found)
        else:
            self._begin(found)
            self._ask(found.peek, lambda _: self._peeked(found))

    def look_again(self, find: Callable[[], Found]) -> None:
        """The rows changed in the cache. What changes while they are counted is looked at afterwards."""
        if self._counting is not None:
            self._again = find
        else:
            self._count(find())

    def close(self) -> None:
        """Nobody wants to know any more."""
        for found in (self.found, self._counting):
            if found is not None:
                found.cancel()
        self.found = self._counting = self._again = None

    def _peeked(self, found: Found) -> None:
        if found is self._counting:
            if found.window(0, 1):
                self._show(found)
            self._ask(found.prepare, lambda _: self._end(found))

    def _count(self, found: Found) -> None:
        self._begin(found)
        self._ask(found.prepare, lambda _: self._end(found))

    def _begin(self, found: Found) -> None:
        if self._counting is not None and self._counting is not found:
            self._counting.cancel()
        self._counting, self._again = found, None

    def _end(self, found: Found) -> None:
        if found is not self._counting:
            return
        self._counting = None
        self._show(found)
        self._counted()
        if self._again is not None:
            self._count(self._again())

    def _show(self, found: Found) -> None:
        if self.found is not None and self.found is not found:
            self.found.cancel()
        self.found = found
        self._take(found)
