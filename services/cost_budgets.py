"""Budgets: how much was meant to be spent, how much was, and at which shares somebody is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec

from services.calls import Answer
from services.cost_queries import scope_of, subscription_of
from services.errors import Forbidden
from services.parsing import id_key, moment
from services.reading import read_item, read_page
from services.records import Money, Page, SetAside, Stop, WorkspaceRef, never

if TYPE_CHECKING:
    from services.connection import Connection

API = "2023-05-01"

_TICKS_BEGIN = datetime(1601, 1, 1, tzinfo=UTC)

ACTUAL, FORECASTED = "Actual", "Forecasted"


class Threshold(msgspec.Struct, frozen=True, kw_only=True):
    """A share of the budget at which somebody is told."""

    name: str
    percent: float
    basis: str = ACTUAL
    """Actual: of what was spent; Forecasted: of what is expected of the period."""
    operator: str | None = None
    is_enabled: bool = True


class Budget(msgspec.Struct, frozen=True, kw_only=True):
    """One budget as it was when Azure evaluated it last: once a day, and not for this answer."""

    id: str
    """In lower case with a leading slash, however Azure gave it."""
    name: str
    scope: str
    """The ARM id of what it is a budget of."""
    amount: Money | None = None
    """Azure names the currency of what was spent alone; the amount is in the same one."""
    spent: Money | None = None
    forecast: Money | None = None
    grain: str | None = None
    category: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    evaluated: datetime | None = None
    """When Azure wrote it last, which it does once a day when it evaluates it; None where it does not say."""
    thresholds: tuple[Threshold, ...] = ()
    is_filtered: bool = False
    """Only a part of the scope counts."""
    share: float | None = None
    """What was spent of the amount; None while one is unknown or there is no amount."""
    expected: float | None = None
    """What is expected to be spent of the amount."""

    def is_reached(self, threshold: Threshold) -> bool | None:
        """Whether what was spent, or is expected, is beyond a threshold; None while that is unknown."""
        share = self.expected if threshold.basis == FORECASTED else self.share
        if share is None:
            return None
        over = share * 100 - threshold.percent
        return over >= 0 if threshold.operator == "GreaterThanOrEqualTo" else over > 0


class _Amount(msgspec.Struct, frozen=True):
    amount: float | None = None
    unit: str | None = None


class _Notification(msgspec.Struct, frozen=True, rename="camel"):
    enabled: bool | None = None
    operator: str | None = None
    threshold: float | None = None
    threshold_type: str | None = None


class _Period(msgspec.Struct, frozen=True, rename="camel"):
    start_date: str | None = None
    end_date: str | None = None


class _Properties(msgspec.Struct, frozen=True, rename="camel"):
    amount: float | None = None
    current_spend: _Amount | None = None
    forecast_spend: _Amount | None = None
    time_grain: str | None = None
    time_period: _Period | None = None
    category: str | None = None
    last_evaluated_date: str | None = None
    notifications: dict[str, _Notification | None] | None = None
    filter: dict[str, Any] | None = None
    filters: dict[str, Any] | None = None
    """What it was called before 2019."""


class _Document(msgspec.Struct, frozen=True):
    id: str
    name: str
    properties: _Properties
    eTag: str | None = None


_read = msgspec.json.Decoder(_Document).decode


def list_budgets(connection: Connection, ref: WorkspaceRef, *, stop: Stop = never) -> Iterator[Page[Budget]]:
    """Yield the budgets of a workspace's resource group, then those of its subscription.

    One of the two may be refused: then the last page sets it aside with the reason, and is not the last of a whole
    listing. Raises ServiceError, Forbidden only when both are refused. Reads GET …/Microsoft.Consumption/budgets.
    """
    found, refused = list[Answer](), list[Forbidden]()
    for scope in (scope_of(ref), subscription_of(ref)):
        call = connection.arm(f"{scope}/providers/Microsoft.Consumption/budgets", API)
        try:
            found += connection.pages(call, stop=stop)
        except Forbidden as problem:
            refused.append(problem)
    if refused and not found:
        raise refused[0]
    for answer in found:
        page = read_page(answer, parse_budget, is_last=False)
        if answer is found[-1]:
            aside = (*page.set_aside, *(SetAside("budgets of a scope", str(one)) for one in refused))
            page = msgspec.structs.replace(page, set_aside=aside, is_last=answer.is_last and not refused)
        yield page


def get_budget(connection: Connection, scope: str, name: str) -> Page[Budget]:
    """Return one budget of a scope. Raises ServiceError. Reads GET …/Microsoft.Consumption/budgets/NAME."""
    return read_item(connection.read(connection.arm(f"{scope}/providers/Microsoft.Consumption/budgets/{name}", API)),
                     parse_budget)  # fmt: skip


def parse_budget(document: bytes) -> Budget:
    """Return one budget. Raises msgspec.MsgspecError or ValueError when it is none."""
    found = _read(document)
    inner = found.properties
    spent, expected = _money(inner.current_spend), _money(inner.forecast_spend)
    currency = next((one.currency for one in (spent, expected) if one is not None), "")
    amount = None if inner.amount is None else Money(_exact(inner.amount), currency)
    period = inner.time_period or _Period()
    return Budget(
        id=id_key(found.id),
        name=found.name,
        scope=id_key(found.id).partition("/providers/microsoft.consumption/")[0].partition(
            "/providers/microsoft.costmanagement/")[0],
        amount=amount,
        spent=spent,
        forecast=expected,
        grain=inner.time_grain,
        category=inner.category,
        start=moment(period.start_date),
        end=moment(period.end_date),
        evaluated=moment(inner.last_evaluated_date) or _written(found.eTag),
        thresholds=_thresholds(inner.notifications or {}),
        is_filtered=any(_narrows(one) for one in (inner.filter, inner.filters)),
        share=_share(spent, amount),
        expected=_share(expected, amount),
    )  # fmt: skip


def _thresholds(given: Mapping[str, _Notification | None]) -> tuple[Threshold, ...]:
    found = [
        Threshold(name=name, percent=one.threshold, basis=one.threshold_type or ACTUAL, operator=one.operator,
                  is_enabled=one.enabled is not False)
        for name, one in given.items() if one is not None and one.threshold is not None
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (one.percent, one.name)))


def _money(given: _Amount | None) -> Money | None:
    if given is None or given.amount is None:
        return None
    return Money(_exact(given.amount), given.unit or "")


def _written(etag: str | None) -> datetime | None:
    """Return the moment in an etag: ticks of 100 ns since 1601, in hexadecimal digits."""
    try:
        ticks = int((etag or "").strip('"W/'), 16)
        at = _TICKS_BEGIN + timedelta(microseconds=ticks // 10)
    except (ValueError, OverflowError):
        return None
    return at if at.year > 2000 else None


def _exact(amount: float) -> Decimal:
    return Decimal(repr(amount))


def _narrows(given: Mapping[str, Any] | None) -> bool:
    return any(bool(value) for value in (given or {}).values())


def _share(part: Money | None, whole: Money | None) -> float | None:
    if part is None or whole is None or whole.amount <= 0:
        return None
    return float(part.amount / whole.amount)
