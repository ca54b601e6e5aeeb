"""The triage of an endpoint on the screen: paints as each source arrives, one time cursor through all of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from app.asked_things import thing_of
from app.desk import TABLE_OF, Desk
from app.freshness import age_of
from app.source_state import Refreshed, SourceState
from app.stack import Visit
from app.triaging.actions import TriageActions
from app.triaging.around import LOGS, SIGNALS, panel_ages, why_none
from app.triaging.keys import KEYS, bindings
from app.triaging.panel import TriagePanel
from app.triaging.window import MINUTE, Window
from widgets import format as fmt
from widgets.age import Age
from widgets.footer import Hint
from widgets.pane import Row
from widgets.safe import plain

if TYPE_CHECKING:
    from app.triaging.judged import Judged
    from app.triaging.layout import Shown

SHOWS = (SIGNALS, LOGS)
"""The lookups a triage asks for, what comes first first."""
MADE_OF = ("endpoints", "deployments", "activity", "operations", "diagnostics")
"""The sources it is made of beside those."""
WINDOWS = tuple(timedelta(minutes=minutes) for minutes in (60, 180, 30))


class TriageView(TriageActions):
    """The triage of the endpoint of a visit."""

    NOUN = plain("endpoint")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings()]

    def __init__(self, desk: Desk, *, id: str | None = None) -> None:
        super().__init__(desk, id=id)
        self._cursor: datetime | None = None
        self._window = WINDOWS[0]
        self._step: int | None = None
        self._is_stale = False

    def compose(self) -> ComposeResult:
        """One panel."""
        yield TriagePanel(id="triage-lines")

    @property
    def panel(self) -> TriagePanel:
        """The lines."""
        return self.query_one(TriagePanel)

    def open(self, visit: Visit) -> None:
        """Show what is cached at once, and ask for what is fresh."""
        if visit.endpoint != self.key:
            self.close()
            self.key = visit.endpoint
            self.panel.top = 0
        self._read_row()
        self._ask_for(force=False)
        self.judge()
        self._draw()

    def close(self) -> None:
        """Nobody looks at it any more."""
        if self.key:
            self.desk.refresher.leave(self.key)
        self.key, self.row, self.judged, self.at = "", None, None, None
        self._cursor, self._step = None, None

    def refreshed(self, event: Refreshed) -> None:
        """Something it is made of changed, or an age."""
        thing = thing_of(event.source)
        is_looked_up = thing is not None and thing[0] in SHOWS and thing[1] == self.key
        is_ours = TABLE_OF.get(event.source) in MADE_OF and event.keys != ()
        if is_looked_up or is_ours:
            self._read_row()
            self.judge()
        self._draw()

    def tick(self) -> None:
        """Time went on."""
        self._ask_for(force=False)
        self.judge()

    def fetch(self) -> None:
        """Read all of it now."""
        self._ask_for(force=True)

    def states(self) -> list[SourceState]:
        """The lookups, then the sources behind the rest."""
        looked_up = [self.desk.refresher.lookup_state(name, self.key) for name in SHOWS]
        return [*looked_up, *(self.desk.states[name] for name in MADE_OF if name in self.desk.states)]

    def age(self) -> Age | None:
        """How old its metrics are, or which time is looked at."""
        if not self.key:
            return None
        if self.at is not None:
            return Age(plain("as of"), fmt.clock(self.at, self.desk.look), is_late=True)
        return age_of(self.states()[:1], plain("metrics"), self.desk.session.now())

    def hints(self) -> Sequence[Hint]:
        """The keys of the panel."""
        is_bundle = self.desk.session.bundle is not None
        return [Hint(one.shown, one.word) for one in KEYS if not (one.writes and is_bundle)]

    def take_focus(self) -> None:
        """The panel takes the keys, once it is on the screen: before it cannot."""
        self.call_after_refresh(self._focus)

    def _focus(self) -> None:
        if self.key:
            self.panel.focus()

    def escape(self) -> bool:
        """Put the cursor away first, then come back from another time."""
        if self._cursor is not None:
            self._cursor = None
        elif self.at is not None:
            self.travel(None)
        else:
            return False
        self._draw()
        return True

    def say(self) -> None:
        """Draw it again."""
        self._draw()

    def travel(self, at: datetime | None) -> None:
        """Look at the endpoint as it was known to be at a moment; None: now."""
        self.at, self._cursor = at, None
        self.judge()
        self._draw()

    def action_cursor(self, by: int) -> None:
        """Move the cursor by minutes; it begins at the end, and is put away past it."""
        window = self._window_now()
        at = (self._cursor or window.end) + by * MINUTE
        self._cursor = None if at >= window.end else max(window.start, at)
        self._draw()

    def action_window(self) -> None:
        """Another length of time."""
        self._window = WINDOWS[(WINDOWS.index(self._window) + 1) % len(WINDOWS)]
        self._cursor = None
        self._draw()

    def action_step(self) -> None:
        """The command of the next step, round the end to none."""
        steps = min(5, len(self.judged.found.steps)) if self.judged is not None else 0
        following = (self._step or 0) + 1
        self._step = following if following <= steps else None
        self._draw()

    def _ask_for(self, *, force: bool) -> None:
        if self.key and self.at is None:
            for name in SHOWS:
                self.desk.refresher.look_up(name, self.key, force=force)

    def _read_row(self) -> None:
        session = self.desk.session
        seen = session.store.get("endpoint_rows", session.scope, self.key)
        self.row = Row(seen.key, seen.record, seen.fetched_at) if seen is not None else None

    def judge(self) -> None:
        """Judge on a thread what the cache holds; once more when more came meanwhile."""
        if self.is_judging:
            self._is_stale = True
            return
        self.is_judging, self._is_stale = True, False
        session, key, at = self.desk.session, self.key, self.at

        def work() -> tuple[str, Judged | None]:
            # What judges is not needed to start the deck.
            from app.triaging.judged import judged_of

            return key, judged_of(session, key, at=at)

        self.ask(work, self._take)

    def _take(self, found: tuple[str, Judged | None]) -> None:
        self.is_judging = False
        if found[0] == self.key:
            self.judged = found[1]
            self._draw()
        if self._is_stale and self.key:
            self.judge()

    def _window_now(self) -> Window:
        end = (self.at or self.desk.session.now()).replace(second=0, microsecond=0) + MINUTE
        return Window(end - self._window, end, self._cursor)

    def _draw(self) -> None:
        if not self.key or not self.is_mounted:
            return
        if self.judged is None:
            lines = why_none(self)
            self.panel.show(lambda width: lines)
        else:
            from app.triaging.layout import triage_lines

            judged, shown = self.judged, self._shown()
            self.panel.show(lambda width: triage_lines(judged, shown, width))
        self.post_message(self.Changed())

    def _shown(self) -> Shown:
        from app.triaging.layout import Shown

        look = self.desk.look if self.at is None else replace(self.desk.look, now=self.at)
        return Shown(
            self._window_now(), look, self.desk.dots, self._step, panel_ages(self), is_focused=self.panel.has_focus
        )
