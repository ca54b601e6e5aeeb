"""The installed azure-identity reads its tokens from our cache and writes them to it, and two processes share them."""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from azure.identity import (
    AuthenticationRecord,
    CertificateCredential,
    ClientSecretCredential,
    DeviceCodeCredential,
    InteractiveBrowserCredential,
)

from services.envelope import new_key
from services.private_files import private_folder
from services.token_cache import Shelf, token_cache_type
from services.token_file import TokenFile
from tests.services.login import APP, TENANT, Login

ARM = "https://management.azure.com/.default"
KEY = new_key()

Make = Callable[..., Any]


def _device(**options: Any) -> Any:
    return DeviceCodeCredential(APP, tenant_id=TENANT, prompt_callback=lambda *_: None, **options)


def _browser(**options: Any) -> Any:
    return InteractiveBrowserCredential(client_id=APP, tenant_id=TENANT, **options)


def _secret(**options: Any) -> Any:
    return ClientSecretCredential(TENANT, APP, "canary-client-secret", **options)


def _certificate(**options: Any) -> Any:
    return CertificateCredential(TENANT, APP, certificate_data=_pem(), **options)


def _pem() -> bytes:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "amldeck")])
    start = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    signed = made.not_valid_before(start).not_valid_after(start.replace(year=2046)).sign(key, hashes.SHA256())
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    return private + signed.public_bytes(serialization.Encoding.PEM)


USERS: dict[str, Make] = {"device code": _device, "browser": _browser}
APPS: dict[str, Make] = {"client secret": _secret, "certificate": _certificate}


@pytest.fixture
def login(monkeypatch: pytest.MonkeyPatch) -> Login:
    login = Login()
    monkeypatch.setattr(webbrowser, "open", login.open)
    monkeypatch.setattr("time.sleep", lambda _: None)  # msal waits a second before it asks whether the code was entered
    return login


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    private_folder(tmp_path / "vault")
    return tmp_path / "vault"


def _caches(folder: Path) -> dict[str, Any]:
    """Both caches of a credential, as a program finds them that was just started."""
    shelf = Shelf(TokenFile(folder, KEY))
    make = token_cache_type()
    return {"_cache": make(shelf, "app"), "_cae_cache": make(shelf, "app cae")}


@pytest.mark.parametrize("is_cae", [False, True], ids=["without CAE", "with CAE"])
@pytest.mark.parametrize("name", APPS)
def test_an_application_finds_its_token_after_a_restart(name: str, is_cae: bool, folder: Path, login: Login) -> None:
    for _ in range(3):
        credential = APPS[name](transport=login.transport(), **_caches(folder))
        assert credential.get_token(ARM, enable_cae=is_cae).token == "canary-access-1"
    assert login.grants == ["client_credentials"]
    _written(folder, "app cae" if is_cae else "app")


@pytest.mark.parametrize("is_cae", [False, True], ids=["without CAE", "with CAE"])
@pytest.mark.parametrize("name", USERS)
def test_a_user_stays_signed_in_after_a_restart(name: str, is_cae: bool, folder: Path, login: Login) -> None:
    record = USERS[name](transport=login.transport(), **_caches(folder)).authenticate(scopes=[ARM], enable_cae=is_cae)
    signed_in = list(login.grants)
    later: dict[str, Any] = {
        "authentication_record": AuthenticationRecord.deserialize(record.serialize()),
        "disable_automatic_authentication": True,
        "transport": login.transport(),
        **_caches(folder),
    }
    credential = USERS[name](**later)
    assert credential.get_token(ARM, enable_cae=is_cae).token == "canary-access-1"
    assert login.grants == signed_in
    other = credential.get_token("https://api.loganalytics.io/.default", enable_cae=is_cae).token
    assert (other, login.grants) == ("canary-access-2", [*signed_in, "refresh_token"])
    assert "canary-refresh-2" in _written(folder, "app cae" if is_cae else "app")


def _written(folder: Path, name: str) -> str:
    """What the file holds, by name; and that nothing of it can be read in the bytes."""
    states = TokenFile(folder, KEY).read()
    assert list(states) == [name]
    assert "canary-access-1" in states[name]
    for path in folder.iterdir():
        assert b"canary" not in path.read_bytes()
    return states[name]


