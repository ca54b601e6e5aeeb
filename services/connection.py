"""The one connection to Azure: one pipeline, one transport, one credential, for every service.

`read` and `pages` only read, whatever is asked of them; `write` refuses until the session is unlocked, and sends once.
azure is imported when a connection is made, not when this module is.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import msgspec

from services import private_network
from services.budgets import RESERVE, BudgetLeft, Budgets, Metered
from services.call_log import CallLog
from services.calls import Answer as Answer
from services.calls import Call as Call
from services.calls import address, subject
from services.clouds import PUBLIC, Audience, Cloud
from services.discovery import Discovery
from services.errors import Malformed, ServiceBroken, ServiceError, TooLarge, Unreachable, read_only
from services.guards import Boarding, HostPin, NoReplay, ReadsOnly, network_errors, pinned_host
from services.identity import Identity, identity_of
from services.limits import Clock, Flight, Limits, Stopped
from services.paging import fingerprint, next_call, redirected
from services.private_network import Resolve, explained
from services.records import Stop, WorkspaceRef, never
from services.refusals import checked
from services.routes import is_read, reads_secret
from services.silence import silence_sdk_logging
from services.tokens import Bearer, CachingCredential, Credential
from services.translating import translate
from services.transport import Capped, requests_transport
from services.write_lock import WriteLock

USER_AGENT = "amldeck"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


def utc_now() -> datetime:
    """Return the time as aware UTC."""
    return datetime.now(UTC)


class Connection:
    """Every call to Azure goes through here. Safe to use from several threads; raises ServiceError and nothing else.

    `calls` counts requests and tokens; `budgets()` says what is left of each bucket. `lock` is what every write has to
    pass; whoever owns the session may put another in its place.
    """

    def __init__(
        self,
        credential: Credential,
        *,
        cloud: Cloud = PUBLIC,
        transport: Any = None,
        limits: Limits | None = None,
        now: Callable[[], datetime] = utc_now,
        lock: WriteLock | None = None,
        clock: Clock | None = None,
        resolve: Resolve | None = None,
    ) -> None:
        silence_sdk_logging()
        self.cloud = cloud
        self.calls = CallLog()
        self.lock = lock or WriteLock()
        self._limits = limits or Limits()
        self.clock = clock or Clock()
        self._budgets = Budgets(self.clock)
        self._credential = CachingCredential(credential, log=self.calls, clock=self.clock)
        self._resolve = private_network.resolve if transport is None and resolve is None else resolve
        self._transport = transport if transport is not None else requests_transport(self._limits)
        self._now = now
        self._pipeline = self.through(self._guards(), (), self._limits)
        self._discovery = Discovery()
        self._closing = threading.Lock()
        self._reserve = 0.0

    def patiently(self) -> Connection:
        """Return the same connection for calls that can wait: they leave the last part of every budget to others."""
        patient = copy.copy(self)
        patient._reserve = RESERVE
        return patient

    def _guards(self) -> list[Any]:
        return [
            Boarding(),
            HostPin(self.cloud),
            ReadsOnly(self.cloud, lambda url: self.lock.allows(url)),
            NoReplay(self.cloud, self._limits, self.clock, self._budgets),
            Metered(self._budgets),
            Bearer(self._credential, self.cloud),
        ]

    def through(self, guards: Sequence[Any], last: Sequence[Any], limits: Limits) -> Any:
        """Return a pipeline of guards over this connection's transport; those that are `last` see no more than the head
        of an answer. Only `services.scoring` builds another one than this connection's own.
        """
        from azure.core.pipeline import Pipeline

        policies: Any = [*guards, Capped(limits, self.clock, self.calls, self._now), *last]
        return Pipeline(self._transport, policies=policies)

    def read(self, call: Call, *, stop: Stop = never) -> Answer:
        """Return the answer to a read. Raises ServiceError; ReadOnly for a call that is no read, unlocked or not."""
        self._must_read(call)
        try:
            return self._answered(call, stop)
        except Stopped:
            raise Unreachable("Reading was stopped", on=subject(call)) from None

    def pages(self, call: Call, *, stop: Stop = never) -> Iterator[Answer]:
        """Yield the pages of a listing, following whichever shape of paging its answers have.

        Ends early when `stop` says so: then no page had `is_last`. A page that leads back to an earlier one is
        yielded, then Malformed is raised; a link out of Azure raises ForeignHost before anything is sent.
        """
        self._must_read(call)
        seen = {fingerprint(call)}
        for _ in range(self._limits.pages):
            if stop():
                return
            try:
                answer = self._answered(call, stop)
            except Stopped:
                return
            try:
                following = next_call(answer.call, answer.body)
            except ServiceError:
                yield msgspec.structs.replace(answer, is_last=False)
                raise
            yield msgspec.structs.replace(answer, is_last=following is None, following=following)
            if following is None:
                return
            if fingerprint(following) in seen:
                raise Malformed("The pages lead back to an earlier one", on=subject(call), do="the rest is not shown")
            seen.add(fingerprint(following))
            call = following
        raise TooLarge(f"The listing has more than {self._limits.pages} pages", on=subject(call))

    def write(self, call: Call) -> Answer:
        """Send a change, once. Raises ReadOnly (nothing was sent) unless the lock is open for its workspace.

        An error with `is_outcome_unknown` means it was sent and nobody said what became of it.
        """
        if not self.lock.allows(address(call)):
            self._must_read(call)
        try:
            return self._answered(call, never)
        except (Unreachable, ServiceBroken, Malformed, TooLarge) as error:
            # A status below 500 is a clear no, but for the server that gave up waiting.
            error.is_outcome_unknown = error.status in (None, 408) or error.status >= 500 or error.status < 400
            raise

    def arm(self, path: str, api_version: str, **params: str) -> Call:
        """Return a GET on Azure Resource Manager. `path` begins with a slash; odd characters in it are escaped."""
        return Call(url=f"https://{self.cloud.arm}{_escaped(path)}", api_version=api_version, params=params)

    def run_history(
        self,
        workspace: WorkspaceRef,
        path: str,
        *,
        area: str = "history/v1.0",
        method: str = "GET",
        params: dict[str, str] | None = None,
        body: object | None = None,
    ) -> Call:
        """Return a call on the workspace's own service. Its host is asked once per workspace and remembered.

        `path` follows the workspace's id: `/experiments:query`; `area` is the service in front of it: `metric/v2.0`.
        Raises ServiceError when the host has to be asked and that fails.
        """
        host = self._discovery.api(self, workspace)
        return Call(url=f"{host}/{area}{_escaped(workspace.id + path)}", method=method, params=params or {}, body=body)

    def identity(self) -> Identity:
        """Return whom the tokens for Resource Manager name. Raises NotSignedIn."""
        token = self.token("arm")
        return identity_of(token.token, token.expires_on, self.cloud)

    def token(self, audience: Audience) -> Any:
        """Return a token with its text as `token` and its end as `expires_on` (epoch seconds). Raises NotSignedIn."""
        try:
            return self._credential.get_token(self.cloud.scopes[audience])
        except network_errors() as error:
            raise translate(error, self.arm("/", "")) from error

    def budgets(self) -> tuple[BudgetLeft, ...]:
        """Return what is left of every budget in use."""
        return self._budgets.left()

    def close(self) -> None:
        """Wake what waits and close the transport. Calls after this raise Unreachable."""
        with self._closing:
            self.clock.close()
            self._transport.close()

    def _must_read(self, call: Call) -> None:
        pinned_host(self.cloud, call, address(call))
        is_asked = call.asks_secret and reads_secret(self.cloud, call.method, address(call))
        if not (is_asked or is_read(self.cloud, call.method, address(call))):
            raise read_only(call)

    def _answered(self, call: Call, stop: Stop) -> Answer:
        flight = Flight(self.clock.now() + self._limits.total, stop, self._reserve)
        for _ in range(self._limits.redirects + 1):
            answer = self._sent(call, flight)
            target = answer.headers.get("location")
            if answer.status not in _REDIRECTS or not target:
                return checked(answer, self._limits.depth)
            if not is_read(self.cloud, call.method, address(call)):
                break
            call = redirected(call, target)
            flight.attempts = 0
        raise Malformed("Azure redirects without end", on=subject(call))

    def _sent(self, call: Call, flight: Flight) -> Answer:
        from azure.core.rest import HttpRequest

        if self.clock.is_closed:
            raise Unreachable("The connection is closed", on=subject(call))
        body = None if call.body is None else msgspec.json.encode(call.body)
        headers = {"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": USER_AGENT}
        if body is not None:
            headers["Content-Type"] = "application/json"
        headers.update(call.headers)
        request = HttpRequest(call.method, address(call), headers=headers, content=body)
        try:
            done = self._pipeline.run(request, amldeck=(call, flight))
        except Unreachable as error:
            raise explained(error, call, self._resolve) from error
        except network_errors() as error:
            raise translate(error, call) from error
        return done.context["answer"]


def _escaped(path: str) -> str:
    return quote(path, safe="/:@!$&'()*+,;=~%-._")


__all__ = ["Answer", "Audience", "Call", "Connection", "Limits", "utc_now"]
