"""Quotas: what the subscription may still start in this region, the fullest first."""

from __future__ import annotations

from app.cells import number, value
from services.quotas import Quota
from widgets import format as fmt
from widgets.pane import Cell, Column, Look, Pane, Reference, Span, Tone
from widgets.safe import Safe

_BAR = 20


def share(quota: Quota) -> float | None:
    """Used part of the limit; None when either is unknown or the limit is no limit (0 or negative)."""
    if quota.used is None or quota.limit is None or quota.limit <= 0:
        return None
    return quota.used / quota.limit


def gauge(quota: Quota, look: Look) -> Cell:
    """A bar of twenty cells: calm below 90 %, warning above, red when full."""
    used = share(quota)
    if used is None:
        return fmt.DASH
    tone: Tone = "run" if used < 0.9 else "warn" if used < 1 else "err"
    full = min(_BAR, round(used * _BAR))
    on, off = ("=", "-") if look.is_ascii else ("━", "─")
    return (Span(Safe(on * full), tone), Span(Safe(off * (_BAR - full)), "line"))


def free(quota: Quota, look: Look) -> Cell:
    """What is left; warns when nothing is."""
    if quota.used is None or quota.limit is None or quota.limit < 0:
        return fmt.DASH
    left = quota.limit - quota.used
    return (Span(fmt.count(left), "warn" if left <= 0 < quota.limit else "text"),)


QUOTAS: Pane[Quota] = Pane(
    name="quotas",
    title="Quota",
    digit="",
    record=Quota,
    table="quotas",
    noun="quotas",
    sources=("quotas",),
    order="-used",
    in_tabs=False,
    trouble="used>0",
    empty="Azure lists no quota for this region.",
    columns=(
        Column("family", lambda quota, look: fmt.words(quota.title or quota.name), 30, "name", grows=True, rank=1),
        Column("kind", value("kind", "muted"), 12, "kind", rank=4),
        Column("", gauge, _BAR, rank=3),
        Column("used", number("used"), 6, "used", is_right=True, rank=1),
        Column("limit", number("limit", "muted"), 6, "limit", is_right=True, rank=1),
        Column("free", free, 6, is_right=True, rank=2),
        Column("region", value("location", "muted"), 12, "location", rank=7),
    ),
    reference=Reference(lambda quota: quota.name),
    help="Cores and clusters used against their limits. {trouble} keeps what is in use.",
)
