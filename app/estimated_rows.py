"""What runs cost this month, by experiment, user, compute and tag: sums of what is kept beside each run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec

from app import tables
from app.estimated_table import ALL, EstimatedRow
from app.estimating import KEPT, running_in, summed
from cache.amounts import Amount
from cache.query import parse
from services.estimates import Sum, together
from services.records import Page
from services.run import is_azures_own

if TYPE_CHECKING:
    from app.handed import Reading

DAYS = 30
"""Days that are looked back upon; the last one goes on."""
BY = ("experiment", "user", "compute")
TAGS, MOST = 4, 200
"""Names of tags that are summed by, and values of each that get a row; the dearest come first."""


def read_estimated(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of EstimatedRow. Reads the runs of the last month in SQL, a day at a time: for a worker."""
    from app.rollups import pages

    return pages(reading, "runs and their estimates", _rows(reading))


def _rows(reading: Reading) -> Iterator[EstimatedRow]:
    today = reading.now.replace(hour=0, minute=0, second=0, microsecond=0)
    whole: list[Sum] = []
    for by in (*BY, *_tags(reading)):
        found = _by_day(reading, by, today)
        total = together(_month(days, today) for days in found.values())
        made = [_row(by, name, days, total, today) for name, days in found.items()]
        made.sort(key=lambda row: -(row.month.amount if row.month else Decimal(0)))
        yield from made[:MOST]
        if by == BY[0]:
            whole = _added(found)
    yield _everything(reading, whole, today)


def _tags(reading: Reading) -> Sequence[str]:
    names = reading.store.pair_names("runs", reading.scope, "tags")
    return [f"tag.{name}" for name in sorted(names) if not is_azures_own(name)][:TAGS]


def _by_day(reading: Reading, by: str, today: datetime) -> dict[str, list[Sum]]:
    """Sums by value, of the 31 newest days and today, oldest first: a month is never longer."""
    found: dict[str, list[Sum]] = defaultdict(lambda: [Sum()] * (DAYS + 1))
    for at in range(DAYS + 1):
        day = today - timedelta(days=DAYS - at)
        where = parse(f"cost_unknown:none started={day:%Y-%m-%d}", tables.RUNS, now=reading.now)
        some: dict[str, list[Amount]] = reading.store.amounts("runs", reading.scope, by, where, *KEPT)
        for name, parts in some.items():
            found[name][at] = summed(parts)
        if reading.stop():
            break
    return found


def _added(found: dict[str, list[Sum]]) -> list[Sum]:
    return [together(days[at] for days in found.values()) for at in range(DAYS + 1)]


def _month(days: Sequence[Sum], today: datetime) -> Sum:
    return together(days[-today.day :])


def _row(by: str, name: str, days: Sequence[Sum], total: Sum, today: datetime) -> EstimatedRow:
    month, whole = _month(days, today), total.money
    money = month.money
    share = float(money.amount / whole.amount) if money is not None and whole is not None and whole.amount else None
    return EstimatedRow(
        id=f"{by}|{name}", by=by, name=name, month=money, unknown=month.unknown, share=share,
        week=together(days[-7:]).money, week_before=together(days[-14:-7]).money,
        days=tuple(f"{one.money.amount:f}" if one.money is not None else "" for one in days[1:]),
        priced=("list prices × the machines of runs, by the day they started, each machine once",
                "waiting, preparing, idle nodes, disks and discounts are not in it"),
    )  # fmt: skip


def _everything(reading: Reading, days: Sequence[Sum], today: datetime) -> EstimatedRow:
    now = running_in(reading.store, reading.scope)
    row = _row(ALL, "", days or [Sum()] * (DAYS + 1), Sum(), today)
    told = tuple(f"{one.name}: {one.per_hour.basis}" for one in now.parts)
    return msgspec.structs.replace(
        row, per_hour=now.per_hour.money, idle_per_hour=now.idle.money, unknown_now=now.per_hour.unknown, priced=told
    )
