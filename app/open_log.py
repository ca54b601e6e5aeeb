"""The log that is open: its kept file, or the merged one of several nodes; and saving it elsewhere."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from app.kept_logs import MERGED, WHOLE, KeptLog, kept_log, log_files, log_id, path_of
from app.merging_logs import MergedLog
from app.session import Session
from cache.errors import CacheError
from cache.log_text import LogText
from services.run_logs import RunLog
from widgets import format as fmt
from widgets.safe import Safe, safe


class OpenLog:
    """One run's log on the screen. On the event loop, but for what `merging` gives."""

    def __init__(self, session: Session, run: str) -> None:
        self._session = session
        self._run = run
        self.name: str | None = None
        self.text: LogText | None = None
        self.kept: KeptLog | None = None
        self.merged: MergedLog | None = None
        self.is_merging = False

    def open(self, name: str | None) -> LogText | None:
        """Open a log as it is kept; None when nothing of it is."""
        self.close()
        self.name = name
        kept = self.known
        if kept is None or not kept.kept:
            return None
        path = path_of(self._session.store, self._session.scope, kept)
        log_files(self._session.store).touch(path)
        self.kept, self.text = kept, LogText(path)
        return self.text

    @property
    def known(self) -> KeptLog | None:
        """What the cache knows of it now. Reads one row."""
        if self.name is None:
            return None
        return kept_log(self._session.store, self._session.scope, self._run, self.name)

    @property
    def whole(self) -> KeptLog | None:
        """How far its beginning is fetched, while that goes on."""
        if self.name is None:
            return None
        seen = self._session.store.get("kept_logs", self._session.scope, log_id(self._run, self.name) + WHOLE)
        return seen.record if seen is not None else None

    def is_another(self) -> bool:
        """Note how far it was read; True when its file is another one than what is open."""
        kept, before = self.known, self.kept
        if kept is None:
            return False
        if before is None or kept.begins != before.begins or kept.kept < before.kept:
            return True
        self.kept = kept
        return False

    def merging(self, nodes: list[RunLog]) -> Callable[[], MergedLog | str] | None:
        """What merges the logs of these nodes, for a thread; None while they are not all here."""
        store, scope = self._session.store, self._session.scope
        found = [(log.process or 0, kept_log(store, scope, self._run, log.name)) for log in nodes]
        there = [(number, path_of(store, scope, kept)) for number, kept in found if kept is not None]
        if len(there) < len(nodes):
            return None
        files = log_files(store)
        path = files.path(scope, f"{self._run}{MERGED}")

        def begin() -> MergedLog | str:
            try:
                merged = MergedLog(files, path, there)
                merged.advance()
            except (CacheError, OSError) as error:
                return f"The logs cannot be merged: {error}"
            return merged

        return begin

    def take(self, merged: MergedLog) -> LogText:
        """Show the merged log from now on."""
        if self.text is not None:
            self.text.close()
        self.merged, self.text = merged, LogText(merged.path)
        return self.text

    def saving(self, folder: Path) -> Callable[[], Safe] | None:
        """What saves the whole of what is kept to a new file of the user's, for a thread; None when nothing is."""
        if self.name is None or self.text is None:
            return None
        kept = self.kept
        source = self.merged.path if self.merged is not None else None
        if source is None and kept is not None:
            source = path_of(self._session.store, self._session.scope, kept)
        name = "merged" if self.merged is not None else self.name.replace("/", "-")
        target = folder / f"amldeck-{self._run}-{safe(name)}"
        return None if source is None else lambda: saved(source, target, kept)

    def close(self) -> None:
        """Close what is open; a merged log is thrown away."""
        merged, self.merged, self.is_merging = self.merged, None, False
        if merged is not None:
            merged.close()
        if self.text is not None:
            self.text.close()
        self.text = self.kept = None


def saved(source: Path, target: Path, kept: KeptLog | None) -> Safe:
    """Copy a kept log to a new private file, and say where and what is missing. On a thread."""
    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with open(handle, "wb") as file, source.open("rb") as log:
            shutil.copyfileobj(log, file, 1024 * 1024)
    except OSError as error:
        return safe(f"Nothing was saved to {target}: {error.strerror}.", 500)
    missing = f"; {fmt.size(kept.begins)} before it are not here" if kept is not None and kept.begins else ""
    return safe(f"Saved to {target} ({fmt.size(target.stat().st_size)}), without secrets{missing}.", 500)
