"""Metrics of Azure Monitor: what was measured on resources over time, through azure-monitor-querymetrics.

One question is asked of resources of one region: up to 50 of them and 20 metrics a call, as many calls as that takes.
A minute in which nothing was measured is None, which is not zero.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

import msgspec

from services.azure_client import NoCredential, OverConnection
from services.calls import Answer
from services.errors import Malformed
from services.parsing import id_part
from services.reading import provenance
from services.records import Page, Stop, never

if TYPE_CHECKING:
    from services.connection import Connection

T = TypeVar("T")

Aggregation = Literal["average", "minimum", "maximum", "total", "count"]

MOST_IDS, MOST_NAMES = 50, 20
"""What one call may ask for."""

API_VERSION = "2024-02-01"


class MetricsQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked. `dimensions` narrow (`{"RunId": "brave_elk_1"}`) or, with `*`, split into a series each."""

    resources: tuple[str, ...]
    """ARM ids, all in `region`."""
    region: str
    """As ARM writes a location: westeurope."""
    namespace: str
    names: tuple[str, ...]
    aggregations: tuple[Aggregation, ...] = ("average",)
    start: datetime
    end: datetime
    grain: timedelta = timedelta(minutes=1)
    dimensions: dict[str, str] = {}
    top: int = 100
    """How many series of a metric are given at most where dimensions split it; the service's own default is 10."""


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """One metric of one resource, of one combination of dimensions, in one aggregation. Oldest first."""

    resource: str
    name: str
    unit: str | None = None
    aggregation: Aggregation
    dimensions: dict[str, str] = {}
    """By name in lower case."""
    times: tuple[datetime, ...]
    values: tuple[float | None, ...]
    is_cut: bool = False
    """There are as many series as were asked for, so there may be more."""


def read_measured(connection: Connection, question: MetricsQuestion, *, stop: Stop = never) -> Iterator[Page[Measured]]:
    """Yield what was measured, a page a call. Raises ServiceError.

    A metric without any series (nothing of the kind was ever measured) is not among the records. Reads POST
    {region}.metrics.monitor.azure.com/subscriptions/{s}/metrics:getBatch.
    """
    batches = [
        (ids, names) for ids in _by_subscription(question.resources) for names in _some(question.names, MOST_NAMES)
    ]
    for number, (ids, names) in enumerate(batches, 1):
        if stop():
            return
        answer, records = _asked(connection, question, ids, names, stop)
        yield Page(tuple(records), (), provenance(answer), is_last=number == len(batches))


def _some(items: Sequence[T], most: int) -> list[tuple[T, ...]]:
    return [tuple(items[start : start + most]) for start in range(0, len(items), most)]


def _by_subscription(resources: Sequence[str]) -> list[tuple[str, ...]]:
    def of(resource: str) -> str:
        return (id_part(resource, "subscriptions") or "").lower()

    groups = [list(some) for _, some in groupby(sorted(resources, key=of), key=of)]
    return [ids for some in groups for ids in _some(some, MOST_IDS)]


def _asked(
    connection: Connection, question: MetricsQuestion, ids: Sequence[str], names: Sequence[str], stop: Stop
) -> tuple[Answer, list[Measured]]:
    from azure.monitor.querymetrics import MetricsClient

    through = OverConnection(connection, "metrics", stop)
    cloud = connection.cloud
    client = MetricsClient(
        f"https://{question.region}{cloud.metrics}", cast(Any, NoCredential()), transport=through, policies=[],
        api_version=API_VERSION, audience=cloud.scopes["metrics"].removesuffix("/.default"),
    )  # fmt: skip
    try:
        results = client.query_resources(
            resource_ids=ids, metric_namespace=question.namespace, metric_names=names,
            timespan=(question.start, question.end), granularity=question.grain,
            aggregations=list(question.aggregations), filter=_filter(question.dimensions),
            max_results=question.top if question.dimensions else None,
        )  # fmt: skip
        records = [one for id, result in zip(ids, results, strict=True) for one in _measured(id, result, question)]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Malformed("The answer of Azure Monitor cannot be read", on=", ".join(names)) from error
    assert through.last is not None
    answer = msgspec.structs.replace(
        through.last, call=msgspec.structs.replace(through.last.call, api_version=API_VERSION)
    )
    return answer, records


def _filter(dimensions: dict[str, str]) -> str | None:
    """Return the dimensions as the service wants them written; a quote in a value is doubled."""
    terms = [f"{name} eq '{value.replace(chr(39), chr(39) * 2)}'" for name, value in dimensions.items()]
    return " and ".join(terms) or None


def _measured(resource: str, result: Any, question: MetricsQuestion) -> Iterator[Measured]:
    for metric in result.metrics:
        is_cut = bool(question.dimensions) and len(metric.timeseries) >= question.top
        for series in metric.timeseries:
            points = sorted(series.data, key=_time)
            for aggregation in question.aggregations:
                yield Measured(
                    resource=resource, name=str(metric.name), unit=metric.unit and str(metric.unit),
                    aggregation=aggregation, is_cut=is_cut,
                    dimensions={str(name).lower(): str(value) for name, value in series.metadata_values.items()},
                    times=tuple(_time(point) for point in points),
                    values=tuple(_number(getattr(point, aggregation)) for point in points),
                )  # fmt: skip


def _time(point: Any) -> datetime:
    at: datetime = point.timestamp
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _number(value: object) -> float | None:
    """Return a measured number. Raises TypeError for anything else but nothing."""
    return None if value is None else float(cast(float, value))
