"""Log files beside the cache: for their owner alone, added to where they end, the oldest thrown away at a cap.

What is written here has been through the redaction. A file's name does not say whose log it is; the cache's index does.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from cache.errors import CacheError, CacheFull, CacheReadOnly
from cache.files import make_folder, open_private, size_of

FOLDER = "logs"
SUFFIX = ".log"
MOST = 2 * 1024**3
"""Bytes of all logs together; beyond it those go that were not looked at for longest."""
_NO_SPACE = 28


class LogFiles:
    """The logs kept beside one cache. Any thread may call; one log is written by one thread at a time."""

    def __init__(self, folder: Path, most: int = MOST) -> None:
        self._folder = folder / FOLDER
        self._most = most

    def path(self, scope: str, key: str) -> Path:
        """Where the log of a key is kept, whether it is there or not."""
        name = blake2b(f"{scope}\n{key}".encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
        return self._folder / f"{name}{SUFFIX}"

    def begin(self, path: Path) -> None:
        """Make the file, or empty it. Raises CacheError."""
        self.append(path, 0, b"")

    def append(self, path: Path, at: int, content: bytes) -> int:
        """Write `content` where the file is known to end, and drop what stands behind: it was never noted. Its size.

        Raises CacheError: CacheFull on a full disk, CacheReadOnly where nothing may be written, and when the file is
        shorter than `at`.
        """
        try:
            make_folder(self._folder)
            file = open_private(path)
        except OSError as error:
            raise CacheReadOnly(f"The log cannot be kept: {error.strerror}.") from error
        try:
            if os.fstat(file).st_size < at:
                raise CacheError("The kept log is shorter than the cache remembers.")
            os.ftruncate(file, at)
            os.lseek(file, at, os.SEEK_SET)
            _write(file, content)
        except OSError as error:
            kind = CacheFull if error.errno == _NO_SPACE else CacheError
            raise kind(f"The log cannot be kept: {error.strerror}.") from error
        finally:
            os.close(file)
        return at + len(content)

    def touch(self, path: Path) -> None:
        """Note that a log is looked at: it is kept longer than others."""
        with suppress(OSError):
            os.utime(path)

    def remove(self, path: Path) -> None:
        """Throw a log away, if it is there."""
        with suppress(OSError):
            path.unlink(missing_ok=True)

    def size(self) -> int:
        """Bytes of all logs."""
        return sum(size_of(path) for path in self._all())

    def prune(self, keep: Path | None = None, most: int | None = None) -> int:
        """Throw away what goes beyond the cap, the longest not looked at first. Gives how many went."""
        cap = self._most if most is None else most
        total, gone = 0, 0
        for path in sorted(self._all(), key=_looked_at, reverse=True):
            total += size_of(path)
            if total > cap and path != keep:
                self.remove(path)
                gone += 1
        return gone

    def old(self, before: float) -> list[Path]:
        """The logs that nobody looked at and nothing was added to since a moment, in seconds since 1970."""
        return [path for path in self._all() if _looked_at(path) < before]

    def looked_at(self, path: Path) -> float | None:
        """When somebody looked at a log last or something was added, in seconds since 1970; None without one."""
        return _looked_at(path) if path.exists() else None

    def _all(self) -> Iterator[Path]:
        with suppress(OSError):
            yield from (path for path in self._folder.iterdir() if path.suffix == SUFFIX and not path.is_symlink())


def _looked_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _write(file: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(file, left) :]
