"""One read of a source: what it is handed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from app.history.depth import Depth
from cache.intents import Intents
from cache.store import Store
from services.records import Stop, WorkspaceRef

if TYPE_CHECKING:
    from services.connection import Connection


def utc_now() -> datetime:
    """Return the time as aware UTC."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Progress:
    """What one read has brought so far, and what it says of itself."""

    seen: int = 0
    calls: int = 0
    set_aside: int = 0
    total: int | None = None
    is_whole: bool = False
    has_changed: bool = False
    """Rows are new or others."""
    has_gone: bool = False
    """It was learned that the service has some rows no longer."""
    inserted: int = 0
    done: int | None = None
    """How many of `total` the cache holds, where that is more than this read has brought."""
    base: int = 0
    """How many of `done` were there before."""
    note: str = ""
    """How far it is, in words."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one read is handed. `connection` is None for roll-ups, which read the store alone."""

    connection: Connection | None
    workspace: WorkspaceRef | None
    store: Store
    scope: str
    now: datetime
    stop: Stop
    was_complete: bool = False
    """True when a whole listing came to its end in the last day: then what is new may be enough."""
    is_forced: bool = False
    """True when somebody asked for this very read: then nothing new may be missed."""
    intents: Intents | None = None
    """What was asked of Azure, for the one source that shows it."""
    depth: Depth = field(default_factory=Depth)
    """How much of the past is wanted."""
    progress: Progress = field(default_factory=Progress)
    """Where the reader says how far it is."""
    clock: Callable[[], datetime] = utc_now
    """The time, which goes on while a read takes its time."""

    @property
    def azure(self) -> tuple[Connection, WorkspaceRef]:
        """Connection and workspace, for sources that need both; the refresher never starts them without."""
        assert self.connection is not None
        assert self.workspace is not None
        return self.connection, self.workspace
