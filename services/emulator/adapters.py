"""Where the requests of real clients end: in this process, or at an emulator on this machine. Nowhere else, ever.

A client keeps its real host names and its real scopes; only the last step, from its HTTP session to the network, is
replaced. Imported only by `transport`, because `requests` takes its time.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from http.client import HTTPException, RemoteDisconnected
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse
from urllib3.exceptions import ProtocolError

from services.clouds import PUBLIC, is_azure_host
from services.emulator.answers import Request, Response
from services.emulator.routes import Dropped, TooSlow, host_kind, respond
from services.emulator.world import World

MOST_HEADERS = 100
"""What http.client takes in one answer."""

Timeout = float | tuple[float | None, float | None] | None


class Refused(requests.exceptions.ConnectionError):
    """A request to a host that is not Azure's: an emulated session goes nowhere else."""


def azure_host(url: str) -> str:
    """Return the host of a URL. Raises Refused when it is not one of Azure's."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if not is_azure_host(PUBLIC, host) and host_kind(host) is None:
        raise Refused(f"an emulated session does not connect to {host or url!r}: it is no Azure host")
    if (parts.scheme == "http") != (host_kind(host) == "metadata"):
        raise Refused(f"an emulated session does not connect to {host} over {parts.scheme}")
    return host


def _read_timeout(timeout: Timeout) -> float | None:
    return timeout[1] if isinstance(timeout, tuple) else timeout


def _body(given: object) -> bytes:
    """Return a request's body; streams are for uploads, which the emulator does not take."""
    if isinstance(given, str):
        return given.encode()
    return given if isinstance(given, bytes) else b""


class WorldAdapter(HTTPAdapter):
    """Answers requests from a world in this process. Never opens a socket."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Timeout = None,
        verify: bool | str = True,
        cert: object = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Return the world's answer. Raises requests' own errors where a fault leaves none."""
        url = request.url or ""
        asked = Request(
            method=request.method or "GET", host=azure_host(url), path=unquote(urlsplit(url).path),
            query=dict(parse_qsl(urlsplit(url).query, keep_blank_values=True)),
            headers={name.lower(): _text(value) for name, value in request.headers.items()}, body=_body(request.body),
        )  # fmt: skip
        try:
            found = respond(self._world, asked, patience=_read_timeout(timeout))
        except TooSlow as error:
            raise requests.exceptions.ReadTimeout("the emulator did not answer in time", request=request) from error
        except Dropped as error:
            gone = RemoteDisconnected("Remote end closed connection without response")
            raise requests.exceptions.ConnectionError(
                ProtocolError("Connection aborted.", gone), request=request
            ) from error
        if len(found.headers) > MOST_HEADERS:
            many = HTTPException(f"got more than {MOST_HEADERS} headers")
            raise requests.exceptions.ConnectionError(ProtocolError("Connection aborted.", many), request=request)
        return self.build_response(request, _raw(found, asked.method))


def _raw(found: Response, method: str) -> HTTPResponse:
    """Return the answer as urllib3 would hand it on, its body still to be read."""
    body = b"" if method.upper() == "HEAD" else found.body
    headers = dict(found.headers)
    if found.pieces is None:
        headers["content-length"] = str(len(body) if found.length is None else found.length)
    source = io.BytesIO(body) if found.pieces is None else io.BufferedReader(_Pieces(found.pieces()), 64 * 1024)
    return HTTPResponse(
        body=source, headers=headers, status=found.status, preload_content=False, request_method=method
    )  # fmt: skip


class _Pieces(io.RawIOBase):
    """Pieces of a body as a stream: each read gives what has come, as a socket does."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        while not self._left:
            following = next(self._pieces, None)
            if following is None:
                return 0
            self._left = following
        count = min(len(self._left), len(buffer))
        buffer[:count] = self._left[:count]
        self._left = self._left[count:]
        return count


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("latin-1")


class LoopbackAdapter(HTTPAdapter):
    """Sends every request for an Azure host to one address on this machine, with the real host in its Host header."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self._base = base

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Timeout = None,
        verify: bool | str = True,
        cert: object = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Return the emulator's answer, with the URL as it was asked."""
        url = request.url or ""
        host, parts = azure_host(url), urlsplit(url)
        own_host = request.headers.get("Host")
        request.url = f"{self._base}{parts.path or '/'}" + (f"?{parts.query}" if parts.query else "")
        request.headers["Host"] = host
        try:
            response = super().send(request, stream=stream, timeout=timeout, verify=False, proxies={})
        finally:
            request.url = url
            if own_host is None:
                del request.headers["Host"]
            else:
                request.headers["Host"] = own_host
        response.url = url
        return response