def test_one_sign_in_is_one_write(folder: Path, login: Login, monkeypatch: pytest.MonkeyPatch) -> None:
    from services import token_file

    written: list[Path] = []
    write = token_file.write_private
    monkeypatch.setattr(token_file, "write_private", lambda path, content: (written.append(path), write(path, content)))
    _device(transport=login.transport(), **_caches(folder)).authenticate(scopes=[ARM])
    assert len(written) == 1


def test_without_a_file_tokens_are_kept_in_memory(login: Login) -> None:
    cache = token_cache_type()(Shelf(), "app")
    for _ in range(2):
        assert _secret(transport=login.transport(), _cache=cache).get_token(ARM).token == "canary-access-1"
    assert login.grants == ["client_credentials"]


def test_what_was_in_memory_is_written_once_there_is_a_file_and_joins_what_is_there(folder: Path, login: Login) -> None:
    _secret(transport=login.transport(), **_caches(folder)).get_token("https://api.loganalytics.io/.default")
    shelf = Shelf()
    cache = token_cache_type()(shelf, "app")
    _secret(transport=login.transport(), _cache=cache).get_token(ARM)
    shelf.file = TokenFile(folder, KEY)
    cache.save()
    state = TokenFile(folder, KEY).read()["app"]
    assert "canary-access-1" in state
    assert "canary-access-2" in state


def test_tokens_of_another_program_are_seen_at_the_next_look(folder: Path, login: Login) -> None:
    mine, theirs = _caches(folder), _caches(folder)
    credential = _secret(transport=login.transport(), **mine)
    credential.get_token("https://api.loganalytics.io/.default")
    _secret(transport=login.transport(), **theirs).get_token(ARM)
    assert credential.get_token(ARM).token == "canary-access-2"
    assert len(login.grants) == 2


def test_when_the_disk_refuses_tokens_stay_in_memory_and_it_is_said(tmp_path: Path, login: Login) -> None:
    shelf = Shelf(TokenFile(tmp_path / "gone", KEY))
    cache = token_cache_type()(shelf, "app")
    credential = _secret(transport=login.transport(), _cache=cache)
    assert [credential.get_token(ARM).token for _ in range(2)] == ["canary-access-1"] * 2
    assert shelf.problem == "Tokens cannot be written: No such file or directory. They are in memory only."
    private_folder(tmp_path / "gone")
    credential.get_token("https://api.loganalytics.io/.default")
    assert shelf.problem == ""
    state = TokenFile(tmp_path / "gone", KEY).read()["app"]
    assert "canary-access-1" in state
    assert "canary-access-2" in state


def test_a_cache_shows_none_of_its_tokens(folder: Path, login: Login) -> None:
    caches = _caches(folder)
    credential = _secret(transport=login.transport(), **caches)
    credential.get_token(ARM)
    assert repr(caches["_cache"]) == str(caches["_cache"]) == "TokenCache('app')"
    assert "canary" not in f"{credential!r} {caches}"


WRITER = """
import sys
from pathlib import Path
from services.token_cache import Shelf, token_cache_type
from services.token_file import TokenFile
folder, key, name = Path(sys.argv[1]), bytes.fromhex(sys.stdin.read()), sys.argv[2]
cache = token_cache_type()(Shelf(TokenFile(folder, key)), "app")
for number in range(25):
    entry = {"home_account_id": name, "environment": "login", "client_id": "app", "realm": "t", "target": str(number)}
    cache.modify("AccessToken", entry, {"secret": f"canary-{name}-{number}"})
"""


def test_two_processes_that_write_at_once_lose_nothing_of_each_other(folder: Path) -> None:
    command = [sys.executable, "-W", "error", "-c", WRITER, str(folder)]
    writers = [subprocess.Popen([*command, name], stdin=subprocess.PIPE) for name in ("one", "two")]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write(KEY.hex().encode())
        writer.stdin.close()
    assert [writer.wait(60) for writer in writers] == [0, 0]
    kept = json.loads(TokenFile(folder, KEY).read()["app"])["AccessToken"].values()
    wanted = {f"canary-{name}-{number}" for name in ("one", "two") for number in range(25)}
    assert {entry["secret"] for entry in kept} == wanted
