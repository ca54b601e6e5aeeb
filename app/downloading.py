"""Downloading a file: into a part beside its target, gone on with after a break, checked, then given its name."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.safe_paths import Place
from services.blobs import Facts, Link, read_all, read_facts
from services.records import Stop, never

if TYPE_CHECKING:
    from services.connection import Connection

PART = ".amldeck-part"
_NEW = os.O_WRONLY | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


class Sums:
    """What is worked out of the bytes as they come."""

    def __init__(self) -> None:
        self._sha256 = hashlib.sha256()
        self._md5 = hashlib.md5(usedforsecurity=False)

    def update(self, content: bytes) -> None:
        """Take in the next bytes."""
        self._sha256.update(content)
        self._md5.update(content)

    @property
    def sha256(self) -> str:
        """In hexadecimal digits."""
        return self._sha256.hexdigest()

    @property
    def md5(self) -> str:
        """In hexadecimal digits: what storage compares by."""
        return self._md5.hexdigest()


class DownloadFailed(Exception):
    """It was not downloaded; the message is a sentence. What came is kept where `part` says, to be gone on with."""

    def __init__(self, words: str, part: Path | None = None) -> None:
        super().__init__(words)
        self.part = part


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A file that is there, whole."""

    target: Path
    size: int
    sha256: str
    seconds: float
    resumed_at: int
    """Bytes that were there from an earlier try."""


Progress = Callable[[int, int], None]
"""Told how many bytes of how many are there."""


def quiet(done: int, size: int) -> None:
    """Tell nobody."""


def download(
    connection: Connection,
    link: Link,
    place: Place,
    *,
    may_replace: bool = False,
    progress: Progress = quiet,
    stop: Stop = never,
) -> Downloaded:
    """Download one file to its place. Holds one piece of it at a time. On a worker thread.

    Raises ServiceError, and DownloadFailed: where it may not go, when it was stopped, when it came too short, or when
    it is not what storage has the MD5 of: then nothing of it is kept.
    """
    if place.problem is not None:
        raise DownloadFailed(f"{place.target.name} was not downloaded: {place.problem}")
    if os.path.lexists(place.target) and not may_replace:
        raise DownloadFailed(f"{place.target} is there already.")
    started = time.monotonic()
    facts = read_facts(connection, link)
    try:
        place.target.parent.mkdir(parents=True, exist_ok=True)
        part = _part_of(place.target, facts)
        resumed_at = _kept(part, facts.size)
        sums = _fetch(connection, link, part, facts, resumed_at, progress, stop)
        _compare(sums, facts, part, place.target)
        _give_its_name(part, place.target, may_replace=may_replace)
    except OSError as error:
        raise DownloadFailed(f"{place.target} cannot be written: {error.strerror or error}.") from error
    return Downloaded(place.target, facts.size, sums.sha256, time.monotonic() - started, resumed_at)


def _part_of(target: Path, facts: Facts) -> Path:
    """Its name tells which version of the file it is a part of: another version is begun anew."""
    version = hashlib.sha256(f"{facts.etag}/{facts.size}".encode()).hexdigest()[:8]
    for old in target.parent.glob(f".{_escaped(target.name)}.*{PART}"):
        if version not in old.name:
            old.unlink(missing_ok=True)
    return target.with_name(f".{target.name}.{version}{PART}")


def _escaped(name: str) -> str:
    import glob

    return glob.escape(name)


def _kept(part: Path, size: int) -> int:
    try:
        found = os.lstat(part)
    except FileNotFoundError:
        return 0
    if found.st_size > size or part.is_symlink():
        part.unlink()
        return 0
    return found.st_size


def _fetch(
    connection: Connection, link: Link, part: Path, facts: Facts, start: int, progress: Progress, stop: Stop
) -> Sums:
    sums = Sums()
    file = os.open(part, _NEW, 0o644)
    with open(file, "wb") as opened:
        _take_in(part, sums, start)
        opened.seek(start)
        done = start
        progress(done, facts.size)
        if done < facts.size:
            for piece in read_all(connection, link, start=start, stop=stop):
                opened.write(piece.content)
                sums.update(piece.content)
                done = piece.end
                progress(done, facts.size)
        opened.truncate(done)
    if done != facts.size:
        why = "It was stopped" if stop() else "It came shorter than was said"
        raise DownloadFailed(f"{why} at {done:,} of {facts.size:,} bytes; the part is kept and gone on with.", part)
    return sums


def _compare(sums: Sums, facts: Facts, part: Path, target: Path) -> None:
    """Throw away what is not what storage says it has: gone on with, it would be as broken."""
    if facts.md5 is not None and sums.md5 != facts.md5:
        part.unlink(missing_ok=True)
        raise DownloadFailed(
            f"{target.name} came broken: its MD5 is {sums.md5}, and storage says {facts.md5}. Nothing of it was kept; "
            "download it again."
        )


def _take_in(part: Path, sums: Sums, size: int) -> None:
    left = size
    with part.open("rb") as before:
        while left and (block := before.read(min(left, 1024 * 1024))):
            sums.update(block)
            left -= len(block)


def _give_its_name(part: Path, target: Path, *, may_replace: bool) -> None:
    if may_replace:
        os.replace(part, target)
        return
    try:
        os.link(part, target, follow_symlinks=False)  # fails when somebody took the name meanwhile
    except FileExistsError as error:
        raise DownloadFailed(f"{target} is there already; what came is kept as {part.name}.", part) from error
    except OSError:  # a disk without hard links
        os.rename(part, target)
        return
    with suppress(OSError):
        part.unlink()
