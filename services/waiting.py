"""Why a run waits for machines, as far as its compute, the quota and the runs before it tell. Pure, no I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from services.compute_record import Compute
from services.headroom import Room
from services.run import Run

QUOTA = "quota"
"""`kind` of a run that waits because the quota has no more machines for it."""


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """One run that waits for machines, and why."""

    run: str
    name: str
    compute: str
    nodes: int
    """How many machines it needs; 1 where it does not say."""
    since: datetime | None = None
    kind: str = ""
    """quota, busy, behind, starting, broken, gone or low priority; empty where nothing tells."""
    why: str = ""


def waiting_runs(
    queued: Sequence[Run],
    computes: Mapping[str, Compute],
    rooms: Mapping[str, Room],
    cores: Mapping[str, int],
    at_work: Mapping[str, Sequence[str]],
) -> tuple[Waiting, ...]:
    """Return the waiting runs, those that wait longest first, each with why.

    `queued` are runs in the queue of a compute. `computes` and `rooms` (the quota left for its family) are by the name
    of the compute in lower case, `cores` of one of its machines too; `at_work` names the runs on its nodes.
    """
    found: list[Waiting] = []
    ahead: dict[str, str] = {}
    for run in sorted(queued, key=lambda one: (one.created is None, one.created and one.created.timestamp(), one.id)):
        key = (run.compute or "").lower()
        kind, why = _why(run, computes.get(key), rooms.get(key), cores.get(key), at_work.get(key, ()), ahead.get(key))
        ahead.setdefault(key, run.name)
        found.append(Waiting(run=run.id, name=run.name, compute=run.compute or "", nodes=run.nodes or 1,
                             since=run.created, kind=kind, why=why))  # fmt: skip
    return tuple(found)


def _why(
    run: Run, compute: Compute | None, room: Room | None, cores: int | None, at_work: Sequence[str], ahead: str | None
) -> tuple[str, str]:
    if compute is None:
        return "gone", f"there is no compute {run.compute}"
    needs = run.nodes or 1
    if compute.provisioning == "Failed":
        return "broken", f"{compute.name} failed: {compute.error or 'Azure does not say why'}"
    if compute.max_nodes is not None and needs > compute.max_nodes:
        return "broken", f"it needs {needs} nodes and {compute.name} has {compute.max_nodes} at most: it never starts"
    if ahead is not None:
        return "behind", f"behind {ahead}"
    busy, nodes = compute.running_nodes, compute.nodes
    if busy is None or nodes is None or compute.max_nodes is None:
        return "", "Azure gives no node counts"
    if compute.max_nodes - busy < needs:
        names = f" with {' and '.join(at_work[:2])}" if at_work else ""
        return "busy", f"{busy} of {compute.max_nodes} nodes are busy{names}"
    missing = needs - (compute.idle_nodes or 0) - (compute.preparing_nodes or 0)
    if missing > 0 and cores and room is not None and room.headroom is not None and room.headroom < missing * cores:
        return QUOTA, f"it needs {missing * cores:,} cores more and the quota has {room.headroom:,} left"
    if missing <= 0 and compute.preparing_nodes:
        return "starting", f"{compute.preparing_nodes} nodes are being prepared"
    if (compute.priority or "").lower() == "lowpriority":
        return "low priority", "Azure has no spare machines at low priority now"
    return "starting", "its nodes are being allocated"
