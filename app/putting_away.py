"""What was put away in Pulse or among waste: written by a key, read by the roll-up. It stays in the cache.

Everything here reads SQLite and may wait for another process that writes: for workers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from services.putting_away import Handled, Kind, PutAway

if TYPE_CHECKING:
    from app.session import Session
    from cache.store import Store

ROLL_UP = ("attention", "waste")
"""What is made of it."""
LONGEST = 200
"""Characters of a reason."""


def read_away(store: Store, scope: str) -> Iterator[PutAway]:
    """Yield what was decided about things of a workspace."""
    return (seen.record for seen in store.records("put_away", scope))


def put_away(
    session: Session, things: Sequence[Handled], kind: Kind, until: datetime | None = None, reason: str = ""
) -> None:
    """Put things away as they stand now, or otherwise than they are; `open` brings them back. Raises CacheError."""
    from cache.origins import Provenance
    from services.redact import scrub

    now, why = session.now(), scrub(reason.strip())[:LONGEST]
    put = [
        PutAway(id=one.id, kind=kind, at=now, severity=one.severity, what=one.what, until=until, reason=why)
        for one in things
    ]
    session.store.put("put_away", session.scope, put, provenance=Provenance("written by hand", None, now))
