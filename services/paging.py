"""Every way an Azure service has of saying "there is more", as a table; and the next call made from it."""

from __future__ import annotations

import re
from typing import Any, Literal, cast
from urllib.parse import parse_qsl, urljoin, urlsplit

import msgspec

from services.calls import Call, address
from services.errors import Malformed, foreign
from services.mending import mend

How = Literal["link", "body", "query", "skip"]


class Turn(msgspec.Struct, frozen=True):
    """One way of paging: where the answer tells of more, on which routes, and how the next call says it."""

    field: tuple[str, ...]
    how: How
    into: tuple[str, ...] = ()
    route: str = ""
    """A pattern for the end of `METHOD /path`; empty fits every route."""


TURNS = (
    Turn(("properties", "nextLink"), "link", route=r"POST .*/microsoft\.costmanagement/(query|forecast)"),
    Turn(("continuationToken",), "body", ("continuationToken",), route=r"POST .*"),
    Turn(("continuationToken",), "query", ("$continuationToken",), route=r"GET .*/(children|runs)"),
    Turn(("continuationToken",), "query", ("continuationToken",), route=r"GET .*"),
    Turn(("nextSkip",), "skip", ("skip",), route=r"POST .*/entities"),
    Turn(("$skipToken",), "body", ("options", "$skipToken"), route=r"POST .*"),
    Turn(("next_page_token",), "body", ("page_token",), route=r"POST .*"),
    Turn(("next_page_token",), "query", ("page_token",), route=r"GET .*"),
    Turn(("nextLink",), "link"),
    Turn(("NextPageLink",), "link"),
    Turn(("@odata.nextLink",), "link"),
    Turn(("odata.nextLink",), "link"),
)
"""The first way whose route fits and whose field is filled is taken. A link is sent as it came, with the same method
and body: that is how Cost Management and listNodes want it, and a GET has no body anyway."""


class _Envelope(msgspec.Struct):
    properties: msgspec.Raw = msgspec.Raw(b"")
    continuation_token: Any = msgspec.field(name="continuationToken", default=None)
    next_skip: Any = msgspec.field(name="nextSkip", default=None)
    skip_token: Any = msgspec.field(name="$skipToken", default=None)
    next_page_token: Any = None
    next_link: Any = msgspec.field(name="nextLink", default=None)
    next_page_link: Any = msgspec.field(name="NextPageLink", default=None)
    odata_link: Any = msgspec.field(name="@odata.nextLink", default=None)
    old_odata_link: Any = msgspec.field(name="odata.nextLink", default=None)
    total_count: Any = msgspec.field(name="totalCount", default=None)


class _Properties(msgspec.Struct):
    next_link: Any = msgspec.field(name="nextLink", default=None)


_ENVELOPE = msgspec.json.Decoder(_Envelope)
_PROPERTIES = msgspec.json.Decoder(_Properties)
_ATTRIBUTES = {
    "continuationToken": "continuation_token",
    "nextSkip": "next_skip",
    "$skipToken": "skip_token",
    "next_page_token": "next_page_token",
    "nextLink": "next_link",
    "NextPageLink": "next_page_link",
    "@odata.nextLink": "odata_link",
    "odata.nextLink": "old_odata_link",
}
_ROUTES = {turn: re.compile(turn.route, re.IGNORECASE) for turn in TURNS if turn.route}


def next_call(call: Call, body: bytes) -> Call | None:
    """Return the call for the page after this one, or None when this is the last.

    An answer that is no JSON object has no next page: what is wrong with it is for its reader to say. Raises Malformed
    for a link or token that is no text, ForeignHost for a link that cannot be resolved.
    """
    envelope = _envelope(body)
    if envelope is None:
        return None
    spelled = f"{call.method} {urlsplit(call.url).path}"
    for turn in TURNS:
        if turn.route and not _ROUTES[turn].fullmatch(spelled):
            continue
        told = _told(envelope, turn)
        if told not in (None, "", []):
            return _turned(call, turn, told, envelope)
    return None


def _envelope(body: bytes) -> _Envelope | None:
    try:
        return _ENVELOPE.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return _mended(body)


def _mended(body: bytes) -> _Envelope | None:
    if body.lstrip()[:1] != b"{":
        return None
    try:
        return _ENVELOPE.decode(mend(body))
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def _told(envelope: _Envelope, turn: Turn) -> object:
    if turn.field[0] != "properties":
        return cast(object, getattr(envelope, _ATTRIBUTES[turn.field[0]]))
    try:
        return _PROPERTIES.decode(bytes(envelope.properties) or b"{}").next_link
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def _turned(call: Call, turn: Turn, told: object, envelope: _Envelope) -> Call | None:
    if turn.how == "skip":
        return _skipped(call, told, envelope)
    if not isinstance(told, str):
        raise Malformed(f"The next page is told as {type(told).__name__}, not as text")
    if turn.how == "link":
        return _linked(call, told)
    if turn.how == "body":
        return msgspec.structs.replace(call, body=_with(call.body, turn.into, told))
    base, _, query = call.url.partition("?")
    params = {**call.params, **dict(parse_qsl(query)), turn.into[0]: told}
    return msgspec.structs.replace(call, url=base, params=params)


def _linked(call: Call, link: str) -> Call:
    if link.startswith("/") and not link.startswith(("//", "/\\")):
        link = urljoin(address(call), link)
    if "://" not in link:
        raise foreign(link, call, "it is no whole address")
    return msgspec.structs.replace(call, url=link, params={}, api_version=call.api_version)


def _skipped(call: Call, told: object, envelope: _Envelope) -> Call | None:
    body = _fields(call.body)
    before, total = body.get("skip", 0), envelope.total_count
    if not isinstance(told, int) or not isinstance(total, int) or told >= total or told <= before:
        return None
    return msgspec.structs.replace(call, body={**body, "skip": told})


def _with(body: object, path: tuple[str, ...], value: object) -> dict[str, Any]:
    """Return a copy of a request body with one more value in it."""
    filled = _fields(body)
    filled[path[0]] = value if len(path) == 1 else _with(filled.get(path[0]), path[1:], value)
    return filled


def redirected(call: Call, target: str) -> Call:
    """Return the call that a redirect leads to. Raises ForeignHost when there is no telling where that is."""
    try:
        url = urljoin(address(call), target)
    except ValueError as error:
        raise foreign(target, call, "it cannot be read") from error
    return msgspec.structs.replace(call, url=url, params={}, api_version=None)


def fingerprint(call: Call) -> tuple[str, str, bytes]:
    """Return what makes two calls the same request: to see a listing that leads back to itself."""
    return call.method, address(call), msgspec.json.encode(call.body, order="deterministic")


def _fields(body: object) -> dict[str, Any]:
    return {**cast(dict[str, Any], body)} if isinstance(body, dict) else {}
