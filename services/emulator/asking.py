"""One question to a world, without any client: what tests and tools use to look behind a screen."""

from __future__ import annotations

from functools import cache
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

from services.emulator.answers import Request, Response
from services.emulator.routes import answer
from services.emulator.sign_ins import person
from services.emulator.tokens import access_claims, signed_by_nobody
from services.emulator.world import World


@cache
def token_of(who: int) -> str:
    """Return a token of a person, which is good at any time a world may be set to."""
    claims = access_claims(person(who), "https://management.azure.com", 0, lifetime=2**34)
    return f"Bearer {signed_by_nobody(claims)}"


TOKEN = token_of(1)


def request_of(method: str, url: str, *, body: object = None, has_token: bool = True, who: int = 1) -> Request:
    """Return a request of a person for an absolute URL; `body` is sent as JSON."""
    parts = urlsplit(url)
    return Request(
        method=method, host=parts.hostname or "", path=unquote(parts.path),
        query=dict(parse_qsl(parts.query, keep_blank_values=True)),
        headers={"authorization": token_of(who)} if has_token else {}, 
        body=b"" if body is None else msgspec.json.encode(body),
    )  # fmt: skip


def ask(world: World, method: str, url: str, *, body: object = None, has_token: bool = True, who: int = 1) -> Response:
    """Return the world's answer, without its faults and its log."""
    return answer(world, request_of(method, url, body=body, has_token=has_token, who=who))
