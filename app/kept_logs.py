"""What the cache knows of the logs beside it: how far each is read, what of it is kept, and where."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import msgspec

from app.series_kinds import OF_RUNS
from cache.files import size_of
from cache.log_files import LogFiles
from cache.orphans import Orphan
from cache.store import Store
from cache.upkeep import Owned


class KeptLog(msgspec.Struct, frozen=True, kw_only=True):
    """One log file beside the cache. Bytes of the log as Azure has it, but for `kept`: redaction changes lengths."""

    id: str
    """`run|name`; with `WHOLE` behind it while the beginning of a long log is fetched."""
    run: str
    name: str
    begins: int
    """0 when the log is kept from its beginning."""
    read_to: int
    """It is complete up to this byte."""
    size: int
    """What the log had when it was looked at last."""
    kept: int
    """Bytes of the file."""
    etag: str | None = None
    hidden_lines: int = 0
    """Lines of a private key hidden at its end so far."""
    is_ended: bool = False
    """Nothing more will come: its run was over when it was read to its end."""
    is_full: bool = False
    """It reached the cap; what comes after `read_to` is not kept."""


WHOLE = "|whole"
MERGED = "|merged"


def log_id(run: str, name: str) -> str:
    """The key of a log."""
    return f"{run}|{name}"


def log_files(store: Store) -> LogFiles:
    """The logs beside a cache; in a folder of their own, thrown away at the end, beside one that is in memory only."""
    return LogFiles(store.path.parent if store.path is not None else _nowhere())


@lru_cache(maxsize=1)
def _nowhere() -> Path:
    import atexit
    import shutil
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="amldeck-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def kept_log(store: Store, scope: str, run: str, name: str) -> KeptLog | None:
    """What is known of a log; None when it was never read, or its file is gone."""
    seen = store.get("kept_logs", scope, log_id(run, name))
    known: KeptLog | None = seen.record if seen is not None else None
    return known if known is not None and path_of(store, scope, known).exists() else None


class PrunedLogs(msgspec.Struct, frozen=True):
    """Log files that were thrown away, or would be, and their bytes."""

    logs: int
    log_bytes: int


def owned_by_runs(store: Store, before: datetime) -> Owned:
    """What is noted of logs goes with their runs, and with files that are gone or nobody looked at since a moment."""
    files = log_files(store)

    def is_out(scope: str, key: str) -> bool:
        looked_at = files.looked_at(files.path(scope, key))
        return looked_at is None or looked_at < before.timestamp()

    return Owned("kept_logs", "run", "runs", is_out, OF_RUNS)


def prune_logs(store: Store, before: datetime, orphans: Iterable[Orphan], *, is_dry: bool) -> PrunedLogs:
    """Throw away the logs nobody looked at since a moment, and those of runs that are out (`orphans`). For commands."""
    files = log_files(store)
    of_none = [one for one in orphans if not one.has_owner]
    of_runs = {(one.scope, name) for one in of_none for name in (one.key, f"{one.key.partition('|')[0]}{MERGED}")}
    wanted = {*files.old(before.timestamp()), *(files.path(scope, name) for scope, name in of_runs)}
    found = [path for path in wanted if path.exists()]
    size = sum(map(size_of, found))
    for path in () if is_dry else found:
        files.remove(path)
    return PrunedLogs(len(found), size)


def path_of(store: Store, scope: str, log: KeptLog) -> Path:
    """Where the file of a log is."""
    return log_files(store).path(scope, log.id)
