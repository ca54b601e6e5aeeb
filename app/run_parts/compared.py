"""What is compared: the runs, read from the cache and looked up, and their curves laid over each other."""

from __future__ import annotations

from typing import Any

from app.asked_things import thing_of
from app.comparing import last_good, runs_of
from app.desk import Desk
from app.overlaying import Made, Overlaid, overlaid
from app.run_parts.part import RunPart
from app.source_state import Refreshed, SourceState
from services.comparison import FEWEST
from services.run import Run


class Compared(RunPart):
    """The part without its screen."""

    def __init__(self, desk: Desk, run: Run) -> None:
        super().__init__(desk, run)
        self.against: tuple[str, ...] = ()
        self.base: int = 0
        self.runs: tuple[Run, ...] = ()
        self.made, self.overlaid = Made(), Overlaid()
        self._is_laying = False
        self._is_late = False

    def show_all(self) -> None:
        """Draw what is known."""
        raise NotImplementedError

    @property
    def turned(self) -> tuple[Run, ...]:
        """The runs with the base first."""
        at = self.base % max(1, len(self.runs))
        return (*self.runs[at:], *self.runs[:at])

    def opened(self) -> None:
        """Compare with what the visit names."""
        super().opened()
        against = self.desk.trail.now.against
        if against != self.against:
            self.against, self.base, self.runs, self.made = against, 0, (), Made()
        self._read()

    def look_up(self, *, force: bool = False) -> None:
        """Ask for all that are compared, not only for the one that is open."""
        for run in self.runs:
            for name in ("run", "metrics"):
                self.desk.refresher.look_up(name, run.id, force=force)

    def left(self) -> None:
        """Nobody looks at the other runs any more; at its own the run's view does."""
        for run in self.runs:
            if run.id != self.run.id:
                self.desk.refresher.leave(run.id)

    def states(self) -> list[SourceState]:
        """How the metrics of each stand."""
        return [self.desk.refresher.lookup_state("metrics", run.id) for run in self.runs]

    def refreshed(self, event: Refreshed) -> None:
        """A run may be another one now, or have more metrics."""
        ids = {run.id for run in self.runs}
        name, key = thing_of(event.source) or ("", "")
        if (name == "metrics" and key in ids) or event.keys is None or ids & set(event.keys):
            self._read()

    def _read(self) -> None:
        session, run, against = self.desk.session, self.run, self.against
        store, scope, now = session.store, session.scope, session.now()

        def find() -> tuple[Run, ...]:
            if against:
                return runs_of(store, scope, against)
            good = last_good(store, scope, run, now)
            return (good, run) if good is not None else (run,)

        self.ask(find, self._take)

    def _take(self, runs: tuple[Run, ...]) -> None:
        is_first = not self.runs
        self.runs = runs
        self.show_all()
        if is_first:
            self.look_up()
            self.post_message(self.Says())  # whose metrics are shown, and how old they are, is known only now
        self.lay()

    def lay(self) -> None:
        """Lay the curves over each other on a thread; once more when something came meanwhile."""
        if self._is_laying:
            self._is_late = True
        elif len(self.runs) >= FEWEST:
            runs, made, session = self.turned, self.made, self.desk.session
            self._is_laying = True
            self.ask(lambda: overlaid(session.store, session.scope, runs, made), self._laid)

    def _laid(self, found: Any) -> None:
        is_late, self._is_laying, self._is_late = self._is_late, False, False
        self.overlaid = found
        self.show_all()
        if is_late:
            self.lay()
