"""Answers with an error status, as ServiceErrors."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from services.aadsts import HERE, of_challenge
from services.calls import Answer, subject
from services.depth import is_too_deep
from services.errors import (
    PRIVATE,
    Conflict,
    Forbidden,
    Malformed,
    NotFound,
    NotSignedIn,
    PrivateOnly,
    Refused,
    ServiceBroken,
    ServiceError,
    Throttled,
    Unreachable,
)
from services.sentences import explain, tidy
from services.waits import wait_asked

_PRIVATE_WORDS = (
    "private link configuration",
    "publicnetworkaccess",
    "public network access",
    "public access is not permitted",
    "private endpoint",
    "private link",
    "client address is not authorized",
    "not allowed by firewall",
    "firewall",
    "virtual network",
    "is not allowed to access",
)
_MISSING_RIGHT = re.compile(
    r"not have (?:authorization|permissions?) to perform (?:the )?action '?(?P<action>[^'\s]+)'? "
    r"(?:over|on) (?:the )?scope (?:'(?P<quoted>[^']+)'|(?P<bare>[^'\s]+?)(?=[.,;]?(?:\s|$)))"
)
_FIELDS = msgspec.json.Decoder(dict[str, msgspec.Raw])


def of_answer(answer: Answer) -> ServiceError:
    """Return what an answer with an error status says. The status decides the kind, never the code in the body."""
    said = explain(answer.body)
    kind, do = _kind(answer.status, said.sentence)
    error = kind(
        said.sentence or f"Azure answered {answer.status}{' ' + said.title if said.title else ''} and nothing else",
        on=subject(answer.call),
        do=do,
        status=answer.status,
        code=said.code,
        request_id=answer.headers.get("x-ms-request-id") or answer.headers.get("x-ms-correlation-request-id"),
    )
    return _FINISH.get(kind, _as_it_is)(error, answer)


def checked(answer: Answer, depth: int) -> Answer:
    """Return an answer that went well, as it is. Raises the ServiceError of any other, or of one nested too deep."""
    if answer.status >= 300:
        raise of_answer(answer)
    if answer.call.is_content:
        return answer
    if is_too_deep(answer.body, depth):
        raise Malformed(f"The answer is nested deeper than {depth} levels", on=subject(answer.call))
    if error := _error_alone(answer):
        raise error
    return answer


def _error_alone(answer: Answer) -> ServiceError | None:
    """Return what an answer says that went well by its status and holds an error and nothing else; None for others.

    Read as data it would be a resource of which nothing is known, and an end of its listing.
    """
    if b'"error"' not in answer.body[:64]:
        return None
    try:
        fields = _FIELDS.decode(answer.body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    if list(fields) != ["error"] or bytes(fields["error"])[:1] != b"{":
        return None
    said = explain(answer.body)
    return ServiceBroken(
        said.sentence or f"Azure answered {answer.status} with an error in place of data",
        on=subject(answer.call),
        do="it is tried again with the next refresh",
        status=answer.status,
        code=said.code,
        request_id=answer.headers.get("x-ms-request-id"),
    )


def _kind(status: int, sentence: str) -> tuple[type[ServiceError], str]:
    lowered = sentence.lower()
    if status == 403 and any(word in lowered for word in _PRIVATE_WORDS):
        return PrivateOnly, PRIVATE
    if status >= 400 and _PRIVATE_WORDS[0] in lowered:
        return PrivateOnly, PRIVATE
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if status >= 500:
        return ServiceBroken, "this is on Azure's side, it is tried again with the next refresh"
    if status >= 400:
        return Refused, ""
    return Malformed, "something between here and Azure may be answering in its place"


_BY_STATUS: dict[int, tuple[type[ServiceError], str]] = {
    401: (NotSignedIn, HERE),
    403: (Forbidden, "ask an owner of the workspace for a role that includes it"),
    404: (NotFound, "it may have been deleted or renamed"),
    407: (Unreachable, "the proxy wants a sign-in: check HTTPS_PROXY"),
    408: (Unreachable, "it is tried again with the next refresh"),
    409: (Conflict, ""),
    410: (NotFound, "it may have been deleted or renamed"),
    412: (Conflict, "it was changed meanwhile: refresh and look again"),
    423: (Conflict, "it is locked"),
    429: (Throttled, ""),
}

DEFAULT_WAIT = 30.0
"""Seconds until the next call when a 429 does not say."""


def _as_it_is(error: ServiceError, answer: Answer) -> ServiceError:
    return error


def _throttled(error: ServiceError, answer: Answer) -> ServiceError:
    asked = wait_asked(answer.status, answer.headers, error.what)
    error.retry_after = DEFAULT_WAIT if asked is None else asked
    error.do = f"the next try is in {error.retry_after:.0f} s"
    return error


def _broken(error: ServiceError, answer: Answer) -> ServiceError:
    error.retry_after = wait_asked(answer.status, answer.headers, error.what)
    if str(answer.status) not in error.what:
        error.what = f"Azure answered {answer.status}: {error.what}"
    return error


def _forbidden(error: ServiceError, answer: Answer) -> ServiceError:
    if isinstance(error, Forbidden) and (found := _MISSING_RIGHT.search(error.what)):
        error.action, error.scope = found["action"], found["quoted"] or found["bare"]
        error.what = f"Your account may not perform {error.action} on {error.scope}"
        error.do = "ask an owner of it for a role that includes this"
    return error


def _not_signed_in(error: ServiceError, answer: Answer) -> ServiceError:
    challenge = answer.headers.get("www-authenticate", "")
    if asked := of_challenge(challenge):
        error.what, error.do = asked.what, asked.do
        return error
    if not error.what.startswith("Azure answered") or "error_description" not in challenge:
        return error
    found = re.search(r'error_description="([^"]{1,300})', challenge)
    error.what = tidy(found[1]) if found else error.what
    return error


_FINISH: dict[type[ServiceError], Callable[[ServiceError, Answer], ServiceError]] = {
    Throttled: _throttled,
    ServiceBroken: _broken,
    Forbidden: _forbidden,
    NotSignedIn: _not_signed_in,
}
