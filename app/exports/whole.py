"""Everything the cache has about one row, as one object: record, document, history, children, and what names it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from app.exports.forms import json_text
from app.exports.notes import Age, ages_of
from app.session import Session
from app.source_state import SourceState
from app.tables import TABLES
from cache.query import parse
from cache.quoting import equals
from cache.table import Table, fields_of

NAMING = ("run", "run_id")
"""Fields of other tables that say which run their row is about."""
MOST = 1_000
"""Rows of one other table that are put into it; how many there are is said beside them."""


class NotSeen(Exception):
    """The cache has no row of this key."""


def whole(session: Session, table: Table, key: str, states: Iterable[SourceState]) -> dict[str, Any]:
    """All of a row: what it is, where from, how old, Azure's own document, what it was before, what belongs to it.

    Secrets were taken out before anything was stored. Reads and counts: for a worker. Raises NotSeen.
    """
    store, scope = session.store, session.scope
    seen = store.get(table.name, scope, key)
    if seen is None:
        raise NotSeen(key)
    document = store.document(table.name, scope, key)
    return {
        "about": _about(session, table, ages_of(states, session.now())),
        "record": seen.record,
        "origin": seen.provenance,
        "first_seen": seen.first_seen,
        "is_gone": seen.is_gone,
        "children": _children(session, table, key),
        "related": dict(_related(session, table, key)),
        "history": store.history(table.name, scope, key),
        "document": None if document is None else json.loads(document),
    }


def whole_text(found: dict[str, Any]) -> str:
    """The object as JSON, indented, with nothing in it that a terminal acts on."""
    return msgspec.json.format(json_text(found), indent=2) + "\n"


def _about(session: Session, table: Table, sources: tuple[Age, ...]) -> dict[str, Any]:
    return {
        "amldeck": f"one of {table.name}",
        "made_at": session.now(),
        "workspace": session.workspace.id if session.workspace else None,
        "sources": sources,
    }


def _children(session: Session, table: Table, key: str) -> dict[str, Any] | None:
    """How many rows have this one as their parent, by status; None for a table whose rows have none."""
    if not {"parent", "status"} <= fields_of(table.record).keys():
        return None
    where = parse(equals("parent", key), table, now=session.now())
    by_status = session.store.counts(table.name, session.scope, "status", where)
    return {"count": sum(by_status.values()), "by_status": by_status}


def _related(session: Session, table: Table, key: str) -> Iterator[tuple[str, Any]]:
    """The rows of other tables that name this one."""
    for other in TABLES:
        naming = [name for name in NAMING if name in fields_of(other.record)]
        if table.name != "runs" or other.name == table.name or not naming:
            continue
        where = parse(equals(naming[0], key), other, now=session.now())
        numbers = session.store.numbers(other.name, session.scope, where)
        if numbers:
            rows = [seen.record for seen in session.store.numbered(other.name, numbers[:MOST])]
            yield other.name, {"count": len(numbers), "rows": rows}
