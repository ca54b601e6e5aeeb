"""What a run left: its files by path, how large they are, and the links to read them by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from services.blobs import Link, read_facts
from services.errors import Malformed, NotFound
from services.parsing import moment
from services.reading import read_page
from services.records import Page, Stop, WorkspaceRef, never
from services.wire import Moment, Wire, reader_of

if TYPE_CHECKING:
    from services.calls import Call
    from services.connection import Connection


class Artifact(msgspec.Struct, frozen=True, kw_only=True):
    """One file a run left. Run history does not tell sizes: None until somebody asked storage."""

    id: str
    """`run|path`."""
    run: str
    path: str
    """With slashes, as given: it may hold anything, `..` too."""
    etag: str | None = None
    created: datetime | None = None
    size: int | None = None
    """Bytes."""


class _Given(Wire):
    path: str | None = None
    etag: str | None = None
    created_time: Moment = None


class _Content(Wire):
    content_uri: str | None = None


_read = reader_of(_Given)
_read_content = reader_of(_Content)


def list_artifacts(
    connection: Connection, workspace: WorkspaceRef, experiment: str, run_id: str, *, stop: Stop = never
) -> Iterator[Page[Artifact]]:
    """Yield what a run left, page by page, logs too.

    Raises ServiceError. Reads GET {WS}/experiments/{name}/runs/{id}/artifacts.
    """

    def parse(document: bytes) -> Artifact:
        given = _read(document)
        if not given.path:
            raise ValueError("it has no path")
        return Artifact(
            id=f"{run_id}|{given.path}",
            run=run_id,
            path=given.path,
            etag=given.etag,
            created=moment(given.created_time),
        )

    call = _call(connection, workspace, experiment, run_id)
    for answer in connection.pages(call, stop=stop):
        yield read_page(answer, parse, name=("path",))


def with_sizes(
    connection: Connection,
    workspace: WorkspaceRef,
    experiment: str,
    artifacts: Iterable[Artifact],
    *,
    stop: Stop = never,
) -> Iterator[Artifact]:
    """Yield these artifacts with their sizes, two calls each; one that is gone keeps None. Raises ServiceError."""
    for artifact in artifacts:
        if stop():
            return
        try:
            link = artifact_link(connection, workspace, experiment, artifact.run, artifact.path)
            yield msgspec.structs.replace(artifact, size=read_facts(connection, link).size)
        except NotFound:
            yield artifact


def artifact_link(connection: Connection, workspace: WorkspaceRef, experiment: str, run_id: str, path: str) -> Link:
    """Return the link to a file's content. Raises ServiceError; NotFound when the run has no such file.

    Reads GET …/artifacts/contentinfo?path=.
    """
    call = _call(connection, workspace, experiment, run_id, "/contentinfo", path=path)

    def ask() -> str:
        answer = connection.read(call)
        try:
            uri = _read_content(answer.body).content_uri
        except (msgspec.MsgspecError, ValueError) as error:
            raise Malformed("Where the file is cannot be read", on=path) from error
        if not uri:
            raise Malformed("Azure does not say where the file is", on=path)
        return uri

    return Link(ask(), ask)


def _call(
    connection: Connection, workspace: WorkspaceRef, experiment: str, run_id: str, more: str = "", **params: str
) -> Call:
    return connection.run_history(workspace, f"/experiments/{experiment}/runs/{run_id}/artifacts{more}", params=params)
