"""The deployments of a triage as lines: a heading, and a row for each."""

from __future__ import annotations

from collections.abc import Sequence

from app.panes.endpoints import tone_of
from app.words import resource_state
from services.triage import Triage
from services.triage_rows import DeploymentNow
from widgets import format as fmt
from widgets.lines import blank, fit_line, line_width, say, spaced
from widgets.pane import Line, Look, Span
from widgets.safe import Safe, plain, safe
from widgets.spark import gauge


def deployment_lines(found: Triage, look: Look, width: int) -> list[Line]:
    """A heading and a row for each deployment."""
    if not found.deployments:
        return [say(plain("No deployment is known."), "muted")]
    is_wide = width >= 90
    return [_deployment_heading(width, is_wide=is_wide),
            *(_deployment(row, place, look, width, is_wide=is_wide)
              for place, row in enumerate(found.deployments))]  # fmt: skip


def _cells(is_wide: bool) -> tuple[tuple[str, int, bool], ...]:
    wide = (("model", 16, False), ("ready", 7, True), ("traffic", 19, False), ("err %", 5, True), ("p50 s", 5, True),
            ("p95 s", 5, True), ("rps", 7, True), ("age", 4, True))  # fmt: skip
    small = (("model", 13, False), ("ready", 7, True), ("traffic", 15, False), ("err %", 6, True), ("p95 s", 6, True),
             ("age", 5, True))  # fmt: skip
    return wide if is_wide else small


def _deployment_heading(width: int, *, is_wide: bool) -> Line:
    cells = [fit_line(say(Safe(name), "muted"), room, is_right=is_right) for name, room, is_right in _cells(is_wide)]
    return _row(say(plain("   deployment"), "muted"), cells, width)


def _row(first: Line, cells: Sequence[Line], width: int) -> Line:
    rest = spaced(cells, 2)
    return (*fit_line(first, max(8, width - line_width(rest) - 2)), blank(2), *rest)


def _deployment(row: DeploymentNow, place: int, look: Look, width: int, *, is_wide: bool) -> Line:
    state = resource_state(row.state)
    glyph = state.ascii if look.is_ascii else state.glyph
    name = (
        Span(plain(" ")),
        Span(glyph, state.tone),
        Span(plain(" ")),
        Span(safe(row.name, 32), tone_of(row.name, place)),
    )
    failed = None if row.failed is None else row.failed * 100
    values: dict[str, Line] = {
        "model": say(safe(row.model, 40), "muted") if row.model else say(plain("–"), "muted"),
        "ready": say(_ready(row)),
        "traffic": _traffic(row, place, look, 12 if is_wide else 8),
        "err %": say(plain("–") if failed is None else Safe(f"{failed:.1f}"),
                     "err" if failed is not None and failed >= 5 else "text"),
        "p50 s": say(_seconds(row.p50)),
        "p95 s": say(_seconds(row.p95)),
        "rps": say(plain("–") if row.rate is None else Safe(f"{row.rate:,.1f}")),
        "age": say(fmt.age(row.changed, look.now), "muted"),
    }  # fmt: skip
    cells = [
        fit_line(values[name], room, is_right=is_right, in_middle=name == "model")
        for name, room, is_right in _cells(is_wide)
    ]
    return _row(name, cells, width)


def _ready(row: DeploymentNow) -> Safe:
    ready = "–" if row.ready is None else f"{row.ready:.0f}"
    wanted = "–" if row.instances is None else str(row.instances)
    return Safe(f"{ready} / {wanted}")


def _seconds(value: float | None) -> Safe:
    return plain("–") if value is None else Safe(f"{value:.2f}")


def _traffic(row: DeploymentNow, place: int, look: Look, wide: int) -> Line:
    if row.traffic is None:
        return say(plain("–"), "muted")
    bar = gauge(row.traffic / 100, wide, tone=tone_of(row.name, place), is_ascii=look.is_ascii)
    return (*bar, *fit_line(say(Safe(f"{row.traffic:g} %")), 7, is_right=True))
