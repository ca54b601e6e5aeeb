"""Where the user is, was, and can go back to.

Two ideas: a drill remembers the view it came from (`parent`), so `esc` and `q` lead out again; and everything ever
looked at lies on one line of history that `[`, `]` and `-` walk. Each pane also remembers how it was last left.
Nothing here knows a screen.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from widgets.safe import Safe, plain

if TYPE_CHECKING:
    from widgets.virtual_table import Place

TRIAGE, LOGS, REQUESTS = "triage", "logs", "requests"
"""The parts of a drill that open something of an endpoint: its triage, the logs of its containers, the requests to it.
All others are parts of a run; `logs` is one of a run where rows are runs."""
OF_ENDPOINTS: dict[str, Safe] = {LOGS: plain("Container logs"), REQUESTS: plain("Scoring requests")}
"""What may be open of an endpoint beside its triage, and what that is called."""
COMPARE = "compare"
"""The part of a run that compares it. Deployments are compared by the same key."""

BILL = "bill"
"""The part of a drill that opens the bill of a workspace, over the rows of its costs."""

ELSEWHERE = "elsewhere"
"""What a way into a row names in place of a pane when it leads to another workspace, by its ARM id."""

HISTORY_LIMIT = 200
"""Places remembered; the oldest are forgotten first."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One view as it was left: which pane, narrowed and ordered how, with the cursor on which row."""

    pane: str
    query: str = ""
    sort: str = ""
    start: str = ""
    """The filter it was opened with: what `esc` goes back to first."""
    place: Place | None = None
    """Cursor, scroll and marks."""
    crumb: Safe | None = None
    """What was drilled into to get here: the name of a row of the parent."""
    run: str = ""
    """The id of the run that is open over the pane's rows; empty while the rows are."""
    endpoint: str = ""
    """The name of the endpoint that is looked into, over the rows of endpoints."""
    log: str = ""
    """Of that endpoint: the deployment (`blue`), or the container of it (`blue/inference-server`), looked at first."""
    part: str = ""
    """The part of that run that is looked at; of an endpoint one of OF_ENDPOINTS, or its triage for none."""
    against: tuple[str, ...] = ()
    """The runs that are compared, the base first; none is the open one with the last good of its experiment."""
    parent: Visit | None = None

    @property
    def is_opened(self) -> bool:
        """Whether one thing is open over the rows."""
        return bool(self.run or self.endpoint or self.part == BILL)

    @property
    def depth(self) -> int:
        """How many times `back` leads somewhere: 0 in a view opened by its digit."""
        return 0 if self.parent is None else self.parent.depth + 1

    @property
    def root(self) -> Visit:
        """The view all drills began at."""
        return self if self.parent is None else self.parent.root


@dataclass(slots=True)
class Trail:
    """The views of one session. `now` is the one on the screen; whoever leaves it says how it was left."""

    now: Visit
    _past: list[Visit] = field(default_factory=list[Visit])
    _future: list[Visit] = field(default_factory=list[Visit])
    _panes: dict[str, Visit] = field(default_factory=dict[str, Visit])

    def leave(self, left: Visit) -> None:
        """Note how the present view looks at the moment it is left."""
        self.now = replace(left, crumb=self.now.crumb, parent=self.now.parent)
        if self.now.parent is None and not left.is_opened:
            self._panes[left.pane] = self.now

    def switch(self, pane: str, fresh: Visit) -> Visit:
        """Go to a pane as it was last left, or to `fresh` on the first visit."""
        return self._go(self._panes.get(pane, fresh))

    def visit(self, target: Visit) -> Visit:
        """Go to a view nobody has been in before."""
        return self._go(target)

    def drill(self, target: Visit, crumb: Safe) -> Visit:
        """Go into a row: `back` leads out of it again."""
        return self._go(replace(target, crumb=crumb, parent=self.now))

    def back(self) -> Visit | None:
        """Give the view this one was drilled from; None at a root."""
        parent = self.now.parent
        return None if parent is None else self._go(parent)

    def earlier(self) -> Visit | None:
        """Give the view looked at before this one; None at the start of history."""
        if not self._past:
            return None
        self._future.append(self.now)
        self.now = self._past.pop()
        return self.now

    def later(self) -> Visit | None:
        """Give the view `earlier` came from; None at the end of history."""
        if not self._future:
            return None
        self._past.append(self.now)
        self.now = self._future.pop()
        return self.now

    def last(self) -> Visit | None:
        """Swap to the view before this one; doing it twice comes back. None when there was no other."""
        return self._go(self._past[-1]) if self._past else None

    @property
    def has_earlier(self) -> bool:
        """Whether `earlier` leads somewhere."""
        return bool(self._past)

    @property
    def has_later(self) -> bool:
        """Whether `later` leads somewhere."""
        return bool(self._future)

    def roots(self) -> list[Visit]:
        """Every pane as it was last left, the one on the screen too."""
        return list({**self._panes, self.now.root.pane: self.now.root}.values())

    def forget(self, start: Visit) -> None:
        """Start anew at `start`: another workspace has other rows."""
        self.now = start
        self._past.clear()
        self._future.clear()
        self._panes.clear()

    def _go(self, visit: Visit) -> Visit:
        self._past.append(self.now)
        del self._past[:-HISTORY_LIMIT]
        self._future.clear()
        self.now = visit
        return visit
