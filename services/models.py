"""Models: registered names and their versions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from services.parents import each_of, names_in
from services.parsing import id_part, id_tail, moment
from services.reading import read_item, read_page
from services.records import Page, Stop, WorkspaceRef, never
from services.wire import SystemData, Wire, pairs, reader_of

if TYPE_CHECKING:
    from services.connection import Connection

API = "2023-08-01-preview"
_MADE_BY = re.compile(r"(?:/jobs/|/ExperimentRun/dcid\.|^runs:/+)([^/]+)/", re.IGNORECASE)


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """One registered name. Type, stage and origin belong to its versions."""

    id: str
    """The name: unique in a workspace."""
    name: str
    latest_version: str | None = None
    description: str | None = None
    is_archived: bool | None = None
    created: datetime | None = None
    created_by: str | None = None
    modified: datetime | None = None
    tags: dict[str, str | None] = {}


class ModelVersion(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a model. `run` names the run that made it; None means Azure did not say."""

    id: str
    """`name:version`."""
    model: str
    version: str
    type: str | None = None
    stage: str | None = None
    run: str | None = None
    uri: str | None = None
    flavors: tuple[str, ...] = ()
    description: str | None = None
    is_archived: bool | None = None
    created: datetime | None = None
    created_by: str | None = None
    modified: datetime | None = None
    tags: dict[str, str | None] = {}


class ModelProperties(Wire):
    """The fields of a registered name."""

    description: str | None = None
    latest_version: str | None = None
    is_archived: bool | None = None
    tags: dict[str, Any] | None = None


class VersionProperties(Wire):
    """The fields of a version."""

    description: str | None = None
    is_archived: bool | None = None
    model_type: str | None = None
    model_uri: str | None = None
    job_name: str | None = None
    stage: str | None = None
    flavors: dict[str, Any] | None = None
    tags: dict[str, Any] | None = None


class GivenModel(Wire):
    """One item of models."""

    properties: ModelProperties
    id: str | None = None
    name: str | None = None
    system_data: SystemData | None = None


class GivenVersion(Wire):
    """One item of a model's versions; its name is the version."""

    properties: VersionProperties
    id: str
    name: str | None = None
    system_data: SystemData | None = None


_read_model = reader_of(GivenModel)
_read_version = reader_of(GivenVersion)


def list_models(connection: Connection, ref: WorkspaceRef, *, stop: Stop = never) -> Iterator[Page[Model]]:
    """Yield the registered names, archived ones too; 20 a page. Raises ServiceError. Reads GET …/models."""
    call = connection.arm(f"{ref.id}/models", API, listViewType="All")
    for answer in connection.pages(call, stop=stop):
        yield read_page(answer, parse_model)


def get_model(connection: Connection, ref: WorkspaceRef, name: str) -> Page[Model]:
    """Return one registered name as a page of one. Raises ServiceError, NotFound too."""
    return read_item(connection.read(connection.arm(f"{ref.id}/models/{name}", API)), parse_model)


def parse_model(document: bytes) -> Model:
    """Return one registered name. Raises msgspec.MsgspecError or ValueError when the document is none."""
    given = _read_model(document)
    name = given.name or id_tail(given.id)
    if not name:
        raise ValueError("it has no name")
    known, made = given.properties, given.system_data or SystemData()
    return Model(
        id=name,
        name=name,
        latest_version=known.latest_version,
        description=known.description or None,
        is_archived=known.is_archived,
        created=moment(made.created_at),
        created_by=made.created_by,
        modified=moment(made.last_modified_at),
        tags=pairs(known.tags),
    )


def list_versions(
    connection: Connection, ref: WorkspaceRef, *, models: Sequence[str] | None = None, stop: Stop = never
) -> Iterator[Page[ModelVersion]]:
    """Yield the versions of the named models, or of all of them, archived ones too. Raises ServiceError.

    Reads GET …/models (when not given names), then GET …/models/{name}/versions of each.
    """
    if models is None:
        names, asked, is_whole = names_in(list_models(connection, ref, stop=stop), lambda one: one.name)
    else:
        names, asked, is_whole = list(models), None, True
    for page in each_of(names, lambda name: _versions_of(connection, ref, name, stop), asked=asked, stop=stop):
        yield page if is_whole else msgspec.structs.replace(page, is_last=False)


def _versions_of(connection: Connection, ref: WorkspaceRef, model: str, stop: Stop) -> Iterator[Page[ModelVersion]]:
    call = connection.arm(f"{ref.id}/models/{model}/versions", API, listViewType="All")
    for answer in connection.pages(call, stop=stop):
        yield read_page(answer, parse_version)


def get_version(connection: Connection, ref: WorkspaceRef, model: str, version: str) -> Page[ModelVersion]:
    """Return one version of a model as a page of one. Raises ServiceError, NotFound too."""
    call = connection.arm(f"{ref.id}/models/{model}/versions/{version}", API)
    return read_item(connection.read(call), parse_version)


def parse_version(document: bytes) -> ModelVersion:
    """Return one version of a model. Raises msgspec.MsgspecError or ValueError when the document is none."""
    given = _read_version(document)
    model, version = id_part(given.id, "models"), given.name or id_tail(given.id)
    if not (model and version):
        raise ValueError("its id names no model")
    known, made = given.properties, given.system_data or SystemData()
    return ModelVersion(
        id=f"{model}:{version}",
        model=model,
        version=version,
        type=known.model_type,
        stage=known.stage or None,
        run=known.job_name or _made_by(known.model_uri),
        uri=known.model_uri,
        flavors=tuple(known.flavors or ()),
        description=known.description or None,
        is_archived=known.is_archived,
        created=moment(made.created_at),
        created_by=made.created_by,
        modified=moment(made.last_modified_at),
        tags=pairs(known.tags),
    )


def _made_by(uri: str | None) -> str | None:
    """Return the run whose output a model's address points into, if it does."""
    found = _MADE_BY.search(uri) if uri else None
    return found[1] if found else None
