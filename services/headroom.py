"""What is really left of a quota: its limit less what is used, less what managed online deployments keep for upgrades.

Pure reasoning over records, no I/O. Unknown stays unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import msgspec

from services.quotas import Quota

NEAR, FULL = 0.9, 1.0
"""From which used share on a quota is near its limit, and from which it is full."""
TOTALS = {"dedicated": "totaldedicatedcores", "low-priority": "totallowprioritycores"}
"""The counter of a whole region that bounds every family, by priority."""
_NOISE = re.compile(r"\b(cluster|dedicated|low-?priority|vcpus?|cores)\b|[\s_-]+")


class Keeping(msgspec.Struct, frozen=True):
    """One managed online deployment, and the cores of one of its instances; None where the size is not known."""

    deployment: str
    instances: int
    cores: int | None


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """What is left of one quota, in cores. `basis` says line by line how that came about."""

    free: int | None = None
    """Limit less use."""
    reserve: int | None = None
    """What deployments keep for their upgrades; None where some size is not known."""
    headroom: int | None = None
    """What a new cluster or deployment can really have."""
    basis: tuple[str, ...] = ()


def family_key(name: str | None) -> str:
    """Return what spellings of a family have in common: `standardDSv2Family`, `Standard DSv2 Family Cluster …`."""
    return _NOISE.sub("", (name or "").lower())


def spare_of(instances: int) -> int:
    """Return how many instances more a deployment has to have quota for: Azure asks for 1.2 times, rounded up."""
    return -(-instances // 5)


def reserve_of(kept: Iterable[Keeping]) -> int | None:
    """Return the cores that deployments keep for their upgrades; None where the cores of one are not known."""
    found = 0
    for one in kept:
        if one.cores is None:
            return None
        found += spare_of(one.instances) * one.cores
    return found


def room_of(
    quota: Quota, *, total: Quota | None = None, given: Quota | None = None, kept: Sequence[Keeping] = ()
) -> Room:
    """Return what is left of a family's quota.

    `total` is the counter of the region for the same priority, `given` the limit of the workspace, `kept` the managed
    online deployments of the family. Without limit or use there is no answer; limits below 0 mean none was said.
    """
    free = _free(quota)
    if free is None:
        return Room(basis=("Azure does not say the limit or the use",))
    basis = [f"limit {quota.limit:,} - used {quota.used:,} = {free:,} cores free"]
    reserve = reserve_of(kept)
    headroom: int | None = free
    if reserve is None:
        basis.append("less what deployments keep for upgrades, which is not known: the size of one is not listed")
        headroom = None if free > 0 else 0
    elif reserve:
        names = ", ".join(one.deployment for one in kept[:3]) + (" …" if len(kept) > 3 else "")
        basis.append(f"- {reserve:,} kept for upgrades (a fifth of their instances, rounded up) by {names}")
        headroom = free - reserve
    headroom = _bounded(headroom, total, given, basis)
    if headroom is not None:
        headroom = max(0, headroom)
        basis.append(f"= {headroom:,} cores to start something new")
    return Room(free=free, reserve=reserve, headroom=headroom, basis=tuple(basis))


def _bounded(headroom: int | None, total: Quota | None, given: Quota | None, basis: list[str]) -> int | None:
    regional = _free(total) if total is not None else None
    if headroom is not None and regional is not None and regional < headroom:
        basis.append(f"but the region has {regional:,} left for all families")
        headroom = regional
    limit = given.limit if given is not None else None
    if headroom is not None and limit is not None and limit >= 0:
        own = limit - (given.used or 0) if given is not None else limit
        if own < headroom:
            basis.append(
                f"but the workspace was given {limit:,}" + (f" and uses {given.used:,}" if given and given.used else "")
            )
            headroom = own
    return headroom


def _free(quota: Quota) -> int | None:
    if quota.limit is None or quota.used is None or quota.limit < 0:
        return None
    return quota.limit - quota.used


def is_near(quota: Quota) -> bool:
    """Return whether nine tenths of a limit are used; never without a limit above 0."""
    return (
        bool(quota.limit)
        and quota.used is not None
        and (quota.limit or 0) > 0
        and quota.used >= NEAR * (quota.limit or 0)
    )
