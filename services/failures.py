"""Exceptions of the network and of sign-in, as ServiceErrors."""

from __future__ import annotations

import json
import re
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from services.aadsts import HERE, WITH_AZ, again, explained
from services.calls import Answer, Call, subject
from services.errors import Malformed, NotSignedIn, ServiceBroken, ServiceError, Throttled, Unreachable
from services.refusals import of_answer
from services.sentences import explain, tidy

_AGAIN = "check the network; the cached data is shown meanwhile"

_NETWORK: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (
        ("CERTIFICATE_VERIFY_FAILED", "certificate verify failed", "SSLCertVerificationError"),
        "The TLS certificate of {host} is not trusted",
        "set REQUESTS_CA_BUNDLE to the file of your company's certificates",
    ),
    (
        ("ProxyError", "Tunnel connection failed", "connect to proxy"),
        "The proxy does not lead to {host}",
        "check HTTPS_PROXY and NO_PROXY",
    ),
    (
        ("NameResolutionError", "gaierror", "getaddrinfo failed", "Name or service not known"),
        "The name {host} cannot be resolved",
        "check the network or the VPN; the cached data is shown meanwhile",
    ),
    (("SSLError", "SSL:", "EOF occurred in violation"), "The TLS connection to {host} failed", _AGAIN),
    (("ConnectTimeout", "ServiceRequestTimeout"), "{host} does not answer in time", _AGAIN),
    (("ReadTimeout", "ServiceResponseTimeout", "timed out", "TimeoutError"), "{host} took too long to answer", _AGAIN),
    (("Connection refused", "ConnectionRefusedError"), "{host} refuses the connection", _AGAIN),
    (
        ("IncompleteRead", "ChunkedEncoding", "RemoteDisconnected", "ServiceResponseError"),
        "{host} broke off its answer",
        _AGAIN,
    ),
)
"""What the chain of exceptions holds, in the order of trust, with the sentence and the advice."""

_SIGN_IN: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (
        ("not found on path", "could not be found", "No such file"),
        "The Azure CLI (az) is not installed",
        "install it, then run `az login`",
    ),
    (
        ("timed out", "TimeoutExpired", "Failed to invoke"),
        "The Azure CLI (az) did not answer in time",
        "try `az account show` in a terminal",
    ),
    (
        ("az login", "expired", "interaction_required", "logged in", "Interactive authentication is required"),
        "The Azure sign-in is missing or has expired",
        WITH_AZ,
    ),
)


_MSAL_STATUS = re.compile(r"HTTP Error: (\d{3})\b")
"""MSAL's own words for a login host that fails while it says where its endpoints are."""


def of_exception(problem: BaseException, call: Call | None) -> ServiceError:
    """Return an exception of sign-in, the network or the decoding as a ServiceError.

    Raises the exception again when it is none of those: a bug should look like a bug.
    """
    from azure.core import exceptions as azure

    if isinstance(problem, azure.ClientAuthenticationError):
        return of_sign_in(problem)
    on = subject(call) if call else ""
    if isinstance(problem, azure.HttpResponseError) and problem.status_code:
        return of_answer(_answer(problem, call))
    if isinstance(problem, azure.IncompleteReadError):
        return _of_network(problem, call, on)
    if isinstance(problem, azure.DecodeError | UnicodeError | json.JSONDecodeError | RecursionError):
        return Malformed(f"The answer cannot be decoded ({type(problem).__name__})", on=on)
    if isinstance(problem, azure.AzureError | OSError | ssl.SSLError | socket.timeout) or _is_of_requests(problem):
        return _of_network(problem, call, on)
    raise problem


def _answer(problem: Any, call: Call | None) -> Answer:
    """Return the answer inside an error that a client of the SDK raised."""
    response = problem.response
    try:
        body = bytes(response.body() if hasattr(response, "body") else response.content)
    except (AttributeError, TypeError, OSError):
        body = str(problem.message).encode()
    headers = {str(name).lower(): str(value) for name, value in dict(getattr(response, "headers", {}) or {}).items()}
    call = call or Call(url=str(getattr(getattr(response, "request", None), "url", "https://Azure")))
    return Answer(call=call, status=problem.status_code, body=body, headers=headers, fetched_at=datetime.now(UTC))


def _is_of_requests(problem: BaseException) -> bool:
    import http.client

    import requests
    import urllib3

    known = (requests.RequestException, urllib3.exceptions.HTTPError, http.client.HTTPException)
    return isinstance(problem, known)


def of_sign_in(problem: BaseException) -> ServiceError:
    """Return why there is no token: no network, a login host that fails, or a sign-in that is missing or refused."""
    from azure.core import exceptions as azure

    chain = list(_links(problem))
    for cause in chain:
        if isinstance(cause, ServiceError):
            return cause if isinstance(cause, NotSignedIn | Unreachable) else NotSignedIn(cause.what, do=cause.do)
        if isinstance(cause, azure.ServiceRequestError | azure.ServiceResponseError) or _is_of_requests(cause):
            return _of_network(cause, None, "sign-in", "The login host")
    status = next((one.status_code for one in chain if isinstance(one, azure.HttpResponseError) and one.status_code), 0)
    if found := _MSAL_STATUS.search(" ".join(map(str, chain))):
        status = int(found[1])
    if status == 429 or status >= 500:
        kind = Throttled if status == 429 else ServiceBroken
        return kind(f"The login host answered {status}", do="it is tried again later", status=status, retry_after=30.0)
    return signed_out(problem)


def signed_out(problem: BaseException, *, is_az: bool = False) -> NotSignedIn:
    """Return why there is no token, with the next step. The one place where words of a sign-in become a sentence.

    `is_az` says that az was asked; otherwise its own words give it away.
    """
    told = " ".join(_chain(problem))
    is_az = is_az or "az login" in told or "Azure CLI" in told or "ERROR: " in told
    if said := explained(told, is_az=is_az):
        return said
    for marks, what, do in _SIGN_IN if is_az else _SIGN_IN[-1:]:
        if any(mark in told for mark in marks):
            return NotSignedIn(what, do=do if is_az else HERE)
    first = tidy(str(problem).split("\n")[0]).removeprefix("Authentication failed: ")
    return NotSignedIn(first or "There is no Azure sign-in", do=again(is_az=is_az))


def _of_network(problem: BaseException, call: Call | None, on: str, named: str = "Azure") -> Unreachable:
    told = " ".join(_chain(problem))
    host = (urlsplit(call.url).hostname if call else None) or named
    for marks, what, do in _NETWORK:
        if any(mark in told for mark in marks):
            return Unreachable(what.format(host=host), on=on, do=do)
    return Unreachable(f"{host} cannot be reached ({type(problem).__name__})", on=on, do=_AGAIN)


def _chain(problem: BaseException) -> Iterator[str]:
    """Yield the names and words of an exception and of everything it came from, each once."""
    for current in _links(problem):
        yield type(current).__name__
        yield str(current)[:2_000]
        yield _body_of(current)


def _body_of(problem: BaseException) -> str:
    """The words of the answer an exception of azure-identity came from: it keeps them out of its own."""
    response = getattr(problem, "response", None)
    try:
        body = bytes(response.body()) if response is not None else b""
    except (AttributeError, TypeError, ValueError, OSError):
        return ""
    return explain(body).sentence


def _links(problem: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    waiting: list[BaseException] = [problem]
    while waiting and len(seen) < 20:
        current = waiting.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        related = (current.__cause__, current.__context__, getattr(current, "reason", None), *current.args)
        waiting += [one for one in related if isinstance(one, BaseException)]
