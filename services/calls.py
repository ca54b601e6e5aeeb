"""A request before it is sent, and what came back: plain values, no network."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote, unquote, urlencode, urlsplit

import msgspec

from services.clouds import Audience


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One request, before it is sent.

    `url` is an absolute https URL without query. A next link, which Azure hands out whole, is the exception: it keeps
    its query, and is sent exactly as it came, without `params` and `api_version`.
    """

    url: str
    api_version: str | None = None
    method: str = "GET"
    params: dict[str, str] = {}
    body: object | None = None
    """Anything msgspec can write as JSON; None sends no body."""
    audience: Audience = "arm"
    headers: dict[str, str] = {}
    """What is sent beside, or in place of, the usual headers: a range of bytes."""
    is_content: bool = False
    """True when the answer is somebody's file and no document: nothing in it is read as JSON."""
    asks_secret: bool = False
    """True when somebody asked for a key and meant it: what `services.routes.reads_secret` names may then be sent."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came back for a call: `headers` with lower-case keys, `fetched_at` in aware UTC.

    `is_last` is False while `Connection.pages` knows of a next page; `following` is then the call for it.
    """

    call: Call
    status: int
    body: bytes
    headers: Mapping[str, str]
    fetched_at: datetime
    is_last: bool = True
    following: Call | None = None


_IN_QUERY = "$:,;'()/*@!~"


def address(call: Call) -> str:
    """Return the whole URL of a call, query included."""
    if "?" in call.url:
        return call.url
    query = {**call.params, **({"api-version": call.api_version} if call.api_version else {})}
    return f"{call.url}?{urlencode(query, quote_via=quote, safe=_IN_QUERY)}" if query else call.url


def route(call: Call) -> str:
    """Return the URL of a call without its query: what provenance names, and what never holds a signature."""
    return call.url.partition("?")[0]


def subject(call: Call) -> str:
    """Return what a call is about, as a sentence may name it: `jobs of ml-prod`, `computes/gpu of ml-prod`."""
    try:
        split = urlsplit(call.url)
    except ValueError:
        return ""
    parts = [unquote(part) for part in split.path.split("/") if part]
    lowered = [part.lower() for part in parts]
    if "workspaces" in lowered:
        at = lowered.index("workspaces") + 1
        name, rest = parts[at : at + 1], parts[at + 1 :]
        inner = "/".join(rest[-4:])
        return f"{inner} of {name[0]}" if rest and name else f"workspace {name[0]}" if name else "workspaces"
    return "/".join(parts[-2:]) or split.netloc
