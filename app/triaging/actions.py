"""What the keys of a triage do beside moving in it: they ask, write, or lead on to something else of the endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.opened import Opened
from app.stack import LOGS, REQUESTS

if TYPE_CHECKING:
    from datetime import datetime

    from app.triaging.judged import Judged


class TriageActions(Opened):
    """The keys of a triage that lead out of it. What asks is imported when it is wanted: the deck starts without."""

    judged: Judged | None = None
    at: datetime | None = None
    """The moment that is looked at instead of now."""
    is_judging: bool = False
    """Whether a verdict is being worked out."""

    def judge(self) -> None:
        """Judge anew."""
        raise NotImplementedError

    def travel(self, at: datetime | None) -> None:
        """Look at the endpoint as it was known to be at a moment; None: now."""
        raise NotImplementedError

    def action_logs(self) -> None:
        """The logs of its containers, of the deployment the failures come from first."""
        where = self.judged.found.verdict.where if self.judged is not None else ()
        self.look_into(LOGS, "/".join((self.key, *(name for name, _ in where[:1] if name))))

    def action_requests(self) -> None:
        """The scoring requests of Application Insights."""
        self.look_into(REQUESTS, self.key)

    def action_travel(self) -> None:
        """Ask which time to look at."""
        from app.triaging import doing

        doing.ask_when(self)

    def action_note(self) -> None:
        """Ask for a note on the endpoint."""
        from app.triaging import doing

        doing.ask_note(self)

    def action_bundle(self) -> None:
        """Write all that is shown into one file."""
        from app.triaging import doing

        doing.write_bundle(self)
