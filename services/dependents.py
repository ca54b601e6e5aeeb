"""What a workspace hangs on: storage account, key vault, registry, Application Insights and its Log Analytics."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from services.dependent_parsers import PARSERS, Dependent, DependentKind
from services.errors import NotFound, ServiceError
from services.parsing import id_tail
from services.reading import read_item
from services.records import Page, Stop, never
from services.refusable import or_refused

if TYPE_CHECKING:
    from services.calls import Call
    from services.connection import Connection

API: dict[DependentKind, str] = {
    "storage": "2023-01-01",
    "key vault": "2023-07-01",
    "registry": "2023-07-01",
    "app insights": "2020-02-02",
    "log workspace": "2022-10-01",
    "log table": "2022-10-01",
}
LOG_TABLES = ("AmlOnlineEndpointTrafficLog", "AmlOnlineEndpointConsoleLog", "AmlComputeJobEvent")
"""The tables whose own retention is asked for: what an incident is read from first."""


def read_dependents(
    connection: Connection,
    resources: Sequence[tuple[DependentKind, str]],
    log_workspaces: Sequence[str] = (),
    *,
    at: datetime,
    stop: Stop = never,
) -> Iterator[Page[Dependent]]:
    """Yield each of these resources as a page of one, then the Log Analytics workspaces they and the caller name.

    One that is refused or gone is a record that says so; `at` is its time (aware UTC). Raises the other ServiceErrors.
    The listing is whole unless one was refused that may have named another: what is not known is not gone.
    Reads GET {resource} of each, and GET {workspace}/tables/{table} of three tables.
    """
    queue = [*resources, *_logs(log_workspaces)]
    known = {resource.lower() for _, resource in queue}
    is_whole = True
    for number, (kind, resource) in enumerate(queue, start=1):
        if stop():
            return
        page = _one(connection, kind, resource, at)
        is_whole = is_whole and not any(map(_hides_others, page.records))
        named = [one.log_workspace for one in page.records if one.log_workspace]
        queue += _logs([one for one in named if one.lower() not in known])
        known |= {one.lower() for one in named}
        yield msgspec.structs.replace(page, is_last=is_whole and number == len(queue))


def _hides_others(one: Dependent) -> bool:
    """Whether a refusal keeps back which Log Analytics workspace is behind it."""
    return one.kind == "app insights" and one.problem is not None and not one.is_missing


def _logs(workspaces: Sequence[str]) -> Iterator[tuple[DependentKind, str]]:
    """Yield each Log Analytics workspace once, and its tables."""
    for resource in {one.lower(): one for one in workspaces}.values():
        yield "log workspace", resource
        for table in LOG_TABLES:
            yield "log table", f"{resource}/tables/{table}"


def _one(connection: Connection, kind: DependentKind, resource: str, at: datetime) -> Page[Dependent]:
    def read(call: Call) -> Page[Dependent]:
        return read_item(connection.read(call), partial(PARSERS[kind], resource=resource))

    def refused(refusal: ServiceError) -> Dependent:
        return Dependent(
            id=resource.lower(),
            kind=kind,
            name=id_tail(resource) or resource,
            problem=str(refusal),
            is_missing=isinstance(refusal, NotFound),
        )

    return or_refused(connection.arm(resource, API[kind]), read, refused, at)
