"""Who holds which roles where in the emulated account, and so who may do what.

An identity the account has no roles for holds those of the first person, so that every way of signing in can be tried.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from services.built_in_roles import BY_NAME, ROLES
from services.emulator.callers import Caller
from services.emulator.dependent_documents import id_of, names_of, principal_of
from services.emulator.dice import guid
from services.emulator.places import PLACES, Place
from services.emulator.postures import posture_of
from services.emulator.samples import PEOPLE_IDS, PIPELINE_APP, SUBSCRIPTION_PROD, SUBSCRIPTION_RESEARCH
from services.emulator.sign_ins import application, machine
from services.emulator.world import World
from services.parsing import id_key
from services.permissions import Grant, includes
from services.role_definitions import RoleDefinition

_ML = "Microsoft.MachineLearningServices/workspaces"
_BY_PLACE = {place.name: place for place in PLACES}

PROD, RESEARCH = f"/subscriptions/{SUBSCRIPTION_PROD}", f"/subscriptions/{SUBSCRIPTION_RESEARCH}"
GROUP_PROD, GROUP_RESEARCH = f"{PROD}/resourceGroups/rg-ml-prod", f"{RESEARCH}/resourceGroups/RG-ML-Research"
MANAGEMENT = "/providers/Microsoft.Management/managementGroups/mg-example"
"""The management group over both subscriptions."""

RESTRICTED = RoleDefinition(
    id=guid("role", "data-scientist-restricted"), name="Data Scientist", is_custom=True,
    description="Can run experiments but cannot create or delete compute.",
    grants=(Grant(id="#0", actions=("*",), not_actions=(
        f"{_ML}/*/delete", f"{_ML}/computes/*/write", f"{_ML}/computes/*/delete", "Microsoft.Authorization/*/write",
    )),),
    scopes=(GROUP_PROD,),
)  # fmt: skip
"""The custom role of the documents."""
OPERATOR = RoleDefinition(
    id=guid("role", "endpoint-operator"), name="Endpoint operator", is_custom=True,
    description="Shifts traffic and scales deployments; keys stay out of reach.",
    grants=(Grant(id="#0", actions=(f"{_ML}/*/read", f"{_ML}/onlineEndpoints/*"), not_actions=(
        f"{_ML}/onlineEndpoints/delete", f"{_ML}/onlineEndpoints/listKeys/action",
        f"{_ML}/onlineEndpoints/regenerateKeys/action",
    )),),
    scopes=(PROD, RESEARCH),
)  # fmt: skip
SCALER = RoleDefinition(
    id=guid("role", "autoscale-operator"), name="Autoscale operator", is_custom=True,
    description="Changes autoscale settings: no built-in role below Contributor may.",
    grants=(Grant(id="#0", actions=("Microsoft.Insights/autoscaleSettings/*",), not_actions=(
        "Microsoft.Insights/autoscaleSettings/delete",
    )),),
    scopes=(PROD,),
)  # fmt: skip
DEFINITIONS = (*ROLES, RESTRICTED, OPERATOR, SCALER)
_BY_ROLE = {**BY_NAME, RESTRICTED.name: RESTRICTED, OPERATOR.name: OPERATOR, SCALER.name: SCALER}

TEAM = guid("group", "ml-oncall")


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """One role somebody holds. `kind` is Azure's principalType; `days` is how long ago it was given."""

    principal: str
    role: str
    scope: str
    kind: str = "User"
    days: int = 100
    by: int = 2
    condition: str | None = None

    @property
    def id(self) -> str:
        """The GUID of the assignment."""
        return guid("assignment", self.principal, self.role, self.scope)

    @property
    def definition(self) -> RoleDefinition:
        """What the role gives."""
        return _BY_ROLE[self.role]


def _person(number: int, role: str, scope: str, days: int, by: int = 8, condition: str | None = None) -> Held:
    return Held(principal=PEOPLE_IDS[number - 1], role=role, scope=scope, days=days, by=by, condition=condition)


def _app(principal: str, role: str, scope: str, days: int) -> Held:
    return Held(principal=principal, role=role, scope=scope, kind="ServicePrincipal", days=days, by=7)


def _identity(place: Place) -> Iterator[Held]:
    """Yield what the identity of a workspace holds where it needs something, and that is there."""
    scopes = {"workspace": place.id, "group": f"/subscriptions/{place.subscription}/resourceGroups/{place.group}"}
    scopes |= {what: id_of(place, what) for what in names_of(place)}
    for where, role in posture_of(place).grants.items():
        if where in scopes:
            yield _app(principal_of(place), role, scopes[where], 600)


