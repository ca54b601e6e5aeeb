"""Schedules of a workspace: what is run when, and for monitors of models what they watch and from which value on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from services.parsing import id_part, id_tail, moment
from services.reading import read_item, read_page
from services.records import Page, Stop, WorkspaceRef, never
from services.triggers import Trigger, longest_gap, said
from services.wire import (
    Moment,
    SystemData,
    Wire,
    as_dict,
    as_list,
    asset_name,
    compute_name,
    pairs,
    reader_of,
    text_at,
)

if TYPE_CHECKING:
    from services.connection import Connection

API = "2024-10-01"
LIST = {"listViewType": "All"}
"""Without it those that are switched off are left out."""


class Threshold(msgspec.Struct, frozen=True, kw_only=True):
    """One metric of a signal, and the value it should not pass; None is the service's own."""

    metric: str
    limit: float | None = None
    of: str | None = None
    """Numerical or Categorical features; None where the metric is about all."""


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """One thing a monitor looks at."""

    name: str
    kind: str | None = None
    """DataDrift, PredictionDrift, DataQuality, FeatureAttributionDrift, Custom …"""
    thresholds: tuple[Threshold, ...] = ()
    lookback: str | None = None
    """ISO 8601, as Azure gives it."""
    is_on: bool | None = None
    does_notify: bool | None = None


class Schedule(msgspec.Struct, frozen=True, kw_only=True):
    """One schedule."""

    id: str
    """Its name: a workspace has no two alike."""
    name: str
    title: str | None = None
    is_on: bool | None = None
    action: str | None = None
    """monitor, job, batch endpoint; else as Azure calls it."""
    due: str | None = None
    """When it is due, in words."""
    gap: float | None = None
    """Most seconds between two times it is due."""
    starts: datetime | None = None
    ends: datetime | None = None
    endpoint: str | None = None
    """The endpoint and the deployment that a monitor watches."""
    deployment: str | None = None
    model: str | None = None
    signals: tuple[Signal, ...] = ()
    emails: tuple[str, ...] | None = None
    """Who is written to when a signal fails; None where it is no monitor."""
    compute: str | None = None
    experiment: str | None = None
    """Of the jobs it makes, where it says so."""
    state: str | None = None
    description: str | None = None
    created: datetime | None = None
    created_by: str | None = None
    modified: datetime | None = None
    tags: dict[str, str | None] = {}


class Properties(Wire):
    """The fields of a schedule that are shown."""

    display_name: str | None = None
    description: str | None = None
    is_enabled: bool | None = None
    trigger: Trigger | None = None
    action: Any = None
    provisioning_state: str | None = None
    tags: dict[str, Any] | None = None


class Given(Wire):
    """One schedule as ARM gives it."""

    properties: Properties
    id: str | None = None
    name: str | None = None
    system_data: SystemData | None = None


_read = reader_of(Given)
_ACTIONS = {"createmonitor": "monitor", "createjob": "job", "invokebatchendpoint": "batch endpoint"}


def list_schedules(connection: Connection, ref: WorkspaceRef, *, stop: Stop = never) -> Iterator[Page[Schedule]]:
    """Yield the schedules of a workspace, those that are off too. Raises ServiceError. Reads GET …/schedules."""
    for answer in connection.pages(connection.arm(f"{ref.id}/schedules", API, **LIST), stop=stop):
        yield read_page(answer, parse_schedule)


def get_schedule(connection: Connection, ref: WorkspaceRef, name: str) -> Page[Schedule]:
    """Return one schedule as a page of one. Raises ServiceError, NotFound too."""
    return read_item(connection.read(connection.arm(f"{ref.id}/schedules/{name}", API)), parse_schedule)


def parse_schedule(document: bytes) -> Schedule:
    """Return one schedule. Raises msgspec.MsgspecError or ValueError when the document is none."""
    given = _read(document)
    name = given.name or id_tail(given.id)
    if not name:
        raise ValueError("it has no name")
    known, made = given.properties, given.system_data or SystemData()
    trigger, action = known.trigger or Trigger(), as_dict(known.action)
    monitor, job = as_dict(action.get("monitorDefinition")), as_dict(action.get("jobDefinition"))
    kind = text_at(action, "actionType")
    target = as_dict(monitor.get("monitoringTarget"))
    deployment = text_at(target, "deploymentId")
    return Schedule(
        id=name,
        name=name,
        title=known.display_name or None,
        is_on=known.is_enabled,
        action=_ACTIONS.get((kind or "").lower(), kind),
        due=said(trigger),
        gap=longest_gap(trigger),
        starts=_moment(trigger, trigger.start_time),
        ends=_moment(trigger, trigger.end_time),
        endpoint=id_part(deployment, "onlineEndpoints"),
        deployment=id_part(deployment, "deployments"),
        model=asset_name(text_at(target, "modelId")),
        signals=tuple(_signal(key, as_dict(one)) for key, one in as_dict(monitor.get("signals")).items()),
        emails=_emails(monitor) if monitor else None,
        compute=compute_name(text_at(job, "computeId")),
        experiment=text_at(job, "experimentName"),
        state=known.provisioning_state,
        description=known.description or None,
        created=moment(made.created_at),
        created_by=made.created_by,
        modified=moment(made.last_modified_at),
        tags=pairs(known.tags),
    )


def _moment(trigger: Trigger, at: Moment) -> datetime | None:
    """Return a time of a trigger; None for one on a clock that Azure names and does not explain."""
    return moment(at) if (trigger.time_zone or "utc").lower() == "utc" else None


def _signal(name: str, one: Mapping[str, Any]) -> Signal:
    """Return a signal: one kind has a single threshold where the others have a list."""
    given = as_list(one.get("metricThresholds")) or [one.get("metricThreshold")]
    mode, notifies = text_at(one, "mode"), one.get("notificationTypes")
    data = as_dict(one.get("productionData")) or as_dict(one.get("targetData"))
    return Signal(
        name=name,
        kind=text_at(one, "signalType"),
        thresholds=tuple(_threshold(as_dict(item)) for item in given if item),
        lookback=text_at(one, "lookbackPeriod") or text_at(data, "windowSize"),
        is_on=mode.lower() == "enabled" if mode else None,
        does_notify=None if notifies is None else bool(notifies),
    )


def _threshold(one: Mapping[str, Any]) -> Threshold:
    limit = as_dict(one.get("threshold")).get("value")
    return Threshold(
        metric=text_at(one, "metric") or "unnamed",
        limit=float(limit) if isinstance(limit, int | float) and not isinstance(limit, bool) else None,
        of=text_at(one, "dataType"),
    )


def _emails(monitor: Mapping[str, Any]) -> tuple[str, ...]:
    """Return who is written to; older versions spell the block without the plural."""
    block = as_dict(monitor.get("alertNotificationSettings")) or as_dict(monitor.get("alertNotificationSetting"))
    found = as_dict(block.get("emailNotificationSettings")) or as_dict(block.get("emailNotificationSetting"))
    return tuple(one for one in as_list(found.get("emails")) if isinstance(one, str))
