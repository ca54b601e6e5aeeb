"""One writer at a time, over all processes: a lock file that every write and every checkpoint is made under.

SQLite before 3.51.3 (but for 3.44.6 and 3.50.7) can lose committed pages when two connections write and checkpoint
at once (sqlite.org/wal.html#the_wal_reset_bug). Under this lock there is never a second one.
"""

from __future__ import annotations

import os
import random
import sys
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from cache.errors import CacheBusy
from cache.files import open_private

PATIENCE = 30.0
"""Seconds a writer waits for its turn before it raises CacheBusy."""


def has_wal_reset_bug(version: tuple[int, int, int]) -> bool:
    """True when this SQLite may lose pages if two connections write and checkpoint at once (3.7.0 to 3.51.2)."""
    fixed = {(3, 44): 6, (3, 50): 7}
    if version[:2] in fixed:
        return version[2] < fixed[version[:2]]
    return (3, 7, 0) <= version < (3, 51, 3)


class Lock:
    """The right to write, for one store: its threads take turns first, then the processes do.

    `is_shared_out` is False where the file system knows no locks; then the journal must not be a WAL on a SQLite
    that has the bug above.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._threads = threading.RLock()
        self._depth = 0
        self._file: int | None = None
        self.is_shared_out = True

    @contextmanager
    def held(self, patience: float = PATIENCE) -> Generator[None, None, None]:
        """Hold the lock. Raises CacheBusy after `patience` seconds. The thread that holds it may take it again."""
        if not self._threads.acquire(timeout=patience):
            raise CacheBusy("Another part of amldeck is writing the cache for too long. Try again in a moment.")
        try:
            if self._depth == 0:
                self._take(time.monotonic() + patience)
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
                if self._depth == 0:
                    self._give()
        finally:
            self._threads.release()

    def close(self) -> None:
        """Close the lock file, which also gives up the lock."""
        with self._threads:
            if self._file is not None:
                os.close(self._file)
                self._file = None

    def _take(self, deadline: float) -> None:
        if self._path is None or not self.is_shared_out:
            return
        if self._file is None:
            self._file = open_private(self._path)
        while not self._try(self._file):
            if time.monotonic() > deadline:
                raise CacheBusy(f"Another program is writing the cache {self._path} for too long. Try again later.")
            time.sleep(random.uniform(0.0005, 0.005))  # uneven, so that waiting processes do not march in step

    def _try(self, file: int) -> bool:
        try:
            lock(file)
        except (BlockingIOError, PermissionError):
            return False
        except OSError:
            self.is_shared_out = False
        return True

    def _give(self) -> None:
        if self._file is not None and self.is_shared_out:
            unlock(self._file)


class Presence:
    """Says that a process has the cache open, for as long as it does. On Windows nobody can tell."""

    def __init__(self, path: Path) -> None:
        self._file: int | None = None
        self.was_alone = False
        """True when no other process had the cache open: a leftover WAL then means it was not closed cleanly."""
        if sys.platform == "win32":
            return
        import fcntl

        self._file = open_private(path)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.was_alone = True
        except OSError:
            pass
        try:
            fcntl.flock(self._file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            self.was_alone = False

    def close(self) -> None:
        """No longer present."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


if sys.platform == "win32":
    import msvcrt

    def lock(file: int) -> None:
        """Take the lock of an open file or raise PermissionError at once."""
        os.lseek(file, 0, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

    def unlock(file: int) -> None:
        """Give the lock back."""
        os.lseek(file, 0, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_UNLCK, 1)
else:
    import fcntl

    def lock(file: int) -> None:
        """Take the lock of an open file or raise BlockingIOError at once."""
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def unlock(file: int) -> None:
        """Give the lock back."""
        fcntl.flock(file, fcntl.LOCK_UN)
