"""The sign-in service's memory: device codes, authorization codes and refresh tokens, and how they are taken.

It is the one part of the emulated account that is not a function of the time: a sign-in happens, or it does not.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Literal

import msgspec

from services.emulator.dice import guid
from services.emulator.samples import UPNS
from services.emulator.ticks import SECOND

Decision = Literal["pending", "approved", "declined"]

CODE_LASTS = 900
"""Seconds a device code can be typed in."""
REFRESH_LASTS = 90 * 24 * 3_600
"""Seconds a refresh token lasts when it is not used."""
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"


class Flow(msgspec.Struct):
    """One device code: who asked for what, until when (ticks), and what the person with the browser decided."""

    code: str
    client_id: str
    scope: str
    ends: int
    decision: Decision = "pending"
    upn: str = UPNS[0]
    polls: int = 0


class Grant(msgspec.Struct, frozen=True):
    """What a refresh token or an authorization code stands for."""

    upn: str
    client_id: str
    issued: int
    challenge: str = ""
    """SHA-256 of the PKCE verifier, as base64url."""
    nonce: str = ""
    scope: str = ""
    redirect: str = ""


class Policy(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """How the emulated tenant takes sign-ins; a test or the control address may change it at any time."""

    interval: int = 5
    """Seconds a program is told to wait between two questions about a device code."""
    approve_after: int | None = 2
    """A device code is approved by itself after so many questions; None waits for somebody to decide."""
    upn: str = UPNS[0]
    """Who types in the device code, and who sits at the browser."""
    refuse: int | None = None
    """The AADSTS code that every refresh token is refused with, as after a revocation."""
    refuse_all: int | None = None
    """The AADSTS code that every sign-in is refused with."""
    lifetime: int = 3_600
    """Seconds an access token lasts."""
    page: str = "https://microsoft.com/devicelogin"
    token_host: str = ""
    """A foreign host to name as the place for tokens, as a hostile answer would."""
    has_identity: bool = True
    """Whether the machine has a managed identity."""
    thumbprints: dict[str, str] = {}
    """Certificates of applications: base64url of the SHA-1 or SHA-256 of each, and the application."""


class Login:
    """The emulated tenant's sign-ins. Safe on any thread."""

    def __init__(self, seed: int, now: Callable[[], int]) -> None:
        self.policy = Policy()
        self._seed = seed
        self._now = now
        self._lock = threading.Lock()
        self._flows: dict[str, Flow] = {}
        self._grants: dict[str, Grant] = {}
        self._made = 0

    def start(self, client_id: str, scope: str) -> tuple[str, Flow]:
        """Return a new device code, and its flow, whose `code` is what a person types."""
        with self._lock:
            secret = self._next("device")
            digits = int(guid(self._seed, "user code", self._made)[:8], 16)
            code = "".join(_LETTERS[digits // 20**place % 20] for place in range(6)) + f"{self._made % 1000:03}"
            flow = Flow(code, client_id, scope, self._now() + CODE_LASTS * SECOND, upn=self.policy.upn)
            self._flows[secret] = flow
            return secret, flow

    def poll(self, secret: str) -> Flow | None:
        """Return how a device code stands, None for one that is unknown or over. Counts the question."""
        with self._lock:
            flow = self._flows.get(secret)
            if flow is None or flow.ends <= self._now():
                return None
            flow.polls += 1
            after = self.policy.approve_after
            if flow.decision == "pending" and after is not None and flow.polls > after:
                flow.decision = "approved"
            if flow.decision != "pending":
                del self._flows[secret]
            return flow

    def decide(self, code: str, decision: Decision, upn: str = "") -> bool:
        """Approve or decline a device code by what a person types; an empty code means all. Whether there was one."""
        with self._lock:
            flows = [flow for flow in self._flows.values() if code in ("", flow.code)]
            for flow in flows:
                flow.decision, flow.upn = decision, upn or self.policy.upn
            return bool(flows)

    def expire(self) -> None:
        """Let every device code that was not used yet be over."""
        with self._lock:
            for flow in self._flows.values():
                flow.ends = 0

    @property
    def waiting(self) -> tuple[str, ...]:
        """The device codes that are waited for, as a person types them."""
        with self._lock:
            return tuple(flow.code for flow in self._flows.values() if flow.decision == "pending")

    def grant(self, kind: str, grant: Grant) -> str:
        """Return a new refresh token or authorization code for a grant."""
        with self._lock:
            secret = self._next(kind)
            self._grants[secret] = grant
            return secret

    def granted(self, secret: str, *, is_kept: bool) -> Grant | None:
        """Return what a refresh token or code stands for; a code is good once, `is_kept` False."""
        with self._lock:
            return self._grants.get(secret) if is_kept else self._grants.pop(secret, None)

    def _next(self, kind: str) -> str:
        self._made += 1
        return f"1.emulated-{kind}.{guid(self._seed, kind, self._made, self._now())}"
