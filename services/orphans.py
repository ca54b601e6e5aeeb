"""What a deleted workspace leaves behind: stores, vaults, registries and Application Insights that none uses.

Deleting a workspace deletes nothing it hung on, and that goes on billing. A resource that no workspace names is no
proof: only what is called as Azure ML calls what it makes, or lies beside such a thing, is said to be likely.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from services.errors import Malformed
from services.parsing import moment
from services.reading import read_page
from services.records import Page, Stop, WorkspaceRef, never
from services.wire import Wire, reader_of

if TYPE_CHECKING:
    from services.connection import Connection

API = "2021-03-01"
_WORKSPACE = "microsoft.machinelearningservices/workspaces"
KINDS = {
    "microsoft.storage/storageaccounts": "storage",
    "microsoft.keyvault/vaults": "vault",
    "microsoft.containerregistry/registries": "registry",
    "microsoft.insights/components": "insights",
}
"""What a workspace hangs on, by its type in lower case."""
_NAMED = re.compile(r"(?P<stem>[a-z0-9]{2,})(?:storage|keyvault|insights|containerreg)[0-9a-f]{6,}", re.IGNORECASE)
"""`mlpocstorage4f1c2a9be`: what the studio, `az` and the SDK call what they make for a workspace."""

QUERY = f"""resources
| where type in~ ({", ".join(f"'{one}'" for one in (_WORKSPACE, *KINDS))})
| project id, name, type, resourceGroup, location, created = properties.creationTime,
    storage = properties.storageAccount, vault = properties.keyVault, registry = properties.containerRegistry,
    insights = properties.applicationInsights
| order by id asc"""


class Orphan(msgspec.Struct, frozen=True, kw_only=True):
    """One resource that no workspace names, of those that may be seen."""

    id: str
    """The ARM id in lower case."""
    arm_id: str
    name: str
    kind: str
    """storage, vault, registry or insights."""
    group: str
    location: str | None = None
    created: datetime | None = None
    stem: str | None = None
    """What the deleted workspace was called, where the name says it."""
    beside: int = 0
    """How many others with that stem no workspace uses either."""
    workspaces: int = 0
    """How many workspaces were looked at."""


class Resource(Wire):
    """One row of Resource Graph."""

    id: str
    name: str | None = None
    type: str | None = None
    resource_group: str | None = None
    location: str | None = None
    created: Any = None
    storage: str | None = None
    vault: str | None = None
    registry: str | None = None
    insights: str | None = None

    @property
    def kind(self) -> str:
        """The type in lower case."""
        return (self.type or "").lower()


_read = reader_of(Resource)


def list_orphans(connection: Connection, ref: WorkspaceRef, *, stop: Stop = never) -> Iterator[Page[Orphan]]:
    """Yield one page: what lies in the resource groups of the subscription and belongs to no workspace in sight.

    Nothing when the listing was cut short, for then any resource might look left behind. Raises ServiceError.
    Reads POST /providers/Microsoft.ResourceGraph/resources.
    """
    body = {"subscriptions": [ref.subscription], "query": QUERY, "options": {"resultFormat": "objectArray"}}
    call = connection.arm("/providers/Microsoft.ResourceGraph/resources", API)
    call = msgspec.structs.replace(call, method="POST", body=body)
    found: list[Resource] = []
    last: Page[Resource] | None = None
    for answer in connection.pages(call, stop=stop):
        last = read_page(answer, _read, items="data")
        if last.set_aside:
            # A workspace that cannot be read would make all it hangs on look left behind.
            raise Malformed("A row of Resource Graph cannot be read", on=last.set_aside[0].item)
        found += last.records
    if last is None or not last.is_last or stop():
        return
    orphans = tuple(orphans_of(found))
    documents = tuple(msgspec.json.encode(one) for one in orphans)
    yield Page(orphans, documents, last.provenance, is_last=True)


def orphans_of(resources: Sequence[Resource]) -> Iterator[Orphan]:
    """Yield what no workspace names. Without a workspace in sight there is nothing to tell it by, so nothing."""
    workspaces = [one for one in resources if one.kind == _WORKSPACE]
    used = {_key(id) for one in workspaces for id in (one.storage, one.vault, one.registry, one.insights) if id}
    left = [one for one in resources if one.kind in KINDS and _key(one.id) not in used] if workspaces else []
    stems = [_stem(one) for one in left]
    for one, stem in zip(left, stems, strict=True):
        yield Orphan(
            id=_key(one.id), arm_id=one.id, name=one.name or one.id.rpartition("/")[2], kind=KINDS[one.kind],
            group=one.resource_group or "", location=one.location, created=_moment(one.created), stem=stem,
            beside=stems.count(stem) - 1 if stem else 0, workspaces=len(workspaces),
        )  # fmt: skip


def _key(id: str) -> str:
    return f"/{id.strip('/')}".lower()


def _stem(one: Resource) -> str | None:
    found = _NAMED.fullmatch(one.name or "")
    return found["stem"].lower() if found else None


def _moment(given: object) -> datetime | None:
    return moment(given) if isinstance(given, str) else None
