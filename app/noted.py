"""Notes people write on things: kept in the cache, dated and signed, and never changed afterwards."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from app.note import Note
from app.tables import NOTES
from cache.quoting import equals

if TYPE_CHECKING:
    from app.session import Session
    from cache.store import Store

LONGEST = 2_000
"""Characters of one note."""
SHOWN = 200
"""Notes of one thing that are read; the newest of them."""


def about_endpoint(name: str) -> str:
    """What a note on an endpoint is about."""
    return f"endpoint/{name.lower()}"


def write_note(session: Session, about: str, text: str) -> Note:
    """Keep a note of whoever is signed in, without the secrets that were pasted into it. For a worker.

    Raises CacheError.
    """
    from cache.origins import Provenance
    from services.redact import scrub

    now = session.now()
    by = session.account.user if session.account.user != "-" else None
    note = Note(
        id=f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}", about=about, at=now, text=scrub(text)[:LONGEST], by=by
    )
    origin = Provenance("written by hand", None, now)
    session.store.put(NOTES.name, session.scope, [note], provenance=origin)
    return note


def notes_of(store: Store, scope: str, about: str) -> Sequence[Note]:
    """The notes on a thing, oldest first. For a worker. Raises CacheError."""
    from cache.query import parse

    query = parse(equals("about", about), NOTES, now=datetime.now(UTC))
    return [seen.record for seen in store.records(NOTES.name, scope, query, "-at", SHOWN)][::-1]
