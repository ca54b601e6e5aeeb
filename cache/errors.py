"""What can go wrong with the cache, each with a sentence for the user; `translate` reads SQLite's codes."""

from __future__ import annotations

import sqlite3
import zlib


class CacheError(Exception):
    """The cache could not do what was asked. `str()` is a sentence: what failed, on what, what to do."""


class CacheFull(CacheError):
    """There is no room to write. The store is read-only from then on; what was read before stays readable."""


class CacheBusy(CacheError):
    """Another process kept the cache for longer than a writer waits."""


class CacheReadOnly(CacheError):
    """This store does not write: its file or folder is read-only, it is newer than this amldeck, or it was full."""


class CacheDamaged(CacheError):
    """The file is not what was written. The next opening checks it whole, moves it aside and starts a fresh one."""


class CacheClosed(CacheError):
    """The store was closed while, or before, it was asked."""


_FULL = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR})
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_READ_ONLY = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM})


TROUBLE = (sqlite3.Error, UnicodeDecodeError, zlib.error)
"""What reading or writing a file may raise."""


def code_of(error: Exception) -> int:
    """SQLite's primary result code, or 0 when the error did not come from SQLite itself."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def is_damage(error: Exception) -> bool:
    """True when the error says that the file is broken or no database at all.

    Text that is no UTF-8 counts: in a value, and in SQLite's own message about a broken schema.
    """
    if isinstance(error, sqlite3.Error):
        return code_of(error) in _DAMAGED or str(error).startswith("Could not decode to UTF-8")
    return isinstance(error, UnicodeDecodeError | zlib.error)


def is_interrupt(error: sqlite3.Error) -> bool:
    """True when a statement was stopped on purpose: by `View.cancel` or because its time was up."""
    return code_of(error) == sqlite3.SQLITE_INTERRUPT


def translate(error: Exception, path: str) -> Exception:
    """The error as a CacheError with a sentence; the error itself when it is a bug of ours and should look like one."""
    code = code_of(error)
    if code in _FULL:
        return CacheFull(f"The cache {path} could not be written ({error}). Free some disk space and start again.")
    if code in _BUSY:
        return CacheBusy(f"Another program keeps the cache {path} busy. Try again in a moment.")
    if is_damage(error):
        return CacheDamaged(f"The cache {path} is damaged ({error}). Start again: it will be moved aside and rebuilt.")
    if code in _READ_ONLY:
        return CacheReadOnly(f"The cache {path} cannot be written ({error}).")
    return error
