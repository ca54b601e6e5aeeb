"""What stands around the charts of compared runs: whose line is whose, and what is not known of whom."""

from __future__ import annotations

from collections.abc import Sequence

from app.desk import Desk
from app.overlaying import MOST_LINES, Made, Overlaid, tone_of
from app.side_by_side import names_of
from services.curves import SHARE
from services.run import Run
from widgets.chart_series import Group
from widgets.lines import spaced
from widgets.pane import Line, Span
from widgets.safe import Safe, clip, plain, safe

NAMED = 2
"""Runs without metrics that are named; of more only the count is said."""


def legend(runs: Sequence[Run], made: Made, desk: Desk) -> Line:
    """A piece of each run's line with its name, the base first; those that are not drawn are counted."""
    dash = plain("--") if desk.is_ascii else plain("──")
    thick = plain("==") if desk.is_ascii else plain("━━")
    parts: list[Line] = [
        (Span(thick if not at else dash, tone_of(run, made)), Span(Safe(f" {clip(name, 40)}"), "text"),
         Span(plain(" base" if not at else ""), "muted"))
        for at, (run, name) in enumerate(zip(runs[:MOST_LINES], names_of(runs), strict=False))
    ]  # fmt: skip
    if len(runs) > MOST_LINES:
        parts.append((Span(Safe(f"+{len(runs) - MOST_LINES} more, b brings them"), "muted"),))
    return spaced(parts, 3)


def group_of(found: Overlaid, desk: Desk) -> Group:
    """The board's one group: the metrics, and a sentence about what is missing or what a parting is."""
    note = _missing(found.without, desk)
    if not note and any(figure.marks for figure in found.figures):
        sign = "^" if desk.is_ascii else "▲"
        note = Safe(f"{sign} parts: from there on more than {SHARE} of the range away from the base")
    if not note and not found.figures:
        note = plain("None of these runs logged a metric more than once: there is no curve to draw.")
    return Group(plain(""), found.figures, note=note, has_large=True)


def _missing(runs: Sequence[Run], desk: Desk) -> Safe:
    """Why nothing of these runs is drawn: not read, refused, or nothing was logged."""
    if not runs:
        return plain("")
    states = [desk.refresher.lookup_state("metrics", run.id) for run in runs]
    who = Safe(", ".join(safe(run.name, 40) for run in runs)) if len(runs) <= NAMED else Safe(f"{len(runs)} runs")
    problem = next((state.problem for state in states if state.problem is not None), None)
    if problem is not None:
        return Safe(f"{who}: {safe(problem.sentence, 300)}")
    if all(state.last_ok is not None for state in states):
        return Safe(f"No metrics were logged by {who}.")
    if not desk.session.is_online:
        return Safe(f"The metrics of {who} were never read here, and offline they stay unknown.")
    return Safe(f"Reading the metrics of {who}…")
