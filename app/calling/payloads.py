"""Payloads for test calls: named, for one endpoint, kept in files beside the cache that only their owner may read.

Secrets are taken out before one is kept, so what is sent later is exactly what can be looked at. All of it touches the
disk: for workers.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, TypeVar

from app.session import Session
from services.endpoint_calls import LARGEST, checked_payload
from services.errors import ServiceError
from services.private_files import private_folder, read_private, write_private
from services.redact import redact

T = TypeVar("T")

FOLDER = "payloads"
MOST = 50
"""Payloads of one endpoint."""
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
NAMED = "a name is small letters, digits, - and _, 40 at most"
REDACTED = b"[redacted]"


class NoPayload(Exception):
    """A payload cannot be kept or read; the text says why, as a sentence."""


class Kept(NamedTuple):
    """A payload that is kept: its name, its bytes, when it was last written (aware UTC)."""

    name: str
    size: int
    at: datetime


def payloads_of(session: Session, endpoint: str) -> list[Kept]:
    """Return the kept payloads of an endpoint by name; none where the cache is no file."""
    folder = _folder(session, endpoint)
    if folder is None or not folder.is_dir():
        return []
    found: list[Kept] = []
    for path in folder.glob("*.json"):
        if NAME.fullmatch(path.stem) and path.is_file():
            about = path.stat()
            found.append(Kept(path.stem, about.st_size, datetime.fromtimestamp(about.st_mtime, UTC)))
    return sorted(found)


def read_payload(session: Session, endpoint: str, name: str) -> bytes:
    """Return a kept payload. Raises NoPayload."""
    folder = _folder(session, endpoint)
    content = _done(lambda: read_private(_path(folder, name))) if folder is not None else None
    if content is None:
        raise NoPayload(f"There is no payload {name!r} for {endpoint}.")
    return content


def keep_payload(session: Session, endpoint: str, name: str, payload: bytes) -> bool:
    """Keep a payload under a name, in place of one that had it; True when a secret was taken out. Raises NoPayload."""
    folder = _folder(session, endpoint)
    if folder is None or session.store.is_read_only:
        raise NoPayload("This cache takes nothing, so a payload cannot be kept; send one from a file.")
    path = _path(folder, name)
    checked = _done(lambda: checked_payload(payload))
    if name not in (kept := [one.name for one in payloads_of(session, endpoint)]) and len(kept) >= MOST:
        raise NoPayload(f"{MOST} payloads are kept for {endpoint}, which is the most; delete one first.")
    clean = _done(lambda: redact(checked))
    _done(lambda: private_folder(folder))
    _done(lambda: write_private(path, clean))
    return clean.count(REDACTED) > checked.count(REDACTED)


def forget_payload(session: Session, endpoint: str, name: str) -> None:
    """Delete a kept payload; nothing when there is none. Raises NoPayload."""
    folder = _folder(session, endpoint)
    if folder is not None:
        path = _path(folder, name)
        _done(lambda: path.unlink(missing_ok=True))


def payload_in(file: str) -> bytes:
    """Return what a file holds, as a payload that may be sent. Raises NoPayload."""
    path = Path(file).expanduser()

    def read() -> bytes:
        with path.open("rb") as opened:
            return checked_payload(opened.read(LARGEST + 1))

    return _done(read, str(path))


def _folder(session: Session, endpoint: str) -> Path | None:
    """Where the payloads of an endpoint are: its name and its workspace's are hashed, so they lead nowhere else."""
    store = session.store.path
    if store is None:
        return None
    whose = hashlib.sha256(f"{session.scope}\n{endpoint.lower()}".encode()).hexdigest()[:24]
    return store.parent / FOLDER / whose


def _path(folder: Path, name: str) -> Path:
    if not NAME.fullmatch(name):
        raise NoPayload(f"{name!r} is no name for a payload: {NAMED}.")
    return folder / f"{name}.json"


def _done(work: Callable[[], T], what: str = "The payload") -> T:
    try:
        return work()
    except (OSError, ValueError) as error:
        raise NoPayload(f"{what} cannot be used: {getattr(error, 'strerror', None) or error}.") from error
    except ServiceError as error:
        raise NoPayload(str(error)) from error
    except RecursionError as error:
        raise NoPayload("The payload is nested too deep to look for secrets.") from error
