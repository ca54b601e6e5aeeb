"""The children of a run: a pipeline's steps as a tree on a time axis, trials of sweeps and AutoML as a board."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from app.asked_things import thing_of
from app.family import BOARDS, Family, family_of, first_failed
from app.run_parts.child_board import board_drawn
from app.run_parts.child_curve import Curve
from app.run_parts.child_tree import tree_drawn
from app.run_parts.part import RunPart
from app.source_state import Refreshed
from app.trial_reads import is_unread
from services.run import ENDED_RUNS, Run
from services.run_kinds import PARENTS
from widgets.footer import Hint
from widgets.lines import NO_LINE, say
from widgets.outline import Drawn, Outline
from widgets.pane import Line
from widgets.safe import Safe, plain, safe

ROOMY = 30
"""Lines from which the curve stands over the board."""


class Children(RunPart):
    """Steps or trials. Reads all of them, whatever their number of pages; nested ones when they are unfolded."""

    DEFAULT_CSS = """
    Children Curve { display: none; }
    Children.-curve Curve { display: block; }
    """
    SHOWS = ("children",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("exclamation_mark", "first_failed", "first that failed", show=False, id="children.first-failed"),
        Binding("e", "export_curve", "export the curve", show=False, id="children.export"),
        Binding("plus", "read_values", "values of more trials", show=False, id="children.values"),
    ]

    def compose(self) -> ComposeResult:
        """Rows with a cursor, under the curve of the best so far where there is room for it."""
        yield Curve(dots=self.desk.dots, id="curve")
        yield Outline(id="children")

    def opened(self) -> None:
        """Show the cached ones; those of a nested pipeline are there when it is unfolded."""
        self.family = Family(self.run)
        self._unfolded: list[str] = []
        self._is_seeking = False
        super().opened()
        self._load()

    @property
    def outline(self) -> Outline:
        """The rows."""
        return self.query_one(Outline)

    @property
    def curve(self) -> Curve:
        """The chart of the best so far."""
        return self.query_one(Curve)

    @property
    def is_board(self) -> bool:
        """Whether the children are trials."""
        return self.family.top.kind in BOARDS

    def look_up(self, *, force: bool = False) -> None:
        """Ask for the children, those of what a step holds, and for what the trials reached."""
        super().look_up(force=force)
        for key in self._held():
            self.desk.refresher.look_up("children", key, force=force)
        if self.is_board and not force:
            self.desk.refresher.look_up("trials", self.family.top.id)

    def refreshed(self, event: Refreshed) -> None:
        """Children were read, or what they reached."""
        name, key = thing_of(event.source) or (event.source, "")
        if name == "children" and key == self.family.top.id and not event.state.is_reading and self.is_board:
            # What trials reached is asked for once it is known which there are.
            self.desk.refresher.look_up("trials", key, force=event.keys is None and bool(self.family.own))
        is_ours = key in (self.run.id, *self._unfolded, *self._held()) or name == "runs"
        if is_ours and (event.keys is None or event.keys):
            self._load()
        elif is_ours:
            self._draw()

    def tick(self) -> None:
        """What runs gets longer."""
        super().tick()
        self.curve.look(is_local=self.desk.is_local, dots=self.desk.dots)
        self._draw()

    def on_resize(self) -> None:
        """Curve and board, or the board with a line for the curve."""
        if self.is_ready:
            self._draw()

    def left(self) -> None:
        """End what was asked for nested ones."""
        for key in (*self._unfolded, *self._held()):
            self.desk.refresher.leave(key)

    def hints(self) -> Sequence[Hint]:
        """Its keys."""
        if not self.family.own:
            return ()
        made = [Hint(plain("enter"), plain("open")), Hint(self.desk.keys.first("child_logs"), plain("its log"))]
        if any(run.status == "Failed" for run in self.family.own):
            made.append(Hint(plain("!"), plain("first that failed")))
        if self.has_class("-curve"):
            made += [Hint(plain("← →"), plain("trial before, after")), Hint(plain("e"), plain("export the curve"))]
        if any(run.kind in PARENTS for run in self.family.own):
            made.append(Hint(plain("→ ←"), plain("unfold, fold")))
        return made

    def action_first_failed(self) -> None:
        """Go to the first leaf that failed, unfolding everything on the way, as soon as it is known."""
        self._is_seeking = bool(first_failed(self.family))
        if not self._is_seeking:
            self._say(plain("No child failed."))
        self._seek()

    def _seek(self) -> None:
        """Unfold the next level on the way to what failed, until its end or until somebody goes elsewhere."""
        way = first_failed(self.family) if self._is_seeking else []
        if not way:
            return
        for run in way:
            if run.kind in PARENTS and run.id not in self._unfolded:
                self._unfold(run)
        self._is_seeking = way[-1].kind in PARENTS
        self.outline.go_to(way[-1].id)

    def action_read_values(self) -> None:
        """Ask for what more trials reached, where a call is needed for each of them."""
        if self.is_board:
            self.desk.refresher.look_up("trials", self.family.top.id, force=True)

    def _unread(self) -> int:
        """Of how many trials that ended the values are still to be asked for; 0 while that goes on."""
        state = self.desk.refresher.lookup_state("trials", self.family.top.id)
        is_going = state.is_reading or (self.desk.session.is_online and state.last_ok is None)
        return 0 if is_going else sum(run.status in ENDED_RUNS and is_unread(run) for run in self.family.own)

    def action_export_curve(self) -> None:
        """Write the curve to an SVG and a PNG file, also where there is no room to show it."""
        if self.is_board and self.curve.has_rise:
            self.ask(self.curve.export(safe(self.run.name, 80), Path.cwd(), self.desk.session.now()), self._say)
        else:
            self._say(plain("There is no curve to export: it takes two trials that ended."))

    def _say(self, words: Safe) -> None:
        self.post_message(self.Says(words))

    @on(Outline.Chosen)
    def _chosen(self, event: Outline.Chosen) -> None:
        event.stop()
        run = next((one for some in self.family.children.values() for one in some if one.id == event.key), self.run)
        if event.what in ("open", "logs"):
            self.post_message(self.Opens(run, "logs" if event.what == "logs" else "overview"))
        elif self.has_class("-curve") and event.what in ("fold", "unfold"):
            self.outline.go_to(self.curve.beside(1 if event.what == "unfold" else -1) or run.id)
        elif run.id in self._unfolded and event.what != "unfold":
            self._unfolded.remove(run.id)
            self._load()
        elif run.kind in PARENTS and event.what != "fold":
            self._unfold(run)

    @on(Outline.Moved)
    def _moved(self, event: Outline.Moved) -> None:
        event.stop()
        self._is_seeking = self._is_seeking and any(run.id == event.key for run in first_failed(self.family))
        self.curve.stand(event.key)

    @on(Curve.Picked)
    def _picked(self, event: Curve.Picked) -> None:
        event.stop()
        self.outline.go_to(event.key)

    def _unfold(self, run: Run) -> None:
        if run.id not in self._unfolded:
            self._unfolded.append(run.id)
        self.desk.refresher.look_up("children", run.id)
        self._load()

    def _load(self) -> None:
        session, run, unfolded = self.desk.session, self.run, tuple(self._unfolded)
        store, scope, now = session.store, session.scope, session.now()
        self.ask(lambda: family_of(store, scope, run, unfolded, now), lambda family: self._take(family, unfolded))

    def _take(self, family: Family, unfolded: tuple[str, ...]) -> None:
        if unfolded != tuple(self._unfolded):
            return  # asked for before the last level was unfolded: the cursor would lose its row
        before = self._held()
        self.family = family
        for key in self._held() - before:
            self.desk.refresher.look_up("children", key)
        self._draw()
        self._seek()
        self.post_message(self.Says())

    def _held(self) -> set[str]:
        """What the steps that are unfolded hold, and what the run itself holds."""
        shown = (self.run, *(run for runs in self.family.children.values() for run in runs if run.id in self._unfolded))
        return {inside.id for run in shown if (inside := self.family.held(run))}

    def _draw(self) -> None:
        family, look, unfolded = self.family, self.desk.look, frozenset(self._unfolded)
        has_curve, unread = self._lay_curve(), self._unread()
        if not family.own:
            lines = self._why_none()
            self.outline.show(lambda width: Drawn(tuple(lines)))
        elif self.is_board:
            self.outline.show(lambda width: board_drawn(family, look, width, has_curve=has_curve, unread=unread))
        else:
            self.outline.show(lambda width: tree_drawn(family, unfolded, look, width))

    def _lay_curve(self) -> bool:
        """Show the curve of a board that has one, where there is room; whether it is shown."""
        if self.is_board:
            self.curve.take(self.family, self.outline.cursor)
        has_curve = self.is_board and self.curve.has_rise and self.size.height >= ROOMY
        self.set_class(has_curve, "-curve")
        return has_curve

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
