"""Use of compute: what each cluster and instance did in the last day, as Azure Monitor measured it."""

from __future__ import annotations

from collections.abc import Callable

from app.panes.use_lines import SHARES, nodes_chart, share_chart, summary
from services.compute_use import COUNT, ComputeUse
from widgets import format as fmt
from widgets.pane import Cell, Column, Drill, Line, Look, Pane, Reference, Section, Span, Tally, Tone
from widgets.safe import Safe, plain, safe
from widgets.spark import spark

CELLS = 24


def curve(field: str, tone: Tone) -> Callable[[ComputeUse, Look], Cell]:
    """The day as a curve, the newest at the right; a dot where nothing was measured."""

    def cell(use: ComputeUse, look: Look) -> Cell:
        points = getattr(use, field) or (None,) * COUNT
        joined = [_mean(points[at : at + 2]) for at in range(0, COUNT, 2)]
        return spark(joined, width=CELLS, unusual_from=0, tone=tone, is_ascii=look.is_ascii)

    return cell


def _mean(points: tuple[float | None, ...]) -> float | None:
    known = [point for point in points if point is not None]
    return sum(known) / len(known) if known else None


def number(field: str, unit: str = "", tone: Tone = "text") -> Callable[[ComputeUse, Look], Cell]:
    """A number with one digit, or a share; a dash where nothing was measured."""

    def cell(use: ComputeUse, look: Look) -> Cell:
        known: float | None = getattr(use, field)
        if known is None:
            return fmt.DASH
        text = f"{known:,.0f} %" if unit == "%" else f"{known:,.1f}"
        return (Span(Safe(text), tone if known else "muted"),)

    return cell


def head(use: ComputeUse, look: Look) -> Line:
    """Its name, and of which stretch."""
    return (Span(safe(use.name), "strong", bold=True), Span(plain("  last 24 h"), "muted"))


def verdict(tally: Tally, look: Look) -> Line:
    """Node-hours at work and idle, over all clusters."""
    rows: list[ComputeUse] = list(tally.rows())
    busy, idle = (sum(getattr(row, field) or 0.0 for row in rows) for field in ("busy_hours", "idle_hours"))
    spans = [Span(Safe(f"{busy:,.0f} node-hours busy"), "strong", bold=True), Span(plain(" in 24 h"), "muted")]
    if idle:
        share = f", {idle / (busy + idle):.0%} of what was paid for" if busy + idle else ""
        spans += [Span(plain(", "), "muted"), Span(Safe(f"{idle:,.0f} idle and paid"), "warn", bold=True),
                  Span(Safe(share.replace("%", " %")), "muted")]  # fmt: skip
    return tuple(spans)


COMPUTE_USE: Pane[ComputeUse] = Pane(
    name="compute-use",
    title="Use of compute",
    digit="",
    record=ComputeUse,
    table="compute_use",
    noun="computes",
    sources=("compute_use",),
    order="-idle_hours",
    in_tabs=False,
    trouble="idle_hours>1",
    empty="Azure Monitor measured no compute in the last day.",
    columns=(
        Column("compute", lambda use, look: fmt.words(use.name), 14, "name", grows=True, rank=1),
        Column("busy nodes", curve("busy", "run"), CELLS, "busy", rank=2),
        Column("idle nodes", curve("idle", "warn"), CELLS, "idle", rank=4),
        Column("busy h", number("busy_hours"), 7, "busy_hours", is_right=True, rank=1),
        Column("idle h", number("idle_hours", tone="warn"), 8, "idle_hours", is_right=True, rank=1),
        Column("peak", number("peak"), 5, "peak", is_right=True, rank=3),
        Column("cpu", number("cpu_mean", "%"), 5, "cpu_mean", is_right=True, rank=2),
        Column("gpu", number("gpu_mean", "%"), 5, "gpu_mean", is_right=True, rank=2),
    ),
    head=head,
    verdict=verdict,
    sections=(
        Section("", lines=summary),
        Section("Nodes in use", lines=nodes_chart),
        *(Section(f"{word[0].upper()}{word[1:]} %", lines=share_chart(field, tone)) for field, word, tone in SHARES),
    ),
    drills=(
        Drill("enter", "its nodes", "nodes", lambda use: f'compute="{use.name}"'),
        Drill("R", "runs on it", "runs", lambda use: f'compute="{use.name}"'),
    ),
    reference=Reference(lambda use: use.name),
    help="What each compute did in the last day: nodes by state, CPU, GPU and memory. A dot is nothing measured, "
    "which is not zero. {trouble} keeps those that idled for more than an hour.",
)