_ONLY_ROLES = (
    "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR "
    "(@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals "
    "{f6c7c914-8db3-469d-8ca1-694a8f32e121}))"
)

_APPS = ((application(PIPELINE_APP), "Contributor"), (machine(""), "AzureML Data Scientist"))

HELD: tuple[Held, ...] = (
    _person(1, "Reader", PROD, 812), _person(1, "AzureML Data Scientist", _BY_PLACE["ml-prod"].id, 411),
    _person(1, "AzureML Data Scientist", _BY_PLACE["ml-staging"].id, 300),
    _person(1, "Monitoring Contributor", _BY_PLACE["ml-prod"].id, 288),
    _person(1, "Autoscale operator", GROUP_PROD, 31),
    _person(1, "AzureML Compute Operator", _BY_PLACE["ml-prod"].id, 204),
    _person(1, "Reader", RESEARCH, 812), _person(1, "AzureML Data Scientist", GROUP_RESEARCH, 90, by=3),
    _person(2, "Reader", PROD, 380),
    _person(3, "Owner", RESEARCH, 1_240), _person(3, "Reader", GROUP_PROD, 350),
    _person(4, "Data Scientist", GROUP_PROD, 73),
    _person(5, "Reader", PROD, 201), _person(5, "AzureML Compute Operator", _BY_PLACE["ml-prod"].id, 201),
    _person(6, "Reader", PROD, 520),
    _person(6, "Owner", _BY_PLACE["ml-locked"].id, 520), _person(6, "Endpoint operator", _BY_PLACE["ml-prod"].id, 44),
    _person(7, "Contributor", GROUP_RESEARCH, 160, by=3), _person(7, "Reader", PROD, 160),
    _person(8, "Contributor", PROD, 900),
    _person(8, "Role Based Access Control Administrator", _BY_PLACE["ml-prod"].id, 12, condition=_ONLY_ROLES),
    _person(9, "Owner", MANAGEMENT, 1_500),
    Held(principal=TEAM, role="AzureML Data Scientist", scope=_BY_PLACE["ml-prod"].id, kind="Group", days=230, by=8),
    *(_app(account.object_id, role, GROUP_PROD, 640) for account, role in _APPS if account is not None),
    *(_app(account.object_id, "Reader", RESEARCH, 640) for account, _ in _APPS if account is not None),
    *(held for place in PLACES for held in _identity(place)),
)  # fmt: skip
"""Everybody's roles, in no order that means anything."""

MAY_ENTER_LOCKED = PEOPLE_IDS[5]
"""A deny assignment keeps all others out of what lets nobody in: the permissions answer does not show it."""


def held_by(principal: str) -> tuple[Held, ...]:
    """Return the roles of an object id; those of the first person for one without any."""
    found = tuple(held for held in HELD if held.principal.lower() == principal.lower())
    return found or held_by(PEOPLE_IDS[0])


def is_at_or_above(scope: str, other: str) -> bool:
    """Return whether what holds at one scope holds at the other, too."""
    if scope == MANAGEMENT:
        return True
    return f"{id_key(other)}/".startswith(f"{id_key(scope)}/")


def grants_at(caller: Caller, scope: str) -> tuple[Grant, ...]:
    """Return what a caller holds at a scope, one grant for each role, inherited ones first."""
    held = [one for one in held_by(caller.id) if is_at_or_above(one.scope, scope)]
    return tuple(grant for one in held for grant in one.definition.grants)


def sees(caller: Caller, scope: str) -> bool:
    """Return whether a caller holds anything at, above or below a scope: then ARM lists it for them."""
    scopes = [one.scope for one in held_by(caller.id)]
    return any(is_at_or_above(one, scope) or is_at_or_above(scope, one) for one in scopes)


def may(world: World, caller: Caller, place: Place | str, action: str) -> bool:
    """Return whether a caller may perform an action in a workspace, or at the scope of an ARM id."""
    scope = place if isinstance(place, str) else place.id
    locked = [one for one in world.places if one.access == "forbidden" and is_at_or_above(one.id, scope)]
    if locked and caller.id != MAY_ENTER_LOCKED:
        return False
    return any(includes(grant, action) for grant in grants_at(caller, scope))
