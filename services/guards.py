"""Guards as azure-core policies: no token to a foreign host, no write while read-only, no write sent twice.

They stand in the pipeline in this order; each attempt of a read passes all those behind NoReplay again:
Boarding → HostPin → ReadsOnly → NoReplay → Metered (budgets) → Bearer (tokens) → Capped (transport).
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from services.budgets import Budgets
from services.calls import Answer, Call, address
from services.clouds import Cloud, is_host_of
from services.errors import ServiceError, Throttled, Unreachable, foreign, read_only
from services.limits import Clock, Flight, Limits, wait
from services.routes import is_read, reads_secret
from services.translating import translate


class Guard:
    """A policy of azure-core by shape: it has `next` and `send`, and needs no import of azure to exist."""

    next: Any

    def send(self, request: Any) -> Any:
        """Pass the request on and return the response."""
        return self.next.send(request)


class Boarding(Guard):
    """Puts the call and its flight where every guard finds them, and empties the context of earlier answers."""

    def send(self, request: Any) -> Any:
        """Pass the request on with `call` and `flight` in its context."""
        request.context["call"], request.context["flight"] = request.context.options.pop("amldeck")
        return self.next.send(request)


class ReadsOnly(Guard):
    """Refuses every request that is no read and that the lock does not allow."""

    def __init__(self, cloud: Cloud, allows: Callable[[str], bool]) -> None:
        self._cloud = cloud
        self._allows = allows

    def send(self, request: Any) -> Any:
        """Pass a read on; raise ReadOnly for anything else, unless it goes to the workspace that is unlocked."""
        http, call = request.http_request, request.context["call"]
        is_asked = call.asks_secret and reads_secret(self._cloud, http.method, http.url)
        if not (is_asked or is_read(self._cloud, http.method, http.url) or self._allows(http.url)):
            raise read_only(call)
        return self.next.send(request)


_PLAIN_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}\.)+[A-Za-z]{2,24}")
_FORBIDDEN = re.compile(r"[^\x21-\x7e]|[\\<>\"{}|^`]")


def pinned_host(cloud: Cloud, call: Call, url: str) -> str:
    """Return the host of a URL that calls of this audience may go to. Raises ForeignHost for every other.

    Strict on purpose: only https, the usual port, no user name, no IP, no trailing dot, plain ASCII, and two parsers
    that agree, because the one that sends must not read the address differently from the one that judged it.
    """
    if why := oddity(url):
        raise foreign(url, call, why)
    host = urlsplit(url).hostname or ""
    if not is_host_of(cloud, call.audience, host):
        raise foreign(url, call)
    return host


def oddity(url: str) -> str | None:
    """Return what makes an address none that a token may go to, whatever its host; None when nothing does."""
    from urllib3.exceptions import LocationParseError
    from urllib3.util import parse_url

    if _FORBIDDEN.search(url):
        return "it holds characters no address of Azure has"
    try:
        parts = urlsplit(url)
        port = parts.port
        other = parse_url(url)
    except (ValueError, LocationParseError):
        return "it cannot be read"
    if parts.scheme != "https":
        return "it is not https"
    if "@" in parts.netloc or parts.username is not None:
        return "it names a user"
    if port not in (None, 443) or parts.netloc.endswith(":"):
        return "it names a port"
    host = parts.hostname or ""
    if not _PLAIN_HOST.fullmatch(host) or other.host != host or other.auth:
        return "its host is not a plain name"
    return None


class HostPin(Guard):
    """Lets nothing pass to a host that is not of the chosen cloud and of the call's audience."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def send(self, request: Any) -> Any:
        """Pass a request to an Azure host on; raise ForeignHost for any other, before a token is asked for."""
        pinned_host(self._cloud, request.context["call"], request.http_request.url)
        return self.next.send(request)


RETRIED = frozenset({408, 429, 500, 502, 503, 504})
FIRST_BACKOFF = 0.5
LONGEST_BACKOFF = 8.0


class NoReplay(Guard):
    """Sends a write once, whatever comes of it; a read a few times, when that may help and the time allows."""

    def __init__(self, cloud: Cloud, limits: Limits, clock: Clock, budgets: Budgets) -> None:
        self._cloud = cloud
        self._limits = limits
        self._clock = clock
        self._budgets = budgets

    def send(self, request: Any) -> Any:
        """Return the response of the first attempt that went well; raise the ServiceError of the last one."""
        http = request.http_request
        may_repeat = is_read(self._cloud, http.method, http.url)
        flight: Flight = request.context["flight"]
        while True:
            flight.attempts += 1
            response, error = self._attempt(request)
            if error is None:
                self._budgets.heed(request.context["call"], request.context["answer"].headers)
                return response
            if isinstance(error, Throttled) and error.retry_after is not None:
                self._budgets.hold(request.context["call"], self._clock.now() + error.retry_after)
            pause = self._pause(error, flight) if may_repeat else None
            if pause is None:
                raise error
            wait(self._clock, pause, flight.stop)

    def _attempt(self, request: Any) -> tuple[Any, ServiceError | None]:
        try:
            response = self.next.send(request)
        except network_errors() as error:
            translated = translate(error, request.context["call"])
            translated.__cause__ = error
            return None, translated
        except Unreachable as error:
            return None, error
        answer: Answer = request.context["answer"]
        return response, translate(answer) if answer.status >= 400 else None

    def _pause(self, error: ServiceError, flight: Flight) -> float | None:
        """Return the seconds to wait before the next attempt, or None when there should be none."""
        is_offline = type(error) is Unreachable and error.status is None
        if not is_offline and error.status not in RETRIED:
            return None
        if flight.attempts > (self._limits.reconnects if is_offline else self._limits.retries):
            return None
        grown = FIRST_BACKOFF * 2 ** (flight.attempts - 1)
        backoff = min(grown, LONGEST_BACKOFF) * random.uniform(0.75, 1.25)
        pause = max(error.retry_after or 0.0, backoff)
        return pause if self._clock.now() + pause < flight.deadline else None


def network_errors() -> tuple[type[BaseException], ...]:
    """Return the exceptions that a request on its way may raise, besides our own."""
    import http.client

    import requests
    import urllib3
    from azure.core.exceptions import AzureError

    return (
        AzureError,
        requests.RequestException,
        urllib3.exceptions.HTTPError,
        http.client.HTTPException,
        OSError,
        UnicodeError,
    )


def same_request(first: Call, second: Call) -> bool:
    """Return whether two calls would send the same request."""
    return (first.method, address(first), first.body) == (second.method, address(second), second.body)
