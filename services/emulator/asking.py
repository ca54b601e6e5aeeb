"""One question to a world, without any client: what tests and tools use to look behind a screen."""

from __future__ import annotations

from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

from services.emulator.answers import Request, Response
from services.emulator.routes import answer
from services.emulator.sign_ins import person
from services.emulator.tokens import access_claims, signed_by_nobody
from services.emulator.world import World

_ENDLESS = access_claims(person(1), "https://management.azure.com", 0, lifetime=2**34)
TOKEN = f"Bearer {signed_by_nobody(_ENDLESS)}"
"""A token that is good at any time a world may be set to."""


def request_of(method: str, url: str, *, body: object = None, has_token: bool = True) -> Request:
    """Return a request for an absolute URL; `body` is sent as JSON."""
    parts = urlsplit(url)
    return Request(
        method=method, host=parts.hostname or "", path=unquote(parts.path),
        query=dict(parse_qsl(parts.query, keep_blank_values=True)),
        headers={"authorization": TOKEN} if has_token else {}, body=b"" if body is None else msgspec.json.encode(body),
    )  # fmt: skip


def ask(world: World, method: str, url: str, *, body: object = None, has_token: bool = True) -> Response:
    """Return the world's answer, without its faults and its log."""
    return answer(world, request_of(method, url, body=body, has_token=has_token))
