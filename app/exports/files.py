"""A file that is there whole or not at all: private, beside its place until it is done, and never over another one."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path


def free_name(folder: Path, stem: str, ending: str, now: datetime) -> Path:
    """A name in a folder that says what and when, and that nothing has yet: `amldeck-runs-20261127T034600Z.csv`."""
    start = f"amldeck-{stem}-{now:%Y%m%dT%H%M%SZ}"
    names = (f"{start}{f'-{number}' if number > 1 else ''}.{ending}" for number in range(1, 1000))
    return folder / next(name for name in names if not os.path.lexists(folder / name))


@contextmanager
def new_file(path: Path, *, is_forced: bool = False) -> Generator[Path, None, None]:
    """An empty private file beside `path`, which takes the name `path` when the block ends well.

    It is removed when the block raises. Raises FileExistsError when there is something of that name and replacing it
    was not asked for, before the block and after it, and OSError.
    """
    if not is_forced and os.path.lexists(path):
        raise FileExistsError(17, "it is there already", str(path))
    file, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    try:
        if sys.platform != "win32":
            os.fchmod(file, 0o600)  # a umask may have taken the owner's own rights
        os.close(file)
        yield Path(name)
        _sync(name)
        _settle(name, path, is_forced=is_forced)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(name)


def _sync(name: str) -> None:
    file = os.open(name, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _settle(name: str, path: Path, *, is_forced: bool) -> None:
    """Give the file its name. A link is made rather than a rename, because only that fails when the name is taken."""
    if is_forced:
        os.replace(name, path)
        return
    try:
        os.link(name, path, follow_symlinks=False)
    except FileExistsError:
        raise
    except (OSError, NotImplementedError):
        # A file system without hard links: take the name with an empty file of our own, and replace that.
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        os.replace(name, path)
