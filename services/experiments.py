"""Experiments: the names runs are grouped under."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from services.parsing import moment
from services.reading import read_page
from services.records import Page, Stop, WorkspaceRef, never
from services.wire import Moment, Wire, pairs, reader_of

if TYPE_CHECKING:
    from services.connection import Connection

PAGE = 500
"""Experiments asked for at once."""


class Experiment(msgspec.Struct, frozen=True, kw_only=True):
    """One experiment as run history lists it. Its run counts come from the cached runs, not from here."""

    id: str
    name: str
    description: str | None = None
    created: datetime | None = None
    is_archived: bool | None = None
    tags: dict[str, str | None] = {}


class Given(Wire):
    """One item of experiments:query."""

    experiment_id: str | None = None
    name: str | None = None
    description: str | None = None
    created_utc: Moment = None
    archived_time: Moment = None
    tags: dict[str, Any] | None = None


_read = reader_of(Given)


def list_experiments(connection: Connection, ref: WorkspaceRef, *, stop: Stop = never) -> Iterator[Page[Experiment]]:
    """Yield the experiments of a workspace, archived ones too, newest first.

    Raises ServiceError, Unreachable behind a private link. Reads POST …/experiments:query of run history.
    """
    body = {"viewType": "All", "orderBy": "CreatedUtc desc", "top": PAGE}
    call = connection.run_history(ref, "/experiments:query", method="POST", body=body)
    for answer in connection.pages(call, stop=stop):
        yield read_page(answer, parse_experiment)


def parse_experiment(document: bytes) -> Experiment:
    """Return one experiment. Raises msgspec.MsgspecError or ValueError when the document is none."""
    given = _read(document)
    if not given.name:
        raise ValueError("it has no name")
    return Experiment(
        id=given.experiment_id or given.name,
        name=given.name,
        description=given.description or None,
        created=moment(given.created_utc),
        is_archived=given.archived_time is not None,
        tags=pairs(given.tags),
    )
