"""ARM: what the caller may do at a scope, who holds which role there, and what the roles are."""

from __future__ import annotations

import re
from collections.abc import Iterable

from services.emulator.access import DEFINITIONS, HELD, Held, grants_at, is_at_or_above, may
from services.emulator.answers import Json, Refusal, gateway_error
from services.emulator.callers import Caller, caller_of
from services.emulator.paging import paged
from services.emulator.routing import Ask, Route
from services.emulator.samples import PEOPLE_IDS, SUBSCRIPTION_PROD
from services.emulator.ticks import DAY, stamp
from services.permissions import Grant
from services.role_definitions import RoleDefinition

_TYPE = "Microsoft.Authorization"
PAGE = 100
_PRINCIPAL = re.compile(r"\s*(?:principalId|assignedTo\()\s*(?:eq\s*)?'([^']*)'\)?\s*", re.IGNORECASE)
_ROLE_NAME = re.compile(r"\s*roleName\s+eq\s+'([^']*)'\s*", re.IGNORECASE)


def _scope(ask: Ask) -> str:
    """Return the scope that was asked about. Raises Refusal where there is none like it, or the caller sees none."""
    scope = "/" + ask.parts["scope"].strip("/")
    parts = scope.split("/")
    known = {one.lower() for one, _ in ask.world.subscriptions}
    if len(parts) < 3 or parts[1].lower() != "subscriptions" or parts[2].lower() not in known:
        raise Refusal(gateway_error(404, "SubscriptionNotFound", f"The subscription of '{scope}' could not be found."))
    return scope


def list_permissions(ask: Ask) -> Json:
    """Answer what the caller holds at a scope: an object for each role, what is inherited first."""
    found = [_permission(grant) for grant in grants_at(caller_of(ask.request), _scope(ask))]
    return paged(ask, found, PAGE)


def _permission(grant: Grant) -> Json:
    return {"actions": list(grant.actions), "notActions": list(grant.not_actions),
            "dataActions": list(grant.data_actions), "notDataActions": list(grant.not_data_actions)}  # fmt: skip


def list_assignments(ask: Ask) -> Json:
    """Answer the assignments at, above and below a scope; `atScope()` leaves out those below."""
    scope, wanted = _scope(ask), ask.query("filter") or ""
    principal = _PRINCIPAL.fullmatch(wanted)
    if wanted and principal is None and wanted.replace(" ", "").lower() != "atscope()":
        raise Refusal(gateway_error(400, "InvalidFilter", f"The filter '{wanted}' is not supported."))
    found = [held for held in HELD if is_at_or_above(held.scope, scope) or (not _is_at_scope(wanted) and
             is_at_or_above(scope, held.scope))]  # fmt: skip
    if principal is not None:
        found = [held for held in found if held.principal.lower() == principal[1].lower()]
    return paged(ask, [_assignment(ask, held) for held in _visible(ask, found)], PAGE)


def _is_at_scope(wanted: str) -> bool:
    return "atscope()" in wanted.replace(" ", "").lower()


def _visible(ask: Ask, found: Iterable[Held]) -> list[Held]:
    """Return the assignments at scopes the caller may look into; those above every subscription are shown to all."""
    caller = caller_of(ask.request)
    return [held for held in found if not held.scope.startswith("/subscriptions/") or _reads(ask, caller, held.scope)]


def _reads(ask: Ask, caller: Caller, scope: str) -> bool:
    return may(ask.world, caller, scope, f"{_TYPE}/roleAssignments/read")


def _assignment(ask: Ask, held: Held) -> Json:
    made = stamp(ask.world.born - held.days * DAY, "Z")
    near = held.scope if held.scope.startswith("/subscriptions/") else f"/subscriptions/{SUBSCRIPTION_PROD}"
    near = "/".join(near.split("/")[:3])
    return {
        "properties": {
            "roleDefinitionId": f"{near}/providers/{_TYPE}/roleDefinitions/{held.definition.id}",
            "principalId": held.principal, "principalType": held.kind, "scope": held.scope,
            "condition": held.condition, "conditionVersion": "2.0" if held.condition else None,
            "createdOn": made, "updatedOn": made, "createdBy": PEOPLE_IDS[held.by - 1],
            "updatedBy": PEOPLE_IDS[held.by - 1], "delegatedManagedIdentityResourceId": None, "description": None,
        },
        "id": f"{held.scope}/providers/{_TYPE}/roleAssignments/{held.id}", "type": f"{_TYPE}/roleAssignments",
        "name": held.id,
    }  # fmt: skip


def list_definitions(ask: Ask) -> Json:
    """Answer the roles that can be assigned at a scope: built-in ones, and custom ones made for it."""
    scope, wanted = _scope(ask), ask.query("filter") or ""
    named = _ROLE_NAME.fullmatch(wanted)
    found = [one for one in DEFINITIONS if _is_for(one, scope)]
    if named is not None:
        found = [one for one in found if one.name.lower() == named[1].lower()]
    return paged(ask, [_definition(ask, one, scope) for one in found], PAGE)


def get_definition(ask: Ask) -> Json:
    """Answer one role by its GUID."""
    scope, key = _scope(ask), ask.parts["role"].lower()
    found = next((one for one in DEFINITIONS if one.id.lower() == key), None)
    if found is None:
        message = f"The specified role definition with ID '{key}' does not exist."
        raise Refusal(gateway_error(404, "RoleDefinitionDoesNotExist", message))
    return _definition(ask, found, scope)


def _is_for(role: RoleDefinition, scope: str) -> bool:
    return role.scopes == ("/",) or any(is_at_or_above(one, scope) for one in role.scopes)


def _definition(ask: Ask, role: RoleDefinition, scope: str) -> Json:
    near = "/".join(scope.split("/")[:3])
    made = stamp(ask.world.born - 400 * DAY, "Z")
    by = PEOPLE_IDS[8] if role.is_custom else None
    return {
        "properties": {
            "roleName": role.name, "type": "CustomRole" if role.is_custom else "BuiltInRole",
            "description": role.description or "", "assignableScopes": list(role.scopes),
            "permissions": [_permission(grant) for grant in role.grants],
            "createdOn": made, "updatedOn": made, "createdBy": by, "updatedBy": by,
        },
        "id": f"{near}/providers/{_TYPE}/roleDefinitions/{role.id}", "type": f"{_TYPE}/roleDefinitions",
        "name": role.id,
    }  # fmt: skip


_P = "{scope}/providers/Microsoft.Authorization"

ROUTES = (
    Route("GET", "arm", _P + "/permissions", list_permissions),
    Route("GET", "arm", _P + "/roleAssignments", list_assignments),
    Route("GET", "arm", _P + "/roleDefinitions", list_definitions),
    Route("GET", "arm", _P + "/roleDefinitions/{role}", get_definition),
)
