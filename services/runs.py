"""Runs: everything that was ever asked to execute, read from run history, or from ARM jobs where that refuses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from services.calls import Call
from services.errors import Forbidden, NotFound, NotSignedIn, PrivateOnly, Unreachable
from services.experiments import list_experiments
from services.jobs import list_jobs
from services.parents import each_of, names_in
from services.reading import read_item, read_page
from services.records import Page, Stop, WorkspaceRef, never
from services.run import Run
from services.run_record import parse_run

if TYPE_CHECKING:
    from services.connection import Connection

__all__ = ["Run", "get_definition", "get_details", "get_run", "list_children", "list_runs"]

PAGE = 500
"""Runs asked for at once: the most that run history gives."""


def list_runs(
    connection: Connection,
    ref: WorkspaceRef,
    *,
    experiments: Sequence[str] | None = None,
    since: datetime | None = None,
    may_stand_in: bool = True,
    stop: Stop = never,
) -> Iterator[Page[Run]]:
    """Yield the runs of the named experiments, or of all, one experiment after the other, each newest first.

    `since` leaves an experiment at the first page that reaches further back; the listing is then not complete. Where
    run history refuses or cannot be reached, the pages come from ARM jobs, as their route says, and are not complete
    either; without `may_stand_in` that it cannot be reached is raised, so that jobs, which know no times, do not
    replace the runs somebody has. Raises ServiceError. Reads POST …/experiments:query (when not given names), then
    POST …/runs:query of each.
    """
    has_begun = False
    try:
        for page in _from_history(connection, ref, experiments, since, stop):
            has_begun = True
            yield page
        return
    except (Forbidden, NotFound, NotSignedIn, Unreachable) as error:
        is_away = isinstance(error, Unreachable) and not isinstance(error, PrivateOnly)
        if has_begun or (is_away and not may_stand_in):
            raise
    for page in list_jobs(connection, ref, stop=stop):
        yield msgspec.structs.replace(page, is_last=False)


def _from_history(
    connection: Connection, ref: WorkspaceRef, experiments: Sequence[str] | None, since: datetime | None, stop: Stop
) -> Iterator[Page[Run]]:
    if experiments is None:
        names, asked, is_whole = names_in(list_experiments(connection, ref, stop=stop), lambda one: one.name)
    else:
        names, asked, is_whole = list(experiments), None, True
    for page in each_of(names, lambda name: _of_experiment(connection, ref, name, since, stop), asked=asked, stop=stop):
        yield page if is_whole else msgspec.structs.replace(page, is_last=False)


def _of_experiment(
    connection: Connection, ref: WorkspaceRef, experiment: str, since: datetime | None, stop: Stop
) -> Iterator[Page[Run]]:
    path = f"/experiments/{quote(experiment, safe='')}/runs:query"
    call = connection.run_history(ref, path, method="POST", body={"orderBy": "CreatedUtc desc", "top": PAGE})
    for answer in connection.pages(call, stop=stop):
        page = read_page(answer, partial(parse_run, experiment=experiment))
        yield page
        if not page.is_last and since is not None and _reaches(page, since):
            return


def _reaches(page: Page[Run], since: datetime) -> bool:
    return any(run.created is not None and run.created < since for run in page.records)


def list_children(
    connection: Connection, ref: WorkspaceRef, run_id: str, *, experiment: str | None = None, stop: Stop = never
) -> Iterator[Page[Run]]:
    """Yield the children of a run: steps, trials. `experiment` is their name, which the answers do not hold.

    Raises ServiceError. Reads GET …/runs/{id}/children of run history, to its end.
    """
    call = connection.run_history(ref, f"/runs/{quote(run_id, safe='')}/children")
    for answer in connection.pages(call, stop=stop):
        yield read_page(answer, partial(parse_run, experiment=experiment))


def get_run(connection: Connection, ref: WorkspaceRef, run_id: str, *, experiment: str | None = None) -> Page[Run]:
    """Return one run as a page of one. Raises ServiceError, NotFound too. Reads GET …/runs/{id} of run history."""
    return _one(connection, connection.run_history(ref, f"/runs/{quote(run_id, safe='')}"), experiment)


def get_details(connection: Connection, ref: WorkspaceRef, run_id: str, *, experiment: str | None = None) -> Page[Run]:
    """Return one run with its definition and the names of its logs, as a page of one. Raises ServiceError.

    The details have no display name and no run type. Reads GET …/runs/{id}/details of run history.
    """
    return _one(connection, connection.run_history(ref, f"/runs/{quote(run_id, safe='')}/details"), experiment)


def get_definition(
    connection: Connection, ref: WorkspaceRef, run_id: str, *, experiment: str | None = None
) -> Page[Run]:
    """Return one run with its command, environment and literal inputs, as a page of one. Raises ServiceError.

    Reads POST …/rundata of run history.
    """
    body = {"runId": run_id, "selectRunMetadata": True, "selectRunDefinition": True, "selectJobSpecification": True}
    return _one(connection, connection.run_history(ref, "/rundata", method="POST", body=body), experiment)


def _one(connection: Connection, call: Call, experiment: str | None) -> Page[Run]:
    return read_item(connection.read(call), partial(parse_run, experiment=experiment))
