"""Permissions: what the signed-in account may do at a scope, and whether an action is among it.

Roles add up: an action is allowed when some one grant names it and that grant's own NotActions do not take it away.
Deny assignments, locks, policies and conditions are not in the answer, so that allowed means "probably".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count
from typing import TYPE_CHECKING, Literal

import msgspec

from services.parsing import id_key
from services.reading import read_page
from services.records import Page, Stop, never
from services.wire import Wire, reader_of

if TYPE_CHECKING:
    from services.connection import Connection

API = "2022-04-01"

May = Literal["allowed", "denied", "unknown"]


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """What one role gives at a scope, in the order of the answer; NotActions subtract within it alone."""

    id: str = ""
    """The scope in lower case, `#`, and the place in the answer: Azure gives a grant no name."""
    scope: str = ""
    """Where it was asked for. What is inherited from above is in the answer, too."""
    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()
    not_data_actions: tuple[str, ...] = ()
    condition: str | None = None
    """What narrows it further; amldeck does not evaluate it."""


class Given(Wire):
    """One item of permissions, and of the permissions of a role definition."""

    actions: tuple[str, ...] | None = None
    not_actions: tuple[str, ...] | None = None
    data_actions: tuple[str, ...] | None = None
    not_data_actions: tuple[str, ...] | None = None
    condition: str | None = None


_read = reader_of(Given)


def list_permissions(connection: Connection, scope: str, *, stop: Stop = never) -> Iterator[Page[Grant]]:
    """Yield what the account holds at a scope: a workspace, a resource group or a subscription. Raises ServiceError.

    Reads GET {scope}/providers/Microsoft.Authorization/permissions.
    """
    places = count()
    path = f"/{scope.strip('/')}/providers/Microsoft.Authorization/permissions"
    for answer in connection.pages(connection.arm(path, API), stop=stop):
        yield read_page(answer, lambda document: parse_grant(document, scope=scope, place=next(places)))


def parse_grant(document: bytes, *, scope: str = "", place: int = 0) -> Grant:
    """Return one grant. Raises msgspec.MsgspecError when the document is none."""
    return grant_of(_read(document), scope=scope, place=place)


def grant_of(given: Given, *, scope: str = "", place: int = 0) -> Grant:
    """Return a grant as it was given; a list that is null or missing names nothing."""
    return Grant(
        id=f"{id_key(scope)}#{place}",
        scope=scope,
        actions=given.actions or (),
        not_actions=given.not_actions or (),
        data_actions=given.data_actions or (),
        not_data_actions=given.not_data_actions or (),
        condition=given.condition or None,
    )


def matches(pattern: str, action: str) -> bool:
    """Return whether a pattern of a role names an action, whatever their case.

    `*` stands for anything, slashes too, and `/*/` also for a single slash: `workspaces/*/read` names
    `workspaces/read`. Takes time in proportion to both lengths, whatever the pattern.
    """
    first, *rest = pattern.lower().split("*")
    text = action.lower()
    if not rest:
        return first == text
    if not text.startswith(first):
        return False
    *middle, last = rest
    before, at = first, len(first)
    for part in middle:
        found = text.find(part, _earliest(before, part, at))
        if found < 0:
            return False
        before, at = part or before, max(at, found + len(part))
    return text.endswith(last) and len(text) - len(last) >= _earliest(before, last, at)


def _earliest(before: str, part: str, at: int) -> int:
    """Return where a part may begin at the earliest: two slashes around a star may be one and the same."""
    return at - 1 if before.endswith("/") and part.startswith("/") else at


READ_BY_POST = {
    "microsoft.costmanagement/query/action": "Microsoft.CostManagement/query/read",
    "microsoft.costmanagement/forecast/action": "Microsoft.CostManagement/forecast/read",
}
"""Questions that are put by POST: a role that gives the read gives them, too, as with Reader and costs."""


def includes(grant: Grant, action: str) -> bool:
    """Return whether one grant gives an action of the control plane."""
    read = READ_BY_POST.get(action.lower())
    named = any(matches(one, action) for one in grant.actions) and not takes_away(grant, action)
    return named or (read is not None and includes(grant, read))


def takes_away(grant: Grant, action: str) -> bool:
    """Return whether the NotActions of one grant name an action."""
    return any(matches(one, action) for one in grant.not_actions)


def includes_data(grant: Grant, action: str) -> bool:
    """Return whether one grant gives an action of the data plane."""
    named = any(matches(one, action) for one in grant.data_actions)
    return named and not any(matches(one, action) for one in grant.not_data_actions)


def may(grants: Iterable[Grant] | None, action: str) -> May:
    """Return whether grants add up to an action; unknown when nobody could say what the grants are (None).

    Allowed means that a role gives it: deny assignments, locks, policies and conditions can still refuse.
    """
    if grants is None:
        return "unknown"
    return "allowed" if any(includes(grant, action) for grant in grants) else "denied"
