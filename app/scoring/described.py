"""The table of scoring requests, and that of their groups, as data: columns, and what a filter means there."""

from __future__ import annotations

from app.cells import number, value
from app.scoring.rows import REQUESTS, RequestRow
from services.scoring_requests import RequestGroup
from widgets import format as fmt
from widgets.pane import Cell, Column, Look, Pane, Span, Tone
from widgets.safe import Safe, plain, safe


def _time(row: RequestRow, look: Look) -> Cell:
    """The time of day to the second: what is listed is of the last hours."""
    shown = fmt.moment(row.at, look).rpartition(" ")[2]
    return (Span(Safe(shown), "muted"),)


def tone_of(status: str | None) -> Tone:
    """Red for what the endpoint did wrong, amber for what the caller did."""
    first = (status or " ")[0]
    if status in ("408", "424", "429") or first == "5":
        return "err"
    return "warn" if first == "4" else "text"


def _status(row: RequestRow, look: Look) -> Cell:
    known = row.status
    more = f" ×{row.count}" if row.count > 1 else ""
    return (Span(Safe(f"{safe(known, 12) if known else '–'}{more}"), tone_of(known)),)


def seconds(known: float | None, tone: Tone = "text") -> Cell:
    """A duration of a request: milliseconds below a second."""
    if known is None:
        return fmt.DASH
    return (Span(Safe(f"{known * 1000:,.0f} ms" if known < 1 else f"{known:,.2f} s"), tone),)


SCORING: Pane[RequestRow] = Pane(
    name="requests",
    title="Scoring requests",
    digit="",
    record=RequestRow,
    table=REQUESTS.name,
    noun="requests",
    sources=(),
    order="-at",
    empty="No request of this time is in Application Insights.",
    in_tabs=False,
    trouble="code>=400",
    columns=(
        Column("time", _time, 9, "at", rank=1),
        Column("StatusCode", _status, 10, "status", sort="code", rank=1),
        Column("Duration", lambda row, look: seconds(row.duration), 9, "duration", is_right=True, rank=1),
        Column("HTTPMethod", value("method", "muted"), 10, "method", rank=4),
        Column("UserAgent", value("agent"), 20, "agent", grows=True, rank=2),
        Column("ComputeType", value("compute", "muted"), 11, "compute", rank=6),
        Column("RequestUrl", value("url", "muted"), 30, "url", grows=True, rank=5),
        Column("RequestId", value("request"), 36, "request", rank=3),
    ),
)
"""What the seeds call the seven fields stands in their words. It is no pane of its own: it belongs to an endpoint."""


def _name(group: RequestGroup, look: Look) -> Cell:
    return (Span(safe(group.name, 200), tone_of(group.name)),) if group.name else (Span(plain("not said"), "muted"),)


def _caller(group: RequestGroup, look: Look) -> Cell:
    return (Span(safe(group.name, 200)),) if group.name else (Span(plain("not said"), "muted"),)


def _failed(group: RequestGroup, look: Look) -> Cell:
    if group.failed is None or not group.requests:
        return fmt.DASH
    return (Span(fmt.percent(group.failed / group.requests), "err" if group.failed else "muted"),)


def _clock(name: str) -> Column[RequestGroup]:
    def cell(group: RequestGroup, look: Look) -> Cell:
        return (Span(fmt.clock(getattr(group, name), look), "muted"),)

    return Column(name, cell, 9, is_right=True, rank=4)


_SUMS: tuple[Column[RequestGroup], ...] = (
    Column("requests", number("requests"), 10, is_right=True, rank=1),
    Column("failed", _failed, 7, is_right=True, rank=1),
    Column("p50", lambda group, look: seconds(group.p50), 9, is_right=True, rank=2),
    Column("p95", lambda group, look: seconds(group.p95), 9, is_right=True, rank=1),
    _clock("first"),
    _clock("last"),
)
GROUPED: dict[str, tuple[Column[RequestGroup], ...]] = {
    "status": (Column("StatusCode", _name, 12, rank=1), *_SUMS),
    "caller": (Column("UserAgent", _caller, 40, grows=True, rank=1), *_SUMS),
}
"""The columns of groups, by what the requests are grouped by."""
