"""One thing that was asked of Azure, as the record keeps it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

Step = Literal["sending", "running", "done", "failed", "refused", "unknown", "undone"]
OPEN: tuple[Step, ...] = ("sending", "running")
"""Steps after which something is still to come."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody asks of Azure: who, where, the verb and what it is done to."""

    who: str
    scope: str
    """Whose rows it belongs to: cloud, tenant, account and workspace."""
    workspace: str
    verb: str
    target: str
    name: str
    what: str
    change: str
    """The whole change as redacted JSON."""


class Intent(Asked, frozen=True, kw_only=True):
    """What was asked, and the last that is known of it. Times are aware UTC."""

    id: str
    """Sorts by time."""
    at: datetime
    process: int = 0
    """Number of the process that sent it."""
    step: Step = "sending"
    since: datetime
    """When the last step was noted."""
    said: str = ""
    operation: str | None = None
    """Where Azure tells how the work goes on."""

    @property
    def is_open(self) -> bool:
        """Whether its end is not known yet."""
        return self.step in OPEN
