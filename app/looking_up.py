"""The refresher's other half: reads about one thing, on demand. One read of a thing at a time, a few at once.

All threads are daemons: a call that hangs holds up neither a key nor the end of the program. Nothing here waits for
the network; every method may be called on the event loop.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from app.asked_things import Asked, Standing, is_due, note_key, took_long
from app.estimating import put
from app.handed import Reading
from app.lookups import LOOKUPS, Lookup
from app.session import Session
from app.settling import OURS, unwritable
from app.source_state import Problem, Refreshed, SourceState, problem_of, rests
from app.turns import back_off
from cache.errors import CacheClosed, CacheError
from services.errors import ServiceError

LANES = 3
"""Lookups made at once, beside the sources."""
MOST = 4_000
"""Things whose state is remembered in this process; what was asked for longest ago is forgotten first."""


class LookingUp:
    """Lookups of one session; the refresher is one. Safe to use from any thread."""

    def __init__(
        self, session: Session, on_event: Callable[[Refreshed], None], lookups: Sequence[Lookup] = LOOKUPS
    ) -> None:
        self._session = session
        self._on_event = on_event
        self._lookups = {lookup.name: lookup for lookup in lookups}
        self._table = threading.Condition()
        self._standings: dict[tuple[str, str, str], Standing] = {}
        self._queue: list[Asked] = []
        self._running: set[Asked] = set()
        self._is_over = False
        self.is_holding = False
        """Paused: only forced lookups are made."""

    def look_up(self, name: str, key: str, *, force: bool = False) -> None:
        """Have one thing read, unless it is fresh or being read; `force` reads it now, whatever its age.

        Offline, and without a workspace, nothing happens. An unknown name raises KeyError.
        """
        lookup, session = self._lookups[name], self._session
        if not session.is_online or session.workspace is None or (self.is_holding and not force):
            return
        with self._table:
            standing, now = self._standing(name, key), session.now()
            is_asked = standing.asked is not None and not standing.asked.is_over
            is_resting = force and rests(standing.state, lookup.floor, now)
            if self._is_over or is_asked or is_resting or not (force or is_due(standing.state, now)):
                return
            if (problem := unwritable(session)) is not None:
                standing.state = replace(standing.state, problem=problem)
                return
            standing.asked = Asked(lookup, key, session.scope, session.workspace, force)
            # What is looked at now comes before what was looked at before.
            self._queue.insert(0, standing.asked)
            self._start_next()

    def lookup_state(self, name: str, key: str) -> SourceState:
        """How the lookup of a thing stands; from an earlier process when this one never made it. Reads one setting."""
        with self._table:
            standing = self._standing(name, key)
            asked = standing.asked
            if asked is not None and asked.thread is not None and asked.is_over and not asked.stop.is_set():
                self._settle(asked, took_long(asked, self._session.now()))
            is_reading = standing.asked is not None and not standing.asked.is_over
            return replace(standing.state, is_reading=is_reading, is_paused=self.is_holding)

    def leave(self, key: str) -> None:
        """Nobody looks at this thing, or at anything of it (`RUN/…`), any more: end its reads after their page."""
        with self._table:
            for asked in (*self._queue, *self._running):
                if asked.key == key or asked.key.startswith(f"{key}/"):
                    asked.stop.set()
            self._queue = [asked for asked in self._queue if not asked.stop.is_set()]
            self._start_next()

    def wait_for(self, name: str, key: str, timeout: float) -> bool:
        """Wait until a thing was looked up or that failed, at most `timeout` seconds; whether it is. For commands."""
        end = time.monotonic() + timeout
        with self._table:
            while (asked := self._standing(name, key).asked) is not None and not asked.is_over:
                if (left := end - time.monotonic()) <= 0:
                    return False
                self._table.wait(min(left, 0.5))
        return True

    def end_lookups(self) -> list[threading.Thread]:
        """Make none any more. Gives the threads that are still at it."""
        with self._table:
            self._is_over = True
            self._forget()
            return [asked.thread for asked in self._running if asked.thread is not None]

    def forget_lookups(self) -> None:
        """Start anew: the session looks at other things."""
        with self._table:
            self._forget()

    def forgive_lookups(self) -> None:
        """Try again what failed, when it is asked for next: somebody says it is worth it."""
        with self._table:
            for standing in self._standings.values():
                standing.state = replace(standing.state, problem=None, next_try=None)

    # The methods below run with the lock held, but for `_make` and what it calls.

    def _forget(self) -> None:
        for asked in (*self._queue, *self._running):
            asked.stop.set()
        self._queue.clear()
        self._standings.clear()

    def _standing(self, name: str, key: str) -> Standing:
        lookup, scope = self._lookups[name], self._session.scope
        found = self._standings.get((scope, name, key))
        if found is None:
            state = SourceState(f"{name}/{key}", lookup.title, lookup.stale_after)
            kept = self._session.store.recall(note_key(scope, name, key))
            last_ok = datetime.fromisoformat(kept) if kept else None
            found = self._standings[scope, name, key] = Standing(replace(state, last_ok=last_ok, last_try=last_ok))
            idle = [at for at, one in self._standings.items() if one.asked is None and one is not found]
            for at in idle[: max(0, len(self._standings) - MOST)]:
                del self._standings[at]
        return found

    def _start_next(self) -> None:
        while self._queue and not self._is_over:
            live = [asked for asked in self._running if not asked.is_over]
            if len(live) >= LANES or len(self._running) >= 3 * LANES:
                return
            asked = self._queue.pop(0)
            asked.ends = time.monotonic() + asked.lookup.deadline
            asked.thread = threading.Thread(
                target=self._make, args=(asked,), name=f"look up {asked.lookup.name}", daemon=True
            )
            self._running.add(asked)
            asked.thread.start()

    def _settle(self, asked: Asked, problem: Problem | None) -> SourceState | None:
        """Note how a lookup ended; None when it is not looked at any more."""
        standing = self._standings.get((asked.scope, asked.lookup.name, asked.key))
        if standing is None or standing.asked is not asked:
            return None
        now = self._session.now()
        standing.asked = None
        state = replace(standing.state, progress=None, last_try=now, problem=problem, next_try=None)
        if asked.stop.is_set():
            standing.state = replace(state, problem=standing.state.problem)
        elif problem is None:
            standing.failures, standing.state = 0, replace(state, last_ok=now)
        else:
            standing.failures += 1
            wait = back_off(standing.failures, random.Random()) if problem.is_retryable else None
            again = now + timedelta(seconds=wait) if wait is not None else None
            standing.state = replace(state, next_try=again)
        return standing.state

    def _make(self, asked: Asked) -> None:
        """A thread. A bug ends it with its traceback, and leaves the lookup marked as broken."""
        problem: Problem | None = Problem("broken", OURS, self._session.now())
        self._say(asked, ())
        has_moved = False
        try:
            has_moved = not self._read(asked)
            problem = None
        except ServiceError as error:
            problem = problem_of(error, self._session.now())
        except CacheError as error:
            problem = Problem("cache", str(error), self._session.now(), is_retryable=True)
        finally:
            self._conclude(asked, problem, has_moved=has_moved)

    def _conclude(self, asked: Asked, problem: Problem | None, *, has_moved: bool) -> None:
        if has_moved:
            asked.stop.set()
        with self._table:
            if asked.is_over and not asked.stop.is_set():
                problem = took_long(asked, self._session.now())
            state = self._settle(asked, problem)
        if state is not None and problem is None and not asked.stop.is_set():
            self._keep_note(asked, state)
        with self._table:
            self._running.discard(asked)
            self._start_next()
            self._table.notify_all()
        if has_moved:
            self.account_moved(SourceState(asked.lookup.name, asked.lookup.title, asked.lookup.stale_after))
        elif state is not None:
            self._say(asked, None)

    def account_moved(self, state: SourceState) -> None:
        """Signing in showed that another account is meant than last time."""

    def _read(self, asked: Asked) -> bool:
        """Read and write it. False when another account turned out to be signed in. Raises ServiceError, CacheError."""
        session, account = self._session, self._session.account
        session.connect()
        if session.account != account:
            return False
        reading = Reading(session.connection, asked.workspace, session.store, asked.scope, session.now(),
                          lambda: asked.is_over, is_forced=asked.is_forced)  # fmt: skip
        table, seen = asked.lookup.table, 0
        for page in asked.lookup.read(reading, asked.key) or ():
            if asked.is_over:
                break
            keys: Sequence[str] = ()
            if table is not None and page.records:
                keys = put(session.store, table, asked.scope, page).keys
            seen += len(page.records)
            self._progress(asked, seen, page.total)
            self._say(asked, keys)
        return True

    def _progress(self, asked: Asked, seen: int, total: int | None) -> None:
        with self._table:
            standing = self._standings.get((asked.scope, asked.lookup.name, asked.key))
            if standing is not None and standing.asked is asked:
                standing.state = replace(standing.state, progress=seen, total=total)

    def _keep_note(self, asked: Asked, state: SourceState) -> None:
        if state.last_ok is None or self._session.store.is_read_only:
            return
        try:
            self._session.store.remember(note_key(asked.scope, asked.lookup.name, asked.key), state.last_ok.isoformat())
        except CacheError:
            # The note is for the next start only.
            return

    def _say(self, asked: Asked, keys: Sequence[str] | None) -> None:
        if self._is_over or asked.stop.is_set():
            return
        with suppress(CacheClosed):  # the deck was left meanwhile: nobody listens
            state = self.lookup_state(asked.lookup.name, asked.key)
            self._on_event(Refreshed(state.name, keys, state))
