"""What stands under the rows of Compute, where the screen has room for it: quota in use, and the runs that wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from app.source_state import Refreshed
from app.triaging.panel import TriagePanel

if TYPE_CHECKING:
    from app.pane_parts import PaneParts
    from cache.rows import Seen

SHOWN = "compute"
"""The pane that has it."""
WIDE, TALL = 140, 34
"""Columns and rows of the view from which on it stands there: from so many columns on the detail is beside the rows."""
MADE_OF = ("quota_rows", "compute_rows")
_FIXED = 20
"""Rows of the pane that are left to the computes."""


class Found(NamedTuple):
    """What the cache knows of quotas and of computes."""

    quotas: tuple[Seen, ...] = ()
    computes: tuple[Seen, ...] = ()


class Under:
    """Shows the panels under a view's rows. What draws them is imported when they are first shown."""

    def __init__(self, view: PaneParts) -> None:
        self._view = view
        self._found = Found()
        self._scope = ""
        self._wanted = ""
        """The scope whose quotas were asked for."""

    @property
    def is_shown(self) -> bool:
        """Whether they are meant to be seen, and there is something to say."""
        return self._has_room and any(self._found)

    @property
    def _has_room(self) -> bool:
        view = self._view
        return view.pane.name == SHOWN and view.size.width >= WIDE and view.size.height >= TALL

    def look(self) -> None:
        """Ask the cache again, on a thread, when the pane has them and there is room."""
        view = self._view
        session, refresher = view.desk.session, view.desk.refresher
        if self._scope != session.scope:
            self._found, self._scope = Found(), session.scope
        if not self._has_room:
            self.draw()
            return
        if self._wanted != session.scope:
            self._wanted = session.scope
            view.ask(lambda: refresher.want(MADE_OF[:1]), lambda _: None)

        def work() -> Found:
            store, scope = session.store, session.scope
            return Found(*(tuple(store.records(table, scope, limit=200)) for table in MADE_OF))

        view.ask(work, self._take)

    def _take(self, found: Found) -> None:
        self._found = found
        self.draw()

    def heard(self, event: Refreshed) -> None:
        """A source said something: look again when it is one of theirs."""
        if event.source in MADE_OF and event.keys != () and self._view.opened is None:
            self.look()

    def draw(self) -> None:
        """Show or hide them."""
        view, found = self._view, self._found
        if self._has_room and self._wanted != view.desk.session.scope:
            self.look()  # there is room now, where there was none
        view.set_class(self.is_shown, "-under")
        if not self.is_shown:
            return
        from app.compute_panels import panels

        quotas, computes = ([seen.record for seen in part] for part in found)
        read = max((seen.fetched_at for seen in found.quotas), default=None)
        look = view.desk.look
        panel = view.query_one("#under", TriagePanel)
        height = len(panels(quotas, computes, read, look, view.size.width))
        panel.styles.height = min(height, max(3, view.size.height - _FIXED))
        panel.show(lambda width: panels(quotas, computes, read, look, max(20, width)))
