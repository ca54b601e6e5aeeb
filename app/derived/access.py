"""What I may do, who else may what, and what the roles are: permissions, assignments and definitions put together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.access_rows import AccessRow, AssignmentRow, RoleRow
from app.permits import Denials, Permit, grants_at, judge, request
from services.abilities import ABILITIES, Ability, At
from services.built_in_roles import BY_ID, BY_NAME
from services.identity import Identity
from services.parsing import id_part, id_tail
from services.permissions import Grant, may
from services.records import WorkspaceRef
from services.role_assignments import RoleAssignment
from services.role_definitions import RoleDefinition

KINDS = {"user": "person", "serviceprincipal": "app", "group": "group", "foreigngroup": "group"}
_SHOW_OF_ALL = ("Owner", "Contributor", "Reader")


@dataclass(frozen=True, slots=True)
class Me:
    """Who I am here, and what I hold by name. `roles` is None while the assignments could not be read."""

    identity: Identity | None = None
    account: str | None = None
    roles: tuple[str, ...] | None = None

    @property
    def name(self) -> str | None:
        """What to call me."""
        one = self.identity
        return (one.user or one.name or one.object_id if one else None) or self.account


def me_of(
    identity: Identity | None,
    assignments: Sequence[RoleAssignment] | None,
    definitions: Iterable[RoleDefinition],
    account: str | None = None,
) -> Me:
    """Who I am: my own assignments by object id, the nearest first.

    What groups give is in the permissions, but under no name.
    """
    if identity is None or assignments is None:
        return Me(identity, account)
    names = _role_names(definitions)
    mine = sorted((one for one in assignments if is_of(one, identity)), key=lambda one: -len(one.scope))
    held = (f"{names.get(one.role, one.role)} on {scope_name(one.scope)}" for one in mine)
    return Me(identity, account, tuple(dict.fromkeys(held)))


def is_of(assignment: RoleAssignment, identity: Identity | None) -> bool:
    """Whether an assignment is this account's own."""
    return identity is not None and assignment.principal == (identity.object_id or "").lower()


def access_rows(ref: WorkspaceRef, grants: Sequence[Grant] | None, denials: Denials, me: Me) -> Iterator[AccessRow]:
    """Yield a row for each operation, those of the first documents first. `grants` None: nobody could read them."""
    wide = wide_of(grants_at(grants or (), ref.id), me)
    for number, ability in enumerate(ABILITIES):
        scope = scope_of(ref, ability.at)
        held = grants_at(grants, scope) if grants is not None else None
        yield _row(number, ability, judge(held, denials, ability.actions, scope), me, wide)


def _row(number: int, ability: Ability, permit: Permit, me: Me, wide: str | None) -> AccessRow:
    said = {name: None if ability.documents is None else name in ability.documents for name in _SHOW_OF_ALL}
    ask = None
    if permit.answer != "allowed":
        ask = request(me.name, permit.missing or ability.actions, permit.scope, ability.title)
    return AccessRow(
        id=ability.title,
        number=number,
        me=permit.answer,
        was_refused=permit.was_refused,
        actions=ability.actions,
        missing=permit.missing,
        level=ability.at,
        scope=permit.scope,
        owner=said["Owner"],
        contributor=said["Contributor"],
        reader=said["Reader"],
        is_different=ability.documents is not None and differs(ability),
        today=ability.today or None,
        role=permit.role,
        request=ask,
        who=me.name,
        roles=me.roles or (),
        are_roles_known=me.roles is not None,
        wide=wide,
    )


def differs(ability: Ability) -> bool:
    """Whether today's Owner, Contributor or Reader answers otherwise than the documents."""
    today = {
        name
        for name in _SHOW_OF_ALL
        if all(may(BY_NAME[name].grants, action) == "allowed" for action in ability.actions)
    }
    return today != set(ability.documents or ())


def scope_of(ref: WorkspaceRef, at: At) -> str:
    """The ARM id of the workspace, of its resource group or of its subscription."""
    subscription = f"/subscriptions/{ref.subscription}"
    if at == "subscription":
        return subscription
    return ref.id if at == "workspace" else f"{subscription}/resourceGroups/{ref.resource_group}"


