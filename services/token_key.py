"""The key of the token file: 32 random bytes in the keyring, made by the first process that needs it."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path

from services.envelope import KEY_BYTES, new_key
from services.keyrings import Keyring, NoKeyring, Stop
from services.private_files import FolderLock

NAME = "token file key"


def token_key(keyring: Keyring, folder: Path, *, is_asked: bool = False, stop: Stop | None = None) -> bytes:
    """Return the key, and make it when there is none. Raises NoKeyring, Busy or OSError."""
    found = _read(keyring, is_asked, stop)
    if found is not None:
        return found
    # Under a lock, and read back: of two processes that start together, one makes the key.
    with FolderLock(folder / "key.lock").held():
        found = _read(keyring, is_asked, stop)
        if found is None:
            keyring.put(NAME, base64.b64encode(new_key()).decode(), is_asked=is_asked, stop=stop)
            found = _read(keyring, is_asked, stop)
    if found is None:
        raise NoKeyring(f"{keyring.title} does not give back what it was given", do="tokens stay in memory only")
    return found


def _read(keyring: Keyring, is_asked: bool, stop: Stop | None) -> bytes | None:
    """The key in the keyring; None when there is none, or something that cannot be one."""
    try:
        key = base64.b64decode(keyring.get(NAME, is_asked=is_asked, stop=stop) or "", validate=True)
    except binascii.Error:
        return None
    return key if len(key) == KEY_BYTES else None
