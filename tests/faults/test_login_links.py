"""No secret of a sign-in leaves for a host that is not its cloud's login host, whatever the login host answers.

These are azure-identity's own credentials over real TLS sockets: they believe a login host about where tokens are got.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from azure.core.exceptions import AzureError

from services.clouds import PUBLIC
from services.credentials import credential_of
from services.errors import ServiceError
from services.sign_in import SignIn
from tests.faults.links import LINKS
from tests.figures import Figure
from tests.services.loopback import Heard, Loopback, head

SECRET = "a-secret-of-an-application"
TENANT = "0a4f1d2e-0000-4000-8000-00000000000a"
CLIENT = "0a4f1d2e-0000-4000-8000-00000000000c"
SCOPE = "https://management.azure.com/.default"
HOME = f"https://{PUBLIC.login}/{TENANT}"
ENDPOINTS = {
    "token_endpoint": f"{HOME}/oauth2/v2.0/token",
    "authorization_endpoint": f"{HOME}/oauth2/v2.0/authorize",
    "device_authorization_endpoint": f"{HOME}/oauth2/v2.0/devicecode",
    "issuer": f"{HOME}/v2.0",
}

APPLICATION = SignIn(method="client secret", tenant=TENANT, client_id=CLIENT)
PERSON = SignIn(method="device code", tenant=TENANT, client_id=CLIENT)


class Lure(NamedTuple):
    """One way a login host may lead a sign-in elsewhere: at which request, and what it answers there."""

    sign_in: SignIn
    at: str
    status: int
    headers: Callable[[str], dict[str, str]]
    body: Callable[[str], dict[str, str]]


def named(*names: str) -> Callable[[str], dict[str, str]]:
    return lambda link: {**ENDPOINTS, **dict.fromkeys(names, link)}


def nothing(link: str) -> dict[str, str]:
    return {}


def location(link: str) -> dict[str, str]:
    return {"Location": link}


LURES = {
    "token endpoint": Lure(APPLICATION, "openid-configuration", 200, nothing, named("token_endpoint")),
    "device endpoint": Lure(PERSON, "openid-configuration", 200, nothing, named("device_authorization_endpoint")),
    "moved configuration": Lure(APPLICATION, "openid-configuration", 302, location, nothing),
    "moved token endpoint": Lure(APPLICATION, "/token", 307, location, nothing),
    "moved device endpoint": Lure(PERSON, "/devicecode", 308, location, nothing),
}  # fmt: skip


def answer_with(world: Loopback, lure: Lure, link: str) -> None:
    """Answer as the login host does, but for the one request that leads away."""

    def script(heard: Heard, line: ssl.SSLSocket) -> None:
        is_there = lure.at in heard.target.partition("?")[0]
        body = json.dumps(lure.body(link) if is_there else ENDPOINTS).encode()
        more = lure.headers(link) if is_there else {}
        line.sendall(head(lure.status if is_there else 200, {"Content-Length": str(len(body)), **more}) + body)

    world.script = script


def leaks(world: Loopback) -> list[str]:
    """Hosts besides the login host that were reached, or heard the secret."""
    home = {PUBLIC.login, f"{PUBLIC.login}:443"}
    reached = [place for place in world.tunnelled if place not in home]
    told = [one.host for one in world.heard if one.host not in home and SECRET.encode() in one.body]
    return reached + told


def attempt(sign_in: SignIn) -> None:
    """Ask for a token, as the deck does."""
    credential = credential_of(sign_in, secret=lambda _: SECRET)
    with suppress(AzureError, ServiceError, ValueError):
        credential.authenticate(scopes=[SCOPE]) if sign_in is PERSON else credential.get_token(SCOPE)


def test_the_login_host_itself_is_told_the_secret(through: Loopback) -> None:
    answer_with(through, LURES["moved token endpoint"], ENDPOINTS["token_endpoint"])
    attempt(APPLICATION)
    assert [one.host for one in through.heard if SECRET.encode() in one.body] == [PUBLIC.login]


def test_no_answer_of_a_login_host_takes_a_secret_elsewhere(through: Loopback, figure: Figure) -> None:
    cases, found = 0, list[str]()
    for name, lure in LURES.items():
        for link in LINKS[::5]:
            answer_with(through, lure, link)
            cases += 1
            attempt(lure.sign_in)
            assert through.heard, name
            found += [f"{name} {link!r}: {leak}" for leak in leaks(through)]
            through.tunnelled.clear()
            through.heard.clear()
    assert found == []
    figure("sign-in: secrets or requests to foreign hosts", f"{len(found)} in {cases} links × kinds",
           "0 in 250", cases >= 250)  # fmt: skip
