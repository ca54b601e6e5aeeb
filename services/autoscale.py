"""Autoscale settings of deployments: between which bounds Azure Monitor adds and takes instances, and on what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from services.autoscale_lint import problems_of
from services.autoscale_rules import Bounds, Rule
from services.parsing import id_part, id_tail, seconds
from services.reading import read_page
from services.records import Page, Stop, WorkspaceRef, never
from services.wire import Wire, reader_of

if TYPE_CHECKING:
    from services.connection import Connection

API = "2022-10-01"


class Autoscale(msgspec.Struct, frozen=True, kw_only=True):
    """The autoscale setting of one deployment. Bounds and rules are those of its profile without a schedule."""

    id: str
    """`endpoint/deployment`: a resource has one setting at most. Its own name where it is for something else."""
    endpoint: str = ""
    """Empty for a setting of something else."""
    deployment: str = ""
    name: str
    """What the setting itself is called."""
    is_on: bool | None = None
    minimum: int | None = None
    maximum: int | None = None
    default: int | None = None
    """How many instances it asks for when the metric cannot be read."""
    rules: tuple[Rule, ...] = ()
    schedules: tuple[str, ...] = ()
    """Names of its other profiles, which apply at times of their own."""
    problems: tuple[str, ...] = ()
    """What of it contradicts itself, a sentence each."""


class GivenCapacity(Wire):
    """The bounds of a profile; Azure writes the numbers as text."""

    minimum: int | None = None
    maximum: int | None = None
    default: int | None = None


class Trigger(Wire):
    """When a rule applies."""

    metric_name: str | None = None
    operator: str | None = None
    threshold: float | None = None
    time_window: str | None = None
    statistic: str | None = None


class Action(Wire):
    """What a rule does."""

    direction: str | None = None
    type: str | None = None
    value: float | None = None
    cooldown: str | None = None


class GivenRule(Wire):
    """One rule."""

    metric_trigger: Trigger | None = None
    scale_action: Action | None = None


class Profile(Wire):
    """One set of bounds and rules, and when it applies: always, where it has neither date nor recurrence."""

    name: str | None = None
    capacity: GivenCapacity | None = None
    rules: list[GivenRule] | None = None
    fixed_date: Any = None
    recurrence: Any = None


class Properties(Wire):
    """The fields of a setting that are shown."""

    enabled: bool | None = None
    target_resource_uri: str | None = None
    profiles: list[Profile] | None = None


class Given(Wire):
    """One autoscale setting as ARM gives it."""

    properties: Properties
    id: str | None = None
    name: str | None = None


_read = reader_of(Given)


def list_autoscale(connection: Connection, ref: WorkspaceRef, *, stop: Stop = never) -> Iterator[Page[Autoscale]]:
    """Yield the autoscale settings of the workspace's deployments. Raises ServiceError.

    Settings of other resources in the resource group are left out; one that lies in another group is not seen.
    Reads GET /subscriptions/{s}/resourceGroups/{g}/providers/Microsoft.Insights/autoscaleSettings.
    """
    path = f"/subscriptions/{ref.subscription}/resourceGroups/{ref.resource_group}"
    call = connection.arm(f"{path}/providers/Microsoft.Insights/autoscaleSettings", API)
    for answer in connection.pages(call, stop=stop):
        page = read_page(answer, lambda document: parse_autoscale(document, ref))
        kept = [pair for pair in zip(page.records, page.documents, strict=True) if pair[0].endpoint]
        yield msgspec.structs.replace(
            page, records=tuple(one for one, _ in kept), documents=tuple(document for _, document in kept)
        )


def parse_autoscale(document: bytes, ref: WorkspaceRef) -> Autoscale:
    """Return one setting. Raises msgspec.MsgspecError or ValueError when the document is none."""
    given = _read(document)
    known = given.properties
    name = given.name or id_tail(given.id) or ""
    endpoint, deployment = _target(known.target_resource_uri, ref)
    profiles = known.profiles or []
    usual = next((one for one in profiles if one.fixed_date is None and one.recurrence is None), None)
    shown = usual or next(iter(profiles), Profile())
    bounds, rules = shown.capacity or GivenCapacity(), tuple(_rule(one) for one in shown.rules or ())
    limits = Bounds(bounds.minimum, bounds.maximum, bounds.default)
    return Autoscale(
        id=f"{endpoint}/{deployment}" if endpoint else name,
        endpoint=endpoint,
        deployment=deployment,
        name=name,
        is_on=known.enabled,
        minimum=limits.minimum,
        maximum=limits.maximum,
        default=limits.default,
        rules=rules,
        schedules=tuple(one.name or "unnamed" for one in profiles if one is not shown),
        problems=problems_of(limits, rules),
    )


def _target(uri: str | None, ref: WorkspaceRef) -> tuple[str, str]:
    """Return the endpoint and the deployment a setting is for; nothing when it is for something else."""
    if not f"/{(uri or '').strip('/').lower()}/".startswith(f"{ref.key}/onlineendpoints/"):
        return "", ""
    return id_part(uri, "onlineEndpoints") or "", id_part(uri, "deployments") or ""


def _rule(given: GivenRule) -> Rule:
    when, then = given.metric_trigger or Trigger(), given.scale_action or Action()
    return Rule(
        metric=when.metric_name,
        operator=when.operator,
        threshold=when.threshold,
        window=seconds(when.time_window),
        statistic=when.statistic,
        direction=then.direction,
        kind=then.type,
        change=then.value,
        cooldown=seconds(then.cooldown),
    )
