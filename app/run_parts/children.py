"""The children of a run: a pipeline's steps as a tree on a time axis, trials of sweeps and AutoML as a board."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from app.asked_things import thing_of
from app.family import BOARDS, PARENTS, Family, family_of, first_failed
from app.run_parts.child_board import board_drawn
from app.run_parts.child_tree import tree_drawn
from app.run_parts.part import RunPart
from app.source_state import Refreshed
from services.run import Run
from widgets.footer import Hint
from widgets.lines import NO_LINE, say
from widgets.outline import Drawn, Outline
from widgets.pane import Line
from widgets.safe import Safe, plain, safe


class Children(RunPart):
    """Steps or trials. Reads all of them, whatever their number of pages; nested ones when they are unfolded."""

    SHOWS = ("children",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("exclamation_mark", "first_failed", "first that failed", show=False, id="children.first-failed"),
    ]

    def compose(self) -> ComposeResult:
        """Rows with a cursor."""
        yield Outline(id="children")

    def opened(self) -> None:
        """Show the cached ones; those of a nested pipeline are there when it is unfolded."""
        super().opened()
        self.family = Family(self.run)
        self._unfolded: list[str] = []
        self._load()

    @property
    def outline(self) -> Outline:
        """The rows."""
        return self.query_one(Outline)

    @property
    def is_board(self) -> bool:
        """Whether the children are trials."""
        return self.run.kind in BOARDS

    def look_up(self, *, force: bool = False) -> None:
        """Ask for the children, and for what the trials reached."""
        super().look_up(force=force)
        if self.is_board and not force:
            self.desk.refresher.look_up("trials", self.run.id)

    def refreshed(self, event: Refreshed) -> None:
        """Children were read, or what they reached."""
        name, key = thing_of(event.source) or (event.source, "")
        if name == "children" and key == self.run.id and not event.state.is_reading and self.is_board:
            # What trials reached is asked for once it is known which there are.
            self.desk.refresher.look_up("trials", key, force=event.keys is None and bool(self.family.own))
        is_ours = key in (self.run.id, *self._unfolded) or name == "runs"
        if is_ours and (event.keys is None or event.keys):
            self._load()
        elif is_ours:
            self._draw()

    def tick(self) -> None:
        """What runs gets longer."""
        super().tick()
        self._draw()

    def left(self) -> None:
        """End what was asked for nested ones."""
        for key in self._unfolded:
            self.desk.refresher.leave(key)

    def hints(self) -> Sequence[Hint]:
        """Its keys."""
        if not self.family.own:
            return ()
        made = [Hint(plain("enter"), plain("open")), Hint(self.desk.keys.first("child_logs"), plain("its log"))]
        if any(run.status == "Failed" for run in self.family.own):
            made.append(Hint(plain("!"), plain("first that failed")))
        if any(run.kind in PARENTS for run in self.family.own):
            made.append(Hint(plain("→ ←"), plain("unfold, fold")))
        return made

    def action_first_failed(self) -> None:
        """Go to the first leaf that failed, unfolding what is known on the way."""
        way = first_failed(self.family)
        if not way:
            self.post_message(self.Says(plain("No child failed.")))
            return
        last = way[-1]
        if last.kind in PARENTS and last.id not in self._unfolded:
            self._unfold(last)
        self.outline.go_to(last.id)

    @on(Outline.Chosen)
    def _chosen(self, event: Outline.Chosen) -> None:
        event.stop()
        run = next((one for some in self.family.children.values() for one in some if one.id == event.key), None)
        if run is None:
            return
        if event.what in ("open", "logs"):
            self.post_message(self.Opens(run, "logs" if event.what == "logs" else "overview"))
        elif run.id in self._unfolded and event.what != "unfold":
            self._unfolded.remove(run.id)
            self._load()
        elif run.kind in PARENTS and event.what != "fold":
            self._unfold(run)

    def _unfold(self, run: Run) -> None:
        if run.id not in self._unfolded:
            self._unfolded.append(run.id)
        self.desk.refresher.look_up("children", run.id)
        self._load()

    def _load(self) -> None:
        session, run, unfolded = self.desk.session, self.run, tuple(self._unfolded)
        store, scope, now = session.store, session.scope, session.now()
        self.ask(lambda: family_of(store, scope, run, unfolded, now), self._take)

    def _take(self, family: Family) -> None:
        self.family = family
        self._draw()
        self.post_message(self.Says())

    def _draw(self) -> None:
        family, look, unfolded = self.family, self.desk.look, frozenset(self._unfolded)
        if not family.own:
            lines = self._why_none()
            self.outline.show(lambda width: Drawn(tuple(lines)))
        elif self.is_board:
            self.outline.show(lambda width: board_drawn(family, look, width))
        else:
            self.outline.show(lambda width: tree_drawn(family, unfolded, look, width))

    def _why_none(self) -> list[Line]:
        state = self.states()[0]
        if state.problem is not None:
            return [NO_LINE, say(plain("The children could not be read"), "strong", bold=True),
                    say(safe(state.problem.sentence))]  # fmt: skip
        if state.last_ok is not None and not state.is_reading:
            return [NO_LINE, say(plain("This run has no children"), "strong", bold=True),
                    say(plain("Steps of pipelines and trials of sweeps and AutoML stand here."), "muted")]  # fmt: skip
        if not self.desk.session.is_online:
            return [NO_LINE, say(plain("No children of this run were ever seen here"), "strong", bold=True)]
        read = f" {state.progress:,}…" if state.progress else "…"
        return [NO_LINE, say(Safe(f"loading children{read}"), "muted")]
