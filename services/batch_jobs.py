"""Jobs of batch endpoints: what was asked of each, how it stands, and how many of its mini-batches failed.

The service in front of them has no public recording: fields are taken as its published description names them, and
what is missing stays unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from services.errors import Forbidden, Malformed
from services.parents import each_of
from services.parsing import id_tail, moment
from services.reading import read_page
from services.records import Page, Provenance, Stop, WorkspaceRef, never
from services.wire import SystemData, Wire, as_dict, compute_name, reader_of, text_of

if TYPE_CHECKING:
    from services.connection import Connection

API = "2020-09-01-dataplanepreview"
AREA = "mferp/managementfrontend"


class BatchJob(msgspec.Struct, frozen=True, kw_only=True):
    """One job of a batch endpoint. Its id is that of its run; sizes are those it was started with."""

    id: str
    endpoint: str
    deployment: str | None = None
    name: str
    status: str | None = None
    compute: str | None = None
    instances: int | None = None
    mini_batch: int | None = None
    error_threshold: int | None = None
    concurrency: int | None = None
    output_file: str | None = None
    failed_batches: int | None = None
    """Mini-batches that failed; None where the job does not say."""
    created: datetime | None = None
    created_by: str | None = None
    modified: datetime | None = None


class Compute(Wire):
    """Where it runs."""

    target: str | None = None
    instance_count: int | None = None


class Properties(Wire):
    """The fields of a job that are shown."""

    status: str | None = None
    name: str | None = None
    compute: Compute | None = None
    mini_batch_size: int | None = None
    error_threshold: int | None = None
    max_concurrency_per_instance: int | None = None
    output_file_name: str | None = None
    properties: Any = None
    tags: Any = None


class Given(Wire):
    """One job as the service gives it."""

    properties: Properties
    id: str | None = None
    name: str | None = None
    system_data: SystemData | None = None


_read = reader_of(Given)


def list_batch_jobs(
    connection: Connection, ref: WorkspaceRef, endpoints: Sequence[str], *, asked: Provenance, stop: Stop = never
) -> Iterator[Page[BatchJob]]:
    """Yield the jobs of the named batch endpoints; one whose jobs are refused is set aside. Raises ServiceError.

    Reads GET {api}/mferp/managementfrontend…/batchEndpoints/{name}/jobs of each.
    """

    def jobs(endpoint: str) -> Iterator[Page[BatchJob]]:
        path = f"/batchEndpoints/{endpoint}/jobs"
        call = connection.run_history(ref, path, area=AREA, params={"api-version": API})
        for answer in connection.pages(call, stop=stop):
            yield read_page(answer, partial(parse_batch_job, endpoint=endpoint))

    return each_of(endpoints, jobs, asked=asked, stop=stop, aside=(Forbidden, Malformed))


def parse_batch_job(document: bytes, *, endpoint: str) -> BatchJob:
    """Return one job. Raises msgspec.MsgspecError or ValueError when the document is none."""
    given = _read(document)
    name = given.name or id_tail(given.id)
    if not name:
        raise ValueError("it has no name")
    known, made = given.properties, given.system_data or SystemData()
    compute = known.compute or Compute()
    notes = {**as_dict(known.properties), **as_dict(known.tags)}
    failed = _noted(notes, "failedminibatches")
    return BatchJob(
        id=name,
        endpoint=endpoint,
        deployment=_noted(notes, "deploymentname"),
        name=known.name or name,
        status=known.status,
        compute=compute_name(compute.target),
        instances=compute.instance_count,
        mini_batch=known.mini_batch_size,
        error_threshold=known.error_threshold,
        concurrency=known.max_concurrency_per_instance,
        output_file=known.output_file_name,
        failed_batches=int(failed) if failed and failed.isdecimal() and len(failed) < 16 else None,
        created=moment(made.created_at),
        created_by=made.created_by,
        modified=moment(made.last_modified_at),
    )


_SIGNS = re.compile(r"[^a-z]")


def _noted(notes: Mapping[str, Any], end: str) -> str | None:
    """Return the note whose name ends so, whatever stands before it and however it is written."""
    found = (text_of(value) for name, value in notes.items() if _SIGNS.sub("", name.lower()).endswith(end))
    return next((text for text in found if text), None)
