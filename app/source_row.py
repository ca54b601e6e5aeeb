"""The row of a source: how reading it goes."""

from __future__ import annotations

from datetime import datetime

import msgspec


class SourceRow(msgspec.Struct, frozen=True, kw_only=True):
    """One source as the Sync pane shows it: when it was last read, when next, and what stands in its way."""

    id: str
    """The source's name."""
    title: str
    state: str
    """ok, reading, waiting, paused, offline, forbidden, throttled, signed out, broken, malformed, never."""
    problem: str | None = None
    """The sentence of the last failure; None once it worked again."""
    progress: int | None = None
    last_ok: datetime | None = None
    last_try: datetime | None = None
    next_try: datetime | None = None
    stale_after: float = 0.0
    """Seconds after which its rows count as late."""
    rows: int | None = None
    total: int | None = None
    """How many the service says there are, where it says so."""
    set_aside: int = 0
    calls: int = 0
    is_derived: bool = False
    done: int | None = None
    """How many of `total` the cache holds, while it is being read."""
    rate: float | None = None
    """Records a second, while it is being read."""
    left: float | None = None
    """Seconds until it is through, at that rate."""
    note: str | None = None
    """How far it is, in words."""
    budget: float | None = None
    """Calls it could make at once."""
    budget_of: float | None = None
    """Calls it could make at once after a rest."""
    budget_rate: float | None = None
    """Calls a second after that."""
    held_for: float | None = None
    """Seconds Azure asked us to stay away."""
