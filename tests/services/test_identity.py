"""Who a token is for, as it says itself; and which ways to sign in are offered where."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.clouds import CHINA, PUBLIC
from services.emulator.samples import PIPELINE_APP, TENANT, UPNS
from services.emulator.sign_ins import PARTNER_TENANT, application, person
from services.emulator.tokens import access_claims, signed_by_nobody
from services.identity import Identity, identity_of
from services.offers import offers
from services.sign_in import METHODS


def test_a_person_a_guest_and_an_application_are_told_apart() -> None:
    made = [access_claims(who, "https://management.azure.com", 0) for who in (person(1), person(7))]
    app = application(PIPELINE_APP)
    assert app is not None
    made.append(access_claims(app, "https://management.azure.com", 0))
    one, guest, principal = (identity_of(signed_by_nobody(claims), 60, CHINA) for claims in made)
    assert (one.user, one.tenant, one.cloud, one.is_guest, one.is_application) == (
        UPNS[0],
        TENANT,
        "china",
        False,
        False,
    )
    assert (guest.user, guest.home, guest.is_guest) == (UPNS[6], PARTNER_TENANT, True)
    assert (principal.user, principal.is_application, principal.home) == (PIPELINE_APP, True, None)


@pytest.mark.parametrize(
    ("claims", "user"),
    [
        ({"unique_name": "live.com#ana@example.com"}, "ana@example.com"),
        ({"upn": "ana_example.com#EXT#@contoso.onmicrosoft.com"}, "ana@example.com"),
        ({"preferred_username": "ana@example.com", "appid": "x"}, "ana@example.com"),
        ({"azp": "the-app"}, "the-app"),
        ({"upn": "a\x1b[31m\nb"}, "a [31m b"),
        ({"upn": 7}, None),
    ],
)
def test_names_are_read_in_all_their_spellings(claims: dict[str, object], user: str | None) -> None:
    assert identity_of(signed_by_nobody(claims), 0, PUBLIC).user == user


@given(st.one_of(st.text(), st.binary().map(lambda raw: f"a.{raw.hex()}.c")))
def test_no_token_is_too_odd_to_be_read(token: str) -> None:
    found = identity_of(token, 0, PUBLIC)
    assert isinstance(found, Identity)
    assert token not in repr(found) or len(token) < 60


def first(environ: dict[str, str], platform: str = "linux") -> str:
    return offers({"PATH": "", **environ}, platform)[0].method


def test_the_first_offer_is_the_one_that_works_here() -> None:
    assert first({"DISPLAY": ":0"}) == "browser"
    assert first({"WAYLAND_DISPLAY": "wayland-0"}) == "browser"
    assert first({}) == "device code"
    assert first({"DISPLAY": ":10", "SSH_CONNECTION": "1 2 3 4"}) == "device code"
    assert first({"SSH_TTY": "/dev/pts/1"}, "darwin") == "device code"
    assert first({}, "darwin") == first({}, "win32") == "browser"


def test_az_is_offered_first_when_it_is_there(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    from pathlib import Path

    az = Path(str(tmp_path)) / "az"
    az.write_text("#!/bin/sh\n")
    az.chmod(0o755)
    assert first({"PATH": str(tmp_path)}) == "azure cli"
    assert not next(one for one in offers({"PATH": ""}, "linux") if one.method == "azure cli").can


@pytest.mark.parametrize("environ", [{}, {"DISPLAY": ":0"}, {"SSH_TTY": "x"}, {"AZURE_FEDERATED_TOKEN_FILE": "/t"}])
def test_every_way_is_offered_once_with_a_reason_and_what_cannot_work_comes_last(environ: dict[str, str]) -> None:
    made = offers({"PATH": "", **environ}, "linux")
    assert sorted(one.method for one in made) == sorted(METHODS)
    assert all(one.why for one in made)
    can = [one.can for one in made]
    assert can == sorted(can, reverse=True)
