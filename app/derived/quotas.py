"""Quotas with what is really left of them and what waits for more, and sizes with what is left for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from app.machine_rows import QuotaRow, SizeRow
from services.deployments import Deployment
from services.fit import fits
from services.headroom import TOTALS, Keeping, Room, family_key, is_near, room_of
from services.hourly import PriceBook, of_machines
from services.permissions import May
from services.quota_request import Ask, request_text
from services.quotas import Quota
from services.vm_sizes import VmSize, accelerator
from services.waiting import Waiting

LOW = "low-priority"
Key = tuple[str, str, str]
"""Region, priority and family of a quota, as `_key` spells them."""


class Rooms:
    """What is left of every quota of a region, by priority and family."""

    def __init__(
        self, quotas: Iterable[Quota], sizes: Mapping[str, VmSize], deployments: Iterable[Deployment], workspace: str
    ) -> None:
        """`sizes` are by name in lower case; `workspace` is the name of the one that is looked at."""
        self._quotas: dict[Key, Quota] = {}
        self._given: dict[Key, Quota] = {}
        for one in quotas:
            key = _key(one.location, one.kind, one.name)
            if one.workspace is None:
                self._quotas[key] = one
            elif one.workspace.lower() == workspace.lower():
                self._given[key] = one
        self._kept = _keeping(sizes, deployments)

    def room(self, quota: Quota) -> Room:
        """What is left of a quota."""
        kind = quota.kind or ""
        total = self._quotas.get(_key(quota.location, "total", TOTALS.get(kind))) if kind != "total" else None
        kept = self._kept.get(_key(quota.location, "", quota.name), ()) if kind == "dedicated" else ()
        return room_of(quota, total=total, given=self.given(quota), kept=kept)

    def given(self, quota: Quota) -> Quota | None:
        """The limit the workspace was given of a quota of the subscription."""
        key = _key(quota.location, quota.kind, quota.name)
        return None if quota.workspace is not None else self._given.get(key)

    def of_size(self, size: VmSize, *, is_low: bool = False) -> Room | None:
        """What is left for machines of a size; None where no quota of its family is known.

        At low priority all families share one quota, where the family has none of its own.
        """
        own = self._quotas.get(_key(size.location, LOW if is_low else "dedicated", size.family))
        quota = own or (self._quotas.get(_key(size.location, "total", TOTALS[LOW])) if is_low else None)
        return self.room(quota) if quota is not None else None


def _key(location: str | None, kind: str | None, family: str | None) -> Key:
    return (location or "").lower().replace(" ", ""), kind or "", family_key(family)


def _keeping(sizes: Mapping[str, VmSize], deployments: Iterable[Deployment]) -> dict[Key, list[Keeping]]:
    found: dict[Key, list[Keeping]] = defaultdict(list)
    for one in deployments:
        size = sizes.get((one.instance_type or "").lower())
        # Of a size that is not listed the family is not known: it is in nobody's reserve.
        if size is not None and one.instances and (one.kind or "").lower() != "kubernetes":
            found[_key(size.location, "", size.family)].append(Keeping(one.id, one.instances, size.cores))
    return found


def quota_rows(
    quotas: Sequence[Quota],
    rooms: Rooms,
    waiting: Mapping[str, Sequence[tuple[Waiting, int | None]]],
    may: May,
    subscription: str,
) -> Iterator[QuotaRow]:
    """Yield one row a quota. `waiting` has the runs that wait for a family, each with the cores it needs."""
    for one in quotas:
        room, given = rooms.room(one), rooms.given(one)
        runs = waiting.get(f"{one.kind}/{family_key(one.name)}", ())
        cores = [number for _, number in runs]
        needed = sum(number for number in cores if number is not None) if None not in cores and cores else None
        row = QuotaRow(
            **msgspec.structs.asdict(one), standing=_standing(one), free=room.free, reserve=room.reserve,
            headroom=room.headroom, basis=room.basis, given=given.limit if given else None, waiting=len(runs),
            waiting_cores=needed, waiting_for=tuple(run.name for run, _ in runs), may=may,
        )  # fmt: skip
        yield msgspec.structs.replace(row, request=_request(row, subscription))


def _standing(one: Quota) -> str | None:
    if one.limit is None or one.used is None or one.limit < 0:
        return None
    if one.limit == 0:
        return "none"
    return "full" if one.used >= one.limit else "near" if is_near(one) else "room"


def _request(row: QuotaRow, subscription: str) -> str:
    wanted, reason = None, ""
    if row.waiting_cores is not None and row.limit is not None and row.headroom is not None:
        wanted = row.limit + max(0, row.waiting_cores - row.headroom)
        runs = f"run{'s' if row.waiting != 1 else ''}"
        reason = f"{row.waiting} {runs} wait for {row.waiting_cores:,} vCPUs: {', '.join(row.waiting_for[:5])}"
    return request_text(
        Ask(subscription=subscription, location=row.location, family=row.title or row.name,
            priority=row.kind or "dedicated", used=row.used, limit=row.limit, wanted=wanted, reason=reason)
    )  # fmt: skip


def size_rows(sizes: Iterable[VmSize], rooms: Rooms, prices: PriceBook) -> Iterator[SizeRow]:
    """Yield one row a machine size."""
    for one in sizes:
        dedicated = of_machines(prices, 1, one.name, one.location)
        low = of_machines(prices, 1, one.name, one.location, priority="low priority")
        room, low_room = rooms.of_size(one), rooms.of_size(one, is_low=True)
        can_be_low = one.is_low_priority is not False
        yield SizeRow(
            **msgspec.structs.asdict(one), accelerator=accelerator(one.name, one.gpus), per_hour=dedicated.money,
            low_per_hour=low.money if can_be_low else None,
            priced=(f"dedicated: {dedicated.basis}", *((f"low priority: {low.basis}",) if can_be_low else ())),
            left=room.headroom if room else None, most=fits(one, 1, room).most,
            low_left=low_room.headroom if low_room and can_be_low else None,
            low_most=fits(one, 1, low_room, is_low_priority=True).most,
        )  # fmt: skip
