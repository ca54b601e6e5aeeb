"""The lock before every write: shut unless somebody opened it for one workspace, and shut again by itself.

It stands in the pipeline, so a write that the screen should not have offered does not leave the machine either.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from time import monotonic
from urllib.parse import urlsplit

import msgspec

from services.routes import is_plain

LONGEST = 3_600.0
"""Seconds it can be open for at one go."""

_SERVICE = re.compile(r"^/[a-z]+/v\d+(?:\.\d+)*(?=/subscriptions/)")
"""What the data plane puts in front of a workspace's id: `/history/v1.0`."""
_BESIDE = re.compile(r"/providers/microsoft\.insights/autoscalesettings/[a-z0-9_.()-]+")
"""What belongs to a workspace and lies beside it, in its resource group: the autoscale settings of deployments."""


class Unlocked(msgspec.Struct, frozen=True):
    """The workspace that may be written to, by its ARM id, and for how many seconds from now."""

    workspace: str
    left: float


class WriteLock:
    """Shut at first. Safe to use from any thread; `now` gives monotonic seconds."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._guard = threading.Lock()
        self._workspace = ""
        self._until = 0.0
        self._lent: list[str] = []

    def open(self, workspace_id: str, seconds: float) -> None:
        """Let writes below this workspace pass for so many seconds, an hour at most; any other is shut."""
        with self._guard:
            self._workspace = workspace_id
            self._until = self._now() + min(max(0.0, seconds), LONGEST)

    def close(self) -> None:
        """Let nothing pass."""
        with self._guard:
            self._workspace, self._until = "", 0.0

    @property
    def unlocked(self) -> Unlocked | None:
        """What may be written to now; None while it is shut."""
        with self._guard:
            left = self._until - self._now()
            return Unlocked(self._workspace, left) if self._workspace and left > 0 else None

    def allows(self, url: str) -> bool:
        """Return whether a write to this address may leave now: it is the open workspace or lies below it."""
        found = self.unlocked
        if found is None:
            return False
        path = _SERVICE.sub("", urlsplit(url).path.lower())
        if not is_plain(path):
            # `…/workspaces/open/../other` begins like the open workspace and is sent to another.
            return False
        workspace = found.workspace.lower().rstrip("/")
        if path == workspace or path.startswith(f"{workspace}/"):
            return True
        group = workspace.partition("/providers/")[0]
        return path in self._lent and path.startswith(group) and _BESIDE.fullmatch(path, len(group)) is not None

    @contextmanager
    def lent(self, url: str) -> Generator[None]:
        """Let a write to this one address pass as well, while the one change that names it is sent.

        Only for what `_BESIDE` lists, in the resource group of the open workspace: whoever plans such a change has
        read there that it belongs to the workspace. Any other address is passed or refused as ever.
        """
        path = urlsplit(url).path.lower()
        with self._guard:
            self._lent.append(path)
        try:
            yield
        finally:
            with self._guard:
                self._lent.remove(path)
