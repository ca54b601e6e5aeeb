"""Asking Azure for a change: the only caller of verbs.

allowed? → may I? → plan (a fresh reading, the difference) → confirmed by the user → the target has not moved →
recorded on the disk → sent once → followed, or read back when the answer was lost → the outcome recorded.
Everything here may take long: for threads nobody waits for.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from app.derived.intents import change_of
from app.following import Ended, Follower, Tell
from app.naming import as_shown
from app.one_at_a_time import OneAtATime
from app.permits import learn_from, may_i
from app.session import Session
from cache.errors import CacheError
from cache.intent import Asked, Intent
from services.calls import address
from services.change import Change
from services.errors import Conflict, Forbidden, NotFound, ServiceError
from services.limits import Clock
from services.operations import is_report, operation_url
from services.permissions import May as Answer
from services.records import Stop
from services.redact import redact
from services.submit import Checked, check
from services.verbs import VERBS

if TYPE_CHECKING:
    from services.connection import Connection

LOOKED_AT_AGAIN = timedelta(days=1)
"""How long after an unknown outcome the next start looks again."""
MAY_LIVE = timedelta(minutes=5)
"""How long after its last step a process we cannot ask about is taken to be at it."""
OURS = "amldeck itself failed on it; what became of it is not known"


class May(msgspec.Struct, frozen=True):
    """Whether the account may use a verb, the action that takes, and a role that grants it."""

    answer: Answer
    action: str
    role: str = ""


def ignore(*_: object) -> None:
    """Tell nobody."""


class Actor:
    """Everything that changes Azure for one session. Any thread may use it; one change a target at a time."""

    def __init__(
        self,
        session: Session,
        *,
        changed: Callable[[], None] = ignore,
        clock: Clock | None = None,
    ) -> None:
        self._session = session
        self._changed = changed
        self._clock = clock or Clock()
        self._alone = OneAtATime()

    def close(self) -> None:
        """End every wait; what is under way stays open in the record, for the next start."""
        self._clock.close()

    def may(self, verb: str) -> May:
        """Whether the account may use a verb, from what is cached and what Azure refused lately."""
        return self.may_do(VERBS[verb].action)

    def may_do(self, action: str) -> May:
        """Whether the account may perform an action of Azure's on the workspace; see `may`."""
        session = self._session
        if session.workspace is None:
            return May("unknown", action)
        permit = may_i(session.store, session.scope, session.workspace.id, action, now=session.now())
        return May(permit.answer, action, permit.role or "")

    def plan(self, verb: str, target: str, answers: Mapping[str, str]) -> Change:
        """What a verb would change, read afresh; nothing is sent. Raises ServiceError, also when it is refused."""
        workspace = self._session.workspace
        if workspace is None:
            raise NotFound("No workspace is chosen", do="choose one first")
        change = VERBS[verb].plan(self._session.connect(), workspace, target, answers)
        return as_shown(self._session.store, self._session.scope, change)

    def check_job(self, text: str, stop: Stop) -> Checked:
        """What azure-ai-ml makes of a job's YAML; nothing is sent. Takes seconds. Raises ServiceError."""
        workspace = self._session.workspace
        if workspace is None:
            raise NotFound("No workspace is chosen", do="choose one first")
        return check(self._session.connect(), workspace, text, stop=stop)

    def undo(self, intent: str) -> Change:
        """The change that takes another one back. Raises ServiceError when there is none or the thing has moved on."""
        found = self._session.intents.get(intent)
        change = change_of(found) if found is not None else None
        if found is None or change is None or change.inverse is None or found.step != "done":
            raise NotFound("There is nothing to take back", on=found.what if found else "")
        if not VERBS[change.verb].look(self._session.connect(), change).is_done:
            raise Conflict(f"{change.name} has changed since", do="plan a new change from how it is now")
        target = change.target[len(change.workspace) :]
        planned = self.plan(change.inverse.verb, target, change.inverse.answers)
        return msgspec.structs.replace(planned, undoes=intent)

    def carry_out(self, change: Change, tell: Tell = ignore) -> Ended:
        """Make a change the user has confirmed, and say how it ended. Raises nothing that Azure or the record does."""
        try:
            with self._alone.at(change.target) as is_free:
                if not is_free:
                    return Ended("", "refused", f"An earlier change of {change.name} is still under way")
                return self._carried_out(change, tell)
        except ServiceError as error:
            return Ended("", "refused", f"{error} Nothing was sent.")
        except CacheError as error:
            return Ended("", "unknown", str(error))

    def resume(self, tell: Tell = ignore) -> list[Ended]:
        """Take up what an earlier process left open, and look again at what was not found out. It only reads."""
        session, ended = self._session, list[Ended]()
        with suppress(ServiceError, CacheError):
            connection = session.connect()
            since = session.now() - LOOKED_AT_AGAIN
            for intent in (*session.intents.open_ones(), *session.intents.unknown_since(since)):
                if intent.scope.startswith(session.account_scope) and not _is_elsewhere(intent, session.now()):
                    with self._alone.at(intent.target) as is_free:
                        ended += [self._resumed(connection, intent, tell)] if is_free else []
        return ended

    def _carried_out(self, change: Change, tell: Tell) -> Ended:
        session = self._session
        if (why := self._objection(change)) is not None:
            return Ended("", "refused", why)
        connection = session.connect()
        if VERBS[change.verb].look(connection, change).fingerprint != change.seen:
            return Ended("", "refused", f"{change.name} has changed since you looked. Nothing was sent.")
        try:
            intent = session.intents.begin(self._asked(change))
        except CacheError as error:
            return Ended("", "refused", f"{error} Nothing was sent.")
        self._changed()
        follower = self._follower(connection)
        try:
            return self._sent(follower, connection, intent, change, tell)
        except CacheError:
            raise
        except Exception:  # noqa: BLE001  the edge of a verb: whatever it raises, its intent is never left open
            follower.note(intent, "unknown", OURS)
            return Ended(intent.id, "unknown", OURS)

    def _objection(self, change: Change) -> str | None:
        unlocked = self._session.lock.unlocked
        if unlocked is None or unlocked.workspace.lower() != change.workspace.lower():
            return "This session is read-only: :rw unlocks it"
        right = self.may(change.verb)
        if right.answer == "denied":
            return f"Your account may not perform {right.action}"
        for other in self._session.intents.open_ones():
            if other.target.lower() == change.target.lower():
                return f"An earlier change of {change.name} is still under way"
        return None

    def _asked(self, change: Change) -> Asked:
        session = self._session
        return Asked(
            who=session.account.user,
            scope=session.scope,
            workspace=change.workspace,
            verb=change.verb,
            target=change.target,
            name=change.name,
            what=change.what,
            change=redact(msgspec.json.encode(change)).decode(),
        )

    def _sent(self, follower: Follower, connection: Connection, intent: Intent, change: Change, tell: Tell) -> Ended:
        try:
            with self._session.lock.lent(address(change.call)):
                answer = connection.write(change.call)
        except ServiceError as error:
            if isinstance(error, Forbidden):
                learn_from(self._session.store, self._session.scope, error, self._session.now())
            if not error.is_outcome_unknown:
                follower.note(intent, "refused", str(error))
                return Ended(intent.id, "refused", str(error))
            tell("no answer came; looking whether it took effect")
            return self._taken_back(follower, follower.resolve(intent, change), change)
        operation = operation_url(connection, answer)
        follower.note(intent, "running", "accepted", operation or "")
        was_reported = operation is None and is_report(answer)
        return self._taken_back(
            follower, follower.follow(intent, change, operation, tell, was_reported=was_reported), change
        )

    def _taken_back(self, follower: Follower, ended: Ended, change: Change) -> Ended:
        """Note at the change that was taken back that it was."""
        if ended.outcome == "done" and change.undoes:
            self._session.intents.note(change.undoes, "undone", change.what)
            self._changed()
        return ended

    def _resumed(self, connection: Connection, intent: Intent, tell: Tell) -> Ended:
        follower, change = self._follower(connection), change_of(intent)
        if change is None or change.verb not in VERBS:
            follower.note(intent, "unknown", "it was asked by another version of amldeck")
            return Ended(intent.id, "unknown", "it was asked by another version of amldeck")
        tell(f"Looking how it ended: {change.what}")
        ended = (
            follower.follow(intent, change, intent.operation, tell)
            if intent.operation
            else follower.resolve(intent, change)
        )
        return self._taken_back(follower, ended, change)

    def _follower(self, connection: Connection) -> Follower:
        return Follower(connection, self._session.intents, clock=self._clock, changed=self._changed)


def _is_elsewhere(intent: Intent, now: datetime) -> bool:
    """Whether another process is at it that still lives, or may: Windows has no harmless way to ask."""
    if not intent.is_open or intent.process == os.getpid():
        return False
    if sys.platform == "win32":
        return now - intent.since < MAY_LIVE
    try:
        os.kill(intent.process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
