"""Tokens: asked for once per scope and hour, by one thread at a time, and sent only behind the host pin."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

from services.call_log import CallLog
from services.clouds import Audience, Cloud
from services.limits import Clock

REFRESH_EARLY = 300.0
"""Seconds before its end at which a token is renewed."""
FAILURE_KEPT = 5.0
"""Seconds a failed sign-in is told again instead of starting another process."""


class Credential(Protocol):
    """What gives tokens: any credential of azure-identity."""

    def get_token(self, *scopes: str) -> Any:
        """Return an object with `token` and `expires_on` (epoch seconds)."""
        ...


class CachingCredential:
    """A credential that remembers its tokens per scope. Safe to use from any thread; one thread asks, others wait."""

    def __init__(
        self,
        credential: Credential,
        *,
        log: CallLog | None = None,
        clock: Clock | None = None,
        epoch: Callable[[], float] = time.time,
    ) -> None:
        self._credential = credential
        self._log = log or CallLog()
        self._clock = clock or Clock()
        self._epoch = epoch
        self._locks: dict[tuple[str, ...], threading.Lock] = {}
        self._guard = threading.Lock()
        self._tokens: dict[tuple[str, ...], Any] = {}
        self._failures: dict[tuple[str, ...], tuple[float, Exception]] = {}

    def get_token(self, *scopes: str, **options: Any) -> Any:
        """Return a token that is good for five more minutes, or for as long as can be had. Options are ignored."""
        if token := self._fresh(scopes):
            return token
        with self._guard:
            lock = self._locks.setdefault(scopes, threading.Lock())
        with lock:
            return self._fresh(scopes) or self._renew(scopes)

    def forget(self, *scopes: str) -> None:
        """Drop what is remembered for these scopes: Azure refused the token."""
        self._tokens.pop(scopes, None)

    def _fresh(self, scopes: tuple[str, ...], early: float = REFRESH_EARLY) -> Any:
        token = self._tokens.get(scopes)
        return token if token is not None and token.expires_on - self._epoch() > early else None

    def _renew(self, scopes: tuple[str, ...]) -> Any:
        failed_at, failure = self._failures.get(scopes, (0.0, None))
        if failure is not None and self._clock.now() - failed_at < FAILURE_KEPT:
            return self._still_good(scopes, failure)
        self._log.count_token(scopes)
        try:
            token = self._credential.get_token(*scopes)
        except _sign_in_errors() as error:
            self._failures[scopes] = (self._clock.now(), error)
            return self._still_good(scopes, error)
        self._failures.pop(scopes, None)
        self._tokens[scopes] = token
        return token

    def _still_good(self, scopes: tuple[str, ...], failure: Exception) -> Any:
        if token := self._fresh(scopes, early=0.0):
            return token
        raise failure


def _sign_in_errors() -> tuple[type[Exception], ...]:
    from azure.core.exceptions import AzureError

    return (AzureError, OSError)


class Bearer:
    """The policy that adds the token of the call's audience. It stands behind the host pin."""

    next: Any

    def __init__(self, credential: CachingCredential, cloud: Cloud) -> None:
        self._credential = credential
        self._cloud = cloud

    def send(self, request: Any) -> Any:
        """Pass the request on with its token, or without one for the audience "none"."""
        from azure.core.exceptions import AzureError, ClientAuthenticationError

        headers = request.http_request.headers
        headers.pop("Authorization", None)
        audience: Audience = request.context["call"].audience
        if audience == "none":
            return self.next.send(request)
        scope = self._cloud.scopes[audience]
        try:
            token = self._credential.get_token(scope)
        except (AzureError, OSError) as error:
            if isinstance(error, ClientAuthenticationError):
                raise
            raise ClientAuthenticationError(str(error), error=error) from error
        headers["Authorization"] = f"Bearer {token.token}"
        response = self.next.send(request)
        if request.context["answer"].status == 401:
            self._credential.forget(scope)
        return response
