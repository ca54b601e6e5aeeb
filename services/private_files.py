"""Files that only their owner may read: made private under any umask, replaced whole, and refused when they are not."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from services.errors import ServiceError

LARGEST = 64 * 1024 * 1024
"""Bytes a private file may have: nobody's tokens need more."""
PATIENCE = 10.0
"""Seconds to wait for another process that changes the files."""

_READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


class NotPrivate(ServiceError):
    """A file or folder that others could read, change or have put there. It was not read."""


class Busy(ServiceError):
    """Another process holds the files for too long."""


def private_folder(folder: Path) -> None:
    """Make the folder 0700, or take the rights of others away from it. Raises NotPrivate or OSError."""
    missing = [above for above in (folder, *folder.parents) if not os.path.lexists(above)]
    for part in reversed(missing):
        part.mkdir(mode=0o700, exist_ok=True)
        _close_to_others(part)  # also for a umask that takes the owner's own rights away
    _check_folder(folder)
    _close_to_others(folder)


def _close_to_others(folder: Path) -> None:
    if sys.platform != "win32":
        os.chmod(folder, 0o700)


def _check_folder(folder: Path) -> None:
    found = os.lstat(folder)
    if not stat.S_ISDIR(found.st_mode):
        raise _refusal(folder, "is not a folder")
    if sys.platform != "win32" and found.st_uid != os.geteuid():
        raise _refusal(folder, "belongs to somebody else")


def read_private(path: Path) -> bytes | None:
    """Return the content of a private file; None when there is none. Raises NotPrivate or OSError."""
    try:
        # O_NONBLOCK: opening a pipe that somebody put there would wait for its writer.
        file = os.open(path, _READ | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError:
        return None
    except OSError as error:
        if path.is_symlink():
            raise _refusal(path, "is a link") from error
        raise
    with open(file, "rb") as opened:
        wrong = _why_not_private(os.fstat(file))
        if wrong is not None:
            raise _refusal(path, wrong)
        content = opened.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise _refusal(path, "is too large to be ours")
    return content


def _why_not_private(found: os.stat_result) -> str | None:
    if not stat.S_ISREG(found.st_mode):
        return "is no regular file"
    if found.st_nlink != 1:
        return "has a second name (a hard link)"
    if sys.platform == "win32":
        return None
    if found.st_uid != os.geteuid():
        return "belongs to somebody else"
    if stat.S_IMODE(found.st_mode) & 0o077:
        return "can be read or changed by others"
    return None


def _refusal(path: Path, why: str) -> NotPrivate:
    return NotPrivate(f"{path} {why}", do="it was not read")


def write_private(path: Path, content: bytes) -> None:
    """Replace the file whole, 0600 under any umask: whoever reads sees the old content or the new. Raises OSError."""
    file, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with open(file, "wb") as opened:
            if sys.platform != "win32":
                os.fchmod(file, 0o600)
            opened.write(content)
            opened.flush()
            os.fsync(file)
        os.replace(name, path)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(name)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Have the new name survive a power cut. Windows cannot open folders and needs no such thing."""
    if sys.platform == "win32":
        return
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def move_aside(path: Path, word: str) -> Path:
    """Rename a file that cannot be used and return its new name: `tokens.damaged-20260102-030405.bin`. Raises OSError.

    A link is renamed itself; what it leads to is left alone.
    """
    stem = f"{path.stem}.{word}-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    names = [f"{stem}{path.suffix}", *(f"{stem}-{number}{path.suffix}" for number in range(2, 100))]
    free = [path.with_name(name) for name in names if not os.path.lexists(path.with_name(name))]
    target = free[0] if free else path.with_name(names[0])
    os.replace(path, target)
    return target


def stamp(path: Path) -> tuple[int, int, int] | None:
    """Return what changes whenever the file is replaced; None when it cannot be told."""
    try:
        found = os.lstat(path)
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


class FolderLock:
    """The right to change the files of one folder: threads take turns first, then processes do."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._threads = threading.RLock()
        self._depth = 0

    @contextmanager
    def held(self, patience: float | None = None) -> Generator[None]:
        """Hold it; the thread that holds it may take it again. Raises Busy after `PATIENCE` seconds, or OSError."""
        patience = PATIENCE if patience is None else patience
        deadline = time.monotonic() + patience
        if not self._threads.acquire(timeout=patience):
            raise _busy(self._path)
        try:
            file = self._take(deadline) if self._depth == 0 else None
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
                if file is not None:
                    os.close(file)  # which gives up the lock
        finally:
            self._threads.release()

    def _take(self, deadline: float) -> int:
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
        file = os.open(self._path, flags, 0o600)
        try:
            if sys.platform != "win32":
                os.fchmod(file, 0o600)
            while not _lock(file):
                if time.monotonic() > deadline:
                    raise _busy(self._path)
                time.sleep(0.002)
        except BaseException:
            os.close(file)
            raise
        return file


def _busy(path: Path) -> Busy:
    return Busy(f"Another amldeck holds {path} for too long", do="close it, or try again in a moment")


if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> bool:
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        return True
else:
    import errno
    import fcntl

    def _lock(file: int) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:
            # A file system without locks. Files are replaced whole, so the worst is that the last change wins.
            if error.errno not in (errno.ENOLCK, errno.ENOTSUP, errno.EINVAL):
                raise
        return True
