"""What is known about each source of a scope, and who may read it now: two processes never fetch one thing twice."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta
from typing import Any

import msgspec

from cache.codec import to_micros


class SourceState(msgspec.Struct, frozen=True, kw_only=True):
    """How the reading of one source went. None: it has not happened, or was not said."""

    name: str
    last_ok: datetime | None = None
    last_try: datetime | None = None
    next_try: datetime | None = None
    error_kind: str | None = None
    """What kind of problem the last try ended with; None when it ended well."""
    error_text: str | None = None
    """The problem as a sentence for the user."""
    rows: int | None = None
    set_aside: int | None = None
    calls: int | None = None
    total: int | None = None
    """How many the service said there are."""
    note: str | None = None
    """How far it was, in words."""


def states(db: sqlite3.Connection, scope: str) -> dict[str, SourceState]:
    """The sources of a scope by name."""
    found = db.execute("SELECT name, state FROM _sources WHERE scope = ? ORDER BY name", (scope,))
    return {name: _decode(name, state) for name, state in found}


def by_scope(db: sqlite3.Connection, name: str) -> dict[str, SourceState]:
    """One source as it stands in every scope where it was ever read."""
    found = db.execute("SELECT scope, state FROM _sources WHERE name = ?", (name,))
    return {scope: _decode(name, state) for scope, state in found}


def note(db: sqlite3.Connection, scope: str, name: str, fields: dict[str, Any]) -> SourceState:
    """Change what is given and keep the rest. Raises TypeError for a field there is none of. Needs a transaction."""
    found = db.execute("SELECT state FROM _sources WHERE scope = ? AND name = ?", (scope, name)).fetchone()
    state = _decode(name, found[0]) if found else SourceState(name=name)
    state = msgspec.structs.replace(state, **fields)
    text = msgspec.json.encode(state).decode()
    db.execute("INSERT OR REPLACE INTO _sources VALUES (?, ?, ?)", (scope, name, text))
    return state


def _decode(name: str, state: str) -> SourceState:
    try:
        return msgspec.json.decode(state, type=SourceState)
    except msgspec.ValidationError:  # written by another version: it will be noted anew
        return SourceState(name=name)


def lease(db: sqlite3.Connection, scope: str, name: str, owner: str, seconds: float, now: datetime) -> bool:
    """Take the right to read a source, or prolong it; False while another has it. Needs a transaction."""
    found = db.execute("SELECT owner, until FROM _leases WHERE scope = ? AND name = ?", (scope, name)).fetchone()
    if found is not None and found[0] != owner and found[1] > to_micros(now):
        return False
    until = to_micros(now + timedelta(seconds=seconds))
    db.execute("INSERT OR REPLACE INTO _leases VALUES (?, ?, ?, ?)", (scope, name, owner, until))
    return True


def release(db: sqlite3.Connection, scope: str, name: str, owner: str) -> None:
    """Give the right back; nothing when another has it by now. Needs a transaction."""
    db.execute("DELETE FROM _leases WHERE scope = ? AND name = ? AND owner = ?", (scope, name, owner))
