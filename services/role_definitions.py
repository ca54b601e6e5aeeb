"""Role definitions: what a role gives and what it takes away again, built in or made here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from services.parsing import id_tail, moment
from services.permissions import Given as GivenGrant
from services.permissions import Grant, grant_of
from services.reading import read_item, read_page
from services.records import Page, Stop, never
from services.wire import Moment, Wire, reader_of

if TYPE_CHECKING:
    from services.connection import Connection

API = "2022-04-01"


class RoleDefinition(msgspec.Struct, frozen=True, kw_only=True):
    """One role. `grants` are its permissions: mostly one, whose NotActions subtract within it alone."""

    id: str
    """The GUID, in lower case: built-in roles have the same one everywhere."""
    name: str
    is_custom: bool | None = None
    """None when Azure does not say."""
    description: str | None = None
    grants: tuple[Grant, ...] = ()
    scopes: tuple[str, ...] = ()
    """Where it may be assigned; `/` is everywhere, which only built-in roles have."""
    created: datetime | None = None
    updated: datetime | None = None
    updated_by: str | None = None
    """An object id."""


class Properties(Wire):
    """The properties of a role definition."""

    role_name: str | None = None
    type: str | None = None
    description: str | None = None
    assignable_scopes: tuple[str, ...] | None = None
    permissions: tuple[GivenGrant, ...] | None = None
    created_on: Moment = None
    updated_on: Moment = None
    updated_by: str | None = None


class Given(Wire):
    """One item of roleDefinitions."""

    id: str | None = None
    name: str | None = None
    properties: Properties | None = None


_read = reader_of(Given)


def list_role_definitions(connection: Connection, scope: str, *, stop: Stop = never) -> Iterator[Page[RoleDefinition]]:
    """Yield the roles that can be assigned at a scope, built-in ones too. Raises ServiceError.

    Reads GET {scope}/providers/Microsoft.Authorization/roleDefinitions.
    """
    path = f"{_at(scope)}/providers/Microsoft.Authorization/roleDefinitions"
    for answer in connection.pages(connection.arm(path, API), stop=stop):
        yield read_page(answer, parse_role_definition)


def get_role_definition(connection: Connection, scope: str, key: str) -> Page[RoleDefinition]:
    """Return one role by its GUID. Raises ServiceError. Reads GET …/roleDefinitions/{key}."""
    path = f"{_at(scope)}/providers/Microsoft.Authorization/roleDefinitions/{key}"
    return read_item(connection.read(connection.arm(path, API)), parse_role_definition)


def _at(scope: str) -> str:
    return f"/{scope.strip('/')}" if scope.strip("/") else ""


def parse_role_definition(document: bytes) -> RoleDefinition:
    """Return one role. Raises msgspec.MsgspecError or ValueError when the document is none."""
    given = _read(document)
    key = (given.name or id_tail(given.id) or "").lower()
    if not key:
        raise ValueError("it has no name")
    own = given.properties or Properties()
    kind = (own.type or "").lower()
    return RoleDefinition(
        id=key,
        name=own.role_name or key,
        is_custom=kind == "customrole" if kind else None,
        description=own.description or None,
        grants=tuple(grant_of(one, place=place) for place, one in enumerate(own.permissions or ())),
        scopes=own.assignable_scopes or (),
        created=moment(own.created_on),
        updated=moment(own.updated_on),
        updated_by=own.updated_by or None,
    )
