"""What a run's Logs part has read: the list of its logs, and the one that is open, or those of all its nodes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from app.desk import Desk
from app.freshness import age_of
from app.log_lines import processes
from app.open_log import OpenLog
from app.run_parts.part import RunPart
from app.source_state import SourceState
from services.run import Run
from services.run_logs import RunLog
from widgets.age import Age
from widgets.safe import plain


class ReadLogs(RunPart):
    """The logs of a run, as far as they are wanted."""

    SHOWS: ClassVar[tuple[str, ...]] = ("logs",)
    _logs: Sequence[RunLog] = ()

    def __init__(self, desk: Desk, run: Run) -> None:
        super().__init__(desk, run)
        self._log = OpenLog(desk.session, run.id)

    def look_up(self, *, force: bool = False) -> None:
        """The list, and the log that is shown."""
        super().look_up(force=force)
        for name in self._names_shown():
            self.desk.refresher.look_up("log", self._key(name), force=force)

    def states(self) -> list[SourceState]:
        """The list, and the log that is shown."""
        return [*super().states(), *(self._state(name) for name in self._names_shown())]

    def age(self) -> Age | None:
        """The age of the list; that of the log stands in its own title."""
        return age_of(super().states(), plain("logs"), self.desk.session.now())

    def _poll(self) -> None:
        """Look at a log that grows, while it is on the screen."""
        if self.display and self.run.ended is None:
            for name in self._names_shown():
                self.desk.refresher.look_up("log", self._key(name))

    def _names_shown(self) -> list[str]:
        if self._log.is_merging:
            return [log.name for log in processes(self._logs)]
        return [self._log.name] if self._log.name is not None else []

    def _state(self, name: str) -> SourceState:
        return self.desk.refresher.lookup_state("log", self._key(name))

    def _key(self, name: str) -> str:
        return f"{self.run.id}/{name}"
