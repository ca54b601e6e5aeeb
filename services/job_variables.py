"""Environment variables of jobs and deployments that seem to hold a secret: their names, never their values.

What looks like a secret is decided where documents are redacted: a value that had to go was one. So no value of a
variable ever reaches the record, nor the document that is kept of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from services.parsing import id_tail, moment
from services.reading import read_page
from services.records import Page, Stop, WorkspaceRef, never
from services.secret_names import is_secret_name, is_secret_variable
from services.wire import SystemData, Wire, as_dict, reader_of, text_at

if TYPE_CHECKING:
    from services.connection import Connection

JOBS_API = "2024-01-01-preview"
DEPLOYMENTS_API = "2023-04-01-preview"
NEWEST = 500
"""Jobs that are looked at, newest first: at most so many, to the end of their page."""

_GONE = re.compile(r"\[redacted\]|sig(?:=|%3D|%253D)redacted", re.IGNORECASE)


class JobVariables(msgspec.Struct, frozen=True, kw_only=True):
    """What the variables of one job or deployment are suspected of."""

    id: str
    """`jobs/name` or `onlineEndpoints/endpoint/deployments/name`."""
    kind: str
    """job or deployment."""
    name: str
    owner: str | None = None
    created: datetime | None = None
    variables: int = 0
    """How many it has."""
    suspects: dict[str, str] = {}
    """Name of the variable → `name` when its name promises a secret, `value` when only its value looks like one."""


class Given(Wire):
    """A job or a deployment as ARM gives it."""

    properties: dict[str, Any]
    id: str | None = None
    name: str | None = None
    system_data: SystemData | None = None


_read = reader_of(Given)


def list_job_variables(
    connection: Connection, ref: WorkspaceRef, *, endpoints: Sequence[str] = (), stop: Stop = never
) -> Iterator[Page[JobVariables]]:
    """Yield what the deployments behind these endpoints and the newest jobs are suspected of, innocent ones too.

    Jobs come newest first and end after `NEWEST` of them. Raises ServiceError.
    Reads GET …/onlineEndpoints/{name}/deployments of each, then GET …/jobs.
    """
    for endpoint in endpoints:
        path = f"{ref.id}/onlineEndpoints/{endpoint}/deployments"
        for answer in connection.pages(connection.arm(path, DEPLOYMENTS_API), stop=stop):
            parse = partial(parse_variables, within=f"onlineEndpoints/{endpoint}/deployments", kind="deployment")
            yield msgspec.structs.replace(_kept(read_page(answer, parse)), is_last=False)
    seen = 0
    for answer in connection.pages(connection.arm(f"{ref.id}/jobs", JOBS_API, listViewType="All"), stop=stop):
        page = _kept(read_page(answer, partial(parse_variables, within="jobs", kind="job")))
        seen += len(page.records)
        yield msgspec.structs.replace(page, is_last=page.is_last or seen >= NEWEST)
        if seen >= NEWEST:
            return


def _kept(page: Page[JobVariables]) -> Page[JobVariables]:
    """Return the page with its records as their own documents: a job's whole document is nobody's here."""
    return msgspec.structs.replace(page, documents=tuple(msgspec.json.encode(one) for one in page.records))


def parse_variables(document: bytes, *, within: str, kind: str) -> JobVariables:
    """Return the suspicions about one job or deployment, from its redacted document.

    Raises msgspec.MsgspecError or ValueError when the document is neither.
    """
    given = _read(document)
    name = given.name or id_tail(given.id)
    if not name:
        raise ValueError("it has no name")
    made = given.system_data or SystemData()
    found = list(_variables(given.properties))
    suspects = {variable: why for variable, value in found if (why := _suspicion(variable, value)) is not None}
    if _GONE.search(text_at(given.properties, "command") or ""):
        suspects["the command line"] = "value"
    return JobVariables(
        id=f"{within}/{name}",
        kind=kind,
        name=name,
        owner=made.created_by,
        created=moment(made.created_at),
        variables=len(found),
        suspects=suspects,
    )


def _variables(given: Mapping[str, Any], depth: int = 0) -> Iterator[tuple[str, object]]:
    """Yield the variables of a job, of the trial of a sweep and of the steps of a pipeline."""
    for key in ("environmentVariables", "environment_variables"):
        yield from as_dict(given.get(key)).items()
    if depth < 3:
        for inner in (given.get("trial"), *as_dict(given.get("jobs")).values()):
            yield from _variables(as_dict(inner), depth + 1)


def _suspicion(variable: str, value: object) -> str | None:
    if not isinstance(value, str) or not _GONE.search(value):
        return None
    return "name" if is_secret_variable(variable) or is_secret_name(variable) else "value"
