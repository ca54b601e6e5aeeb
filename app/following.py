"""From a request that was sent to its outcome: follow Azure's own report, read back, and never send again.

Everything here reads. It can be stopped at any moment and taken up by the next process from the record alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

from cache.intent import Intent, Step
from cache.intents import Intents
from services.change import Change, Seen
from services.errors import ServiceError
from services.limits import Clock, Stopped, wait
from services.operations import Progress, follow
from services.verbs import VERBS

if TYPE_CHECKING:
    from services.connection import Connection

LONGEST = 3_600.0
"""Seconds one change is followed; afterwards its outcome is unknown until somebody looks again."""
SETTLES = 30.0
"""Seconds Azure may take to show what it has done, and to make good a reply that was lost."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 10.0

_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")

Outcome = Literal["done", "failed", "unknown", "refused", "running"]
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Ended:
    """How a change ended, in a sentence. `running` means that this process stopped looking before it was over."""

    intent: str
    outcome: Outcome
    said: str


class Follower:
    """Follows changes over one connection. When its clock is closed every wait ends, and what is open stays so."""

    def __init__(self, connection: Connection, intents: Intents, *, clock: Clock, changed: Callable[[], None]) -> None:
        self._connection = connection
        self._intents = intents
        self._clock = clock
        self._changed = changed

    def note(self, intent: Intent, step: Step, said: str = "", operation: str = "") -> None:
        """Record a step, and tell whoever shows it. Raises CacheError."""
        self._intents.note(intent.id, step, said, operation)
        self._changed()

    def follow(
        self, intent: Intent, change: Change, operation: str | None, tell: Tell, *, was_reported: bool = False
    ) -> Ended:
        """Follow Azure's report until it ends, then read back. Raises CacheError; of Azure it raises nothing.

        `was_reported` says that the answer itself told that it is done: where nothing else can, that is what counts.
        """
        try:
            said = partial(_tell_of, change, tell)
            last = self._reported(intent, operation, said) if operation is not None else None
            if last is not None and last.state in ("failed", "canceled"):
                return self._end(intent, "failed", last.says or f"Azure says: {last.state}")
            is_reported = was_reported if last is None else last.state == "succeeded"
            return self._settled(intent, change, was_accepted=True, is_reported=is_reported)
        except Stopped:
            return Ended(intent.id, "running", "Azure is still working on it; the next start follows it")

    def resolve(self, intent: Intent, change: Change) -> Ended:
        """Find out whether a request took effect whose answer was lost. It is not sent again. Raises CacheError."""
        try:
            return self._settled(intent, change, was_accepted=False)
        except Stopped:
            return Ended(intent.id, "running", "its outcome is not known yet; the next start looks again")

    def _reported(self, intent: Intent, operation: str, tell: Tell) -> Progress | None:
        """The last that Azure's own report says; None where there is none any more, or nobody may ask."""
        last: Progress | None = None
        try:
            for last in follow(self._connection, operation, clock=self._clock, deadline=LONGEST):
                if not last.is_over:
                    self.note(intent, "running", last.says)
                    tell(last.says)
        except ServiceError:
            return None  # the target itself says how it is
        if self._clock.is_closed and (last is None or not last.is_over):
            raise Stopped
        return last

    def _settled(self, intent: Intent, change: Change, *, was_accepted: bool, is_reported: bool = False) -> Ended:
        """Read back until the target is as asked, or has had its time. Raises Stopped and CacheError."""
        pause, now = FIRST_PAUSE, self._clock.now()
        patience, deadline = now + SETTLES, now + LONGEST
        seen: Seen | None = None
        while True:
            seen = self._looked(change) or seen
            now = self._clock.now()
            if seen is not None and (seen.is_done or (seen.is_done is None and is_reported and not seen.is_moving)):
                return self._end(intent, "done", seen.says)
            if seen is not None and seen.is_moving:
                patience = now + SETTLES
            if now >= min(patience, deadline):
                return self._unsettled(intent, change, seen, was_accepted=was_accepted)
            wait(self._clock, pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def _unsettled(self, intent: Intent, change: Change, seen: Seen | None, *, was_accepted: bool) -> Ended:
        if seen is None:
            return self._end(intent, "unknown", "it could not be read back; look at it before asking again")
        if seen.is_done is None:
            return self._end(intent, "unknown", "nothing shows whether it was done; it can be asked again")
        if seen.fingerprint == change.seen and not seen.is_moving:
            if was_accepted:
                return self._end(intent, "unknown", "Azure accepted it, and nothing of it shows yet")
            return self._end(intent, "failed", "it did not take effect; nothing was changed")
        now = f": {seen.says}" if seen.says else ""
        return self._end(intent, "unknown", f"it is not as asked{now}")

    def _end(self, intent: Intent, outcome: Literal["done", "failed", "unknown"], said: str) -> Ended:
        self.note(intent, outcome, said)
        return Ended(intent.id, outcome, said)

    def _looked(self, change: Change) -> Seen | None:
        """The target now; None when it cannot be read at this moment."""
        try:
            return VERBS[change.verb].look(self._connection, change)
        except ServiceError:
            return None


def _tell_of(change: Change, tell: Tell, word: str) -> None:
    """Say how far a change is: `stop ci-ana: in progress`."""
    tell(f"{change.what}: {_HUMP.sub(' ', word).lower() or 'under way'}")
