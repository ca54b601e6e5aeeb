"""What a run is and how it went: its states and times, what it was asked to do, its code, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isfinite

import msgspec
from textual.app import ComposeResult
from textual.containers import Horizontal

from app.definitions import kept_definition
from app.estimate_words import basis_lines, cost_cell
from app.estimating import site_of
from app.key_map import KeyMap
from app.panes.runs import RUNS, error_lines, head, pair_lines
from app.run_parts.overview_asked import asked_blocks
from app.run_parts.overview_times import times_blocks
from app.run_parts.overview_warnings import warning_lines
from app.run_parts.part import RunPart
from app.series_kinds import LOGGED
from app.source_state import Refreshed
from cache.history import Past
from cache.store import Store
from services.estimates import Estimate, of_run
from services.job_definition import Definition
from services.run import Run
from widgets import format as fmt
from widgets.detail import Block, Detail, blocks_of
from widgets.lines import say
from widgets.pane import Line, Look, Span
from widgets.safe import Safe, plain, safe
from widgets.spark import spark

WIDE = 130
"""Columns from which on there are two panels side by side."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the cache holds of a run beside its record."""

    definition: Definition | None = None
    past: Sequence[Past] = ()
    estimate: Estimate = field(default_factory=Estimate)
    """What it costs, with what that is made of."""
    curve: Sequence[float] = ()
    """The metric it is judged by, as far as its series is cached."""


class Overview(RunPart):
    """The facts of a run, on two panels where there is room."""

    SHOWS = ("definition",)
    DEFAULT_CSS = """
    Overview #facts, Overview #asked { width: 1fr; }
    """

    def compose(self) -> ComposeResult:
        """How it went, and what it was asked."""
        with Horizontal():
            yield Detail(id="facts")
            yield Detail(id="asked")

    def opened(self) -> None:
        """Show what is cached."""
        super().opened()
        self.known = Known()
        self._show()
        self._load()

    def refreshed(self, event: Refreshed) -> None:
        """Something may have changed."""
        if self.is_about(event, "definition") or event.keys is None or self.run.id in event.keys:
            self._load()
        self._show()

    def tick(self) -> None:
        """What runs gets older."""
        super().tick()
        self._show()

    def on_resize(self) -> None:
        """One panel or two."""
        if self.is_ready:
            self._show()

    def _load(self) -> None:
        session, run = self.desk.session, self.run
        store, scope, now = session.store, session.scope, session.now()

        def read() -> Known:
            try:
                definition = kept_definition(store, scope, run.id)
            except (msgspec.MsgspecError, ValueError):
                definition = None
            curve = curve_of(store, scope, run)
            estimate = of_run(run, site_of(store, scope), now)
            return Known(definition, tuple(store.history("runs", scope, run.id)), estimate, curve)

        self.ask(read, self._take)

    def _take(self, known: Known) -> None:
        self.known = known
        self._show()
        self.post_message(self.Says())

    def _show(self) -> None:
        run, known, look = self.run, self.known, self.desk.look
        is_wide = self.size.width >= WIDE
        went, asked = went_blocks(run, known, look, self.desk.keys), asked_blocks(run, known.definition, look)
        facts, more = self.query_one("#facts", Detail), self.query_one("#asked", Detail)
        more.display = is_wide
        facts.show(run.id, head(run, look), went if is_wide else [*went, *asked])
        if is_wide:
            more.show(run.id, say(plain("What it was asked to do"), "strong", bold=True), asked)


def went_blocks(run: Run, known: Known, look: Look, keys: KeyMap) -> list[Block]:
    """How it went: what is wrong, the times, the facts of the record, and what it logged."""
    made = [
        Block(_title("Why"), lines=tuple(error_lines(run, look))),
        Block(_title("To look at"), lines=tuple(warning_lines(run, known.definition, look, keys))),
        *times_blocks(run, known.past, look),
    ]
    plain_facts = [block for block in blocks_of(RUNS.sections, run, look) if not block.title]
    kept = ("experiment", "kind", "compute", "parent", "schedule", "about", "id")
    for block in plain_facts:
        facts = tuple(fact for fact in block.facts if fact[0] in kept)
        user = ((plain("user"), fmt.words(run.user)), (plain("cost"), cost_cell(run, known.estimate)))
        made.append(Block(_title("What it is"), facts=(*facts[:3], *user, *facts[3:])))
    made.append(Block(_title("Cost"), lines=tuple(basis_lines(known.estimate))))
    made.append(Block(_title("Metrics"), lines=(*curve_lines(run, known.curve, look), *pair_lines(run.metrics))))
    made.append(Block(_title("Parameters"), lines=tuple(pair_lines(run.params))))
    made.append(Block(_title("Tags"), lines=tuple(pair_lines(run.tags))))
    return [block for block in made if block.facts or block.lines]


def curve_of(store: Store, scope: str, run: Run) -> Sequence[float]:
    """The cached values of the metric a run is judged by. For a worker."""
    if run.primary_metric is None:
        return ()
    found = store.series.read(scope, run.id, LOGGED)
    return next((one.values for one in found if one.name == run.primary_metric), ())


def curve_lines(run: Run, values: Sequence[float], look: Look) -> list[Line]:
    """The course of that metric in one row, from its lowest to its highest value; nothing where it is no curve."""
    known = [value for value in values if isfinite(value)]
    if len(known) < 2:
        return []
    shown = [value - min(known) if isfinite(value) else None for value in values]
    ends = Safe(f" {fmt.metric(values[0])} to {fmt.metric(values[-1])}")
    label = Span(Safe(f"{safe(run.primary_metric, 22):<23}"), "muted")
    return [(label, *spark(shown, width=min(24, len(shown)), is_ascii=look.is_ascii), Span(ends, "muted"))]


def _title(text: str) -> Line:
    return say(Safe(text), "strong")
