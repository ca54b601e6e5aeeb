"""What an open container log asks: the cache whether it may be read, then Azure for its end, again and again."""

from __future__ import annotations

from app.container_logs.kept import Where
from app.container_logs.open import Opening
from app.desk import Desk
from app.freshness import age_of
from app.opened import Opened
from app.permits import Permit, may_i
from app.source_state import SourceState
from services.container_logs import ACTION
from widgets.age import Age
from widgets.safe import plain

LOOKUP = "container_log"
POLL = 5.0
"""Seconds between two looks at a log: twelve calls a minute of the hundreds Azure gives a subscription."""


class AskedLogs(Opened):
    """The logs of an endpoint's containers, as far as they are wanted."""

    NOUN = plain("log")

    def __init__(self, desk: Desk, *, id: str | None = None) -> None:
        super().__init__(desk, id=id)
        self.opening = Opening(desk.session)
        self.wheres: list[Where] = []
        self.permit: Permit | None = None
        """Whether it may be read, as far as the cache knows; None while it is asked."""
        self.is_ready = False
        """Whether it is composed."""
        self._first = ""
        self._traffic: dict[str, float] | None = None

    def close(self) -> None:
        """Nobody looks at it any more: it is not asked for again."""
        if self.key:
            self.desk.refresher.leave(self.key)
            self.opening.close()
        self.key, self.row, self.permit = "", None, None

    def fetch(self) -> None:
        """Ask for it now, whether it seems allowed or not."""
        if self.opening.where is not None:
            self.desk.refresher.look_up(LOOKUP, self.opening.where.key, force=True)

    def states(self) -> list[SourceState]:
        """How the open log stands."""
        where = self.opening.where
        return [self.desk.refresher.lookup_state(LOOKUP, where.key)] if where is not None else []

    def age(self) -> Age | None:
        """How old the end of the log is."""
        return age_of(self.states(), plain("log"), self.desk.session.now())

    def poll(self) -> None:
        """Look at the end of the log, while it is on the screen and may be looked at."""
        where, permit = self.opening.where, self.permit
        if self.key and where is not None and permit is not None and permit.answer != "denied":
            self.desk.refresher.look_up(LOOKUP, where.key)

    def ask_whether_it_may(self) -> None:
        """Ask the cache whether it is allowed, before Azure is asked."""
        session, key = self.desk.session, self.key
        workspace = session.workspace
        if workspace is None:
            return

        def find() -> Permit:
            return may_i(session.store, session.scope, workspace.id, ACTION, now=session.now())

        def take(permit: Permit) -> None:
            if key == self.key:
                self.permit = permit
                self.poll()
                self.draw()

        self.ask(find, take)

    def draw(self) -> None:
        """Draw it again."""
