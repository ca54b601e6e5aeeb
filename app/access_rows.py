"""The rows of the views about rights: what I may do, who else holds a role here, and what the roles give."""

from __future__ import annotations

from datetime import datetime

import msgspec

from services.permissions import May
from services.role_assignments import ScopeKind


class AccessRow(msgspec.Struct, frozen=True, kw_only=True):
    """One operation: whether I may do it, and what the first documents and today's roles say about it."""

    id: str
    """The operation in words."""
    number: int
    """Its place: the rows of the documents in their order, then today's."""
    me: May
    was_refused: bool = False
    """Azure itself refused it lately, whatever the permissions say."""
    actions: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    level: str = "workspace"
    """Where the right is needed: workspace, resource group or subscription."""
    scope: str | None = None
    owner: bool | None = None
    """Whether the documents let an Owner do it; None for what they do not list."""
    contributor: bool | None = None
    reader: bool | None = None
    is_different: bool = False
    """Today's built-in Owner, Contributor and Reader answer otherwise than the documents."""
    today: str | None = None
    """How it is today, where that differs."""
    role: str | None = None
    """The smallest built-in role that gives all of it."""
    request: str | None = None
    """What to send to an administrator; None for what is allowed."""
    who: str | None = None
    roles: tuple[str, ...] = ()
    """What I hold by name, with the scope."""
    are_roles_known: bool = False
    """False while the assignments could not be read."""
    wide: str | None = None
    """The widest role at hand, when it is more than a day's work needs."""


class AssignmentRow(msgspec.Struct, frozen=True, kw_only=True):
    """One role somebody holds here or above, with the names that are known."""

    id: str
    who: str
    """A name when one is known, else the object id."""
    principal: str
    kind: str | None = None
    """person, app, group or what Azure says."""
    is_app: bool = False
    is_me: bool = False
    role: str
    """A name when the definition is known, else its GUID."""
    is_custom: bool | None = None
    scope: str
    scope_kind: ScopeKind = "resource"
    scope_name: str
    is_inherited: bool = False
    condition: str | None = None
    description: str | None = None
    since: datetime | None = None
    by: str | None = None


class RoleRow(msgspec.Struct, frozen=True, kw_only=True):
    """One role that is held here, or that somebody made here."""

    id: str
    name: str
    is_custom: bool | None = None
    is_mine: bool = False
    holders: int = 0
    """Assignments of it at this workspace or above."""
    gives: tuple[str, ...] = ()
    takes_away: tuple[str, ...] = ()
    gives_data: tuple[str, ...] = ()
    takes_data_away: tuple[str, ...] = ()
    can: tuple[str, ...] = ()
    """The operations it gives, in the order of the Access view."""
    cannot: tuple[str, ...] = ()
    description: str | None = None
    scopes: tuple[str, ...] = ()
    updated: datetime | None = None
    updated_by: str | None = None
