"""Workspace metrics: what Azure Monitor counts of runs, models, nodes and quota, a curve each, in one window."""

from __future__ import annotations

from typing import Any

from app.cells import exact, fact, value
from services.workspace_metrics import WINDOWS, WorkspaceMetric
from widgets.pane import Cell, Column, Drill, Fact, Line, Look, Pane, Reference, Section, Span, Tone
from widgets.safe import Safe, safe
from widgets.spark import spark

CELLS = 30
"""As many as the longest window has points."""
USUAL = "24h"

THE_STRIP: Drill[Any] = Drill("T", "metrics", "workspace-metrics", lambda row: "")
"""The way here, from panes about what happens in the workspace."""


def _number(one: WorkspaceMetric, number: float | None) -> Safe:
    if number is None:
        return Safe("–")
    return Safe(f"{number:,.0f} %") if one.kind == "quota" else Safe(f"{number:,.0f}")


def tone(one: WorkspaceMetric) -> Tone:
    """Colour for what may need somebody: nodes that cannot be used, quota that runs out; all else is history."""
    if one.last is None or not one.is_level:
        return "text"
    if one.kind == "quota":
        return "err" if one.last >= 100 else "warn" if one.last >= 90 else "text"
    return "warn" if one.last > 0 else "text"


def curve(one: WorkspaceMetric, look: Look) -> Cell:
    """The window as a curve, the newest at the right; a dot where nothing was measured."""
    top = 100.0 if one.kind == "quota" and (one.peak or 0) <= 100 else None
    return spark(one.points, width=CELLS, top=top, is_ascii=look.is_ascii)


def grain(one: WorkspaceMetric, look: Look) -> Cell:
    """How long a point is, in its largest unit: none is 90 minutes."""
    unit, name = next(pair for pair in ((86_400, "d"), (3_600, "h"), (60, "m"), (0, "s")) if one.grain >= pair[0])
    return (Span(Safe(f"{one.grain / (unit or 1):g}{name}"), "muted"),)


def total(one: WorkspaceMetric, look: Look) -> Cell:
    """The sum of the window; none of a level."""
    return (Span(_number(one, one.total), "muted" if one.total is None else "strong"),)


def last(one: WorkspaceMetric, look: Look) -> Cell:
    """The newest point."""
    return (Span(_number(one, one.last), "muted" if one.last is None else tone(one)),)


def peak(one: WorkspaceMetric, look: Look) -> Cell:
    """The highest point."""
    return (Span(_number(one, one.peak), "muted"),)


def following(one: WorkspaceMetric) -> str:
    """The filter of the next longer window, of the shortest after the longest."""
    names = [window.name for window in WINDOWS]
    return f"window={names[(names.index(one.window) + 1) % len(names)] if one.window in names else USUAL}"


def head(one: WorkspaceMetric, look: Look) -> Line:
    """What it is, and of which window."""
    return (Span(safe(one.name), "strong", bold=True), Span(Safe(f"  {safe(one.window)}"), "muted"))


def _measured(one: WorkspaceMetric, look: Look) -> Cell:
    known = sum(point is not None for point in one.points)
    return (Span(Safe(f"{known} of {len(one.points)} points"), "muted"),)


WORKSPACE_METRICS: Pane[WorkspaceMetric] = Pane(
    name="workspace-metrics",
    title="Workspace metrics",
    digit="",
    record=WorkspaceMetric,
    table="workspace_metrics",
    noun="metrics",
    sources=("workspace_metrics",),
    order="number",
    filter=f"window={USUAL}",
    in_tabs=False,
    empty="Azure Monitor says nothing of this workspace yet; it counts from the first run on.",
    columns=(
        Column("metric", value("name"), 21, "name", grows=True, rank=1, sort="number"),
        Column("window", value("window", "muted"), 6, "window", rank=4),
        Column("each", grain, 5, "grain", is_right=True, rank=3),
        Column("", curve, CELLS, rank=1),
        Column("sum", total, 6, "total", is_right=True, rank=2),
        Column("last", last, 6, "last", is_right=True, rank=2),
        Column("peak", peak, 6, "peak", is_right=True, rank=3),
    ),
    head=head,
    sections=(
        Section(
            "",
            facts=(
                Fact("sum", total, "total"),
                Fact("last", last, "last"),
                Fact("peak", peak, "peak"),
                Fact("measured", _measured, "points"),
                Fact("a point is", grain, "grain"),
                fact("begins", "since", exact),
                fact("in Azure", "metric"),
            ),
        ),
    ),
    drills=(Drill("T", "next window", "workspace-metrics", following, is_here=True),),
    reference=Reference(lambda one: one.metric),
    help="Runs, deployments and registrations of models, nodes and quota as Azure Monitor counts them. A dot is "
    "nothing measured, which is not zero.",
)
