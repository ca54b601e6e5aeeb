"""Endpoints of other kinds: serverless ones of the model catalogue, and web services of the SDK's first version.

The service that lists the old ones has no public recording: its fields are taken as its client names them, and what is
missing stays unknown. A kind that is refused or no longer listed is set aside and leaves the other alone.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from services.errors import Forbidden, Malformed, NotFound, Refused, ServiceError
from services.parsing import id_part, id_tail, moment
from services.reading import read_page
from services.records import Page, Provenance, SetAside, Stop, WorkspaceRef, never
from services.wire import Moment, SystemData, Wire, asset_name, pairs, reader_of

if TYPE_CHECKING:
    from services.connection import Connection

API = "2024-04-01"
LEGACY_AREA = "modelmanagement/v1.0"


class OtherEndpoint(msgspec.Struct, frozen=True, kw_only=True):
    """One endpoint that is neither a managed nor a Kubernetes one of today."""

    id: str
    """`kind/name`: kinds do not share their names."""
    name: str
    kind: str
    """`serverless`, `legacy aci`, `legacy aks`, or `legacy` and what the service calls it."""
    state: str | None = None
    model: str | None = None
    auth: str | None = None
    """Key, token, none … as the kind has it."""
    address: str | None = None
    location: str | None = None
    error: str | None = None
    description: str | None = None
    created: datetime | None = None
    created_by: str | None = None
    modified: datetime | None = None
    tags: dict[str, str | None] = {}


class ModelSettings(Wire):
    """Which model of the catalogue answers."""

    model_id: str | None = None


class Inference(Wire):
    """Where it answers."""

    uri: str | None = None


class Serverless(Wire):
    """The fields of a serverless endpoint that are shown."""

    provisioning_state: str | None = None
    endpoint_state: str | None = None
    auth_mode: str | None = None
    model_settings: ModelSettings | None = None
    inference_endpoint: Inference | None = None


class GivenServerless(Wire):
    """One serverless endpoint as ARM gives it."""

    properties: Serverless
    id: str | None = None
    name: str | None = None
    location: str | None = None
    system_data: SystemData | None = None
    tags: dict[str, Any] | None = None


class LegacyError(Wire):
    """What a web service says went wrong."""

    code: str | None = None
    message: str | None = None


class GivenLegacy(Wire):
    """One web service of the first version."""

    name: str | None = None
    id: str | None = None
    compute_type: str | None = None
    state: str | None = None
    scoring_uri: str | None = None
    location: str | None = None
    auth_enabled: bool | None = None
    aad_auth_enabled: bool | None = None
    description: str | None = None
    error: LegacyError | None = None
    created_time: Moment = None
    updated_time: Moment = None
    kv_tags: dict[str, Any] | None = None


_read_serverless = reader_of(GivenServerless)
_read_legacy = reader_of(GivenLegacy)


def list_other_endpoints(
    connection: Connection, ref: WorkspaceRef, *, at: datetime, stop: Stop = never
) -> Iterator[Page[OtherEndpoint]]:
    """Yield the serverless endpoints and the old web services of a workspace. Raises ServiceError.

    Where one of the two cannot be listed, that is set aside with its reason; where neither can, it is raised. `at` is
    when that was asked (aware UTC).
    Reads GET …/serverlessEndpoints, then GET {api}/modelmanagement/v1.0…/services.
    """

    def serverless() -> Iterator[Page[OtherEndpoint]]:
        for answer in connection.pages(connection.arm(f"{ref.id}/serverlessEndpoints", API), stop=stop):
            yield read_page(answer, parse_serverless)

    def legacy() -> Iterator[Page[OtherEndpoint]]:
        for answer in connection.pages(connection.run_history(ref, "/services", area=LEGACY_AREA), stop=stop):
            yield read_page(answer, parse_legacy)

    refused: list[ServiceError] = []
    is_whole = yield from _listed("serverless endpoints", serverless, at, refused, is_end=False)
    yield from _listed("web services of the SDK's first version", legacy, at, refused, is_end=is_whole)
    if len(refused) > 1:
        raise refused[0]


def _listed(
    what: str,
    read: Callable[[], Iterator[Page[OtherEndpoint]]],
    at: datetime,
    refused: list[ServiceError],
    *,
    is_end: bool,
) -> Generator[Page[OtherEndpoint], None, bool]:
    """Yield the pages of one kind, and return whether it was listed to its end; only the last kind ends the listing."""
    is_whole = False
    try:
        for page in read():
            is_whole = page.is_last
            yield msgspec.structs.replace(page, is_last=is_whole and is_end)
    except (Forbidden, NotFound, Malformed, Refused) as refusal:
        refused.append(refusal)
        yield Page((), (), Provenance(what, None, at), set_aside=(SetAside(what, str(refusal)),))
        return False
    return is_whole


def parse_serverless(document: bytes) -> OtherEndpoint:
    """Return one serverless endpoint. Raises msgspec.MsgspecError or ValueError when the document is none."""
    given = _read_serverless(document)
    name = given.name or id_tail(given.id)
    if not name:
        raise ValueError("it has no name")
    known, made = given.properties, given.system_data or SystemData()
    return OtherEndpoint(
        id=f"serverless/{name}",
        name=name,
        kind="serverless",
        state=known.endpoint_state or known.provisioning_state,
        model=_model(known.model_settings.model_id) if known.model_settings else None,
        auth=known.auth_mode,
        address=known.inference_endpoint.uri if known.inference_endpoint else None,
        location=given.location,
        created=moment(made.created_at),
        created_by=made.created_by,
        modified=moment(made.last_modified_at),
        tags=pairs(given.tags),
    )


def _model(asset: str | None) -> str | None:
    """Return the name of a model of the catalogue, which mostly names no version."""
    return asset_name(asset) if "/versions/" in (asset or "") else id_part(asset, "models") or asset


def parse_legacy(document: bytes) -> OtherEndpoint:
    """Return one old web service. Raises msgspec.MsgspecError or ValueError when the document is none."""
    given = _read_legacy(document)
    name = given.name or id_tail(given.id)
    if not name:
        raise ValueError("it has no name")
    kind = f"legacy {given.compute_type or ''}".lower().strip()
    auth = "token" if given.aad_auth_enabled else {True: "key", False: "none"}.get(given.auth_enabled or False)
    return OtherEndpoint(
        id=f"{kind}/{name}",
        name=name,
        kind=kind,
        state=given.state,
        auth=auth if given.auth_enabled is not None or given.aad_auth_enabled else None,
        address=given.scoring_uri,
        location=given.location,
        error=(given.error.message or given.error.code) if given.error else None,
        description=given.description or None,
        created=moment(given.created_time),
        modified=moment(given.updated_time),
        tags=pairs(given.kv_tags),
    )
