"""A pipeline's steps as rows on a time axis: state, how long, what was reused, and which steps made it that long."""

from __future__ import annotations

from datetime import datetime

from app.estimate_words import estimate_cell, estimate_words
from app.family import DEEPEST, Family, critical_in, ended, span_of, states_of
from app.panes.runs import ran
from app.words import run_state, state_cell
from services.estimates import cost_of, sum_of
from services.run import Run
from services.run_kinds import PARENTS
from widgets import format as fmt
from widgets.lines import NO_LINE, say, spaced, titled
from widgets.outline import Drawn, Item, columns
from widgets.pane import Line, Look, Span
from widgets.safe import Safe, plain, safe

STATE, RAN, STARTED, NOTE, COST = 14, 7, 12, 16, 9
LEAST_AXIS, MOST_AXIS = 12, 72
WIDE = 110
"""Columns from which on the start and the compute have columns of their own."""


def tree_drawn(family: Family, unfolded: frozenset[str], look: Look, width: int) -> Drawn:
    """The whole tree for one width."""
    rows = list(_rows(family, family.run, unfolded, 0))
    critical = critical_in(family, look.now)
    name = min(40, max(10, *(2 * depth + 2 + len(safe(run.name)) for run, depth in rows)))
    started = STARTED if width >= WIDE else 0
    compute = 12 if width >= WIDE else 0
    note = NOTE if any(run.reused_from for run, _depth in rows) else 0
    cost = COST if any(run.cost is not None for run, _depth in rows) else 0
    taken = sum(one + 2 for one in (STATE, name, RAN, cost, started, compute, note) if one)
    axis = min(MOST_AXIS, width - taken)
    widths = (STATE, name, started, RAN, cost, compute, note, axis if axis >= LEAST_AXIS else 0)
    rights = (False, False, True, True, True, False, False, False)
    span = span_of([run for run, _ in rows], look.now)
    heads = ("status", "step", "started", "ran", "cost $", "compute", "", _axis_head(span, look))
    items = tuple(
        Item(run.id, columns(_cells(run, depth, unfolded, span, axis, look, is_critical=run.id in critical), widths,
                             rights))
        for run, depth in rows
    )  # fmt: skip
    head = columns([say(Safe(text), "muted") for text in heads], widths, rights)
    return Drawn((titled(_title(family, critical, look), NO_LINE, width + 2), head), items)


def _rows(family: Family, above: Run, unfolded: frozenset[str], depth: int) -> list[tuple[Run, int]]:
    found: list[tuple[Run, int]] = []
    for run in family.under(above):
        found.append((run, depth))
        if run.id in unfolded and depth < DEEPEST:
            found += _rows(family, run, unfolded, depth + 1)
    return found


def _title(family: Family, critical: frozenset[str], look: Look) -> Line:
    """`Steps  4  3 completed  1 failed   longest chain 41m of 52m   1 reused`."""
    noun = plain("Steps") if family.top.kind == "pipeline" else plain("Children")
    parts: list[Line] = [say(noun, "strong", bold=True), counts_line(family)]
    chain = [run for run in family.own if run.id in critical]
    if len(family.own) > 1 and chain:
        seconds = sum((end - run.started).total_seconds() for run in chain
                      if run.started and (end := ended(run, look.now)))  # fmt: skip
        parts.append((Span(plain("longest chain "), "muted"), Span(fmt.duration(seconds), "accent")))
    reused = sum(1 for run in family.own if run.reused_from)
    if reused:
        parts.append(say(Safe(f"{reused} reused"), "muted"))
    return spaced(parts, 3)


def counts_line(family: Family) -> Line:
    """`10  8 completed  1 failed`: how many there are and in which states; honest when not all are shown."""
    shown = fmt.count(family.total)
    cut = f"  the first {fmt.count(len(family.own))} shown" if family.total > len(family.own) else ""
    states = [(run_state(status), number) for status, number in states_of(family.own)]
    spans = [Span(shown, "text")]
    spans += [Span(Safe(f"  {number:,} {state.word}"), "err" if state.tone == "err" else "muted")
              for state, number in states]  # fmt: skip
    found = sum_of(family.own)
    cost = Safe(f"  {estimate_words(found)}") if found.money is not None else plain("")
    return (*spans, Span(cost, "muted"), Span(Safe(cut), "warn"))


def _cells(
    run: Run,
    depth: int,
    unfolded: frozenset[str],
    span: tuple[datetime, datetime] | None,
    axis: int,
    look: Look,
    *,
    is_critical: bool,
) -> list[Line]:
    fold = plain("")
    if run.kind in PARENTS:
        signs = ("-", "+") if look.is_ascii else ("▾", "▸")
        fold = Safe(signs[0] if run.id in unfolded else signs[1])
    name = Safe(f"{'  ' * depth}{fold:<1} {safe(run.name)}" if fold else f"{'  ' * depth}  {safe(run.name)}")
    note = say(plain("reused"), "muted") if run.reused_from else NO_LINE
    return [
        state_cell(run_state(run.status), look),
        say(name, "strong" if is_critical else "text"),
        say(fmt.when(run.started, look), "muted"),
        (Span(plain("–"), "muted"),) if run.reused_from else ran(run, look),
        estimate_cell(cost_of(run), look),
        say(safe(run.compute or "–", 12), "muted"),
        note,
        axis_line(run, span, axis, look, is_critical=is_critical),
    ]


def axis_line(run: Run, span: tuple[datetime, datetime] | None, width: int, look: Look, *, is_critical: bool) -> Line:
    """When it ran, on the axis of all: blank, then a bar; accent on the longest chain, err where it failed."""
    end = ended(run, look.now)
    if span is None or run.started is None or end is None or run.reused_from or width < LEAST_AXIS:
        return NO_LINE
    whole = max(1.0, (span[1] - span[0]).total_seconds())
    start = min(width - 1, int((run.started - span[0]).total_seconds() / whole * width))
    cells = max(1, min(width - start, round((end - run.started).total_seconds() / whole * width)))
    tone = "err" if run.status == "Failed" else "accent" if is_critical else "edge"
    bar = Safe(("=" if look.is_ascii else "━") * cells)
    return (Span(Safe(" " * start)), Span(bar, tone))


def _axis_head(span: tuple[datetime, datetime] | None, look: Look) -> str:
    if span is None:
        return ""
    return f"{fmt.clock(span[0], look)} + {fmt.duration((span[1] - span[0]).total_seconds())}"
