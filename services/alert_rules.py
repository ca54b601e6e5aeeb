"""Alert rules of the workspace's resource group: what they watch, and whom they tell."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from services.errors import Forbidden, Refused
from services.parents import each_of
from services.parsing import id_key, id_tail, seconds
from services.reading import read_page
from services.records import Page, Provenance, Stop, WorkspaceRef, never
from services.wire import Wire, as_dict, reader_of, text_at

if TYPE_CHECKING:
    from services.connection import Connection

METRIC_API = "2018-03-01"
QUERY_API = "2023-12-01"


class AlertRule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule that watches a workspace or what lies below it."""

    id: str
    """Its ARM id in lower case."""
    name: str
    kind: str
    """metric or log."""
    is_on: bool | None = None
    severity: str | None = None
    """Sev0 to Sev4."""
    targets: tuple[str, ...] = ()
    """Names of what it watches."""
    watches: str | None = None
    """Its condition in one line: `RequestLatency_P95 above 2000`."""
    every: float | None = None
    """Seconds between two looks."""
    window: float | None = None
    """Seconds it looks back."""
    notifies: tuple[str, ...] = ()
    """Names of its action groups; none: nobody is told."""
    is_mute: bool = False
    """It is on, and tells nobody."""
    description: str | None = None
    scopes: tuple[str, ...] = ()
    """The ARM ids of what it watches."""


class MetricAction(Wire):
    """One action group of a metric rule."""

    action_group_id: str | None = None


class MetricProperties(Wire):
    """The fields of a metric rule that are shown."""

    severity: int | None = None
    enabled: bool | None = None
    scopes: list[str] | None = None
    evaluation_frequency: str | None = None
    window_size: str | None = None
    criteria: Any = None
    actions: list[MetricAction] | None = None
    description: str | None = None


class QueryActions(Wire):
    """The action groups of a rule over logs."""

    action_groups: list[str] | None = None


class QueryProperties(Wire):
    """The fields of a rule over logs that are shown."""

    display_name: str | None = None
    severity: int | None = None
    enabled: bool | None = None
    scopes: list[str] | None = None
    evaluation_frequency: str | None = None
    window_size: str | None = None
    criteria: Any = None
    actions: QueryActions | None = None
    description: str | None = None


class GivenMetric(Wire):
    """One metric rule as ARM gives it."""

    properties: MetricProperties
    id: str | None = None
    name: str | None = None


class GivenQuery(Wire):
    """One rule over logs as ARM gives it."""

    properties: QueryProperties
    id: str | None = None
    name: str | None = None


_read_metric = reader_of(GivenMetric)
_read_query = reader_of(GivenQuery)


def list_alert_rules(
    connection: Connection, ref: WorkspaceRef, *, at: datetime, beside: Collection[str] = (), stop: Stop = never
) -> Iterator[Page[AlertRule]]:
    """Yield the rules of the resource group that watch a workspace, what lies below it, or one of `beside` (ARM ids).

    A kind that is refused is set aside with its reason; where both are, that is raised. `at` is when that was asked
    (aware UTC). A rule that lies in another group is not seen. Raises ServiceError.
    Reads GET …/providers/Microsoft.Insights/metricAlerts, then …/scheduledQueryRules.
    """
    group = f"/subscriptions/{ref.subscription}/resourceGroups/{ref.resource_group}/providers/Microsoft.Insights"
    ours = tuple(id_key(one) for one in (ref.id, *beside))

    def read(kind: str) -> Iterator[Page[AlertRule]]:
        api, parse = _WAYS[kind]
        for answer in connection.pages(connection.arm(f"{group}/{kind}", api), stop=stop):
            yield _kept(read_page(answer, parse), ours)

    asked = Provenance("alert rules", None, at)
    return each_of(tuple(_WAYS), read, asked=asked, stop=stop, aside=(Forbidden, Refused))


def _kept(page: Page[AlertRule], ours: Collection[str]) -> Page[AlertRule]:
    """Return the page without the rules that watch something else."""
    kept = [
        pair for pair in zip(page.records, page.documents, strict=True)
        if any(f"{id_key(scope)}/".startswith(f"{one}/") for scope in pair[0].scopes for one in ours)
    ]  # fmt: skip
    return msgspec.structs.replace(
        page, records=tuple(one for one, _ in kept), documents=tuple(document for _, document in kept)
    )


def parse_metric(document: bytes) -> AlertRule:
    """Return one rule over metrics. Raises msgspec.MsgspecError or ValueError when the document is none."""
    given = _read_metric(document)
    groups = [one.action_group_id for one in given.properties.actions or ()]
    return _rule("metric", given.id, given.name, given.properties, groups)


def parse_query(document: bytes) -> AlertRule:
    """Return one rule over logs. Raises msgspec.MsgspecError or ValueError when the document is none."""
    given = _read_query(document)
    groups = given.properties.actions.action_groups if given.properties.actions else None
    return _rule("log", given.id, given.properties.display_name or given.name, given.properties, groups or [])


def _rule(
    kind: str, key: str | None, name: str | None, known: MetricProperties | QueryProperties, groups: list[Any]
) -> AlertRule:
    named = name or id_tail(key)
    if not key or not named:
        raise ValueError("it has no id")
    notifies = tuple(id_tail(one) or one for one in groups if isinstance(one, str) and one)
    scopes = tuple(known.scopes or ())
    return AlertRule(
        id=id_key(key),
        name=named,
        kind=kind,
        is_on=known.enabled,
        severity=None if known.severity is None else f"Sev{known.severity}",
        targets=tuple(id_tail(one) or one for one in scopes),
        watches=_watched(as_dict(known.criteria)),
        every=seconds(known.evaluation_frequency),
        window=seconds(known.window_size),
        notifies=notifies,
        is_mute=known.enabled is not False and not notifies,
        description=known.description or None,
        scopes=scopes,
    )


_OPERATORS = {
    "greaterthan": "above", "greaterthanorequal": "at least", "lessthan": "below", "lessthanorequal": "at most",
    "equals": "equal to", "equal": "equal to", "greaterorlessthan": "outside of",
}  # fmt: skip


def _watched(criteria: Mapping[str, Any]) -> str | None:
    """Return all conditions of a rule in one line; None where it says none."""
    found = [as_dict(one) for one in criteria.get("allOf") or ()]
    return " and ".join(_condition(one) for one in found) or None


def _condition(one: Mapping[str, Any]) -> str:
    what = text_at(one, "metricName") or text_at(one, "metricMeasureColumn") or "rows of a query"
    operator = text_at(one, "operator") or ""
    threshold = one.get("threshold")
    limit = f"{threshold:g}" if isinstance(threshold, int | float) else "what is usual"
    return f"{what} {_OPERATORS.get(operator.lower(), operator)} {limit}"


_WAYS: dict[str, tuple[str, Callable[[bytes], AlertRule]]] = {
    "metricAlerts": (METRIC_API, parse_metric), "scheduledQueryRules": (QUERY_API, parse_query),
}  # fmt: skip
