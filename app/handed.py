"""One read of a source: what it is handed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from cache.intents import Intents
from cache.store import Store
from services.records import Stop, WorkspaceRef

if TYPE_CHECKING:
    from services.connection import Connection


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

    @property
    def azure(self) -> tuple[Connection, WorkspaceRef]:
        """Connection and workspace, for sources that need both; the refresher never starts them without."""
        assert self.connection is not None
        assert self.workspace is not None
        return self.connection, self.workspace
