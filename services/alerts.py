"""Alerts of Azure Monitor: what fired on a workspace and on what lies below it, and whether anybody has seen to it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from services.errors import Forbidden
from services.parsing import id_key, id_part, id_tail, moment
from services.reading import read_item, read_page
from services.records import Page, Stop, WorkspaceRef, never
from services.wire import Moment, Wire, reader_of

if TYPE_CHECKING:
    from services.connection import Connection

API = "2025-05-25-preview"
PROVIDER = "/providers/Microsoft.AlertsManagement/alerts"
LOOKS_BACK = "30d"
"""As far as the service keeps alerts."""
PAGE = 250
"""The most that one page may hold: an account may list 100 times a minute."""


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """One alert. `state` is what people said of it, `condition` what Azure Monitor measures: both go their own way."""

    id: str
    """Its GUID."""
    name: str
    severity: str | None = None
    """Sev0, the worst, to Sev4."""
    state: str | None = None
    """New, Acknowledged or Closed."""
    condition: str | None = None
    """Fired or Resolved."""
    target: str = ""
    """The ARM id of what it is about."""
    below: str | None = None
    """The path of the target below the workspace, empty for the workspace itself; None where it lies elsewhere."""
    target_name: str | None = None
    target_kind: str | None = None
    """endpoint, deployment, compute, workspace; else the type as Azure has it."""
    endpoint: str | None = None
    signal: str | None = None
    """Metric, Log, Health …"""
    service: str | None = None
    """Which part of Azure Monitor it comes from."""
    rule: str | None = None
    rule_id: str | None = None
    notifies: tuple[str, ...] | None = None
    """Action groups of its rule; None where the rule is not known, empty where nobody is told."""
    is_suppressed: bool | None = None
    """Whether a processing rule keeps its actions from being taken."""
    description: str | None = None
    fired: datetime | None = None
    resolved: datetime | None = None
    changed: datetime | None = None
    changed_by: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether it still fires and nobody has closed it."""
        return (self.condition or "").lower() != "resolved" and (self.state or "").lower() != "closed"


class ActionStatus(Wire):
    """Whether its actions are taken."""

    is_suppressed: bool | None = None


class Essentials(Wire):
    """What every alert says, whatever it comes from."""

    severity: str | None = None
    signal_type: str | None = None
    alert_state: str | None = None
    monitor_condition: str | None = None
    monitor_service: str | None = None
    target_resource: str | None = None
    target_resource_name: str | None = None
    target_resource_type: str | None = None
    alert_rule: str | None = None
    start_date_time: Moment = None
    last_modified_date_time: Moment = None
    last_modified_user_name: str | None = None
    monitor_condition_resolved_date_time: Moment = None
    action_status: ActionStatus | None = None
    description: str | None = None


class Properties(Wire):
    """The block every alert has."""

    essentials: Essentials


class Given(Wire):
    """One alert as ARM gives it: its id ends with the GUID, and its name is mostly the rule's."""

    properties: Properties
    id: str | None = None
    name: str | None = None


_read = reader_of(Given)

Groups = Mapping[str, tuple[str, ...]]
"""Action groups by the id of the rule (`id_key`)."""


def path_to(below: str, key: str) -> str:
    """Return the path of an alert, from that of its target and its GUID."""
    return f"{below}{PROVIDER}/{key}"


def list_alerts(
    connection: Connection, ref: WorkspaceRef, *, groups: Groups | None = None, beside: Collection[str] = (),
    page_size: int = PAGE, stop: Stop = never,
) -> Iterator[Page[Alert]]:  # fmt: skip
    """Yield the alerts of 30 days on a workspace and what lies below it, newest first. Raises ServiceError.

    `beside` are ARM ids of other resources that count as its own. Whoever may not list the subscription's is asked
    about the resource group, then about the workspace. Reads GET {scope}/providers/Microsoft.AlertsManagement/alerts.
    """
    subscription = f"/subscriptions/{ref.subscription}"
    scopes = (subscription, f"{subscription}/resourceGroups/{ref.resource_group}", ref.id)
    for scope in scopes:
        try:
            yield from _listed(connection, scope, ref, groups or {}, beside, page_size, stop)
        except Forbidden:
            if scope == ref.id:
                raise
        else:
            return


def _listed(
    connection: Connection, scope: str, ref: WorkspaceRef, groups: Groups, beside: Collection[str], size: int,
    stop: Stop,
) -> Iterator[Page[Alert]]:  # fmt: skip
    wanted = {id_key(one) for one in beside}
    call = connection.arm(
        scope + PROVIDER, API, targetResourceGroup=ref.resource_group, timeRange=LOOKS_BACK, pageCount=str(size),
        sortBy="startDateTime", sortOrder="desc",
    )  # fmt: skip
    for answer in connection.pages(call, stop=stop):
        page = read_page(answer, partial(parse_alert, ref=ref, groups=groups))
        kept = [
            pair for pair in zip(page.records, page.documents, strict=True)
            if pair[0].below is not None or id_key(pair[0].target) in wanted
        ]  # fmt: skip
        yield msgspec.structs.replace(
            page, records=tuple(one for one, _ in kept), documents=tuple(document for _, document in kept)
        )


def get_alert(connection: Connection, ref: WorkspaceRef, below: str, key: str) -> Page[Alert]:
    """Return one alert of a resource below the workspace as a page of one. Raises ServiceError, NotFound too."""
    call = connection.arm(ref.id + path_to(below, key), API)
    return read_item(connection.read(call), partial(parse_alert, ref=ref))


def parse_alert(document: bytes, ref: WorkspaceRef, groups: Groups | None = None) -> Alert:
    """Return one alert. Raises msgspec.MsgspecError or ValueError when the document is none."""
    given = _read(document)
    known, key = given.properties.essentials, id_tail(given.id)
    if not key:
        raise ValueError("it has no id")
    target, rule = known.target_resource or "", known.alert_rule or None
    below = _below(target, ref)
    # Older rules are told by an address of the portal: nothing to look up, and nothing to show as a name.
    rule_name = id_tail(rule) if rule and "/providers/" in rule.lower() else None
    return Alert(
        id=key,
        name=given.name or rule_name or key,
        severity=known.severity,
        state=known.alert_state,
        condition=known.monitor_condition,
        target=target,
        below=below,
        target_name=id_tail(target) or known.target_resource_name,
        target_kind=_kind(below, known.target_resource_type),
        endpoint=id_part(below, "onlineEndpoints"),
        signal=known.signal_type,
        service=known.monitor_service,
        rule=rule_name,
        rule_id=rule,
        notifies=(groups or {}).get(id_key(rule)) if rule else None,
        is_suppressed=known.action_status.is_suppressed if known.action_status else None,
        description=known.description or None,
        fired=moment(known.start_date_time),
        resolved=moment(known.monitor_condition_resolved_date_time),
        changed=moment(known.last_modified_date_time),
        changed_by=known.last_modified_user_name or None,
    )


def _below(target: str, ref: WorkspaceRef) -> str | None:
    """Return the path of a resource below the workspace; None when it lies elsewhere."""
    path = "/" + target.strip().strip("/")
    is_ours = f"{path.lower()}/".startswith(f"{ref.key}/")
    return path[len(ref.key) :] if is_ours else None


_KINDS = {"": "workspace", "onlineendpoints": "endpoint", "batchendpoints": "batch endpoint", "computes": "compute"}


def _kind(below: str | None, given: str | None) -> str | None:
    if below is None:
        return given or None
    kind = below.rpartition("/")[0].rpartition("/")[2]
    return _KINDS.get(kind.lower()) or kind.lower().removesuffix("s")
