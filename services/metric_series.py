"""The history of one metric of one run, value by value as it was logged, from the metric store of run history.

NaN and infinity are kept: they were logged. What the metric store does not know, MLflow is asked.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec

from services.calls import Answer
from services.errors import NotFound
from services.parsing import moment
from services.reading import provenance, read_page
from services.records import Page, Stop, WorkspaceRef, never
from services.run_metrics import RunMetric, parse_metric
from services.wire import Moment, Wire, reader_of

if TYPE_CHECKING:
    from services.connection import Connection


class MetricPoint(msgspec.Struct, frozen=True, kw_only=True):
    """One logged value, as it came."""

    id: str | None = None
    """metricId; MLflow gives none."""
    step: int
    """0 where none was given."""
    at: datetime | None = None
    value: float
    """NaN and infinity are values."""


class MetricSeries(msgspec.Struct, frozen=True, kw_only=True):
    """Some or all of a metric's history, in the order it was logged."""

    run: str
    name: str
    steps: tuple[int, ...]
    times: tuple[float | None, ...]
    """Seconds since 1970 UTC."""
    values: tuple[float, ...]


class _Value(Wire):
    metric_id: str | None = None
    created_utc: Moment = None
    step: int | None = None
    data: dict[str, Any] | None = None


class _MlflowValue(msgspec.Struct):
    value: float | str
    key: str | None = None
    timestamp: Moment = None
    step: int | None = None


class _Values(Wire):
    value: list[_Value] | None


class _MlflowValues(msgspec.Struct):
    metrics: list[_MlflowValue] | None


_read, _read_all = reader_of(_Value), reader_of(_Values)
_read_mlflow, _read_all_mlflow = reader_of(_MlflowValue), reader_of(_MlflowValues)

_ODD = {"nan": math.nan, "infinity": math.inf, "inf": math.inf, "-infinity": -math.inf, "-inf": -math.inf}


def list_metrics(
    connection: Connection, ref: WorkspaceRef, run_id: str, *, stop: Stop = never
) -> Iterator[Page[RunMetric]]:
    """Yield which metrics a run has logged, without values. Raises ServiceError.

    Reads POST {metric store}/runs/{id}/list.
    """
    call = connection.run_history(ref, _path(run_id, "list"), area="metric/v2.0", method="POST", body={})
    for answer in connection.pages(call, stop=stop):
        yield read_page(answer, partial(parse_metric, run=run_id))


def read_history(
    connection: Connection,
    ref: WorkspaceRef,
    run_id: str,
    name: str,
    *,
    since: datetime | None = None,
    stop: Stop = never,
) -> Iterator[Page[MetricPoint]]:
    """Yield the points of a metric, in the order they were logged; with `since` those logged at that time or later.

    Raises ServiceError. Reads POST {metrics}/runs/{id}/full, else GET {mlflow}/metrics/get-history, which knows no
    `since` and gives all.
    """
    body: dict[str, object] = {"metricName": name}
    if since is not None:
        body["startTime"] = since.astimezone(UTC).isoformat().replace("+00:00", "Z")
    call = connection.run_history(ref, _path(run_id, "full"), area="metric/v2.0", method="POST", body=body)
    is_known = False
    try:
        for answer in connection.pages(call, stop=stop):
            is_known = True
            yield _page(answer, _read_all, partial(_point, name), partial(parse_point, name=name), "value")
    except NotFound:
        if is_known:
            raise
        yield from _mlflow_history(connection, ref, run_id, name, stop)


def _mlflow_history(
    connection: Connection, ref: WorkspaceRef, run_id: str, name: str, stop: Stop
) -> Iterator[Page[MetricPoint]]:
    params = {"run_id": run_id, "metric_key": name}
    path = "/api/2.0/mlflow/metrics/get-history"
    call = connection.run_history(ref, path, area="mlflow/v2.0", params=params)
    for answer in connection.pages(call, stop=stop):
        yield _page(answer, _read_all_mlflow, _mlflow_point, parse_mlflow_point, "metrics")


def _page(
    answer: Answer,
    read: Callable[[bytes], Any],
    point: Callable[[Any], MetricPoint],
    parse: Callable[[bytes], MetricPoint],
    items: str,
) -> Page[MetricPoint]:
    """Return a page of points, read at once: one by one takes ten times as long, and a run may have a million.

    Where something in it is no point, all are read one by one, so that only that is set aside.
    """
    try:
        records = tuple(point(one) for one in getattr(read(answer.body), items) or ())
    except (msgspec.MsgspecError, ValueError):
        return read_page(answer, parse, items=items, name=("metricId", "key"))
    return Page(records, (), provenance(answer), is_last=answer.is_last)


def parse_point(document: bytes, *, name: str) -> MetricPoint:
    """Return one point of the metric store. Raises msgspec.MsgspecError, or ValueError for what is no number."""
    return _point(name, _read(document))


def _point(name: str, given: _Value) -> MetricPoint:
    data = given.data or {}
    return MetricPoint(
        id=given.metric_id,
        step=given.step or 0,
        at=moment(given.created_utc),
        value=number(data.get(name, next(iter(data.values()), None))),
    )


def parse_mlflow_point(document: bytes) -> MetricPoint:
    """Return one point as MLflow writes it. Raises msgspec.MsgspecError, or ValueError for what is no number."""
    return _mlflow_point(_read_mlflow(document))


def _mlflow_point(given: _MlflowValue) -> MetricPoint:
    return MetricPoint(step=given.step or 0, at=moment(given.timestamp), value=number(given.value))


def number(value: object) -> float:
    """Return a logged number; JSON has no NaN: it comes as text. Raises ValueError for tables, images and nothing."""
    if isinstance(value, str):
        odd = _ODD.get(value.strip().lower())
        return float(value) if odd is None else odd
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"it is no number but {type(value).__name__}")
    return float(value)


def series_of(run: str, name: str, points: Iterable[MetricPoint]) -> MetricSeries:
    """Return points as one series, in the order they are given."""
    found = list(points)
    return MetricSeries(
        run=run,
        name=name,
        steps=tuple(one.step for one in found),
        times=tuple(None if one.at is None else one.at.timestamp() for one in found),
        values=tuple(one.value for one in found),
    )


def _path(run_id: str, verb: str) -> str:
    return f"/runs/{quote(run_id, safe='')}/{verb}"
