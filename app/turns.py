"""Whose turn it is: pure decisions over the states of sources, without threads and without Azure."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from app.history.depth import Depth
from app.session import Session
from app.source import Source
from app.source_state import Problem, SourceState, rests
from services.records import WorkspaceRef

READERS = 4
"""Sources read at once."""
LONGEST_WAIT = 300.0
"""Seconds between two tries of a source that keeps failing."""
OFTEN_ENOUGH = 3.0
"""Seconds between two roll-ups while what they are made of still streams in."""
LEASED_AGAIN = 2.0
"""Seconds until we look again whether another process is done with a source."""


@dataclass(slots=True, eq=False)
class Job:
    """One read that is going on. `stop` asks it to end before its next page."""

    turn: Turn
    scope: str
    workspace: WorkspaceRef | None
    is_forced: bool
    asked_at: datetime
    """Somebody else's read will do when it began after this."""
    stop: threading.Event = field(default_factory=threading.Event)
    depth: Depth = field(default_factory=Depth)
    """How much of the past is read."""
    is_left: bool = False
    """Whoever waited for it has gone, and the cache may be closed when it comes back."""
    thread: threading.Thread | None = None


@dataclass(slots=True, eq=False)
class Turn:
    """A source and where it stands. Everything here is guarded by the refresher's lock."""

    source: Source
    state: SourceState
    is_wanted: bool = False
    forced_at: datetime | None = None
    is_dirty: bool = False
    """Of a roll-up: what it is made of has changed since it was made."""
    is_restored: bool = True
    """The problem in `state` is from an earlier process: no reason not to try."""
    is_held: bool = False
    """Somebody called it off: it goes on when somebody asks for it."""
    failures: int = 0
    began: datetime | None = None
    job: Job | None = None

    def begin(self, session: Session, now: datetime) -> Job:
        """Note that a read begins, of the workspace that is chosen at this moment."""
        is_forced, asked_at = self.forced_at is not None, self.forced_at or now
        scope = session.account_scope if self.source.is_scope_account else session.scope
        self.job = Job(self, scope, session.workspace, is_forced, asked_at, depth=session.depth)
        self.began, self.forced_at, self.is_dirty = now, None, False
        self.state = replace(self.state, progress=0, done=None, rate=None, last_try=now)
        return self.job

    def force(self, now: datetime) -> None:
        """Read it now, also when it failed; but not when it was read so lately that the service would mind."""
        if not rests(self.state, self.source.floor, now):
            self.forced_at, self.failures, self.is_held = now, 0, False

    def failed(self, problem: Problem, now: datetime, wait: float | None) -> None:
        """Note a failure and when to try again: in `wait` seconds, or only when asked (None)."""
        again = None if wait is None else now + timedelta(seconds=wait)
        self.is_restored = False
        self.state = replace(self.state, problem=problem, last_try=now, next_try=again)

    def is_blocked(self, now: datetime) -> bool:
        """Whether a failure says to wait; what an earlier process was told to wait for still counts."""
        problem, again = self.state.problem, self.state.next_try
        if problem is None:
            return False
        if self.is_restored:
            return problem.kind == "throttled" and again is not None and now < again
        return again is None or now < again


def writable() -> Problem | None:
    """Nothing stands in the way of writing."""
    return None


