"""The envelope: bytes sealed with AES-256-GCM under a header that is authenticated with them.

    AMLDECK TOKENS\\n | version (1 byte) | which key (8 bytes) | nonce (12 bytes) | sealed bytes and their tag

"Which key" is a part of the key's hash: it tells another key from a change of the bytes, and tells nothing of the key.
No error text holds a key or what was sealed.
"""

from __future__ import annotations

import hashlib
import os

from services.errors import ServiceError

KEY_BYTES = 32
VERSION = 1

_MAGIC = b"AMLDECK TOKENS\n"
_NONCE_BYTES = 12
_HEADER_BYTES = len(_MAGIC) + 1 + 8 + _NONCE_BYTES
_TAG_BYTES = 16


class CannotOpen(ServiceError):
    """An envelope that is not ours, was changed or cut, is of a newer version, or was sealed with another key."""


def new_key() -> bytes:
    """Return a random key of 32 bytes."""
    return os.urandom(KEY_BYTES)


def seal(key: bytes, content: bytes) -> bytes:
    """Return the content sealed. Every call takes a fresh nonce."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(_NONCE_BYTES)
    header = _MAGIC + bytes([VERSION]) + _which(key) + nonce
    return header + AESGCM(key).encrypt(nonce, content, header)


def unseal(key: bytes, sealed: bytes) -> bytes:
    """Return what was sealed. Raises CannotOpen, with a sentence."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    header, rest = sealed[:_HEADER_BYTES], sealed[_HEADER_BYTES:]
    if not header.startswith(_MAGIC) or len(rest) < _TAG_BYTES:
        raise CannotOpen("it is not a token file, or it was cut")
    version, which = header[len(_MAGIC)], header[len(_MAGIC) + 1 : len(_MAGIC) + 9]
    if version != VERSION:
        raise CannotOpen(f"it is of version {version} and this amldeck knows version {VERSION}")
    if which != _which(key):
        raise CannotOpen("it was sealed with another key than the keyring holds now")
    try:
        return AESGCM(key).decrypt(header[-_NONCE_BYTES:], rest, header)
    except InvalidTag:
        raise CannotOpen("it was changed since it was sealed") from None


def _which(key: bytes) -> bytes:
    return hashlib.sha256(b"amldeck: which key\n" + key).digest()[:8]
