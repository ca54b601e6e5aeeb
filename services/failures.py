"""Exceptions of the network and of sign-in, as ServiceErrors."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from services.calls import Answer, Call, subject
from services.errors import Malformed, NotSignedIn, ServiceError, Unreachable, translate
from services.sentences import tidy

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
        ("az login", "AADSTS", "expired", "interaction_required", "logged in"),
        "The Azure sign-in is missing or has expired",
        "run `az login`",
    ),
)


def of_exception(problem: BaseException, call: Call | None) -> ServiceError:
    """Return an exception of sign-in, the network or the decoding as a ServiceError.

    Raises the exception again when it is none of those: a bug should look like a bug.
    """
    from azure.core import exceptions as azure

    if isinstance(problem, azure.ClientAuthenticationError):
        return signed_out(problem)
    on = subject(call) if call else ""
    if isinstance(problem, azure.HttpResponseError) and problem.status_code:
        return translate(_answer(problem, call))
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


def signed_out(problem: BaseException) -> NotSignedIn:
    """Return why there is no token, with the next step."""
    told = " ".join(_chain(problem))
    for marks, what, do in _SIGN_IN:
        if any(mark in told for mark in marks):
            return NotSignedIn(what, do=do)
    return NotSignedIn(tidy(str(problem).split("\n")[0]) or "There is no Azure sign-in", do="run `az login`")


def _of_network(problem: BaseException, call: Call | None, on: str) -> Unreachable:
    told = " ".join(_chain(problem))
    host = (urlsplit(call.url).hostname if call else None) or "Azure"
    for marks, what, do in _NETWORK:
        if any(mark in told for mark in marks):
            return Unreachable(what.format(host=host), on=on, do=do)
    return Unreachable(f"{host} cannot be reached ({type(problem).__name__})", on=on, do=_AGAIN)


def _chain(problem: BaseException) -> Iterator[str]:
    """Yield the names and words of an exception and of everything it came from, each once."""
    seen: set[int] = set()
    waiting: list[BaseException] = [problem]
    while waiting and len(seen) < 20:
        current = waiting.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield type(current).__name__
        yield str(current)[:2_000]
        related = (current.__cause__, current.__context__, getattr(current, "reason", None), *current.args)
        waiting += [one for one in related if isinstance(one, BaseException)]
