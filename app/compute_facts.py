"""What is read of the machines of a workspace, as `app.sources` calls it, and the rows that are made of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from app.access_facts import names_of
from app.derived.machines import Around, Done, compute_rows, is_serverless, serverless_row
from app.derived.nodes import node_rows, watched_since
from app.derived.quotas import Rooms, quota_rows, size_rows
from app.derived.waits import Waits, waits_of
from app.pricing import price_book
from app.rollups import all_of, pages, was_read
from app.tables import ACTIVITY, RUNS
from cache.query import parse
from services.errors import ServiceError
from services.nodes import Node, list_nodes
from services.parents import each_of
from services.permissions import May, may
from services.quota_request import ACTION
from services.quotas import list_quotas, list_workspace_limits
from services.records import Page, Provenance, SetAside
from services.run import Run
from services.vm_power import read_vm_power
from services.vm_sizes import VmSize, list_vm_sizes
from services.workspaces import get_workspace

if TYPE_CHECKING:
    from app.handed import Reading

MOST_RUNS = 300
"""Runs of one status that are looked at: those that wait or run are few, and more do not change what is said."""
ORCHESTRATORS = ("pipeline", "sweep", "automl", "pipeline-step", "sweep-step")
"""Runs that only start others: they hold no machine and wait for none."""


def read_nodes(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of Node, of the clusters that have any."""
    connection, workspace = reading.azure
    found = [seen.record for seen in reading.store.records("compute", reading.scope)]
    users = {one.name: one.ssh_user for one in found if one.kind == "AmlCompute" and (one.nodes or 0) > 0}

    def read(cluster: str) -> Iterator[Page[Any]]:
        return list_nodes(connection, workspace, cluster, user=users[cluster], stop=reading.stop)

    return each_of(list(users), read, asked=_from_cache(reading), stop=reading.stop)