class Timetable:
    """The turns of one scope, and the rules between them. The caller holds the lock."""

    def __init__(
        self,
        turns: Mapping[str, Turn],
        *,
        is_online: bool = True,
        unwritable: Callable[[], Problem | None] = writable,
        has_workspace: bool = True,
        is_paused: bool = False,
    ) -> None:
        self.turns = turns
        self._is_online = is_online
        self._unwritable = unwritable
        self._has_workspace = has_workspace
        self.is_paused = is_paused
        self.signed_out: Problem | None = None

    def can_start(self, turn: Turn) -> bool:
        """Whether the source may be read at all, now or later, with nobody asking again."""
        if (
            not turn.is_wanted
            or turn.is_held
            or (self.is_paused and turn.forced_at is None and not (turn.source.is_derived and turn.is_dirty))
            or self._unwritable() is not None
        ):
            return False
        if turn.source.is_derived:
            return self._has_workspace
        has_place = turn.source.is_scope_account or self._has_workspace
        return self._is_online and has_place and self.signed_out is None

    def due_at(self, turn: Turn, now: datetime) -> datetime | None:
        """When the source is to be read next; `now` or earlier means at once, None only when asked."""
        if turn.job is not None or not self.can_start(turn) or self.obstacle(turn, now) is not None:
            return None
        if turn.forced_at is not None:
            return now
        if turn.is_blocked(now):
            return turn.state.next_try
        if turn.source.is_derived:
            return self._derived_due_at(turn, now)
        return self._stale_at(turn, now)

    def is_busy(self, turn: Turn, now: datetime) -> bool:
        """Whether the source is being read, or would be if there were room."""
        due = self.due_at(turn, now)
        return turn.job is not None or (due is not None and due <= now)

    def is_ready(self, turn: Turn, now: datetime) -> bool:
        """Whether to start the source now: it is due, and what it needs has been read or never will be."""
        due = self.due_at(turn, now)
        if due is None or due > now:
            return False
        if turn.source.is_derived and turn.is_dirty and turn.forced_at is None:
            return True
        return not any(self.is_busy(before, now) for before in self.inputs(turn))

    def inputs(self, turn: Turn) -> list[Turn]:
        """The turns of the sources this one comes after."""
        return [self.turns[name] for name in turn.source.after if name in self.turns]

    def dependents(self, turn: Turn) -> list[Turn]:
        """The turns that come after this one."""
        return [other for other in self.turns.values() if turn.source.name in other.source.after]

    def obstacle(self, turn: Turn, now: datetime) -> Problem | None:
        """The failure of a source this one needs, while nothing of what it needs was ever read or is about to be."""
        problems: list[Problem] = []
        for before in self.inputs(turn):
            if before.state.last_ok is not None or self.is_busy(before, now):
                return None
            if (problem := self.problem(before, now)) is not None:
                problems.append(replace(problem, because=before.source.name))
        return next(iter(problems), None)

    def problem(self, turn: Turn, now: datetime) -> Problem | None:
        """What stands in the way of a source: the cache, nobody signed in, its own failure, or that of one it needs."""
        if turn.is_wanted and (unwritable := self._unwritable()) is not None:
            return unwritable
        if self.signed_out is not None and turn.is_wanted and not turn.source.is_derived:
            return self.signed_out
        return turn.state.problem or self.obstacle(turn, now)

    def is_settled(self, name: str, now: datetime) -> bool:
        """Whether there is nothing to wait for: the source is fresh, failed, or cannot be read at all."""
        turn = self.turns[name]
        problem = turn.state.problem
        is_leased = problem is not None and problem.kind == "waiting" and not turn.is_restored
        return not is_leased and not self.is_busy(turn, now)

    def shown(self, turn: Turn, now: datetime) -> SourceState:
        """The state of a source as the screen is told it."""
        due = self.due_at(turn, now)
        is_waiting = turn.state.problem is not None and not turn.is_restored
        return replace(
            turn.state,
            problem=self.problem(turn, now),
            is_reading=turn.job is not None,
            is_paused=self.is_paused or turn.is_held,
            next_try=due or (turn.state.next_try if is_waiting else None),
        )

    def next_at(self, now: datetime) -> datetime | None:
        """The earliest moment at which something becomes due that is not due yet."""
        moments = (self.due_at(turn, now) for turn in self.turns.values())
        return min((moment for moment in moments if moment is not None and moment > now), default=None)

    def _stale_at(self, turn: Turn, now: datetime) -> datetime:
        if turn.state.last_ok is None or turn.state.is_stale(now):
            return now
        return turn.state.last_ok + timedelta(seconds=turn.source.stale_after)

    def _derived_due_at(self, turn: Turn, now: datetime) -> datetime | None:
        inputs = self.inputs(turn)
        if turn.is_dirty:
            streams = any(self.is_busy(before, now) for before in inputs)
            return turn.began + timedelta(seconds=OFTEN_ENOUGH) if streams and turn.began else now
        if all(before.state.last_ok is None for before in inputs):
            return None
        return self._stale_at(turn, now)


def has_room(turn: Turn, jobs: Collection[Job]) -> bool:
    """Whether one more may be read now: few at once, one roll-up, and one of those that may take hours."""
    # A read that was told to stop may hang for long, and must not keep those of another workspace waiting.
    lane = [job for job in jobs if job.turn.source.is_derived == turn.source.is_derived]
    live = [job for job in lane if not job.stop.is_set()]
    if turn.source.is_patient and any(job.turn.source.is_patient for job in live):
        return False
    limit = 1 if turn.source.is_derived else READERS
    return len(live) < limit and len(lane) < 2 * limit


def back_off(failures: int, dice: random.Random) -> float:
    """Seconds to wait after so many failures in a row: 2, 4, 8 … 300, a fifth more or less."""
    return min(LONGEST_WAIT, 2.0 ** min(failures, 16)) * dice.uniform(0.8, 1.2)
