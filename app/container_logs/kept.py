"""What the cache knows of the logs of containers beside it: which file, how it was joined, what stood around it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import msgspec

from app.kept_logs import log_files
from cache.log_text import LogText
from cache.store import Store
from services.container_logs import CONTAINERS, Container

TABLE = "container_logs"
GAP = "── amldeck: a gap of unknown length "
"""What a line of ours in a kept log begins with. Nothing before it is followed on by what comes behind it."""


class ContainerLog(msgspec.Struct, frozen=True, kw_only=True):
    """The log of one container as far as it was read: a file beside the cache, joined from one tail after another.

    `id` is `ENDPOINT/DEPLOYMENT/CONTAINER`.
    """

    id: str
    endpoint: str
    deployment: str
    container: str
    kept: int = 0
    """Bytes of the file."""
    asked: int = 0
    """Lines that were asked for last."""
    given: int = 0
    """Lines that came."""
    shared: int | None = None
    """Lines of the last answer that were known already: what it was joined by. None where there was nothing to join."""
    gaps: int = 0
    """How many answers had nothing in common with the one before: each has a line of ours in the file."""
    gap_at: datetime | None = None
    """When the last gap was found."""
    status: tuple[str, ...] = ()
    """How far the instance came, as getLogs says it."""
    events: tuple[str, ...] = ()


class Where(NamedTuple):
    """Which container of which deployment."""

    endpoint: str
    deployment: str
    container: Container

    @property
    def key(self) -> str:
        """The key of its log."""
        return "/".join(self)

    @property
    def name(self) -> str:
        """What it is called among the logs of its endpoint."""
        return f"{self.deployment}/{self.container}"


def where_of(key: str) -> Where:
    """The container of a key. Raises ValueError for what is none."""
    endpoint, deployment, container = key.split("/")
    if container not in CONTAINERS:
        raise ValueError(f"there is no container {container[:40]!r}")
    return Where(endpoint, deployment, container)


def wheres_of(endpoint: str, deployments: Sequence[str]) -> list[Where]:
    """All containers of an endpoint whose logs there are, a deployment after the other."""
    return [Where(endpoint, name, container) for name in deployments for container in CONTAINERS]


def path_of(store: Store, scope: str, key: str) -> Path:
    """Where the file of a log is, whether it is there or not."""
    return log_files(store).path(scope, f"container|{key}")


def kept_container(store: Store, scope: str, key: str) -> ContainerLog | None:
    """What is known of a log; None when it was never read, or its file is gone. Reads one row."""
    seen = store.get(TABLE, scope, key)
    known: ContainerLog | None = seen.record if seen is not None else None
    return known if known is not None and path_of(store, scope, key).exists() else None


def last_lines(path: Path, size: int, most: int) -> list[str]:
    """The last lines of a kept log of `size` bytes, behind its last gap. Raises OSError."""
    text = LogText(path)
    try:
        end = min(size, text.size)
        block = text.read(text.start_before(end, most), end)
    finally:
        text.close()
    lines = block.decode("utf-8", "replace").split("\n")[:-1]
    gaps = [at for at, line in enumerate(lines) if line.startswith(GAP)]
    return lines[gaps[-1] + 1 :] if gaps else lines
