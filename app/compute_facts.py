"""What is read of the machines of a workspace, as `app.sources` calls it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from services.nodes import list_nodes
from services.parents import each_of
from services.quotas import list_quotas
from services.records import Page, Provenance
from services.workspaces import get_workspace

if TYPE_CHECKING:
    from app.handed import Reading


def read_nodes(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of Node, of the clusters that have any."""
    connection, workspace = reading.azure
    found = [seen.record for seen in reading.store.records("compute", reading.scope)]
    users = {one.name: one.ssh_user for one in found if one.kind == "AmlCompute" and (one.nodes or 0) > 0}

    def read(cluster: str) -> Iterator[Page[Any]]:
        return list_nodes(connection, workspace, cluster, user=users[cluster], stop=reading.stop)

    return each_of(list(users), read, asked=_from_cache(reading), stop=reading.stop)


def read_quotas(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of Quota, of the region the workspace is in."""
    location = next((one.location for one in get_workspace(*reading.azure).records), None)
    if location is None:
        # Not knowing where a workspace is says nothing about its quotas.
        return iter((Page((), (), _from_cache(reading)),))
    return list_quotas(*reading.azure, location=location, stop=reading.stop)


def _from_cache(reading: Reading) -> Provenance:
    return Provenance("the cache", None, reading.now, "inferred")
