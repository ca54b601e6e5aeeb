"""The search of a log view: what is typed, which match one is at, and where the next one is while it still searches."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from widgets.log_source import Hunt, Seek
from widgets.safe import Safe, plain, safe


class Hunting:
    """A search under way. `here` is the match one is at; `wanted` a step that waits for more to be found."""

    def __init__(self) -> None:
        self.text = plain("")
        self.problem = plain("")
        self.hunt: Hunt | None = None
        self.here: int | None = None
        self.wanted = 0
        self._from = 0

    def begin(self, text: Safe, seek: Seek, start: int) -> None:
        """Look for another text, from a byte on. An expression that cannot be read is a problem, and finds nothing."""
        self.text, self.problem, self.hunt, self.here = text, plain(""), None, None
        self.wanted, self._from = 1, start - 1
        if text:
            try:
                self.hunt = seek(str(text))
            except ValueError as error:
                self.problem = safe(error)

    def end(self) -> None:
        """No search any more."""
        self.text, self.problem, self.hunt, self.here, self.wanted = plain(""), plain(""), None, None, 0

    def step(self, by: int, top: int) -> None:
        """Go to the next match or the one before: from the one one is at, else from the top of the screen."""
        self.wanted = by
        self._from = top if self.here is None else self.here

    def arrived(self) -> int | None:
        """Where the match begins that was waited for, once it is found; None while there is none, or nothing to do."""
        if self.hunt is None or not self.wanted:
            return None
        found = self._next(self.hunt) if self.wanted > 0 else self._previous(self.hunt)
        if found is not None:
            self.here, self.wanted = found, 0
        elif self.hunt.is_done:
            self.wanted = 0
        return found

    def _next(self, hunt: Hunt) -> int | None:
        at = bisect_right(hunt.starts, self._from)
        if at < len(hunt.starts):
            return hunt.starts[at]
        # Round the end, but only once it is known that nothing follows.
        return hunt.starts[0] if hunt.is_done and hunt.starts else None

    def _previous(self, hunt: Hunt) -> int | None:
        at = bisect_left(hunt.starts, self._from)
        if at > 0 and (hunt.is_done or hunt.done_to >= self._from):
            return hunt.starts[at - 1]
        return hunt.starts[-1] if hunt.is_done and hunt.starts else None

    @property
    def said(self) -> Safe:
        """`3 of 17`, `17 so far…`, `not found`, or what is wrong with the expression."""
        if self.problem or self.hunt is None:
            return self.problem
        count = self.hunt.count
        if not self.hunt.is_done:
            return Safe(f"{count:,} so far…")
        if not count:
            return plain("not found")
        if self.here is None:
            return Safe(f"{count:,} found")
        return Safe(f"{bisect_left(self.hunt.starts, self.here) + 1:,} of {count:,}")
