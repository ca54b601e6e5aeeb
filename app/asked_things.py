"""One lookup of one thing: what was asked, how it stands, when it is due again. Plain values, no threads started."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from datetime import datetime

from app.lookups import Lookup
from app.source_state import Problem, SourceState
from services.records import WorkspaceRef

Thing = tuple[str, str]
"""A lookup's name and the key of what it is about."""


def thing_of(source: str) -> Thing | None:
    """Which lookup an event is about: its source is `details/RUN`. None for the event of a source."""
    name, slash, key = source.partition("/")
    return (name, key) if slash else None


@dataclass(slots=True, eq=False)
class Asked:
    """One read that goes on, or waits for its turn."""

    lookup: Lookup
    key: str
    scope: str
    workspace: WorkspaceRef
    is_forced: bool
    ends: float = 0.0
    stop: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None

    @property
    def is_over(self) -> bool:
        """Whether nobody waits for it any more: it was left, or took too long."""
        return self.stop.is_set() or (self.thread is not None and time.monotonic() > self.ends)


@dataclass(slots=True, eq=False)
class Standing:
    """How the lookup of one thing stands. Guarded by the lock."""

    state: SourceState
    failures: int = 0
    asked: Asked | None = None


def took_long(asked: Asked, now: datetime) -> Problem:
    """The problem of a lookup that was given up."""
    said = f"{asked.lookup.title}: no end after {asked.lookup.deadline:.0f} s"
    return Problem("broken", said, now, is_retryable=True)


def is_due(state: SourceState, now: datetime) -> bool:
    """Whether to read it now: it is stale, and a failure does not say to wait."""
    if state.problem is not None:
        return state.next_try is not None and now >= state.next_try
    return state.is_stale(now)


def note_key(scope: str, name: str, key: str) -> str:
    """The setting that keeps when a thing was looked up last."""
    return f"lookup/{name}/{key}/{scope}"
