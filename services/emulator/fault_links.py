"""Faults of paging and of links: pages that lead back, pages without end, links that lead to another host."""

from __future__ import annotations

import re
from typing import Any, cast
from urllib.parse import quote

import msgspec

from services.emulator.answers import Json, Request, Response

AGAIN = "again"
"""The query parameter of a made-up link, and the beginning of a made-up token: `again-2`."""

_TOKENS = ("continuationToken", "next_page_token", "page_token", "$skipToken", "skipToken", "skip", "nextPageToken")
_MADE_UP = re.compile(rf"{AGAIN}-\d+")
_LISTS = ("value", "nodes", "Items", "runs", "experiments")
_OPERATION = ("location", "azure-asyncoperation", "operation-location")


def is_continued(request: Request) -> bool:
    """Return whether a request asks for a page after the first, in any service's way of asking."""
    return any(_bare(name) in _BARE and value not in (None, "", 0, "0") for name, value in _said(request))


def anew(request: Request) -> Request:
    """Return the request without a made-up page, so that its first page is answered again."""
    query = {name: value for name, value in request.query.items() if name != AGAIN and not _is_made_up(value)}
    body = request.body
    if AGAIN.encode() in body:
        kept = {name: value for name, value in _fields(body).items() if not _is_made_up(value)}
        body = msgspec.json.encode(kept)
    return msgspec.structs.replace(request, query=query, body=body)


def turned_back(request: Request, made: Response, *, is_endless: bool) -> Response:
    """Return a listing's page that leads on to another: back to an earlier one, or to ever new ones."""
    document = _fields(made.body)
    if not any(isinstance(block.get(name), list) for block in _blocks(document) for name in (*_LISTS, "rows")):
        return made
    number = _round(request)
    following = number + 1 if is_endless else number % 2 + 1
    holder, field = _teller(request, document)
    holder[field] = _own_url(request, following) if "link" in field.lower() else f"{AGAIN}-{following}"
    return msgspec.structs.replace(made, body=msgspec.json.encode(document))


def led_away(request: Request, made: Response, to: str) -> Response:
    """Return the answer with every link a client may follow leading to `to`: next pages, operations, discovery."""
    document = _fields(made.body)
    if document:
        holder, field = _teller(request, document)
        holder[field] = to
        _led_away_inside(document, to)
    headers = {**made.headers, **(dict.fromkeys(_OPERATION, to) if request.method.upper() != "GET" else {})}
    body = msgspec.json.encode(document) if document else made.body
    return msgspec.structs.replace(made, headers=headers, body=body)


def _led_away_inside(value: object, to: str) -> None:
    """Put `to` in the place of every discovery address, however deep."""
    if isinstance(value, dict):
        block = cast(Json, value)
        if "discoveryUrl" in block:
            block["discoveryUrl"] = to
        for inner in block.values():
            _led_away_inside(inner, to)
    elif isinstance(value, list):
        for inner in cast(list[Any], value):
            _led_away_inside(inner, to)


def _teller(request: Request, document: Json) -> tuple[Json, str]:
    """Return the block and the field in which this answer tells of its next page."""
    properties = document.get("properties")
    if isinstance(properties, dict) and "columns" in properties:
        return cast(Json, properties), "nextLink"
    for name in ("continuationToken", "NextPageLink"):
        if name in document:
            return document, name
    return document, "next_page_token" if "/mlflow/" in request.path.lower() else "nextLink"


def _own_url(request: Request, number: int) -> str:
    query = {**anew(request).query, AGAIN: str(number)}
    written = "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
    return f"https://{request.host}{quote(request.path)}?{written}"


def _round(request: Request) -> int:
    """Return which made-up page is asked for, 0 for the first page of a listing."""
    told = [str(value) for name, value in _said(request) if name == AGAIN or _is_made_up(value)]
    digits = told[0].rpartition("-")[2] if told else ""
    return int(digits) if digits.isdigit() else 0


def _is_made_up(value: object) -> bool:
    return isinstance(value, str) and _MADE_UP.fullmatch(value) is not None


def _said(request: Request) -> list[tuple[str, object]]:
    return [*request.query.items(), *_fields(request.body).items()]


def _blocks(document: Json) -> list[Json]:
    inner = document.get("properties")
    return [document, cast(Json, inner)] if isinstance(inner, dict) else [document]


def _fields(body: bytes) -> Json:
    try:
        found = msgspec.json.decode(body or b"{}")
    except msgspec.DecodeError:
        return {}
    return cast(Json, found) if isinstance(found, dict) else {}


def _bare(name: str) -> str:
    return name.lower().lstrip("$")


_BARE = frozenset(_bare(name) for name in (*_TOKENS, AGAIN))
