"""The runs that wait for machines, why, and what of the quota they need."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.derived.quotas import LOW, Rooms
from services.compute_record import Compute
from services.headroom import family_key
from services.nodes import Node
from services.run import Run
from services.vm_sizes import VmSize
from services.waiting import QUOTA, Waiting, waiting_runs

Needs = tuple[Waiting, int | None]
"""A run that waits for quota, and the cores it needs; None while its size is not known."""


@dataclass(frozen=True, slots=True)
class Waits:
    """Who waits: by compute (in lower case), and by the quota they wait for (`dedicated/standarddsv2family`)."""

    by_compute: Mapping[str, Sequence[Waiting]]
    by_quota: Mapping[str, Sequence[Needs]]


def waits_of(
    queued: Sequence[Run],
    computes: Iterable[Compute],
    nodes: Iterable[Node],
    names: Mapping[str, str],
    sizes: Mapping[str, VmSize],
    rooms: Rooms,
) -> Waits:
    """Who waits for which compute and which quota, those that wait longest first.

    `names` are of the runs on nodes, by id; `sizes` by name in lower case.
    """
    known = {one.name.lower(): one for one in computes}
    size_of = {name: size for name, one in known.items() if (size := sizes.get((one.vm_size or "").lower()))}
    room_of = {
        name: room for name, size in size_of.items() if (room := rooms.of_size(size, is_low=_is_low(known[name])))
    }
    cores_of = {name: size.cores for name, size in size_of.items() if size.cores}
    work: dict[str, list[str]] = defaultdict(list)
    for node in nodes:
        named = names.get(node.run or "", node.run or "")
        if named and named not in work[node.compute.lower()]:
            work[node.compute.lower()].append(named)
    by_compute: dict[str, list[Waiting]] = defaultdict(list)
    by_quota: dict[str, list[Needs]] = defaultdict(list)
    for one in waiting_runs(queued, known, room_of, cores_of, work):
        key = one.compute.lower()
        by_compute[key].append(one)
        if one.kind == QUOTA and key in size_of:
            cores = cores_of.get(key)
            quota = f"{LOW if _is_low(known[key]) else 'dedicated'}/{family_key(size_of[key].family)}"
            by_quota[quota].append((one, one.nodes * cores if cores else None))
    return Waits(by_compute, by_quota)


def _is_low(one: Compute) -> bool:
    return (one.priority or "").lower() == "lowpriority"