def wide_of(grants: Sequence[Grant] | None, me: Me) -> str | None:
    """Owner or Contributor, or a role as wide, when the account holds one: by its grants, whoever gave it."""
    everything = [grant for grant in grants or () if "*" in grant.actions]
    if not everything:
        return None
    owns = may(everything, "Microsoft.Authorization/roleAssignments/write") == "allowed"
    name = "Owner" if owns else "Contributor"
    is_named = any(role.startswith(f"{name} on ") for role in me.roles or ())
    return name if is_named else f"A role as wide as {name}"


def assignment_rows(
    assignments: Iterable[RoleAssignment],
    definitions: Iterable[RoleDefinition],
    names: Mapping[str, str],
    identity: Identity | None,
) -> Iterator[AssignmentRow]:
    """Yield who holds which role. `names` are those of object ids (lower case) seen elsewhere: Azure gives none."""
    roles = {role.id: role for role in definitions} or dict(BY_ID)
    for one in assignments:
        role = roles.get(one.role) or BY_ID.get(one.role)
        kind = KINDS.get((one.principal_kind or "").lower(), one.principal_kind)
        yield AssignmentRow(
            id=one.id,
            who=names.get(one.principal) or one.principal,
            principal=one.principal,
            kind=kind,
            is_app=kind == "app",
            is_me=is_of(one, identity),
            role=role.name if role else one.role,
            is_custom=role.is_custom if role else None,
            scope=one.scope,
            scope_kind=one.scope_kind,
            scope_name=scope_name(one.scope),
            is_inherited=one.is_inherited,
            condition=one.condition,
            description=one.description,
            since=one.created,
            by=names.get((one.created_by or "").lower()) or one.created_by,
        )


def role_rows(
    definitions: Iterable[RoleDefinition],
    assignments: Sequence[RoleAssignment],
    names: Mapping[str, str],
    identity: Identity | None,
) -> Iterator[RoleRow]:
    """Yield the roles that are held here, and the custom ones that may be assigned here."""
    held = Counter(one.role for one in assignments)
    mine = {one.role for one in assignments if is_of(one, identity)}
    for role in definitions:
        if not held[role.id] and not role.is_custom:
            continue
        can = tuple(one.title for one in ABILITIES if all(may(role.grants, a) == "allowed" for a in one.actions))
        yield RoleRow(
            id=role.id,
            name=role.name,
            is_custom=role.is_custom,
            is_mine=role.id in mine,
            holders=held[role.id],
            gives=tuple(a for grant in role.grants for a in grant.actions),
            takes_away=tuple(a for grant in role.grants for a in grant.not_actions),
            gives_data=tuple(a for grant in role.grants for a in grant.data_actions),
            takes_data_away=tuple(a for grant in role.grants for a in grant.not_data_actions),
            can=can,
            cannot=tuple(one.title for one in ABILITIES if one.title not in can),
            description=role.description,
            scopes=role.scopes,
            updated=role.updated,
            updated_by=names.get((role.updated_by or "").lower()) or role.updated_by,
        )


def scope_name(scope: str) -> str:
    """`workspace ml-prod`, `group rg-ml`, `subscription 0a4f1d2e`, `management group mg`, or type and name."""
    if workspace := id_part(scope, "workspaces"):
        return f"workspace {workspace}" if id_tail(scope) == workspace else f"{id_tail(scope)} of {workspace}"
    if manager := id_part(scope, "managementGroups"):
        return f"management group {manager}"
    if id_part(scope, "providers"):
        return id_tail(scope) or scope
    if group := id_part(scope, "resourceGroups"):
        return f"group {group}"
    subscription = id_part(scope, "subscriptions")
    return f"subscription {subscription[:8]}" if subscription else scope


def _role_names(definitions: Iterable[RoleDefinition]) -> dict[str, str]:
    return {**{key: role.name for key, role in BY_ID.items()}, **{role.id: role.name for role in definitions}}
