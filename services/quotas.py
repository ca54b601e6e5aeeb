"""Quotas: cores and clusters used against what the subscription may use, by family and region."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from services.parsing import id_part
from services.reading import read_page
from services.records import Page, Stop, WorkspaceRef, never
from services.wire import Wire, reader_of

if TYPE_CHECKING:
    from services.connection import Connection

API = "2023-08-01-preview"


class Quota(msgspec.Struct, frozen=True, kw_only=True):
    """One counter of a region, as `usages` gives it."""

    id: str
    """`location/type/name`: names repeat between dedicated and low-priority."""
    name: str
    title: str | None = None
    kind: str | None = None
    """dedicated, low-priority, total or what the type says."""
    location: str | None = None
    unit: str | None = None
    used: int | None = None
    limit: int | None = None
    workspace: str | None = None
    """The workspace the limit was given to; None for a limit of the subscription."""


class Name(Wire):
    """A counter's name; it may contain blanks, and its title double ones."""

    value: str | None = None
    localized_value: str | None = None


class Given(Wire):
    """One item of usages."""

    name: Name | None = None
    id: str | None = None
    type: str | None = None
    unit: str | None = None
    current_value: int | None = None
    limit: int | None = None


_read = reader_of(Given)


def list_quotas(
    connection: Connection, ref: WorkspaceRef, *, location: str, stop: Stop = never
) -> Iterator[Page[Quota]]:
    """Yield what the subscription of a workspace uses of its cores and clusters in a region. Raises ServiceError.

    Reads GET …/locations/{location}/usages.
    """
    path = f"/subscriptions/{ref.subscription}/providers/Microsoft.MachineLearningServices/locations/{location}/usages"
    for answer in connection.pages(connection.arm(path, API), stop=stop):
        yield read_page(answer, partial(parse_quota, location=location))


def list_workspace_limits(
    connection: Connection, ref: WorkspaceRef, *, location: str, stop: Stop = never
) -> Iterator[Page[Quota]]:
    """Yield the limits that were given to workspaces of a subscription and to itself, without use. Raises ServiceError.

    Reads GET …/locations/{location}/quotas.
    """
    path = f"/subscriptions/{ref.subscription}/providers/Microsoft.MachineLearningServices/locations/{location}/quotas"
    for answer in connection.pages(connection.arm(path, API), stop=stop):
        yield read_page(answer, partial(parse_quota, location=location))


def parse_quota(document: bytes, *, location: str) -> Quota:
    """Return one counter of a region, of `usages` or of `quotas`.

    Raises msgspec.MsgspecError or ValueError when the document is none.
    """
    given = _read(document)
    name = " ".join(((given.name or Name()).value or "").split())
    if not name:
        raise ValueError("it has no name")
    kind, workspace = _kind(given.type or "", name), id_part(given.id, "workspaces")
    return Quota(
        id=f"{location}/{kind or ''}/{name}" + (f"/{workspace}" if workspace else ""),
        name=name,
        title=" ".join(((given.name or Name()).localized_value or "").split()) or None,
        kind=kind,
        location=location,
        unit=given.unit,
        used=given.current_value,
        limit=given.limit,
        workspace=workspace,
    )


def _kind(type_name: str, name: str) -> str | None:
    """Return dedicated, low-priority or total, from a type such as `…/vmFamily/dedicatedCores/usages` or the name."""
    middle = "/".join(part for part in type_name.split("/")[1:] if part.lower() not in ("usages", "quotas"))
    for text in (middle, name):
        said = text.lower().replace("-", "").replace("_", "")
        if said.startswith("total"):
            return "total"
        if "lowpriority" in said:
            return "low-priority"
        if "dedicated" in said:
            return "dedicated"
    return middle or None
