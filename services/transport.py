"""The one transport: requests under azure-core, with deadlines and caps that a slow or huge answer cannot beat."""

from __future__ import annotations

import os
import ssl
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from services.call_log import CallLog
from services.calls import Answer, Call, subject
from services.errors import Malformed, TooLarge, Unreachable
from services.limits import Clock, Flight, Limits
from services.unpacking import Unpacker

PIECE = 65_536
"""Bytes read at most between two looks at the clock."""

_thread = threading.local()


@contextmanager
def until(seconds_left: float) -> Generator[None]:
    """Let no socket of this thread wait longer than this, headers included."""
    _thread.deadline = time.monotonic() + seconds_left
    try:
        yield
    finally:
        _thread.deadline = None


class _DeadlineSocket(ssl.SSLSocket):
    """A TLS socket whose every wait ends with the deadline: one byte now and then keeps no call alive."""

    def recv_into(self, buffer: Any, nbytes: int | None = None, flags: int = 0) -> int:
        deadline: float | None = getattr(_thread, "deadline", None)
        if deadline is not None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError("The read operation timed out: the deadline of the call has passed")
            timeout = self.gettimeout()
            if timeout is None or timeout > left:
                self.settimeout(left)
        return super().recv_into(buffer, nbytes, flags)


def tls_context() -> ssl.SSLContext:
    """Return a verifying context that knows the system's certificates (SSL_CERT_FILE too) besides requests' own.

    With REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE set, only that bundle counts, as everywhere with requests.
    """
    from urllib3.util.ssl_ import create_urllib3_context

    context = create_urllib3_context()
    context.sslsocket_class = _DeadlineSocket
    # Company proxies sign with certificates that the strict checks of Python 3.13 refuse.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if not (os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE")):
        context.load_default_certs()
    return context


def _adapter() -> Any:
    from requests.adapters import HTTPAdapter
    from urllib3.connection import HTTPConnection
    from urllib3.util import Retry

    at_once = HTTPConnection.default_socket_options
    context = tls_context()

    class Adapter(HTTPAdapter):
        """An adapter whose connections, through a proxy or not, use our TLS context."""

        def init_poolmanager(self, *args: Any, **options: Any) -> Any:
            return super().init_poolmanager(*args, **options, ssl_context=context)

        def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
            # urllib3 turns Nagle's algorithm on for proxies: every POST would wait 40 ms for a receipt.
            return super().proxy_manager_for(proxy, **options, ssl_context=context, socket_options=at_once)

    return Adapter(max_retries=Retry(total=False, redirect=False, raise_on_status=False))


def _unchanged(request: Any) -> Any:
    return request


def _nowhere(resp: Any) -> None:
    return None


def requests_transport(limits: Limits) -> Any:
    """Return an azure-core transport over requests: proxies and company certificates from the environment, no cookies.

    The session has an `auth` that does nothing, because requests would otherwise put a password of ~/.netrc in place
    of our token; and it sees no redirects, because it would read their bodies, however large, before we do.
    """
    import http.cookiejar

    import requests
    from azure.core.pipeline.transport import RequestsTransport

    session = requests.Session()
    session.auth = _unchanged
    session.get_redirect_target = _nowhere
    session.cookies.set_policy(http.cookiejar.DefaultCookiePolicy(allowed_domains=[]))
    adapter = _adapter()
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return RequestsTransport(
        session=session, connection_timeout=limits.connect, read_timeout=limits.read, connection_verify=True
    )


class Capped:
    """The last policy: sends, reads the whole body within caps and deadline, and leaves an Answer in the context."""

    next: Any

    def __init__(self, limits: Limits, clock: Clock, log: CallLog, now: Callable[[], datetime]) -> None:
        self._limits = limits
        self._clock = clock
        self._log = log
        self._now = now

    def send(self, request: Any) -> Any:
        """Return the response, its body read. Raises TooLarge, Unreachable when time is up, or what requests raises."""
        flight: Flight = request.context["flight"]
        call: Call = request.context["call"]
        left = self._left(flight, call)
        options = request.context.options
        options["stream"] = True
        options["connection_timeout"] = min(self._limits.connect, left)
        options["read_timeout"] = min(self._limits.read, left)
        self._log.count_request(request.http_request.url)
        with until(left):
            try:
                response = self.next.send(request)
            except ValueError as error:
                if self._clock.is_closed:
                    raise Unreachable("The connection is closed", on=subject(call)) from error
                raise Malformed("The head of the answer cannot be read", on=subject(call)) from error
            request.context["answer"] = self._read(response.http_response, flight, call)
        return response

    def _left(self, flight: Flight, call: Call) -> float:
        left = flight.deadline - self._clock.now()
        if left <= 0:
            raise Unreachable(
                f"Azure took longer than {self._limits.total:.0f} s",
                on=subject(call),
                do="it is tried again with the next refresh",
            )
        return left

    def _read(self, http: Any, flight: Flight, call: Call) -> Answer:
        headers = {str(name).lower(): str(value) for name, value in http.headers.items()}
        try:
            body = self._body(http, headers, flight, call)
        except BaseException:
            http.internal_response.close()
            raise
        self._log.count_answer(http.status_code, headers, len(body))
        return Answer(call=call, status=http.status_code, body=body, headers=headers, fetched_at=self._now())

    def _body(self, http: Any, headers: dict[str, str], flight: Flight, call: Call) -> bytes:
        pieces, is_packed = _pieces(http)
        unpacker = Unpacker(headers.get("content-encoding", "") if is_packed else "", self._limits.body_bytes)
        for piece in pieces:
            self._left(flight, call)
            if not unpacker.feed(piece):
                size = self._limits.body_bytes // (1024 * 1024)
                raise TooLarge(f"The answer is larger than {size} MB", on=subject(call), do="it was not read")
        return unpacker.finish(call)


def _pieces(http: Any) -> tuple[Iterator[bytes], bool]:
    """Return the pieces of a body as they arrive, and whether they are still compressed."""
    import urllib3

    raw = getattr(http.internal_response, "raw", None)
    if isinstance(raw, urllib3.BaseHTTPResponse):
        return iter(lambda: raw.read1(PIECE, decode_content=False), b""), True
    return http.internal_response.iter_content(PIECE), False
