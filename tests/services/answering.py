"""A transport that answers from a function: the real pipeline above it, no network below it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import requests
from azure.core.pipeline.transport import RequestsTransport
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3.response import HTTPResponse

from services.connection import Connection
from services.limits import Clock, Limits

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
HISTORY = "eastus.api.azureml.ms"


class Asked(NamedTuple):
    """A request as it left."""

    method: str
    host: str
    path: str
    query: dict[str, str]
    body: Any


class Given(NamedTuple):
    """What to answer."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = {}


Answering = Callable[[Asked], Given]


def as_json(value: object, status: int = 200) -> Given:
    return Given(json.dumps(value).encode(), status, {"content-type": "application/json; charset=utf-8"})


class Token(NamedTuple):
    token: str
    expires_on: int


class Credential:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def get_token(self, *scopes: str, **_: Any) -> Token:
        self.asked += 1
        return Token("token", 4_000_000_000)


class InstantClock(Clock):
    """Time moves when somebody sleeps, at once."""

    def __init__(self) -> None:
        super().__init__()
        self.at = 0.0

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += seconds


class _Adapter(BaseAdapter):
    def __init__(self, answering: Answering, asked: list[Asked]) -> None:
        super().__init__()
        self._answering = answering
        self._asked = asked

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:  # type: ignore[override]
        parts = urlsplit(request.url or "")
        body = json.loads(request.body) if isinstance(request.body, str | bytes) and request.body else None
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        asked = Asked(request.method or "", parts.hostname or "", parts.path, query, body)
        self._asked.append(asked)
        given = self._answering(asked)
        raw = HTTPResponse(
            body=io.BytesIO(given.body), headers=dict(given.headers), status=given.status, preload_content=False
        )
        return HTTPAdapter().build_response(request, raw)

    def close(self) -> None:
        pass


class Azure:
    """A connection over a function, and what was asked through it."""

    def __init__(self, answering: Answering, *, unlocked: str = "", limits: Limits | None = None) -> None:
        self.asked: list[Asked] = []
        self.credential = Credential()
        session = requests.Session()
        session.mount("https://", _Adapter(answering, self.asked))
        transport = RequestsTransport(session=session, session_owner=False)
        self.connection = Connection(
            self.credential,
            transport=transport,
            limits=limits or Limits(),
            now=lambda: NOW,
            clock=InstantClock(),
        )
        if unlocked:
            self.connection.lock.open(unlocked, 600.0)

    @property
    def paths(self) -> list[str]:
        return [f"{one.method} {one.path}" for one in self.asked]
