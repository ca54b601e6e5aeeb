"""Role assignments: who holds which role at which scope. Azure names people by object id alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Literal

import msgspec

from services.parsing import id_key, id_tail, moment, same_id
from services.reading import read_page
from services.records import Page, Stop, never
from services.wire import Moment, Wire, reader_of

if TYPE_CHECKING:
    from services.connection import Connection

API = "2022-04-01"

ScopeKind = Literal["tenant", "management group", "subscription", "resource group", "workspace", "resource"]


class RoleAssignment(msgspec.Struct, frozen=True, kw_only=True):
    """One role of one principal at one scope."""

    id: str
    """The GUID of the assignment, in lower case."""
    principal: str
    """The object id, in lower case."""
    principal_kind: str | None = None
    """User, Group, ServicePrincipal, ForeignGroup, Device."""
    role: str
    """The GUID of the role definition, in lower case."""
    scope: str
    scope_kind: ScopeKind = "resource"
    is_inherited: bool = False
    """Made above the scope that was asked."""
    condition: str | None = None
    """What narrows it further."""
    description: str | None = None
    created: datetime | None = None
    created_by: str | None = None
    """An object id."""
    updated: datetime | None = None


class Properties(Wire):
    """The properties of a role assignment."""

    role_definition_id: str | None = None
    principal_id: str | None = None
    principal_type: str | None = None
    scope: str | None = None
    condition: str | None = None
    description: str | None = None
    created_on: Moment = None
    created_by: str | None = None
    updated_on: Moment = None


class Given(Wire):
    """One item of roleAssignments."""

    id: str | None = None
    name: str | None = None
    properties: Properties | None = None


_read = reader_of(Given)


def list_role_assignments(
    connection: Connection, scope: str, *, principal: str | None = None, stop: Stop = never
) -> Iterator[Page[RoleAssignment]]:
    """Yield the roles held at a scope or above it; with `principal`, those of one object id, below it too.

    Raises ServiceError. Reads GET {scope}/providers/Microsoft.Authorization/roleAssignments.
    """
    path = f"/{scope.strip('/')}/providers/Microsoft.Authorization/roleAssignments"
    asked = "atScope()" if principal is None else f"principalId eq '{principal.replace(chr(39), chr(39) * 2)}'"
    for answer in connection.pages(connection.arm(path, API, **{"$filter": asked}), stop=stop):
        yield read_page(answer, partial(parse_role_assignment, asked_at=scope))


def parse_role_assignment(document: bytes, *, asked_at: str = "") -> RoleAssignment:
    """Return one assignment. Raises msgspec.MsgspecError or ValueError when it names no principal or no role."""
    given = _read(document)
    own = given.properties or Properties()
    key, role = id_tail(given.name or given.id), id_tail(own.role_definition_id)
    if not key or not role or not own.principal_id:
        raise ValueError("it has no name" if not key else "it has no role" if not role else "it has no principalId")
    scope = own.scope or "/"
    return RoleAssignment(
        id=key.lower(),
        principal=own.principal_id.lower(),
        principal_kind=own.principal_type or None,
        role=role.lower(),
        scope=scope,
        scope_kind=kind_of_scope(scope),
        is_inherited=_is_above(scope, asked_at),
        condition=own.condition or None,
        description=own.description or None,
        created=moment(own.created_on),
        created_by=own.created_by or None,
        updated=moment(own.updated_on),
    )


def _is_above(scope: str, asked_at: str) -> bool:
    if same_id(scope, asked_at):
        return False
    return kind_of_scope(scope) in ("tenant", "management group") or id_key(asked_at).startswith(f"{id_key(scope)}/")


def kind_of_scope(scope: str) -> ScopeKind:
    """Return what a scope is: how far down the tree of Azure's resources it stands."""
    parts = id_key(scope).strip("/").split("/")
    if parts == [""]:
        return "tenant"
    if parts[:2] == ["providers", "microsoft.management"]:
        return "management group"
    if len(parts) == 2:
        return "subscription"
    if len(parts) == 4 and parts[2] == "resourcegroups":
        return "resource group"
    return (
        "workspace" if parts[-2:-1] == ["workspaces"] and "microsoft.machinelearningservices" in parts else "resource"
    )
