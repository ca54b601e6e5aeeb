"""The files of a cache: made private before SQLite sees them, never through a link, moved aside and never deleted."""

from __future__ import annotations

import os
import stat
import sys
from datetime import datetime
from pathlib import Path

NAME = "amldeck.db"
SIDES = ("", "-wal", "-shm", "-journal")
_NO_LINKS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


def open_private(path: Path) -> int:
    """A descriptor of a file that only its owner may read or write, made when missing, under any umask.

    Raises OSError: also when the name is a link.
    """
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | _NO_LINKS, 0o600)
    except FileExistsError:
        return os.open(path, os.O_RDWR | _NO_LINKS)
    if sys.platform != "win32":
        os.fchmod(file, 0o600)  # a umask of 0777 would leave it unreadable
    return file


def make_private(path: Path) -> None:
    """Make an empty private file. Raises FileExistsError, or another OSError."""
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | _NO_LINKS, 0o600)
    if sys.platform != "win32":
        os.fchmod(file, 0o600)
    os.close(file)


def make_folder(folder: Path) -> None:
    """Make the folder and the ones above it, private, under any umask. One that exists is left as it is."""
    missing: list[Path] = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for part in reversed(missing):
        part.mkdir(mode=0o700, exist_ok=True)
        if sys.platform != "win32":
            os.chmod(part, 0o700)


def is_plain(path: Path) -> bool:
    """True for a regular file with one name: the only kind SQLite may be pointed at."""
    found = os.lstat(path)
    return stat.S_ISREG(found.st_mode) and found.st_nlink == 1


def is_ours(path: Path) -> bool:
    """True when the file belongs to who runs this, or to root."""
    return sys.platform == "win32" or os.lstat(path).st_uid in (os.geteuid(), 0)


def keep_private(path: Path) -> None:
    """Take the rights of others away from a file of ours; a file we may not change stays as it is."""
    if sys.platform == "win32":
        return
    found = os.lstat(path)
    if found.st_uid == os.geteuid() and stat.S_IMODE(found.st_mode) & 0o077:
        try:
            os.chmod(path, stat.S_IMODE(found.st_mode) & 0o700)
        except OSError:  # a read-only disk: it cannot be widened either
            return


def can_write(path: Path) -> bool:
    """True when this process may write the file or make files in the folder, on this disk."""
    by_effective = os.access in os.supports_effective_ids
    rights = os.W_OK | (os.X_OK if path.is_dir() else 0)
    return os.access(path, rights, effective_ids=by_effective)


def stamped(path: Path, word: str, now: datetime) -> Path:
    """A free name beside `path` that says what happened and when: `amldeck.damaged-20260102-030405.db`."""
    stem = f"{path.stem}.{word}-{now:%Y%m%d-%H%M%S}"
    names = [f"{stem}{path.suffix}", *(f"{stem}-{number}{path.suffix}" for number in range(2, 100))]
    return next((path.with_name(n) for n in names if not os.path.lexists(path.with_name(n))), path.with_name(names[0]))


def move_aside(path: Path, word: str, now: datetime) -> Path:
    """Rename the database and its side files; gives the new name. Raises OSError."""
    target = stamped(path, word, now)
    for side in SIDES:
        if os.path.lexists(f"{path}{side}"):
            os.rename(f"{path}{side}", f"{target}{side}")
    return target


def size_of(path: Path) -> int:
    """The bytes of a file; 0 when there is none."""
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def uri(path: Path, options: str) -> str:
    """The path as SQLite wants it in a URI, with options: `mode=ro`."""
    text = path.absolute().as_posix()
    for character, escape in (("%", "%25"), ("?", "%3f"), ("#", "%23")):
        text = text.replace(character, escape)
    return f"file:{'' if text.startswith('/') else '/'}{text}?{options}"
