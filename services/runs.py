"""Runs: everything that was ever asked to execute, read from run history, or from ARM jobs where that refuses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from services.calls import Call
from services.errors import Forbidden, NotFound, NotSignedIn, PrivateOnly, Unreachable
from services.jobs import list_jobs
from services.reading import names_of, read_item, read_named, read_page
from services.records import Page, Stop, WorkspaceRef, never
from services.run import Run
from services.run_record import parse_run
from services.wire import as_dict, text_at

if TYPE_CHECKING:
    from services.connection import Connection

__all__ = ["Run", "get_definition", "get_details", "get_run", "get_runs", "list_children", "list_runs", "standing_in"]

PAGE = 500
"""Runs asked for at once: the most that run history gives."""


def list_runs(
    connection: Connection, ref: WorkspaceRef, experiment: str, *, token: str | None = None, stop: Stop = never
) -> Iterator[Page[Run]]:
    """Yield the runs of an experiment, children too, newest first; with a `token` of an earlier page what follows it.

    Raises ServiceError; Malformed for a token the service does not take any more. Reads POST …/runs:query.
    """
    path = f"/experiments/{quote(experiment, safe='')}/runs:query"
    body = {"orderBy": "CreatedUtc desc", "top": PAGE, **({"continuationToken": token} if token else {})}
    call = connection.run_history(ref, path, method="POST", body=body)
    for answer in connection.pages(call, stop=stop):
        page = read_page(answer, partial(parse_run, experiment=experiment))
        yield msgspec.structs.replace(page, token=_token(answer.following))


def _token(following: Call | None) -> str | None:
    """Return the continuation token of the call for the next page."""
    return text_at(as_dict(following.body), "continuationToken") if following is not None else None


def standing_in(
    connection: Connection, ref: WorkspaceRef, pages: Iterator[Page[Run]], *, may_stand_in: bool, stop: Stop = never
) -> Iterator[Page[Run]]:
    """Yield the pages of run history, or those of ARM jobs where it refuses before the first one.

    The jobs' pages say so by their route, and are not complete. Jobs know no times: without `may_stand_in` they do not
    replace the runs somebody has when run history is only out of reach. Raises ServiceError.
    """
    has_begun = False
    try:
        for page in pages:
            has_begun = True
            yield page
        return
    except (Forbidden, NotFound, NotSignedIn, Unreachable) as error:
        is_away = isinstance(error, Unreachable) and not isinstance(error, PrivateOnly)
        if has_begun or (is_away and not may_stand_in):
            raise
    for page in list_jobs(connection, ref, stop=stop):
        yield msgspec.structs.replace(page, is_last=False)


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


def get_runs(
    connection: Connection, ref: WorkspaceRef, run_ids: Sequence[str], experiments: Mapping[str, str | None]
) -> tuple[Page[Run], tuple[str, ...]]:
    """Return several runs as one page, and which of them the service could not give. `experiments` by run id.

    Raises ServiceError. Reads POST …/batchrundata of run history.
    """
    wanted = {run_id: {"runId": run_id, "selectRunMetadata": True} for run_id in run_ids}
    answer = connection.read(connection.run_history(ref, "/batchrundata", method="POST", body={"requests": wanted}))
    page = read_named(answer, parse_run, items=("successfulResults", "runs"))
    named = tuple(msgspec.structs.replace(run, experiment=experiments.get(run.id)) for run in page.records)
    return msgspec.structs.replace(page, records=named), names_of(answer, ("failedResults", "errors"))


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
