"""Writes on a workspace itself: read its keys again."""

from __future__ import annotations

from services.emulator.answers import Response
from services.emulator.changes import SYNCING_FOR
from services.emulator.routing import Ask, Route, Write
from services.emulator.writing import Task, accepted


def resync_keys(ask: Ask) -> Response:
    """Answer 202 and read the keys of storage, registry and insights again."""
    return accepted(ask, Task("workspace"), {})


ROUTES = (
    Route("POST", "arm", "{ws}/resyncKeys", resync_keys,
          write=Write("resyncKeys/action", "Sync keys of workspace", SYNCING_FOR)),
)  # fmt: skip
