"""Endpoints that do not answer as they should, for Pulse: the most failed requests first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from app.rows import EndpointHealth
from services.attention import CRITICAL, WARNING, Attention

_HEAVY = {CRITICAL: 300.0, WARNING: 200.0}


def of_health(found: Iterable[EndpointHealth]) -> Iterator[Attention]:
    """Yield what is wrong with endpoints by their signals: critical, but slow ones.

    Among those of one severity, more failed requests a minute rank higher.
    """
    for one in found:
        if one.is_unhealthy:
            severity = WARNING if one.state == "slow" else CRITICAL
            lost = (one.failed or 0.0) * (one.rate or 0.0) * 60
            yield Attention(
                id=f"endpoints/{one.id}/health", severity=severity, rank=_HEAVY[severity] + min(99.0, 50 + lost / 10),
                what=f"endpoint {one.id} is {one.state}", why=_why(one), since=one.since, pane="endpoints",
                query=f'name="{one.id}"', endpoint=one.id,
            )  # fmt: skip


def _why(one: EndpointHealth) -> str | None:
    if one.state == "slow" and one.p95 is not None:
        usual = f", usually {one.usual_p95:.2f} s" if one.usual_p95 is not None else ""
        return f"p95 {one.p95:.2f} s{usual}"
    if one.failed is None:
        return "no requests arrive any more" if one.state == "silent" else None
    usual = f", usually {100 * one.usual_failed:.1f} %" if one.usual_failed is not None else ""
    return f"{100 * one.failed:.0f} % of the requests {'are refused' if one.state == 'refusing' else 'fail'}{usual}"
