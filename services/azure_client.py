"""An Azure SDK client over our own connection: its requests pass our guards, deadlines and budgets.

The client gets a transport that hands every request to `Connection.read`, no policies of its own, and a credential
that has nothing to give, because the token is put on by our pipeline.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import msgspec

from services.calls import Answer, Call
from services.clouds import Audience
from services.records import Stop, never

if TYPE_CHECKING:
    from services.connection import Connection


class NoCredential:
    """A credential by shape. Nobody asks it."""

    def get_token(self, *scopes: str, **options: Any) -> NoReturn:
        """Raise: tokens are put on by the connection."""
        raise AssertionError("the connection puts tokens on")


class Response:
    """An answer as a client of azure-core reads it."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.status_code = answer.status
        self.headers = answer.headers

    def json(self) -> Any:
        """Return the body read as JSON. Raises msgspec.DecodeError, which is a ValueError."""
        return msgspec.json.decode(self.answer.body)


class OverConnection:
    """A transport of azure-core by shape: it sends through the connection and remembers the last answer."""

    def __init__(self, connection: Connection, audience: Audience, stop: Stop = never) -> None:
        self._connection = connection
        self._audience: Audience = audience
        self._stop = stop
        self.last: Answer | None = None

    def send(self, request: Any, **options: Any) -> Response:
        """Return the answer to a read. Raises ServiceError."""
        content = request.content
        body = content.encode() if isinstance(content, str) else content
        patience = request.headers.get("Prefer")
        call = Call(
            url=request.url, method=request.method, audience=self._audience,
            body=None if body is None else msgspec.Raw(body), headers={"Prefer": patience} if patience else {},
        )  # fmt: skip
        self.last = self._connection.read(call, stop=self._stop)
        return Response(self.last)

    def open(self) -> None:
        """Do nothing: the connection is open."""

    def close(self) -> None:
        """Do nothing: the connection is not ours to close."""

    def __enter__(self) -> OverConnection:
        return self

    def __exit__(self, *reason: object) -> None:
        self.close()
