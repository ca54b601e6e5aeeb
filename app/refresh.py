"""The refresher: the only caller of readers. It decides what is read when, and what becomes of failures.

One thread keeps the timetable, at most four read, one sums up. All are daemons: a call that hangs for half a minute
holds up neither a key nor the end of the program. Events are called on worker threads, never with the lock held.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from app.how_far import told, with_budgets
from app.looking_up import LookingUp
from app.reading import Outcome, Progress, give_back, read_once
from app.session import Session
from app.settling import forgive, keep_note, mark_dirty, mark_unseen, settle, timetable_of
from app.source import Source
from app.source_state import ACCOUNT, Refreshed, SourceState, ignore
from app.sources import SOURCES
from app.turns import Job, Turn, has_room
from cache.errors import CacheError
from services.errors import ServiceError

LONGEST_SLEEP = 60.0
"""Seconds after which the timetable looks at the clock again: a laptop may have slept."""


class Refresher(LookingUp):
    """Keeps the wanted sources of one session fresh, and looks things up. Safe to use from any thread."""

    def __init__(
        self,
        session: Session,
        on_event: Callable[[Refreshed], None] = ignore,
        *,
        sources: Sequence[Source] = SOURCES,
        dice: random.Random | None = None,
    ) -> None:
        super().__init__(session, on_event)
        self._sources = sources
        self._dice = dice or random.Random()
        self._lock = threading.Condition()
        self._jobs: set[Job] = set()
        self._order: list[str] = []
        self._keeper: threading.Thread | None = None
        self._is_stopped = False
        self._timetable = timetable_of(session, sources)

    def want(self, names: Iterable[str], *, force: bool = False) -> None:
        """Keep these sources, and what they come after, fresh from now on: first of all that are wanted.

        `force` reads them now whatever their age, also what waits after a failure, and also while paused.
        """
        with self._lock:
            asked = self._with_inputs(names)
            self._order = asked + [name for name in self._order if name not in asked]
            now = self._session.now()
            if force:
                forgive(self._timetable, self._session)
                self.forgive_lookups()
            for name in asked:
                turn = self._timetable.turns[name]
                turn.is_wanted = True
                if force:
                    turn.force(now)
            if self._keeper is None and not self._is_stopped:
                self._keeper = threading.Thread(target=self._keep, name="refresher", daemon=True)
                self._keeper.start()
            self._lock.notify_all()

    def states(self) -> dict[str, SourceState]:
        """How every source stands, in the order of `SOURCES`."""
        with self._lock:
            now = self._session.now()
            shown = {name: self._timetable.shown(turn, now) for name, turn in self._timetable.turns.items()}
        return with_budgets(shown, self._sources, self._session)

    @property
    def is_paused(self) -> bool:
        """Whether only forced reads are made."""
        return self._timetable.is_paused

    def pause(self) -> None:
        """Start no read but forced ones; what is being read ends after its page."""
        with self._lock:
            self._timetable.is_paused = self.is_holding = True
            self._stop_jobs()

    def resume(self) -> None:
        """Go on where `pause` or `cancel` left off."""
        with self._lock:
            self._timetable.is_paused = self.is_holding = False
            for turn in self._timetable.turns.values():
                turn.is_held = False
            self._lock.notify_all()

    def cancel(self, names: Iterable[str] | None = None) -> None:
        """End the reads of these sources (or all) after the page they are at; they are due again at their next turn.

        What may take hours is not: it goes on, where it was, when somebody asks for it, at `resume`, or the next start.
        """
        with self._lock:
            for job in self._jobs:
                is_meant = names is None or job.turn.source.name in set(names)
                job.turn.is_held |= is_meant and job.turn.source.is_patient
            self._stop_jobs(None if names is None else set(names))

    def reset(self) -> None:
        """Start anew: the session looks at another workspace or account. What was wanted stays wanted."""
        with self._lock:
            self._stop_jobs()
            self.forget_lookups()
            self._timetable = timetable_of(self._session, self._sources, is_paused=self._timetable.is_paused)
            for name in self._order:
                self._timetable.turns[name].is_wanted = True
            self._lock.notify_all()

    def touch(self, names: Iterable[str]) -> None:
        """Make these roll-ups again: what they are made of changed, and it was no source."""
        with self._lock:
            for name in names:
                self._timetable.turns[name].is_dirty = True
            self._lock.notify_all()

    def account_moved(self, state: SourceState) -> None:
        """Signing in showed that another account is meant than last time: all of it starts anew."""
        self.reset()
        self._on_event(Refreshed(ACCOUNT, None, state))

    def wake(self) -> None:
        """Look at the clock again: it was moved."""
        with self._lock:
            self._lock.notify_all()

    def wait(self, names: Iterable[str], timeout: float) -> bool:
        """Wait until these sources are read or have failed, at most `timeout` seconds; whether they all are."""
        end = time.monotonic() + timeout
        with self._lock:
            asked = self._with_inputs(names)
            while not all(self._timetable.is_settled(name, self._session.now()) for name in asked):
                left = end - time.monotonic()
                if left <= 0 or self._is_stopped:
                    return False
                self._lock.wait(min(left, 1.0))
            return True

    def stop(self, deadline: float = 2.0) -> bool:
        """Read nothing any more, and wait at most `deadline` seconds for the workers; whether all of them are done.

        A call that hangs is left to itself: it writes nothing when it comes back.
        """
        end = time.monotonic() + deadline
        with self._lock:
            self._is_stopped = True
            self._stop_jobs()
            jobs = list(self._jobs)
            self._lock.notify_all()
        for thread in (*self.end_lookups(), *(job.thread for job in jobs), self._keeper):
            if thread is not None and thread is not threading.current_thread():
                thread.join(max(0.0, end - time.monotonic()))
        hung = [job for job in jobs if job.thread is not None and job.thread.is_alive()]
        for job in hung:
            job.is_left = True
            give_back(self._session, job)
        return not hung

    # The methods below run with the lock held, but for the two bodies of threads: `_keep` and `_work`.

    def _with_inputs(self, names: Iterable[str]) -> list[str]:
        """The sources with all they come after, in the order of `SOURCES`; unknown names raise KeyError."""
        asked: set[str] = set()
        todo = list(names)
        while todo:
            name = todo.pop()
            if name not in asked:
                asked.add(name)
                todo += self._timetable.turns[name].source.after
        return [name for name in self._timetable.turns if name in asked]

    def _stop_jobs(self, names: set[str] | None = None) -> None:
        for job in self._jobs:
            if names is None or job.turn.source.name in names:
                job.stop.set()

    def _keep(self) -> None:
        """The keeper's thread: start what is due, sleep until something else is."""
        with self._lock:
            while not self._is_stopped:
                now = self._session.now()
                for name in self._order:
                    turn = self._timetable.turns[name]
                    if self._timetable.is_ready(turn, now) and has_room(turn, self._jobs):
                        self._begin(turn, now)
                following = self._timetable.next_at(now)
                pause = LONGEST_SLEEP if following is None else (following - now).total_seconds()
                self._lock.wait(min(LONGEST_SLEEP, max(0.05, pause)))

    def _begin(self, turn: Turn, now: datetime) -> None:
        job = turn.begin(self._session, now)
        self._jobs.add(job)
        job.thread = threading.Thread(target=self._work, args=(job,), name=f"read {turn.source.name}", daemon=True)
        job.thread.start()

    def _work(self, job: Job) -> None:
        """A reader's thread. A bug ends it with its traceback, and leaves the source marked as broken."""
        self._tell(job.turn, ())
        outcome: Outcome | None = None
        failure: ServiceError | CacheError | None = None
        try:
            outcome = read_once(self._session, job, lambda progress, keys: self._report(job, progress, keys))
        except (ServiceError, CacheError) as error:
            failure = error
        finally:
            self._end(job, outcome, failure)

    def _report(self, job: Job, progress: Progress, keys: Sequence[str]) -> None:
        with self._lock:
            if job.turn.job is not job:
                return
            job.turn.state = told(job.turn.state, progress, job.turn.began, self._session.now())
            if keys:
                mark_dirty(self._timetable, job.turn)
            self._lock.notify_all()
        self._tell(job.turn, keys)

    def _end(self, job: Job, outcome: Outcome | None, failure: ServiceError | CacheError | None) -> None:
        with self._lock:
            changed = settle(self._timetable, job, outcome, failure, self._session, self._dice)
        # Whoever waits for this read may close the cache at once: the note comes first.
        keep_note(self._session, job, outcome)
        with self._lock:
            mark_unseen(self._timetable, job, failure)
            job.turn.job = None
            self._jobs.discard(job)
            self._lock.notify_all()
        if outcome is not None and outcome.kind == "moved":
            self.account_moved(job.turn.state)
            return
        for turn in changed:
            is_quiet = outcome is not None and turn is job.turn and not outcome.needs_rereading
            self._tell(turn, () if is_quiet else None)

    def _tell(self, turn: Turn, keys: Sequence[str] | None) -> None:
        with self._lock:
            if self._is_stopped:
                return
            event = Refreshed(turn.source.name, keys, self._timetable.shown(turn, self._session.now()))
        self._on_event(event)
