"""The charts above the rows of costs, where the screen has room for both, and what stands under the rows of computes.

Small screens open the charts by key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.asked_things import thing_of
from app.source_state import Refreshed
from app.triaging.panel import TriagePanel
from app.under import Under
from widgets.detail import Block
from widgets.lines import NO_LINE
from widgets.pane import Line, Span
from widgets.theme import palette_of

if TYPE_CHECKING:
    from app.billing.known import Known
    from app.pane_parts import PaneParts

CHARTED = "costs"
"""The pane that has them."""
WIDE, TALL = 120, 34
"""Columns and rows of the view from which on they stand above the rows."""
HEIGHT = 11
"""Rows of a chart."""
MADE_OF = ("costs", "cost_rows", "budgets")
LOOKED_UP = ("forecast", "cost_month")


class Board:
    """Shows the charts of a view's bill. What draws them is imported when they are first shown."""

    def __init__(self, view: PaneParts) -> None:
        self._view = view
        self._known: Known | None = None
        self._scope = ""
        self._under = Under(view)

    @property
    def is_shown(self) -> bool:
        """Whether they are meant to be seen, and there is something to draw."""
        view = self._view
        is_meant = view.pane.name == CHARTED and view.size.width >= WIDE and view.size.height >= TALL
        return is_meant and self._known is not None and bool(self._known.bills)

    @property
    def verdict(self) -> Line:
        """How the month will end; nothing while they are not shown."""
        if not self.is_shown or self._known is None:
            return NO_LINE
        from app.billing.panels import verdict_line

        return verdict_line(self._known.bills[0], self._view.desk.look, self._view.size.width - 2)

    def blocks(self, width: int) -> tuple[Block, ...]:
        """The panels beside the bill, as blocks under the detail of a row."""
        if not self.is_shown or self._known is None:
            return ()
        from app.billing.layout import drawn_panels

        found = drawn_panels(self._known, self._view.desk.look, width)
        return tuple(Block((Span(title, "strong"),), lines=tuple(lines)) for title, lines in found)

    def look(self) -> None:
        """Ask the cache again, on a thread, when the pane has charts."""
        view = self._view
        session = view.desk.session
        self._under.look()
        if view.pane.name != CHARTED:
            self.draw()
            return
        if self._scope != session.scope:
            self._known, self._scope = None, session.scope
            refresher = view.desk.refresher
            if view.size.width >= WIDE:
                view.ask(lambda: refresher.want(("budgets",)), lambda _: None)

        def work() -> Known:
            from app.billing.asked import Looked
            from app.billing.known import known_bill

            return known_bill(session.store, session.scope, Looked(), session.now())

        view.ask(work, self._take)

    def _take(self, known: Known) -> None:
        self._known = known
        self.ask_for_more()
        self.draw()
        self._view.beside.show()
        self._view.say_above()

    def ask_for_more(self) -> None:
        """Have read what is missing, while the charts are looked at."""
        if self.is_shown:
            from app.billing.asked import Looked
            from app.billing.asking import ask_next

            ask_next(self._view.desk, self._known, Looked())

    def heard(self, event: Refreshed) -> None:
        """A source or a lookup said something: look again when it is about money."""
        self._under.heard(event)
        thing = thing_of(event.source)
        is_ours = thing[0] in LOOKED_UP if thing is not None else event.source in MADE_OF and event.keys != ()
        if is_ours and self._view.pane.name == CHARTED and self._view.opened is None:
            self.look()

    def draw(self) -> None:
        """Show or hide them."""
        view, known = self._view, self._known
        self._under.draw()
        view.set_class(self.is_shown, "-board")
        if not self.is_shown or known is None:
            return
        from app.billing.layout import charts
        from app.billing.panels import Shown

        shown, dots = Shown(view.desk.look, is_mono=palette_of(view).is_mono), view.desk.dots
        view.query_one("#board", TriagePanel).show(
            lambda width: charts(known.bills[0], shown, width, HEIGHT, dots) if width >= WIDE - 4 else []
        )
