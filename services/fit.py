"""Whether machines of a size fit into what is left of the quota, and the cheapest size that does what is needed.

Pure reasoning over records, no I/O: `headroom` says what is left, `hourly` what it costs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal

import msgspec

from services.headroom import Room, spare_of
from services.hourly import PerHour
from services.vm_sizes import VmSize

Answer = Literal["fits", "tight", "does not fit", "unknown"]
MIR = "MIR"
"""How `vmSizes` calls managed online endpoints."""


class Fit(msgspec.Struct, frozen=True, kw_only=True):
    """Whether so many machines fit. `tight` fits the limit, and leaves deployments no room to upgrade."""

    answer: Answer
    cores: int | None = None
    """Cores that are needed, with the spare ones of a deployment."""
    headroom: int | None = None
    most: int | None = None
    """How many machines fit at most."""
    why: str = ""


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """What a machine has to have at least."""

    cores: int = 0
    memory_gb: float = 0.0
    gpus: int = 0
    is_low_priority: bool = False
    used_for: str = ""
    """AmlCompute, ComputeInstance or MIR; empty for any."""


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """A size that does what is needed, what an hour of it costs, and whether it fits."""

    size: VmSize
    cost: PerHour
    fit: Fit


def fits(
    size: VmSize, count: int, room: Room | None, *, is_low_priority: bool = False, is_deployment: bool = False
) -> Fit:
    """Return whether `count` machines of a size fit into the room that is left for its family.

    A managed online deployment needs a fifth more, rounded up. `room` is None where the quota is not known.
    """
    if count < 1:
        return Fit(answer="unknown", why="at least one machine has to be asked for")
    if is_low_priority and size.is_low_priority is False:
        return Fit(answer="does not fit", most=0, why=f"{size.name} cannot be had at low priority")
    if is_deployment and size.used_for and MIR not in size.used_for:
        return Fit(answer="does not fit", most=0, why=f"{size.name} is not for managed online endpoints")
    if size.cores is None or size.cores < 1:
        return Fit(answer="unknown", why=f"Azure does not say how many cores {size.name} has")
    wanted = count + (spare_of(count) if is_deployment else 0)
    cores = wanted * size.cores
    if room is None or room.free is None:
        return Fit(answer="unknown", cores=cores, why="the quota of its family is not known")
    if room.headroom is None:
        answer: Answer = "does not fit" if cores > room.free else "unknown"
        return Fit(answer=answer, cores=cores, why="what deployments keep for upgrades is not known")
    most = _most(room.headroom // size.cores, is_deployment=is_deployment)
    answer = "fits" if cores <= room.headroom else "tight" if cores <= room.free and room.reserve else "does not fit"
    return Fit(answer=answer, cores=cores, headroom=room.headroom, most=most, why=_why(answer, cores, room))


def _most(machines: int, *, is_deployment: bool) -> int:
    if not is_deployment:
        return max(0, machines)
    return max(0, machines * 5 // 6)


def _why(answer: Answer, cores: int, room: Room) -> str:
    left = f"{room.headroom:,} of {cores:,} cores needed are left"
    if answer == "fits":
        return f"{cores:,} cores of the {room.headroom:,} that are left"
    if answer == "tight":
        return f"{left}; the limit lets it in, and deployments then have no room for upgrades"
    return left


def does(size: VmSize, need: Need) -> bool:
    """Return whether a size has what is needed; what Azure does not say of it is not there."""
    is_enough = (
        (size.cores or 0) >= need.cores and (size.memory_gb or 0.0) >= need.memory_gb and (size.gpus or 0) >= need.gpus
    )
    is_for = not need.used_for or need.used_for in size.used_for
    return is_enough and is_for and (not need.is_low_priority or bool(size.is_low_priority))


def cheapest(
    sizes: Iterable[VmSize], need: Need, cost: Callable[[VmSize], PerHour], fit: Callable[[VmSize], Fit]
) -> tuple[Choice, ...]:
    """Return the sizes that do what is needed, the cheapest that fits first, then those that do not fit.

    Those without a price come last among theirs, the smallest first: unknown is neither cheap nor dear.
    """
    found = [Choice(size=one, cost=cost(one), fit=fit(one)) for one in sizes if does(one, need)]
    return tuple(sorted(found, key=_rank))


def _rank(choice: Choice) -> tuple[int, bool, object, object, str]:
    money, size = choice.cost.money, choice.size
    order = ("fits", "unknown", "tight", "does not fit").index(choice.fit.answer)
    amount = money.amount if money is not None else 0
    return order, money is None, amount, (size.gpus or 0, size.cores or 0, size.memory_gb or 0.0), size.id
