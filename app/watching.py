"""What is watched in a workspace: kept in the cache's settings, looked at from the cache alone.

Everything here reads SQLite and may wait for another process that writes: for workers.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

import msgspec

from app.asked_things import note_key
from app.series_kinds import LOGGED
from app.session import Session
from cache.errors import CacheError
from services.watching import OF_ENDPOINTS, OF_RUNS, Happening, Standing, Watch, happened

if TYPE_CHECKING:
    from cache.store import Store
    from services.records import Money
    from services.watch_rules import Known

MOST = 12
"""Things that are watched at a time: each is asked for again and again."""
REMEMBERED = 50
"""Past events that are kept."""
MADE_OF = {"runs": OF_RUNS, "endpoint_health": OF_ENDPOINTS, "cost_rows": ("spend",)}
"""The tables watches are judged by, and which."""


class TooMany(Exception):
    """So many things are watched already; `str()` is a sentence."""


class Watched(msgspec.Struct, frozen=True):
    """A watch, and how it stood when it was last looked at."""

    watch: Watch
    standing: Standing | None = None


class Kept(msgspec.Struct, frozen=True):
    """What is watched in one workspace, and what happened before, newest first."""

    watched: tuple[Watched, ...] = ()
    past: tuple[Happening, ...] = ()


class LooksUp(Protocol):
    """The part of a refresher that is asked for what is watched."""

    def look_up(self, name: str, key: str, *, force: bool = False) -> None:
        """Have one thing read, unless it is fresh."""
        ...


class Watcher:
    """The watches of the session's workspace. They outlive the process, except where the cache cannot be written."""

    def __init__(self, session: Session, *, is_kept: bool = True) -> None:
        self._session = session
        self._is_kept = is_kept
        self._lock = threading.Lock()
        self._own: dict[str, Kept] = {}
        """By scope: what shall not outlive this process."""

    @property
    def watches(self) -> tuple[Watch, ...]:
        """What is watched, in the order it was asked for."""
        return tuple(one.watch for one in self._read(self._scope).watched)

    @property
    def past(self) -> tuple[Happening, ...]:
        """What happened before, newest first."""
        return self._read(self._scope).past

    def add(self, watch: Watch) -> None:
        """Watch one thing more. Raises TooMany."""

        def added(kept: Kept) -> Kept:
            others = tuple(one for one in kept.watched if one.watch.key != watch.key)
            if len(others) >= MOST:
                raise TooMany(f"{MOST} things are watched already; let one go first: :watch lists them.")
            return msgspec.structs.replace(kept, watched=(*others, Watched(watch)))

        self._change(added)

    def drop(self, key: str) -> None:
        """Watch this no more."""
        self._change(
            lambda kept: msgspec.structs.replace(
                kept, watched=tuple(one for one in kept.watched if one.watch.key != key)
            )
        )

    def look(self) -> tuple[Happening, ...]:
        """Return what happened since the last look. A watch that is over goes away."""
        found: list[Happening] = []

        def looked(kept: Kept) -> Kept:
            scope = self._scope
            watched: list[Watched] = []
            for one in kept.watched:
                now = self._standing(scope, one.watch)
                events = self._events(one, now)
                found.extend(events)
                if not any(event.is_last for event in events):
                    watched.append(one if now is None else Watched(one.watch, now))
            return Kept(tuple(watched), (*found[::-1], *kept.past)[:REMEMBERED])

        self._change(looked)
        return tuple(found)

    def standing(self, key: str) -> Standing | None:
        """How a watch stood when it was last looked at."""
        return next((one.standing for one in self._read(self._scope).watched if one.watch.key == key), None)

    def wanted(self) -> list[tuple[str, str]]:
        """The lookups that tell of watched runs, each with its key; endpoints and costs are kept fresh anyway."""
        found: list[tuple[str, str]] = []
        for watch in self.watches:
            if watch.kind in OF_RUNS:
                found += [("run", watch.thing)] + ([("metrics", watch.thing)] if watch.kind != "end" else [])
        return list(dict.fromkeys(found))

    def ask(self, refresher: LooksUp) -> None:
        """Have watched runs read where that is due."""
        for name, key in self.wanted():
            refresher.look_up(name, key)

    @property
    def _scope(self) -> str:
        return self._session.scope

    def _standing(self, scope: str, watch: Watch) -> Standing | None:
        # What judges is not needed to start the deck.
        from services.watch_rules import Known, spent_of, standing_of

        store, now = self._session.store, self._session.now()
        if watch.kind in OF_RUNS:
            return standing_of(watch, self._known_of_run(scope, watch))
        if watch.kind in OF_ENDPOINTS:
            seen = store.get("endpoint_health", scope, watch.thing)
            if seen is None:
                return None
            row = seen.record
            known = Known(now=now, state=row.state, since=row.since, as_of=row.as_of, failed=row.failed, p95=row.p95)
            return standing_of(watch, known)
        spent = spent_of((month.amount, month.currency) for month in billed_of(store, scope))
        return standing_of(watch, Known(now=now, spent=spent))

    def _known_of_run(self, scope: str, watch: Watch) -> Known:
        from services.attention_runs import Logged
        from services.watch_rules import Known

        store = self._session.store
        seen = store.get("runs", scope, watch.thing)
        run = seen.record if seen is not None else None
        if watch.kind == "end":
            return Known(now=self._session.now(), run=run)
        series = store.series.read(scope, watch.thing, LOGGED)
        noted = store.recall(note_key(scope, "metrics", watch.thing))
        return Known(
            now=self._session.now(),
            run=run,
            metrics=[Logged(name=one.name, times=one.times, values=one.values) for one in series],
            read_at=datetime.fromisoformat(noted) if noted else None,
        )

    def _events(self, one: Watched, now: Standing | None) -> tuple[Happening, ...]:
        at = self._session.now()
        return tuple(
            event if event.at is not None else msgspec.structs.replace(event, at=at)
            for event in happened(one.watch, one.standing, now)
        )

    def _change(self, change: Callable[[Kept], Kept]) -> None:
        scope = self._scope
        with self._lock:
            before = self._read(scope)
            after = change(before)
            if after != before:
                self._write(scope, after)

    def _read(self, scope: str) -> Kept:
        if not self._is_kept:
            return self._own.get(scope, Kept())
        text = self._session.store.recall(_setting(scope))
        try:
            return msgspec.json.decode(text, type=Kept) if text else Kept()
        except (msgspec.MsgspecError, ValueError):
            return Kept()  # of another version: what it watched nobody knows

    def _write(self, scope: str, kept: Kept) -> None:
        if not self._is_kept:
            self._own[scope] = kept
            return
        # The store knows it in this process though another one writes now: nothing is told twice.
        with suppress(CacheError):
            self._session.store.remember(_setting(scope), msgspec.json.encode(kept).decode())


def _setting(scope: str) -> str:
    return f"watched/{scope}"


def billed_of(store: Store, scope: str) -> list[Money]:
    """What this month was billed so far, an amount for each resource and service that has any."""
    months = (seen.record.month for seen in store.records("cost_rows", scope))
    return [month for month in months if month is not None]


def currencies_of(store: Store, scope: str) -> set[str]:
    """What was billed lately is in these currencies: a month that has just begun has nothing billed yet."""
    rows = (seen.record for seen in store.records("cost_rows", scope))
    return {one.currency for row in rows for one in (row.month, row.week, row.week_before) if one is not None}
