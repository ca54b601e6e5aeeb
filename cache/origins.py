"""Where rows came from: route, API version, method and basis, interned; each row keeps one number and its age."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import Protocol

import msgspec

from cache.codec import from_micros


class Origin(Protocol):
    """Where records came from, as the services' Provenance has it."""

    @property
    def route(self) -> str:
        """The path that was called, or what a derived record was reckoned from."""
        ...

    @property
    def api_version(self) -> str | None:
        """The API version it was called with, if it has one."""
        ...

    @property
    def fetched_at(self) -> datetime:
        """When the answer came, aware UTC."""
        ...

    @property
    def basis(self) -> str:
        """How far to trust it: measured, estimated, inferred, billed."""
        ...

    @property
    def method(self) -> str:
        """The HTTP method."""
        ...


class Provenance(msgspec.Struct, frozen=True):
    """Where a row came from, given back: an `Origin`."""

    route: str
    api_version: str | None
    fetched_at: datetime
    basis: str = "measured"
    method: str = "GET"


COLUMNS = "o.route, o.api_version, s.fetched_at, o.basis, o.method"
"""What `provenance` reads, from `_origins` as o and a table's `__seen` as s."""


def provenance(route: str, api_version: str, fetched_at: int, basis: str, method: str) -> Provenance:
    """The Provenance of a row's `COLUMNS`."""
    return Provenance(route, api_version or None, from_micros(fetched_at), basis, method)


def origin_id(db: sqlite3.Connection, origin: Origin) -> int:
    """The integer an origin is kept as, made when it is new. Needs a transaction."""
    known = (origin.route, origin.api_version or "", origin.method, origin.basis)
    db.execute("INSERT OR IGNORE INTO _origins (route, api_version, method, basis) VALUES (?, ?, ?, ?)", known)
    select = "SELECT id FROM _origins WHERE route = ? AND api_version = ? AND method = ? AND basis = ?"
    return db.execute(select, known).fetchone()[0]


def scope_id(db: sqlite3.Connection, scope: str) -> int | None:
    """The integer a scope is kept as; None when nothing was stored for it yet."""
    found = db.execute("SELECT id FROM _scopes WHERE name = ?", (scope,)).fetchone()
    return found[0] if found else None


def made_scope_id(db: sqlite3.Connection, scope: str) -> int:
    """The integer a scope is kept as, made when it is new. Needs a transaction."""
    db.execute("INSERT OR IGNORE INTO _scopes (name) VALUES (?)", (scope,))
    return db.execute("SELECT id FROM _scopes WHERE name = ?", (scope,)).fetchone()[0]
