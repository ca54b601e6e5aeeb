"""The reads and roll-ups about rights, as `app.sources` calls them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from app.derived.access import access_rows, assignment_rows, me_of, role_rows, scope_of
from app.permits import denials_of, identity_in, keep_identity
from app.rollups import all_of, pages
from services.errors import Forbidden
from services.parsing import is_guid
from services.permissions import list_permissions
from services.records import Page
from services.role_assignments import list_role_assignments
from services.role_definitions import list_role_definitions

if TYPE_CHECKING:
    from app.handed import Reading

MADE_OF = "permissions, role_assignments, role_definitions"
MOST_NAMED = 5_000
"""Runs and events that are looked through for names of object ids."""


def read_permissions(reading: Reading) -> Iterator[Page[Any]]:
    """What I hold at the workspace, its resource group and its subscription; the last two may be out of sight."""
    connection, workspace = reading.azure
    keep_identity(reading.store, reading.scope, connection.identity())
    yield from list_permissions(connection, workspace.id, stop=reading.stop)
    for at in ("resource group", "subscription"):
        try:
            yield from list_permissions(connection, scope_of(workspace, at), stop=reading.stop)
        except Forbidden:
            # Whoever is let into one workspace alone cannot be told more: what needs this scope stays unknown.
            continue


def read_assignments(reading: Reading) -> Iterator[Page[Any]]:
    """Who holds which role at the workspace or above."""
    connection, workspace = reading.azure
    keep_identity(reading.store, reading.scope, connection.identity())
    return list_role_assignments(connection, workspace.id, stop=reading.stop)


def read_definitions(reading: Reading) -> Iterator[Page[Any]]:
    """The roles that can be assigned at the workspace."""
    connection, workspace = reading.azure
    return list_role_definitions(connection, workspace.id, stop=reading.stop)


def access(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of AccessRow."""
    store, scope = reading.store, reading.scope
    known = store.sources(scope)
    permissions = known.get("permissions")
    read_at = permissions.last_ok if permissions is not None else None
    has_assignments = "role_assignments" in known and known["role_assignments"].last_ok is not None
    assignments = list(all_of(reading, "role_assignments")) if has_assignments else None
    me = me_of(identity_in(store, scope), assignments, all_of(reading, "role_definitions"))
    grants = list(all_of(reading, "permissions")) if read_at is not None else None
    assert reading.workspace is not None
    denials = denials_of(store, scope).standing(read_at, reading.now)
    return pages(reading, MADE_OF, access_rows(reading.workspace, grants, denials, me))


def assignments(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of AssignmentRow, with the names of people that runs, events and computes know."""
    me = identity_in(reading.store, reading.scope)
    held, roles = all_of(reading, "role_assignments"), all_of(reading, "role_definitions")
    return pages(reading, MADE_OF, assignment_rows(held, roles, names_of(reading), me))


def roles(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of RoleRow."""
    me = identity_in(reading.store, reading.scope)
    held = list(all_of(reading, "role_assignments"))
    return pages(reading, MADE_OF, role_rows(all_of(reading, "role_definitions"), held, names_of(reading), me))


def names_of(reading: Reading) -> dict[str, str]:
    """Names of object ids (lower case) that the cache knows. amldeck does not ask Microsoft Graph for the others."""
    found: dict[str, str] = {}
    for run in _newest(reading, "runs", "-created"):
        _name(found, run.user_id, run.user)
    for event in _newest(reading, "activity", "-at"):
        _name(found, event.caller_id, event.caller_name or event.caller)
    me = identity_in(reading.store, reading.scope)
    if me is not None and me.object_id is not None:
        found[me.object_id.lower()] = me.user or me.name or me.object_id
    return found


def _newest(reading: Reading, table: str, order: str) -> Iterator[Any]:
    return (seen.record for seen in reading.store.records(table, reading.scope, order=order, limit=MOST_NAMED))


def _name(found: dict[str, str], key: str | None, name: str | None) -> None:
    if key and name and not is_guid(name):
        found.setdefault(key.lower(), name)
