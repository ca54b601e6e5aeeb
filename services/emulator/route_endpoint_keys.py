"""ARM: the keys and tokens of online endpoints. A key is another one each time somebody has it made anew."""

from __future__ import annotations

from services.emulator.answers import Response
from services.emulator.dice import Dice
from services.emulator.endpoints import Endpoint
from services.emulator.places import Place
from services.emulator.route_endpoints import find_endpoint
from services.emulator.routing import Ask, Route, Write
from services.emulator.ticks import HOUR, SECOND
from services.emulator.tokens import signed_by_nobody
from services.emulator.world import World
from services.emulator.writing import Task, accepted, done, refusal

TOKEN_FOR = 12 * HOUR
REGENERATING_FOR = 4 * SECOND
_KINDS = ("Primary", "Secondary")


def key_of(world: World, place: Place, endpoint: Endpoint, kind: str) -> str:
    """Return a key of an endpoint as it is now."""
    resource, times = f"{place.id}/onlineEndpoints/{endpoint.name}", 0
    for made in world.changes.made:
        is_here = made.resource == resource and made.action.endswith("/regenerateKeys/action")
        times += is_here and made.body.get("keyType") == kind
    return Dice("key", resource, kind, times).hex(32)


def token_of(ask: Ask, endpoint: Endpoint) -> str:
    """Return a token of an endpoint that begins now."""
    claims = {
        "sub": f"{ask.place.id}/onlineEndpoints/{endpoint.name}",
        "aud": "azureml-score",
        "iat": ask.now // SECOND,
    }
    return signed_by_nobody(claims)


def list_keys(ask: Ask) -> Response:
    """Answer both keys; null for an endpoint that takes tokens, as the service does."""
    endpoint = find_endpoint(ask)
    keys = {f"{kind.lower()}Key": key_of(ask.world, ask.place, endpoint, kind) if endpoint.auth == "Key" else None
            for kind in _KINDS}  # fmt: skip
    return done(ask, keys, {})


def give_token(ask: Ask) -> Response:
    """Answer a token for half a day."""
    endpoint = find_endpoint(ask)
    if endpoint.auth != "AMLToken":
        raise refusal(ask, 400, f"Endpoint {endpoint.name} does not use token authentication.", "BadArgument")
    now = ask.now // SECOND
    token = {"accessToken": token_of(ask, endpoint), "tokenType": "Bearer", "expiryTimeUtc": now + TOKEN_FOR // SECOND,
             "refreshAfterTimeUtc": now + TOKEN_FOR // SECOND // 2}  # fmt: skip
    return done(ask, token, {})


def regenerate(ask: Ask) -> Response:
    """Answer 202 and make a key anew."""
    endpoint, body = find_endpoint(ask), ask.request.json()
    if endpoint.auth != "Key":
        raise refusal(ask, 400, f"Endpoint {endpoint.name} does not use key authentication.", "BadArgument")
    if body.get("keyType") not in _KINDS:
        raise refusal(ask, 400, f"Key type {body.get('keyType')} is not valid.", "BadArgument", "ArgumentInvalid")
    return accepted(ask, Task("endpoint"), {"keyType": body["keyType"]})


_E = "{ws}/onlineEndpoints/{endpoint}"

ROUTES = (
    Route("POST", "arm", _E + "/listKeys", list_keys,
          write=Write("onlineEndpoints/listKeys/action", "List Keys of Online Endpoint")),
    Route("POST", "arm", _E + "/token", give_token,
          write=Write("onlineEndpoints/token/action", "Get Token of Online Endpoint")),
    Route("POST", "arm", _E + "/regenerateKeys", regenerate,
          write=Write("onlineEndpoints/regenerateKeys/action", "Regenerate Keys of Online Endpoint", REGENERATING_FOR)),
)  # fmt: skip
