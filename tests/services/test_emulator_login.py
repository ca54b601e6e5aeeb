"""The emulated sign-in service as other programs see it: over its control address, and through the tokens it gives."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.aadsts import SAID
from services.emulator.answers import Request, Response
from services.emulator.asking import ask
from services.emulator.control import control
from services.emulator.login_errors import TEXTS, refusal
from services.emulator.routes import answer
from services.emulator.samples import TENANT, UPNS
from services.emulator.sign_ins import person
from services.emulator.tokens import access_claims, parts_of, signed_by_nobody
from services.emulator.world import World

NOW = datetime(2026, 11, 21, 14, 1, 7, tzinfo=UTC)
LOGIN = f"https://login.microsoftonline.com/{TENANT}"
SECOND = int(NOW.timestamp())


def post(world: World, path: str, **form: str) -> Response:
    body = "&".join(f"{name}={value}" for name, value in form.items()).encode()
    return answer(world, Request(method="POST", host="login.microsoftonline.com", path=f"/{TENANT}{path}", body=body))


def tell(world: World, **wanted: Any) -> Any:
    found = control(
        world, Request(method="POST", host="127.0.0.1", path="/emulator/sign-in", body=json.dumps(wanted).encode())
    )
    return found.json()


def poll(world: World, started: Any) -> Any:
    return post(world, "/oauth2/v2.0/token", grant_type="device_code", device_code=started["device_code"]).json()


def started(world: World) -> Any:
    scope = "https://management.azure.com/.default openid"
    return post(world, "/oauth2/v2.0/devicecode", client_id="x", scope=scope).json()


def test_a_device_code_waits_for_whoever_decides_over_the_control_address() -> None:
    world = World(runs=1, clock=lambda: NOW)
    tell(world, approve_after=None, interval=1)
    first = started(world)
    assert first["interval"] == 1
    assert poll(world, first)["error"] == "authorization_pending"
    assert tell(world)["waiting"] == [first["user_code"]]
    tell(world, approve=first["user_code"], upn=UPNS[3])
    parts = parts_of(poll(world, first)["access_token"])
    assert parts is not None
    assert parts[1]["upn"] == UPNS[3]
    second = started(world)
    tell(world, decline=second["user_code"])
    assert poll(world, second)["error"] == "authorization_declined"
    third = started(world)
    tell(world, expire=True)
    assert poll(world, third)["error"] == "expired_token"


def test_a_setting_that_does_not_exist_is_named() -> None:
    world = World(runs=1, clock=lambda: NOW)
    assert "nonsense" in tell(world, nonsense=1)["error"]["message"]


def test_a_refresh_token_is_good_until_it_is_old_or_revoked() -> None:
    moment = [NOW]
    world = World(runs=1, clock=lambda: moment[0])
    tell(world, approve_after=0)
    scope = "https://management.azure.com/.default"
    refresh = poll(world, started(world))["refresh_token"]

    def renew() -> Any:
        form = {"grant_type": "refresh_token", "refresh_token": refresh, "client_id": "x", "scope": scope}
        return post(world, "/oauth2/v2.0/token", **form).json()

    assert renew()["token_type"] == "Bearer"
    moment[0] += timedelta(days=91)
    assert renew()["error_codes"] == [700082]
    tell(world, refuse=50173)
    assert renew()["error_codes"] == [50173]


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        (access_claims(person(1), "https://management.azure.com", SECOND - 7_200), "ExpiredAuthenticationToken"),
        ({**access_claims(person(1), "https://management.azure.com", SECOND), "tid": "another"},
         "InvalidAuthenticationTokenTenant"),
        (access_claims(person(1), "https://api.loganalytics.io", SECOND), "InvalidAuthenticationTokenAudience"),
        (None, "InvalidAuthenticationToken"),
    ],
)  # fmt: skip
def test_a_token_that_is_no_good_is_refused_with_its_challenge(claims: dict[str, Any] | None, code: str) -> None:
    world = World(runs=1, clock=lambda: NOW)
    token = signed_by_nobody(claims) if claims is not None else "opaque"
    request = Request(method="GET", host="management.azure.com", path="/subscriptions",
                      query={"api-version": "2022-12-01"}, headers={"authorization": f"Bearer {token}"})  # fmt: skip
    found = answer(world, request)
    assert found.status == 401
    assert found.json()["error"]["code"] == code
    assert found.headers["www-authenticate"].startswith('Bearer authorization_uri="https://login.windows.net/')


@pytest.mark.parametrize("tenant", [TENANT, "example.com", "organizations", "common"])
def test_the_login_host_says_where_its_endpoints_are(tenant: str) -> None:
    world = World(runs=1, clock=lambda: NOW)
    url = f"https://login.microsoftonline.com/{tenant}/v2.0/.well-known/openid-configuration"
    found = ask(world, "GET", url, has_token=False).json()
    assert found["token_endpoint"].startswith("https://login.microsoftonline.com/")
    assert found["issuer"].endswith("/v2.0")


def test_the_metadata_service_wants_its_header_and_a_resource() -> None:
    world = World(runs=1, clock=lambda: NOW)
    path = "/metadata/identity/oauth2/token"

    def get(headers: dict[str, str], **query: str) -> Any:
        request = Request(method="GET", host="169.254.169.254", path=path, query=query, headers=headers)
        return answer(world, request).json()

    assert get({}, resource="https://management.azure.com")["error"] == "bad_request_102"
    assert get({"metadata": "true"})["error"] == "invalid_request"
    assert int(get({"metadata": "true"}, resource="https://management.azure.com")["expires_in"]) == 3_600


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_the_emulators_refusals_are_in_the_services_own_frame(code: int) -> None:
    frame = refusal(code, 0).response.json()
    assert frame["error_codes"] == [code]
    assert frame["error_description"].startswith(f"AADSTS{code}: ")
    assert {"error", "timestamp", "trace_id", "correlation_id", "error_uri"} <= set(frame)
    if code != 70000:
        assert code in SAID
