"""Last values of metrics and all parameters of many runs at once, as MLflow's search gives them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from services.parsing import moment
from services.reading import read_page
from services.records import Page, Stop, WorkspaceRef, never
from services.wire import Moment, as_dict, reader_of, text_at, text_of

if TYPE_CHECKING:
    from services.connection import Connection

PAGE = 500
"""Runs asked for at once."""
_ENDED = frozenset({"FINISHED", "FAILED", "KILLED"})


class RunValues(msgspec.Struct, frozen=True, kw_only=True):
    """What one run logged. Metrics that are no finite number are left out: the run's own metrics say what they are."""

    run: str
    metrics: dict[str, float] = {}
    params: dict[str, str | None] = {}
    has_ended: bool = False
    """Whether MLflow says so: then there will be no more."""
    started: datetime | None = None


class Pair(msgspec.Struct):
    """One metric or parameter. A number that JSON cannot write comes as text."""

    key: str
    value: Any = None


class Info(msgspec.Struct):
    """Who the run is."""

    run_id: str | None = None
    run_uuid: str | None = None
    status: str | None = None
    start_time: Moment = None


class Data(msgspec.Struct):
    """What it logged."""

    metrics: list[Pair] | None = None
    params: list[Pair] | None = None


class Given(msgspec.Struct):
    """One run of runs/search."""

    info: Info
    data: Data | None = None


_read = reader_of(Given)


def search_values(
    connection: Connection,
    ref: WorkspaceRef,
    experiment_id: str,
    *,
    parent: str | None = None,
    token: str | None = None,
    stop: Stop = never,
) -> Iterator[Page[RunValues]]:
    """Yield what the runs of an experiment logged, archived ones too, those started last first.

    With `parent`, a run id without a quote in it, only its direct children. With a `token` of an earlier page it goes
    on after that. Raises ServiceError. Reads POST …/mlflow/runs/search.
    """
    body: dict[str, Any] = {
        "experiment_ids": [experiment_id],
        "max_results": PAGE,
        "run_view_type": "ALL",
        "order_by": ["start_time DESC"],
    }
    body |= {"page_token": token} if token else {}
    body |= {"filter": f"tags.mlflow.parentRunId = '{parent}'"} if parent else {}
    call = connection.run_history(ref, "/api/2.0/mlflow/runs/search", area="mlflow/v2.0", method="POST", body=body)
    for answer in connection.pages(call, stop=stop):
        page = read_page(answer, parse_values, items="runs", is_optional=True)
        told = text_at(as_dict(answer.following.body), "page_token") if answer.following is not None else None
        yield msgspec.structs.replace(page, token=told)


def parse_values(document: bytes) -> RunValues:
    """Return what one run logged. Raises msgspec.MsgspecError or ValueError when the document is no run."""
    given = _read(document)
    run, data = given.info.run_id or given.info.run_uuid, given.data or Data()
    if not run:
        raise ValueError("it has no run_id")
    numbers = {pair.key: number for pair in data.metrics or () if (number := _number(pair.value)) is not None}
    return RunValues(
        run=run,
        metrics=numbers,
        params={pair.key: text_of(pair.value) for pair in data.params or ()},
        has_ended=(given.info.status or "").upper() in _ENDED,
        started=moment(given.info.start_time),
    )


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None
