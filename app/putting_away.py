"""What was put away in Pulse: written by a key, read by the roll-up. It stays in the cache, a row a thing.

Everything here reads SQLite and may wait for another process that writes: for workers.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from services.attention import Attention
from services.putting_away import OPEN, Kind, PutAway

if TYPE_CHECKING:
    from app.session import Session
    from cache.store import Store

ROLL_UP = ("attention",)
"""What is made of it."""
LONGEST = 200
"""Characters of a reason."""


def read_away(store: Store, scope: str) -> Iterator[PutAway]:
    """Yield what was decided about things of a workspace."""
    return (seen.record for seen in store.records("put_away", scope))


def put_away(session: Session, one: Attention, kind: Kind, until: datetime | None = None, reason: str = "") -> None:
    """Put a thing away as it stands now, or otherwise than it is. Raises CacheError."""
    from cache.origins import Provenance
    from services.redact import scrub

    now = session.now()
    put = PutAway(
        id=one.id, kind=kind, at=now, severity=one.severity, what=one.what, until=until,
        reason=scrub(reason.strip())[:LONGEST],
    )  # fmt: skip
    session.store.put("put_away", session.scope, [put], provenance=Provenance("written by hand", None, now))


def bring_back(session: Session, one: Attention) -> None:
    """Let a thing stand open again. Raises CacheError."""
    put_away(session, one, OPEN)
