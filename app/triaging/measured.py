"""The rest of what Azure Monitor measured on an endpoint: every percentile, its connections, its machines. Pure."""

from __future__ import annotations

from app.triaging.signals import number, values_in
from app.triaging.window import Window
from services.autoscale_rules import Rule, condition
from services.capacity import InstanceLoad
from services.triage import Triage
from services.triage_charts import Chart
from services.triage_facts import ScaleEvaluation
from widgets import format as fmt
from widgets.chart_raster import Dots
from widgets.course import course
from widgets.lines import NO_LINE, blank, fit_line, say, spaced
from widgets.pane import Line, Look, Span
from widgets.safe import Safe, plain, safe

LABEL, UNIT, NUMBER = 28, 6, 9
MOST = 8
"""Instances that are named, the hottest first."""


def measured_lines(found: Triage, window: Window, width: int, dots: Dots, look: Look) -> list[Line]:
    """A row each: what, its course, now and the highest. Then the instances, and what autoscale made of it.

    Nothing where nothing was measured.
    """
    known = (*found.latencies, *found.measures)
    charts = [chart for chart in known if any(value is not None for value in values_in(chart, window))]
    if not charts:
        return _evaluated(found.evaluations, look)[1:]
    heads = [fit_line(say(word, "muted"), NUMBER, is_right=True) for word in (plain("now"), plain("highest"))]
    room = max(4, width - LABEL - UNIT - 2 * NUMBER)
    head = (blank(LABEL + UNIT + room), *(span for cell in heads for span in cell))
    rows = [_row(one, window, room, dots) for one in charts]
    return [head, *rows, *_instances(found.loads), *_evaluated(found.evaluations, look)]


def _row(chart: Chart, window: Window, room: int, dots: Dots) -> Line:
    values = values_in(chart, window)
    (line,) = course(values, room, 1, least_top=100.0 if chart.unit == "%" else 0.0, dots=dots)
    of = f" {chart.deployment}" if chart.deployment else ""
    known = [one for one in values if one is not None]
    return (
        *fit_line(say(safe(f"{chart.label}{of}", LABEL - 1)), LABEL),
        *fit_line(say(safe(chart.unit), "muted"), UNIT),
        *line,
        *fit_line(say(number(chart.now)), NUMBER, is_right=True),
        *fit_line(say(number(max(known, default=None)), "muted"), NUMBER, is_right=True),
    )


def _instances(loads: tuple[InstanceLoad, ...]) -> list[Line]:
    if not loads:
        return []
    named = [(say(safe(f"{one.deployment} {one.instance}", LABEL - 1)), _loads(one)) for one in loads[:MOST]]
    left = len(loads) - MOST
    more = [say(Safe(f"{left} more instances, less busy"), "muted")] if left > 0 else []
    return [NO_LINE, *((*fit_line(name, LABEL), *said) for name, said in named), *more]


def _loads(load: InstanceLoad) -> Line:
    parts = {"cpu": load.cpu, "memory": load.memory, "gpu": load.gpu, "gpu memory": load.gpu_memory, "disk": load.disk}
    known = [(name, value) for name, value in parts.items() if value is not None]
    words: list[Line] = [(Span(Safe(f"{name} "), "muted"), Span(Safe(f"{value:.0f} %"))) for name, value in known]
    return spaced(words, 3)


def _evaluated(known: tuple[ScaleEvaluation, ...], look: Look) -> list[Line]:
    """What autoscale last looked at: the metric, against which limit, and what came of it."""
    lines: list[Line] = [NO_LINE] if known else []
    for one in known:
        deployment = one.target.rstrip("/").rpartition("/")[2]
        result = safe((one.result or "no result").replace("NotTriggered", "not triggered").lower(), 30)
        limit = condition(Rule(metric=one.metric, operator=one.operator, threshold=one.threshold))
        said = (
            say(safe(f"{number(one.observed)} now, scales when {limit}", 90)),
            say(result, "muted" if result == "not triggered" else "warn"),
            say(Safe(f"{fmt.count(one.before)} instances at {fmt.clock(one.at, look)}"), "muted"),
        )
        lines.append((*fit_line(say(safe(f"autoscale {deployment}", LABEL - 1)), LABEL), *spaced(said, 3)))
    return lines
