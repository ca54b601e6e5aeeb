"""What the identity of a workspace was granted, at each place where it needs something."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from services.calls import route
from services.errors import ServiceError
from services.parsing import same_id
from services.records import Page, Provenance, Stop, never
from services.refusable import or_refused
from services.role_assignments import API, RoleAssignment, list_role_assignments

if TYPE_CHECKING:
    from services.calls import Call
    from services.connection import Connection


class IdentityGrants(msgspec.Struct, frozen=True, kw_only=True):
    """The roles one principal holds at one scope, granted there or above it. `roles` is None when it was not read."""

    id: str
    """`principal|scope`, in lower case."""
    principal: str
    """Object id."""
    scope: str
    """The ARM id that was asked about, in lower case."""
    roles: tuple[str, ...] | None = None
    """Names (GUIDs) of role definitions; conditions on a grant are not looked at."""
    problem: str | None = None


def read_grants(
    connection: Connection, principals: Sequence[str], scopes: Sequence[str], *, at: datetime, stop: Stop = never
) -> Iterator[Page[IdentityGrants]]:
    """Yield what each principal holds at each scope, a page of one for each pair.

    What is refused is a record that says so; `at` is its time (aware UTC). Raises the other ServiceErrors.
    Reads GET {scope}/providers/Microsoft.Authorization/roleAssignments?$filter=principalId eq '…'.
    """
    asked = [(principal, scope) for principal in principals for scope in scopes]
    for number, (principal, scope) in enumerate(asked, start=1):
        if stop():
            return
        page = _one(connection, principal, scope, at, stop)
        yield msgspec.structs.replace(page, is_last=number == len(asked))


def _one(connection: Connection, principal: str, scope: str, at: datetime, stop: Stop) -> Page[IdentityGrants]:
    pair = IdentityGrants(id=f"{principal}|{scope}".lower(), principal=principal, scope=scope.lower())

    def read(call: Call) -> Page[IdentityGrants]:
        found: list[RoleAssignment] = []
        asked = Provenance(route(call), call.api_version, at)
        for page in list_role_assignments(connection, scope, principal=principal, stop=stop):
            found += page.records
            asked = page.provenance
        held = dict.fromkeys(one.role for one in found if one.is_inherited or same_id(one.scope, scope))
        record = msgspec.structs.replace(pair, roles=tuple(held))
        return Page((record,), (msgspec.json.encode(record),), asked)

    def refused(refusal: ServiceError) -> IdentityGrants:
        return msgspec.structs.replace(pair, problem=str(refusal))

    call = connection.arm(f"{scope}/providers/Microsoft.Authorization/roleAssignments", API)
    return or_refused(call, read, refused, at)
