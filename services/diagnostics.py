"""Diagnostic settings: which logs of a workspace and its endpoints are kept, and where they go."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from services.errors import ServiceError
from services.parsing import id_part, id_tail
from services.reading import read_item
from services.records import Page, Stop, WorkspaceRef, never
from services.refusable import or_refused
from services.wire import Wire, reader_of

if TYPE_CHECKING:
    from services.calls import Call
    from services.connection import Connection

API = "2021-05-01-preview"


class Diagnostics(msgspec.Struct, frozen=True, kw_only=True):
    """The diagnostic settings of one resource, put together. No setting is an empty tuple; None was not read."""

    id: str
    """The ARM id in lower case."""
    name: str
    endpoint: str | None = None
    """The online endpoint; None for the workspace itself."""
    problem: str | None = None
    settings: tuple[str, ...] | None = None
    categories: tuple[str, ...] = ()
    """Log categories and groups that are switched on."""
    log_workspaces: tuple[str, ...] = ()
    """ARM ids of the Log Analytics workspaces they go to."""
    elsewhere: tuple[str, ...] = ()
    """Names of the storage accounts, event hubs and partners they go to."""


class Log(Wire):
    """One category or group of categories."""

    category: str | None = None
    category_group: str | None = None
    enabled: bool | None = None


class Properties(Wire):
    """Where one setting sends what."""

    workspace_id: str | None = None
    storage_account_id: str | None = None
    event_hub_authorization_rule_id: str | None = None
    marketplace_partner_id: str | None = None
    logs: list[Log] | None = None


class Setting(Wire):
    """One diagnostic setting."""

    properties: Properties
    name: str | None = None


class Given(Wire):
    """All settings of a resource; the service has no pages here, five are the most there can be."""

    value: list[Setting]


_read = reader_of(Given)


def read_diagnostics(
    connection: Connection, ref: WorkspaceRef, endpoints: Sequence[str], *, at: datetime, stop: Stop = never
) -> Iterator[Page[Diagnostics]]:
    """Yield the diagnostic settings of the workspace, then of each named online endpoint, a page of one each.

    What is refused or gone is a record that says so; `at` is its time (aware UTC). Raises the other ServiceErrors.
    Reads GET {resource}/providers/Microsoft.Insights/diagnosticSettings.
    """
    resources = [ref.id, *(f"{ref.id}/onlineEndpoints/{name}" for name in endpoints)]
    for number, resource in enumerate(resources, start=1):
        if stop():
            return
        yield msgspec.structs.replace(_one(connection, resource, at), is_last=number == len(resources))


def _one(connection: Connection, resource: str, at: datetime) -> Page[Diagnostics]:
    def read(call: Call) -> Page[Diagnostics]:
        return read_item(connection.read(call), partial(parse_diagnostics, resource=resource))

    def refused(refusal: ServiceError) -> Diagnostics:
        return msgspec.structs.replace(_of(resource), problem=str(refusal))

    call = connection.arm(f"{resource}/providers/Microsoft.Insights/diagnosticSettings", API)
    return or_refused(call, read, refused, at)


def parse_diagnostics(document: bytes, *, resource: str) -> Diagnostics:
    """Return what the settings of a resource add up to. Raises msgspec.MsgspecError for a document of another form."""
    settings = _read(document).value
    known = [setting.properties for setting in settings]
    logs = [log for one in known for log in one.logs or () if log.enabled]
    others = [
        id_tail(one)
        for given in known
        for one in (given.storage_account_id, given.event_hub_authorization_rule_id, given.marketplace_partner_id)
    ]
    return msgspec.structs.replace(
        _of(resource),
        settings=tuple(setting.name or "unnamed" for setting in settings),
        categories=tuple(sorted({log.category or log.category_group or "unnamed" for log in logs})),
        log_workspaces=tuple(dict.fromkeys(one.workspace_id for one in known if one.workspace_id)),
        elsewhere=tuple(dict.fromkeys(one for one in others if one)),
    )


def switching_on(resource: str, categories: Sequence[str], log_workspace: str | None, name: str = "to-logs") -> str:
    """Return the command that sends logs of a resource to a Log Analytics workspace; an unknown one is a blank."""
    wanted = json.dumps([{"category": category, "enabled": True} for category in categories])
    return shlex.join(["az", "monitor", "diagnostic-settings", "create", "--name", name, "--resource", resource,
                       "--workspace", log_workspace or "LOG_ANALYTICS_WORKSPACE_ID", "--logs", wanted])  # fmt: skip


def _of(resource: str) -> Diagnostics:
    return Diagnostics(
        id=resource.lower(), name=id_tail(resource) or resource, endpoint=id_part(resource, "onlineEndpoints")
    )
