"""Metrics of one run: the last value of each, as run history keeps them."""

from __future__ import annotations

import math
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec

from services.parsing import moment
from services.reading import read_page
from services.records import Page, WorkspaceRef
from services.wire import Moment, Wire, reader_of, text_of

if TYPE_CHECKING:
    from services.connection import Connection


class RunMetric(msgspec.Struct, frozen=True, kw_only=True):
    """The last value one run logged under one name."""

    id: str
    """`run/name`."""
    run: str
    name: str
    value: float | None = None
    """None when the metric is no finite number: then `text` says what it is."""
    text: str | None = None
    step: int | None = None
    at: datetime | None = None
    kind: str | None = None
    """uxMetricType as given: azureml.v1.scalar, azureml.v1.table …"""


class Point(Wire):
    """One logged value; `data` holds it by column, and the first column is the metric itself."""

    created_utc: Moment = None
    step: int | None = None
    data: dict[str, Any] | None = None


class Given(Wire):
    """One metric of lastvalues."""

    name: str | None = None
    properties: dict[str, Any] | None = None
    value: list[Point] | None = None


_read = reader_of(Given)


def read_metrics(connection: Connection, ref: WorkspaceRef, run_id: str) -> Page[RunMetric]:
    """Return the last value of every metric of a run. Raises ServiceError.

    Reads POST {metrics service}/runs/{id}/lastvalues.
    """
    path = f"/runs/{quote(run_id, safe='')}/lastvalues"
    call = connection.run_history(ref, path, area="metric/v2.0", method="POST", body={})
    return read_page(connection.read(call), partial(parse_metric, run=run_id))


def parse_metric(document: bytes, *, run: str) -> RunMetric:
    """Return one metric. Raises msgspec.MsgspecError or ValueError when the document is none."""
    given = _read(document)
    if not given.name:
        raise ValueError("it has no name")
    point = given.value[-1] if given.value else Point()
    data = point.data or {}
    value = data.get(given.name, next(iter(data.values()), None))
    number = _number(value)
    kind = (given.properties or {}).get("uxMetricType")
    return RunMetric(
        id=f"{run}/{given.name}",
        run=run,
        name=given.name,
        value=number,
        text=text_of(value) if number is None else None,
        step=point.step,
        at=moment(point.created_utc),
        kind=kind if isinstance(kind, str) else None,
    )


def _number(value: object) -> float | None:
    """Return a finite number. NaN and Infinity come as text, and are told as text."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None
