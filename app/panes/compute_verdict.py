"""The line above the computes: what an hour costs and what of it idles, how many there are, what waits for quota."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from app.machine_rows import ComputeRow
from services.compute_targets import OWN_KINDS, SERVERLESS
from services.records import Money
from widgets import format as fmt
from widgets.pane import Line, Look, Span, Tally
from widgets.safe import Safe, plain


def _sum(found: Iterable[Money | None]) -> Money | None:
    known = [money for money in found if money is not None]
    if not known or len({money.currency for money in known}) != 1:
        return None
    return Money(sum((money.amount for money in known), Decimal(0)), known[0].currency)


def verdict(tally: Tally, look: Look) -> Line:
    """What an hour costs now and what of it idles, how many of each kind there are, what waits for quota."""
    rows: list[ComputeRow] = list(tally.rows())
    spans = [*_money(rows, look), Span(_kinds(rows), "muted")]
    waiting = sum(row.waits_for_quota for row in rows)
    if waiting:
        spans.append(Span(Safe(f"   {waiting} job{'s wait' if waiting > 1 else ' waits'} for quota"), "warn"))
    return tuple(spans)


def _money(rows: Sequence[ComputeRow], look: Look) -> Iterable[Span]:
    total, idle = _sum(row.per_hour for row in rows), _sum(row.idle_per_hour for row in rows)
    if total is None:
        yield from _nodes(rows)
        return
    mark = not look.is_ascii
    yield Span(Safe(f"{fmt.money(total, is_estimate=mark)}/h"), "strong", bold=True)
    yield Span(plain(" running"), "muted")
    if idle is not None and idle.amount:
        yield Span(plain(", "), "muted")
        yield Span(Safe(f"{fmt.money(idle, is_estimate=mark)}/h of it idle"), "warn", bold=True)
    unpriced = sum(1 for row in rows if row.per_hour is None and _is_paid_here(row))
    if unpriced:
        yield Span(Safe(f", {unpriced} without a price"), "muted")


def _is_paid_here(row: ComputeRow) -> bool:
    return row.kind in OWN_KINDS and row.provisioning != "Failed"


def _nodes(rows: Sequence[ComputeRow]) -> Iterable[Span]:
    idle = sum(row.idle_nodes or 0 for row in rows)
    yield Span(Safe(f"{sum(row.running_nodes or 0 for row in rows):,} nodes busy"), "strong", bold=True)
    if idle:
        yield Span(Safe(f", {idle:,} idle and paid"), "warn", bold=True)


def _kinds(rows: Sequence[ComputeRow]) -> Safe:
    clusters = sum(1 for row in rows if row.kind == "AmlCompute")
    instances = sum(1 for row in rows if row.kind == "ComputeInstance")
    attached = sum(1 for row in rows if row.kind not in (*OWN_KINDS, SERVERLESS))
    serverless = sum(row.running_nodes or 0 for row in rows if row.kind == SERVERLESS)
    counts = [_counted(clusters, "cluster"), _counted(instances, "instance"), f"{attached} attached"]
    return Safe("   " + ", ".join([*counts, *([_counted(serverless, "serverless node")] if serverless else [])]))


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
