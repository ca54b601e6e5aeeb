"""The bill on the screen: from the cache at once, then what is missing asked for, a call at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from app.asked_things import thing_of
from app.billing.asked import ACTUAL, AMORTIZED, CUTS, Looked
from app.billing.asking import ask_next, lookups_of
from app.billing.bill_origin import bill_origin
from app.billing.keys import KEYS, bindings
from app.billing.known import Known, known_bill
from app.billing.layout import bill_lines
from app.billing.missing import ESTIMATED, LOOKED_UP, MADE_OF, pace_of, why_nothing
from app.billing.panels import Shown
from app.desk import TABLE_OF, Desk
from app.freshness import age_of
from app.opened import Opened
from app.source_state import Refreshed, SourceState
from app.stack import Visit
from app.triaging.panel import TriagePanel
from widgets.age import Age
from widgets.footer import Hint
from widgets.lines import NO_LINE, say
from widgets.pane import Line
from widgets.safe import Safe, plain
from widgets.theme import palette_of

PERIODS = (30, 14, 61)
"""Days of the chart by day."""


class BillView(Opened):
    """The bill of the workspace's resource group."""

    NOUN = plain("bill")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings()]
    DEFAULT_CSS = """
    BillView { height: 1fr; display: none; }
    BillView.-shown { display: block; }
    """

    def __init__(self, desk: Desk, *, id: str | None = None) -> None:
        super().__init__(desk, id=id)
        self._looked = Looked()
        self._days = PERIODS[0]
        self._known: Known | None = None
        self._is_asking = self._is_stale = False

    def compose(self) -> ComposeResult:
        """One panel."""
        yield TriagePanel(id="bill-lines")

    @property
    def panel(self) -> TriagePanel:
        """The lines."""
        return self.query_one("#bill-lines", TriagePanel)

    def on_mount(self) -> None:
        """It was opened before it was there: show it now."""
        if self.key:
            self.look()

    def open(self, visit: Visit) -> None:
        """Show what is cached at once, and ask for what is missing."""
        self.key = visit.part
        refresher = self.desk.refresher
        self.ask(lambda: refresher.want((*MADE_OF, ESTIMATED)), lambda _: None)
        self.look()

    def close(self) -> None:
        """Nobody looks at it any more."""
        self.key, self._known = "", None

    def left(self, visit: Visit) -> Visit:
        """The visit as it is."""
        return visit

    def refreshed(self, event: Refreshed) -> None:
        """Something it is made of changed, or how it stands."""
        thing = thing_of(event.source)
        is_ours = thing is not None and thing[0] in LOOKED_UP
        if is_ours or (TABLE_OF.get(event.source) in (*MADE_OF, ESTIMATED) and event.keys != ()):
            self.look()
        elif thing is None:
            self._draw()

    def tick(self) -> None:
        """Time went on: something else may be due."""
        self._ask_next()
        self._draw()

    def fetch(self) -> None:
        """Read it again, what may be."""
        for name, key in self._lookups():
            self.desk.refresher.look_up(name, key, force=True)
        refresher = self.desk.refresher
        self.ask(lambda: refresher.want(MADE_OF, force=True), lambda _: self._draw())

    def states(self) -> list[SourceState]:
        """The bill itself, then what was looked up."""
        own = [self.desk.states[name] for name in MADE_OF if name in self.desk.states]
        return [*own, *(self.desk.refresher.lookup_state(name, key) for name, key in self._lookups())]

    def age(self) -> Age | None:
        """How old the bill is."""
        return age_of(self.states()[:1], plain("costs"), self.desk.session.now())

    def hints(self) -> Sequence[Hint]:
        """The keys of the panel."""
        return [Hint(one.shown, one.word) for one in KEYS]

    def origin(self) -> Sequence[Line]:
        """What the numbers of the bill are made of."""
        known, session = self._known, self.desk.session
        if known is None or not known.bills or session.workspace is None:
            return ()
        return bill_origin(known, session.workspace, self.states(), self.desk.look)

    def take_focus(self) -> None:
        """The panel takes the keys, once it is on the screen."""
        self.call_after_refresh(self._focus)

    def _focus(self) -> None:
        if self.key and self.is_mounted:
            self.panel.focus()

    def say(self) -> None:
        """Draw it again."""
        self._draw()

    def action_cut(self, by: int) -> None:
        """The next way to cut it, round the end; every tag that was found is one."""
        tags = self._known.tags if self._known is not None else ()
        cuts = [*CUTS, *tags]
        at = cuts.index(self._looked.cut) if self._looked.cut in cuts else 0
        self._look_at(self._looked._replace(cut=cuts[(at + by) % len(cuts)]))

    def action_kind(self) -> None:
        """Actual or amortised cost."""
        self._look_at(self._looked._replace(kind=AMORTIZED if self._looked.kind == ACTUAL else ACTUAL))

    def action_days(self) -> None:
        """Another length of time."""
        self._days = PERIODS[(PERIODS.index(self._days) + 1) % len(PERIODS)]
        self._draw()

    def _look_at(self, looked: Looked) -> None:
        self._looked = looked
        self.look()

    def look(self) -> None:
        """Ask the cache, on a thread; once more when more came meanwhile. Then ask Azure for what is missing."""
        if self._is_asking:
            self._is_stale = True
            return
        self._is_asking, self._is_stale = True, False
        session, looked = self.desk.session, self._looked
        here = session.workspace.id if session.workspace is not None else ""
        self.ask(lambda: (looked, known_bill(session.store, session.scope, looked, session.now(), here)), self._take)

    def _take(self, found: tuple[Looked, Known]) -> None:
        self._is_asking = False
        if found[0] == self._looked:
            self._known = found[1]
            self._ask_next()
            self._draw()
        if self._is_stale and self.key:
            self.look()

    def _lookups(self) -> list[tuple[str, str]]:
        return lookups_of(self.desk, self._known, self._looked)

    def _ask_next(self) -> None:
        if self.key:
            ask_next(self.desk, self._known, self._looked)

    def _draw(self) -> None:
        if not self.key or not self.is_mounted:
            return
        known, shown, dots = self._known or Known(()), self._shown(), self.desk.dots
        self.panel.show(lambda width: bill_lines(known, shown, width, dots))
        self.post_message(self.Changed())

    def _shown(self) -> Shown:
        desk, states = self.desk, self.states()
        note = plain("…") if self._known is None else why_nothing(states, self._looked)
        shown = Shown(desk.look, self._days, note=note, age=self._age_line(),
                      is_mono=palette_of(self).is_mono)  # fmt: skip
        return replace(shown, pace=pace_of(states, desk.session.now()))

    def _age_line(self) -> Line:
        age = self.age()
        return NO_LINE if age is None else say(Safe(age.text), "warn" if age.is_late else "muted")
