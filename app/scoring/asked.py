"""What the view of scoring requests asks: its lookups, for the endpoint, the window and the groups that are shown."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from app.desk import Desk
from app.freshness import age_of
from app.opened import Opened
from app.scoring.rows import ANSWERS, RequestAnswer
from app.scoring.standing import insights_standing
from app.source_state import SourceState
from services.scoring_queries import By
from services.scoring_requests import RequestGroup
from services.triage_facts import SourceOn
from widgets.age import Age
from widgets.pane import Row
from widgets.safe import plain

POLL = 15.0
"""Seconds between two questions while it is followed: a request is there minutes after it was answered."""
WINDOWS = tuple(timedelta(minutes=minutes) for minutes in (15, 60, 180, 1440))
"""The first is what single requests are mostly looked for in, and what is whole where there are many."""
REQUESTS, GROUPS, ONE = "requests", "request_groups", "one_request"


class AskedRequests(Opened):
    """The requests to one endpoint, as far as they are wanted."""

    NOUN = plain("endpoint")

    def __init__(self, desk: Desk, *, id: str | None = None) -> None:
        super().__init__(desk, id=id)
        self.window = WINDOWS[0]
        self.by: By | None = None
        self.one = ""
        """The request that is looked at through all tables."""
        self.is_following = True
        self.standing: SourceOn | None = None

    @property
    def asked(self) -> str:
        """The endpoint and the window, as the lookups name them."""
        return f"{self.key}/{int(self.window.total_seconds()) // 60}"

    @property
    def is_off(self) -> bool:
        """Whether Application Insights keeps nothing of this endpoint, as far as is known."""
        return self.standing is not None and self.standing.is_on is False

    def look_up(self, *, force: bool = False) -> None:
        """Ask for what is shown. Where nothing is kept, only who insists asks."""
        if self.key and (force or not self.is_off):
            self.desk.refresher.look_up(REQUESTS, self.asked, force=force)
            if self.by is not None:
                self.desk.refresher.look_up(GROUPS, self.asked, force=force)

    def poll(self) -> None:
        """Ask again while it is followed."""
        if self.is_following:
            self.look_up()

    def fetch(self) -> None:
        """Read all that is shown now."""
        self.look_up(force=True)
        if self.one:
            self.desk.refresher.look_up(ONE, self.one, force=True)

    def state_of(self, name: str, key: str) -> SourceState:
        """How a lookup stands."""
        return self.desk.refresher.lookup_state(name, key)

    def states(self) -> list[SourceState]:
        """The requests; the groups, and the one that is looked at, where they are."""
        if not self.key:
            return []
        more = [self.state_of(GROUPS, self.asked)] if self.by is not None else []
        return [self.state_of(REQUESTS, self.asked), *more, *([self.state_of(ONE, self.one)] if self.one else [])]

    def age(self) -> Age | None:
        """How old the newest answer is."""
        return age_of(self.states()[:1], plain("requests"), self.desk.session.now())

    def answer(self, key: str) -> RequestAnswer | None:
        """What is kept of a question. Reads one row."""
        session = self.desk.session
        seen = session.store.get(ANSWERS.name, session.scope, key)
        return seen.record if seen is not None else None

    def groups(self) -> list[RequestGroup]:
        """The groups that are kept of what is shown; nothing of another version's answer."""
        found = self.answer(f"{self.asked}/{self.by}")
        try:
            return msgspec.json.decode(found.body, type=list[RequestGroup]) if found is not None else []
        except msgspec.MsgspecError:
            return []

    def read_endpoint(self) -> None:
        """Read the endpoint's row, and whether its requests are kept. Reads a few rows."""
        session = self.desk.session
        seen = session.store.get("endpoint_rows", session.scope, self.key)
        self.row = Row(seen.key, seen.record, seen.fetched_at) if seen is not None else None
        self.standing = insights_standing(session, self.key)

    def close(self) -> None:
        """Nobody looks at it any more."""
        if self.key:
            self.desk.refresher.leave(self.key)
        self.key, self.row, self.standing, self.by, self.one = "", None, None, None, ""
