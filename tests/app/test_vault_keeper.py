"""A sign-in that the vault keeps goes on in the next program without asking anybody, on a real Secret Service."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.settings import Profile
from app.sign_ins import Chosen, remember, remembered_link, sign_in_of
from app.vault_keeper import VaultKeeper
from services.emulator.samples import PIPELINE_APP, TENANT, UPNS
from services.emulator.sign_ins import SECRET
from services.emulator.transport import in_process
from services.errors import NotSignedIn
from services.sign_in import SignIn
from services.signing import signed_in
from tests.services.secret_service import need_secret_service, secret_service
from tests.services.signing_in import tenant

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service is Linux's")


@pytest.fixture
def service() -> Iterator[dict[str, str]]:
    need_secret_service()
    with secret_service() as env:
        yield env


@pytest.fixture
def folder(service: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    for name, value in {**service, "AMLDECK_CONFIG": str(tmp_path / "config")}.items():
        monkeypatch.setenv(name, value)
    return tmp_path / "config" / "vault"


def test_a_person_goes_on_without_a_second_code_until_they_sign_out(folder: Path) -> None:
    world = tenant(approve_after=0)
    sign_in = SignIn(method="device code")
    first = VaultKeeper(folder)
    made = signed_in(sign_in, transport=in_process(world), cache=first.cache(sign_in))
    first.keep_record(sign_in, made.record)
    assert remember("emulator", Chosen(sign_in=sign_in, user=UPNS[0], tenant=TENANT))
    assert first.standing.startswith("sealed, key in ")

    second = VaultKeeper(folder)
    link = remembered_link("emulator", second, lambda: in_process(world), SignIn())
    assert link is not None
    found = link()
    assert found.connection.read(found.connection.arm("/subscriptions", "2022-12-01")).status == 200
    assert found.account.user == UPNS[0]
    assert len(world.log.entries("/devicecode")) == 1

    second.forget(sign_in)
    gone = remembered_link("emulator", VaultKeeper(folder), lambda: in_process(world), SignIn())
    assert gone is not None
    with pytest.raises(NotSignedIn, match="sign in again"):
        gone()


def test_a_profile_of_an_application_needs_its_secret_once(folder: Path) -> None:
    world = tenant()
    wanted = sign_in_of(Profile(name="nightly", sign_in="client secret", tenant=TENANT, client_id=PIPELINE_APP))
    keeper = VaultKeeper(folder)
    link = remembered_link("", keeper, lambda: in_process(world), wanted)
    assert link is not None
    with pytest.raises(NotSignedIn, match="No secret of the application"):
        link()
    assert keeper.keep_secret(wanted, SECRET)
    again = remembered_link("", VaultKeeper(folder), lambda: in_process(world), wanted)
    assert again is not None
    assert again().account.user == PIPELINE_APP
    kept = b"".join(path.read_bytes() for path in folder.parent.rglob("*") if path.is_file())
    assert SECRET.encode() not in kept
