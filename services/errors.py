"""What can go wrong between us and Azure, as a short tree; `services.translating` is the one door into it.

ServiceError
├── NotSignedIn         401, no token, no az
├── Forbidden           403: a right is missing (action, scope)
├── NotFound            404, 410
├── Conflict            409, 412, 423
├── Throttled           429, or our own budget (retry_after)
├── Refused             every other 4xx
├── Unreachable         no connection, no name, no time left
│   └── PrivateOnly     reachable only from the workspace's private network
├── ServiceBroken       5xx
├── Malformed           an answer that is not what it should be
├── TooLarge            an answer, or a listing, beyond our caps
├── ForeignHost         a link that leads out of Azure; nothing was sent
└── ReadOnly            a write while the session is read-only; nothing was sent
"""

from __future__ import annotations

import re

from services.calls import Call, route, subject
from services.sentences import tidy


class ServiceError(Exception):
    """A failure told as a sentence: what failed, on what, and what to do. Secrets never enter it.

    `status` is the HTTP status when there was one, `code` Azure's own code (for the curious: it decides nothing),
    `retry_after` seconds until a new try makes sense, `request_id` what Microsoft's support asks for.
    `is_outcome_unknown` is True for a write that was sent and whose fate nobody told us: read back before repeating.
    """

    def __init__(
        self,
        what: str,
        *,
        on: str = "",
        do: str = "",
        status: int | None = None,
        code: str | None = None,
        retry_after: float | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(what)
        self.what = what
        self.on = on
        self.do = do
        self.status = status
        self.code = code
        self.retry_after = retry_after
        self.request_id = request_id
        self.is_outcome_unknown = False

    def __str__(self) -> str:
        """Return the sentence, with a full stop."""
        where = f" ({self.on})" if self.on and self.on.lower() not in self.what.lower() else ""
        todo = f"; {self.do}" if self.do else ""
        return f"{self.what.rstrip('. ')}{where}{todo}."


class NotSignedIn(ServiceError):
    """There is no valid token: not signed in, expired, revoked, or no way to ask."""


class Forbidden(ServiceError):
    """A right is missing. `action` and `scope` are what Azure says is missing where, when it says so."""

    action: str | None = None
    scope: str | None = None


class NotFound(ServiceError):
    """Azure does not know it (any more)."""


class Conflict(ServiceError):
    """It exists already, is locked, or was changed meanwhile."""


class Throttled(ServiceError):
    """Too many calls. `retry_after` is always set: seconds until the next one is welcome."""


class Refused(ServiceError):
    """Azure understood and says no: the request itself is wrong."""


class Unreachable(ServiceError):
    """No answer: no network, no name, a proxy or certificate in between, or no time left."""


class PrivateOnly(Unreachable):
    """The workspace answers only on its private network. What is cached stays readable."""


class ServiceBroken(ServiceError):
    """Azure failed on its side."""


class Malformed(ServiceError):
    """An answer came that is not what it should be: no JSON, too deep, pages that never end."""


class TooLarge(ServiceError):
    """An answer or a listing went beyond the caps that protect this machine."""


class ForeignHost(ServiceError):
    """A link leads to a host that is not Azure's. Nothing was sent there."""


class ReadOnly(ServiceError):
    """A write was asked for while the session is read-only. Nothing was sent."""


PRIVATE = "it is reachable only from its private network; connect the VPN, until then the cached data is shown"


def foreign(url: str, call: Call | None = None, why: str = "it is not a host of the chosen cloud") -> ForeignHost:
    """Return the error for a link that leads out of Azure. It names the host and the reason, not the whole link."""
    host = tidy(re.sub(r"^[A-Za-z]+://", "", url).split("/")[0].rpartition("@")[2])[:80] or "an empty address"
    on = subject(call) if call else ""
    return ForeignHost(f"A link leads to {host}: {why}", on=on, do="nothing was sent there")


def read_only(call: Call) -> ReadOnly:
    """Return the error for a write that may not leave."""
    name = route(call).rpartition("/")[2]
    return ReadOnly(
        f"{call.method} {tidy(name)[:80]} would change something and this session is read-only",
        on=subject(call),
        do="unlock it first; nothing was sent",
    )
