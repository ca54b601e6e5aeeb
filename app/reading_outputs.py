"""Reading what a run left: its files by path, their sizes level by level, and a first look at one of them."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from app.handed import Reading
from cache.query import parse
from services.artifacts import Artifact, artifact_link, list_artifacts, with_sizes
from services.errors import NotFound
from services.previews import Preview, read_preview
from services.records import Page, Provenance
from services.run import Run

AT_ONCE = 20
"""Sizes put into the cache together."""
MOST_SIZES = 500
"""Files of one folder whose size is asked for, two calls each."""


def read_artifacts(reading: Reading, run_id: str) -> Iterator[Page[Artifact]]:
    """What a run left. A size that is known stays: files of a run are not changed."""
    for page in list_artifacts(*reading.azure, experiment_of(reading, run_id), run_id, stop=reading.stop):
        yield msgspec.structs.replace(page, records=tuple(_kept(reading, one) for one in page.records))


def read_sizes(reading: Reading, key: str) -> Iterator[Page[Artifact]]:
    """The sizes of the files in one folder (`RUN/FOLDER`), not of those below it."""
    run_id, _, folder = key.partition("/")
    found = [one for one in artifacts_of(reading, run_id) if folder_of(one.path) == folder and one.size is None]
    sized = with_sizes(*reading.azure, experiment_of(reading, run_id), found[:MOST_SIZES], stop=reading.stop)
    some: list[Artifact] = []
    for one in sized:
        some.append(one)
        if len(some) == AT_ONCE:
            yield _page(reading, some)
            some = []
    if some:
        yield _page(reading, some)


def read_one_preview(reading: Reading, key: str) -> Iterator[Page[Preview]]:
    """A first look at one file (`RUN/PATH`)."""
    run_id, _, path = key.partition("/")
    connection, workspace = reading.azure
    link = artifact_link(connection, workspace, experiment_of(reading, run_id), run_id, path)
    yield read_preview(connection, link, run_id, path, stop=reading.stop)


def artifacts_of(reading: Reading, run_id: str) -> list[Artifact]:
    """The files of a run, as cached."""
    from app.tables import ARTIFACTS

    where = parse(f'run="{run_id}"', ARTIFACTS, now=reading.now)
    return [seen.record for seen in reading.store.records("artifacts", reading.scope, where)]


def folder_of(path: str) -> str:
    """The folder of a path; empty at the top."""
    return path.rpartition("/")[0]


def experiment_of(reading: Reading, run_id: str) -> str:
    """The experiment a run belongs to, which the addresses of its files hold. Raises NotFound for an unknown run."""
    seen = reading.store.get("runs", reading.scope, run_id)
    run: Run | None = seen.record if seen is not None else None
    if run is None or not run.experiment:
        raise NotFound("Its experiment is not known, so its files cannot be asked for", on=run_id, do="refresh the run")
    return run.experiment


def _kept(reading: Reading, artifact: Artifact) -> Artifact:
    seen = reading.store.get("artifacts", reading.scope, artifact.id)
    if seen is None or seen.record.etag != artifact.etag:
        return artifact
    return msgspec.structs.replace(artifact, size=seen.record.size)


def _page(reading: Reading, some: list[Artifact]) -> Page[Artifact]:
    origin = Provenance(route="artifacts/contentinfo", api_version=None, fetched_at=reading.now, method="HEAD")
    return Page(tuple(some), (), origin, is_last=False)
