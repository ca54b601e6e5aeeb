"""The keys and tokens of an online endpoint: read when somebody asks, for the clipboard and nothing else.

What is read here is never a record: it has no page, no document, no field of the cache. It comes as a `Secret`, which
says nothing of itself wherever it is printed, and is let go as soon as it was copied.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Literal, TypeVar

import msgspec

from services.calls import subject
from services.errors import Conflict, Malformed
from services.parsing import moment
from services.planning import path_of
from services.records import WorkspaceRef
from services.wire import Moment, Wire, reader_of

if TYPE_CHECKING:
    from services.connection import Answer, Connection

T = TypeVar("T")

API = "2024-04-01"
Which = Literal["primary", "secondary", "token"]
LONGEST = 16_384
"""Characters of the longest thing that is taken for a key or a token."""


class Secret:
    """A key or a token, and when it ends (aware UTC) where it does. Only `reveal` gives the text itself."""

    __slots__ = ("_text", "expires")

    def __init__(self, text: str, expires: datetime | None = None) -> None:
        self._text = text
        self.expires = expires

    def __repr__(self) -> str:
        """Nothing of it."""
        return "Secret([redacted])"

    def __reduce__(self) -> str:
        """Nothing writes it down."""
        raise TypeError("a secret is not written down")

    def reveal(self) -> str:
        """Return the text: for the clipboard, and to send to the endpoint itself."""
        return self._text


class _Keys(Wire):
    primary_key: str | None = None
    secondary_key: str | None = None


class _Token(Wire):
    access_token: str | None = None
    expiry_time_utc: Moment = None


_read_keys = reader_of(_Keys)
_read_token = reader_of(_Token)


def read_secret(connection: Connection, ref: WorkspaceRef, endpoint: str, which: Which) -> Secret:
    """Return a key or a fresh token of an endpoint. For workers, after somebody was asked whether they mean it.

    Raises ServiceError; Conflict when the endpoint has none of that kind. Sends POST …/onlineEndpoints/{name}/listKeys
    or …/token, once.
    """
    action = "token" if which == "token" else "listKeys"
    call = connection.arm(f"{ref.id}{path_of('onlineEndpoints', endpoint, action)}", API)
    answer = connection.read(msgspec.structs.replace(call, method="POST", asks_secret=True))
    on = f"endpoint {endpoint}"
    if which == "token":
        token = _taken(answer, _read_token)
        return _secret(token.access_token, on, "no token", moment(token.expiry_time_utc))
    keys = _taken(answer, _read_keys)
    return _secret(keys.primary_key if which == "primary" else keys.secondary_key, on, f"no {which} key")


def _taken(answer: Answer, read: Callable[[bytes], T]) -> T:
    try:
        return read(answer.body)
    except (msgspec.MsgspecError, UnicodeError):
        # From None: an error that quotes what it read would carry the key along.
        raise Malformed("The answer cannot be read", on=subject(answer.call), do="nothing was copied") from None


def _secret(text: str | None, on: str, none: str, expires: datetime | None = None) -> Secret:
    if not text:
        raise Conflict(f"It has {none}", on=on, do="its way of authentication may be another one")
    if len(text) > LONGEST or not (text.isascii() and text.isprintable()):
        raise Malformed("What came is no key", on=on, do="nothing was copied")
    return Secret(text, expires)
