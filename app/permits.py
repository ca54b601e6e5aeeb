"""May I? From cached permissions and from what Azure refused lately; and the words to ask for what is missing.

An answer about permissions may lag behind a refusal by minutes, and does not know of deny assignments at all. So what
was refused counts as denied until permissions have been read after it, and for ten minutes at least.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

import msgspec

from services.built_in_roles import role_that_grants
from services.errors import Forbidden
from services.identity import Identity
from services.parsing import id_key
from services.permissions import Grant, May, may

if TYPE_CHECKING:
    from cache.store import Store

T = TypeVar("T")

LESSON = 600.0
"""Seconds a refusal is believed, whatever a newer answer about permissions says."""
MOST = 50
"""Refusals that are remembered."""


class Denial(msgspec.Struct, frozen=True):
    """Azure refused an action at a scope, at a moment (aware UTC)."""

    action: str
    scope: str
    at: datetime


class Permit(msgspec.Struct, frozen=True, kw_only=True):
    """Whether an action is allowed at a scope. `missing` are the actions that are not, `role` one that has them all."""

    answer: May
    scope: str
    missing: tuple[str, ...] = ()
    role: str | None = None
    was_refused: bool = False
    """Azure itself said no, lately."""


class Denials(msgspec.Struct, frozen=True):
    """What Azure refused, newest last. A value: `with_one` gives another."""

    known: tuple[Denial, ...] = ()

    def with_one(self, denial: Denial) -> Denials:
        """These and one more; an earlier one of the same action and scope makes way."""
        kept = [one for one in self.known if not _is_same(one, denial)]
        return Denials((*kept, denial)[-MOST:])

    def standing(self, read_at: datetime | None, now: datetime) -> Denials:
        """Those that still count: permissions were not read since, or the refusal is less than ten minutes old."""
        return Denials(tuple(
            one for one in self.known
            if read_at is None or read_at <= one.at or 0 <= (now - one.at).total_seconds() < LESSON
        ))  # fmt: skip

    def cover(self, action: str, scope: str) -> bool:
        """Whether one of them refused this action here: at this scope, or at one it lies in or that lies in it."""
        here = id_key(scope)
        return any(
            one.action.lower() == action.lower()
            and (here.startswith(id_key(one.scope)) or id_key(one.scope).startswith(here))
            for one in self.known
        )


def _is_same(one: Denial, other: Denial) -> bool:
    return one.action.lower() == other.action.lower() and id_key(one.scope) == id_key(other.scope)


def judge(grants: Sequence[Grant] | None, denials: Denials, actions: Iterable[str], scope: str) -> Permit:
    """Whether all these actions are allowed at a scope. `grants` None: nobody could read what the account holds."""
    wanted = tuple(actions)
    refused = tuple(one for one in wanted if denials.cover(one, scope))
    denied = tuple(one for one in wanted if one in refused or may(grants, one) == "denied")
    role = role_that_grants(*wanted)
    if denied:
        return Permit(answer="denied", scope=scope, missing=denied, role=role, was_refused=bool(refused))
    return Permit(answer="unknown" if grants is None else "allowed", scope=scope, role=role)


def may_i(store: Store, scope: str, at: str, *actions: str, now: datetime) -> Permit:
    """Whether actions are allowed at an ARM scope, from the cache alone. `scope` is the session's. Reads: for a worker.

    What is asked inside a workspace is judged by the permissions at the workspace.
    """
    kept = store.sources(scope).get("permissions")
    read_at = kept.last_ok if kept is not None else None
    grants = grants_at([seen.record for seen in store.records("permissions", scope)], at) if read_at else None
    return judge(grants, denials_of(store, scope).standing(read_at, now), actions, at)


def grants_at(grants: Iterable[Grant], at: str) -> tuple[Grant, ...] | None:
    """The grants that were read at the nearest scope at or above `at`; None when none was."""
    by_scope: dict[str, list[Grant]] = {}
    for grant in grants:
        by_scope.setdefault(id_key(grant.scope), []).append(grant)
    here = f"{id_key(at)}/"
    nearest = max((scope for scope in by_scope if here.startswith(f"{scope}/")), key=len, default=None)
    return tuple(by_scope[nearest]) if nearest is not None else None


def learn(store: Store, scope: str, action: str | None, at: str | None, now: datetime) -> bool:
    """Remember that Azure refused an action; whether there was one to remember. Writes: for a worker."""
    if not action or not at or store.is_read_only:
        return False
    denials = denials_of(store, scope).with_one(Denial(action, at, now))
    store.remember(_denied(scope), msgspec.json.encode(denials).decode())
    return True


def learn_from(store: Store, scope: str, error: Forbidden, now: datetime) -> bool:
    """Remember a refused call of the write flow; see `learn`."""
    return learn(store, scope, error.action, error.scope, now)


def denials_of(store: Store, scope: str) -> Denials:
    """What was refused, as remembered; nothing of another version's note."""
    return _remembered(store.recall(_denied(scope)), Denials) or Denials()


def keep_identity(store: Store, scope: str, identity: Identity) -> None:
    """Remember whom the tokens of this scope name. Writes: for a worker."""
    if identity.object_id is not None and not store.is_read_only:
        store.remember(f"identity/{scope}", msgspec.json.encode(identity).decode())


def identity_in(store: Store, scope: str) -> Identity | None:
    """Whom the tokens of this scope name; None before anybody signed in."""
    return _remembered(store.recall(f"identity/{scope}"), Identity)


def _remembered(text: str | None, kind: type[T]) -> T | None:
    try:
        return msgspec.json.decode(text, type=kind) if text else None
    except msgspec.MsgspecError:
        return None


def _denied(scope: str) -> str:
    return f"denied/{scope}"


def request(who: str | None, actions: Sequence[str], where: str, what: str = "") -> str:
    """What to send to an administrator; `what` says in words what the actions are for."""
    role = role_that_grants(*actions) if actions else "Reader"
    named = f"the action{'s' if len(actions) > 1 else ''} {', '.join(actions)}" if actions else what or "reading it"
    purpose = f" ({what[0].lower()}{what[1:]})" if actions and what else ""
    built_in = f"The built-in role {role} includes {'them' if len(actions) > 1 else 'it'}." if role else ""
    return f"Please grant {who or 'my account'} {named}{purpose} on {where}. {built_in}".strip()