def read_quotas(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of Quota, of the region the workspace is in: what is used, then what was given to workspaces.

    Without the right to see the latter, the former is shown all the same.
    """
    location = _location(reading)
    if location is None:
        # Not knowing where a workspace is says nothing about its quotas.
        yield Page((), (), _from_cache(reading))
        return
    last: Page[Any] | None = None
    for page in list_quotas(*reading.azure, location=location, stop=reading.stop):
        last = page
        yield replace(page, is_last=False)
    if last is None or not last.is_last:
        return
    aside: tuple[SetAside, ...] = ()
    try:
        for page in list_workspace_limits(*reading.azure, location=location, stop=reading.stop):
            yield _given_to_workspaces(page)
    except ServiceError as error:
        aside = (SetAside("limits of workspaces", str(error)),)
    yield Page((), (), last.provenance, set_aside=aside, is_last=not reading.stop())


def read_quotas_of(reading: Reading, key: str) -> Iterator[Page[Any]]:
    """Pages of Quota, of the region that `key` names."""
    location = key.lower().replace(" ", "")
    return list_quotas(*reading.azure, location=location, stop=reading.stop)


def _given_to_workspaces(page: Page[Any]) -> Page[Any]:
    kept = [
        (one, document) for one, document in zip(page.records, page.documents, strict=True) if one.workspace is not None
    ]
    return replace(
        page, records=tuple(one for one, _ in kept), documents=tuple(document for _, document in kept), is_last=False,
        total=None,
    )  # fmt: skip


def read_vm_sizes(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of VmSize, of the region the workspace is in."""
    location = _location(reading)
    if location is None:
        return iter((Page((), (), _from_cache(reading)),))
    return list_vm_sizes(*reading.azure, location=location, stop=reading.stop)


def read_power(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of VmPower, of the virtual machines that are attached; no call where there are none."""
    found = [
        (one.name, one.resource) for one in all_of(reading, "compute") if one.kind == "VirtualMachine" and one.resource
    ]
    return read_vm_power(reading.azure[0], found, asked=_from_cache(reading), stop=reading.stop)


def read_use(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of ComputeUse; none where nobody says in which region the workspace is."""
    # What asks Azure Monitor is not needed to start.
    from app.metric_reads import region_of
    from services.compute_use import read_compute_use

    region = region_of(reading)
    if region is not None:
        yield from read_compute_use(*reading.azure, region=region, now=reading.now, stop=reading.stop)


def _location(reading: Reading) -> str | None:
    return next((one.location for one in get_workspace(*reading.azure).records), None)


def sizes_of(reading: Reading) -> dict[str, VmSize]:
    """The machine sizes the cache knows, by name in lower case."""
    return {one.id: one for one in all_of(reading, "vm_sizes")}


def rooms_of(reading: Reading) -> Rooms:
    """What is left of the quotas the cache knows."""
    name = reading.workspace.name if reading.workspace is not None else ""
    return Rooms(all_of(reading, "quotas"), sizes_of(reading), all_of(reading, "deployments"), name)


def computes(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of ComputeRow, each with the document its compute was read from."""
    nodes: dict[str, list[Node]] = defaultdict(list)
    for node in all_of(reading, "nodes"):
        nodes[node.compute.lower()].append(node)
    waits = _waits(reading, rooms_of(reading)) if was_read(reading, "runs") else None
    around = Around(
        price_book(reading.store, reading.scope), sizes_of(reading), names_of(reading), nodes,
        _names_of_runs(reading), waits.by_compute if waits else None, _done(reading),
        {one.id: one.power for one in all_of(reading, "vm_power")},
        _watched(reading, (node for each in nodes.values() for node in each)),
    )  # fmt: skip
    known = list(all_of(reading, "compute"))
    rows = list(compute_rows(known, around))
    moving = [run for status in ("Running", "Queued") for run in _runs(reading, status) if is_serverless(run)]
    newest = next(iter(_newest(reading, "compute=serverless", 1)), None)
    found = serverless_row(moving, around, next((one.location for one in known if one.location), None), newest)
    for page in pages(reading, "compute, nodes, sizes, runs, prices, activity", [*rows, *([found] if found else [])]):
        own = (reading.store.document("compute", reading.scope, row.id) for row in page.records)
        kept = tuple(given or made for given, made in zip(own, page.documents, strict=True))
        yield replace(page, documents=kept)


def nodes(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of NodeRow. How long a node idles is known as far as it was watched."""
    store, scope = reading.store, reading.scope
    known = list(all_of(reading, "nodes"))
    ids = sorted({node.run for node in known if node.run})[:MOST_RUNS]
    runs = {run: seen.record for run in ids if (seen := store.get("runs", scope, run)) is not None}
    return pages(reading, "nodes, runs, what nodes were before", node_rows(known, runs, _watched(reading, known)))


def _watched(reading: Reading, nodes: Iterable[Node]) -> dict[str, datetime]:
    """Since when each node without a run was seen in its state, by its id."""
    store, scope = reading.store, reading.scope
    free = [node.id for node in nodes if not node.run][:MOST_RUNS]
    found = ((key, store.get("nodes", scope, key)) for key in free)
    return {
        key: watched_since(seen.first_seen, store.history("nodes", scope, key)) for key, seen in found if seen
    }  # fmt: skip


def quotas(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of QuotaRow."""
    rooms, ref = rooms_of(reading), reading.workspace
    waits = _waits(reading, rooms)
    found = quota_rows(
        list(all_of(reading, "quotas")), rooms, waits.by_quota, _may(reading), ref.subscription if ref else ""
    )
    return pages(reading, "quotas, deployments, sizes, runs, permissions", found)


def sizes(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of SizeRow."""
    found = size_rows(all_of(reading, "vm_sizes"), rooms_of(reading), price_book(reading.store, reading.scope))
    return pages(reading, "sizes, quotas, deployments, prices", found)


def _waits(reading: Reading, rooms: Rooms) -> Waits:
    queued = [run for run in _runs(reading, "Queued") if run.compute and run.kind not in ORCHESTRATORS]
    nodes = list(all_of(reading, "nodes"))
    return waits_of(queued, all_of(reading, "compute"), nodes, _names_of_runs(reading), sizes_of(reading), rooms)


def _runs(reading: Reading, status: str) -> Sequence[Run]:
    return _newest(reading, f"status={status}", MOST_RUNS)


def _newest(reading: Reading, where: str, most: int) -> Sequence[Run]:
    query = parse(where, RUNS, now=reading.now)
    return [seen.record for seen in reading.store.records("runs", reading.scope, query, "-created", most)]


def _names_of_runs(reading: Reading) -> dict[str, str]:
    """Names of the runs on nodes, by id."""
    runs = {node.run for node in all_of(reading, "nodes") if node.run}
    kept = ((run, reading.store.get("runs", reading.scope, run)) for run in islice(sorted(runs), MOST_RUNS))
    return {run: seen.record.name for run, seen in kept if seen is not None}


def _done(reading: Reading) -> dict[str, Done]:
    """What was last done to each compute and by whom, as far back as the activity log was read."""
    query = parse('operation:"workspaces/computes/"', ACTIVITY, now=reading.now)
    found: dict[str, Done] = {}
    for seen in reading.store.records("activity", reading.scope, query, "-at", MOST_RUNS):
        event = seen.record
        name = (event.resource or "").rpartition("/computes/")[2].partition("/")[0].lower()
        who = event.caller_name or event.caller
        if name and who and name not in found:
            found[name] = Done((event.title or "changed").lower(), who, event.at)
    return found


def _may(reading: Reading) -> May:
    """Whether the account may give quota to workspaces: what it holds on the workspace includes what is above."""
    grants = list(all_of(reading, "permissions")) if was_read(reading, "permissions") else None
    return may(grants, ACTION)


def _from_cache(reading: Reading) -> Provenance:
    return Provenance("the cache", None, reading.now, "inferred")
