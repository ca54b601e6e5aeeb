"""The vault keeps secrets in a real keyring and tokens in a sealed file, or in memory when there is no keyring."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from azure.identity import AuthenticationRecord, ClientSecretCredential, DeviceCodeCredential

from services.errors import ServiceError
from services.keyrings import Found, NoKeyring, find_keyring
from services.private_files import FolderLock
from services.token_file import TokenFile
from services.vault import Client, Vault
from tests.services.hung_service import hung_service
from tests.services.login import ANA, APP, TENANT, Login
from tests.services.secret_service import bus, need_secret_service, secret_service

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service is Linux's"), pytest.mark.slow,
]  # fmt: skip

ARM = "https://management.azure.com/.default"
SECRET, PASSPHRASE = "canary-client-secret-91", "canary-passphrase-37"
NO_KEYRING = Found(None, False, "There is no keyring here.")


@pytest.fixture
def service() -> Iterator[dict[str, str]]:
    need_secret_service()
    with secret_service() as env:
        yield env


@pytest.fixture
def folder(service: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder for a vault, in this process on the bus of the unlocked Secret Service."""
    for name, value in service.items():
        monkeypatch.setenv(name, value)
    return tmp_path / "config" / "vault"


@pytest.fixture
def client(request: pytest.FixtureRequest) -> Client:
    """An application of this test's own."""
    return Client("public", TENANT, f"{APP}-{request.node.name}")


def _fill(vault: Vault, client: Client) -> None:
    """Both secrets, and a token of the application."""
    assert vault.keep("client secret", client, SECRET), vault.reason
    assert vault.keep("certificate passphrase", client, PASSPHRASE), vault.reason
    _token(vault, client)


def _token(vault: Vault, client: Client, login: Login | None = None) -> str:
    transport = (login or Login()).transport()
    cache = vault.token_cache(client)
    return ClientSecretCredential(TENANT, APP, SECRET, transport=transport, _cache=cache).get_token(ARM).token


def test_secrets_and_tokens_are_there_after_a_restart(folder: Path, client: Client) -> None:
    vault = Vault.open(folder)
    assert (vault.standing, vault.is_lasting) == ("tokens sealed, key in the Secret Service", True)
    assert vault.reason == "Secrets are kept in the Secret Service."
    _fill(vault, client)
    later, login = Vault.open(folder), Login("other")
    assert later.get("client secret", client) == SECRET
    assert later.get("certificate passphrase", client) == PASSPHRASE
    assert _token(later, client, login) == "canary-access-1"
    assert login.grants == []
    assert later.problems == ()


def test_ids_mean_the_same_in_any_case_and_nobody_gets_what_belongs_to_another(folder: Path, client: Client) -> None:
    vault = Vault.open(folder)
    _fill(vault, client)
    assert vault.get("client secret", Client("public", TENANT, client.client_id.upper())) == SECRET
    for other in (
        Client("usgov", TENANT, client.client_id),
        Client("public", "another", client.client_id),
        Client("public", TENANT, "another"),
    ):
        assert vault.get("client secret", other) is None
        assert _token(vault, other, Login("theirs")) == "theirs-access-1"


@pytest.mark.parametrize("mask", [0o000, 0o002, 0o007, 0o022, 0o027, 0o077, 0o177, 0o777], ids=oct)
def test_files_are_0600_in_a_0700_folder_and_hold_no_secret(mask: int, folder: Path, client: Client) -> None:
    before = os.umask(mask)
    try:
        vault = Vault.open(folder)
        _fill(vault, client)
        vault.keep_record("ana", _record())
        vault.forget(client)
        _fill(vault, client)
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.lstat().st_mode) for path in folder.iterdir()}
    assert set(modes.values()) == {0o600}
    assert {"tokens.bin", "sign-ins.json"} < set(modes)
    assert stat.S_IMODE(folder.lstat().st_mode) == 0o700
    assert [path.name for path in folder.iterdir() if b"canary" in path.read_bytes()] == []


def test_nothing_that_can_be_printed_holds_a_secret(
    folder: Path, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    vault = Vault.open(folder)
    _fill(vault, client)
    vault.get("client secret", client)
    cache = vault.token_cache(client)
    told = f"{vault!r} {vault} {vault.problems} {vault.reason} {cache!r} {cache} {client!r} {caplog.text}"
    assert "canary" not in told


def test_two_processes_that_start_together_use_one_key(folder: Path, service: dict[str, str]) -> None:
    script = (
        "import sys; from pathlib import Path; from services.vault import Client, Vault\n"
        "vault = Vault.open(Path(sys.argv[1])); cache = vault.token_cache(Client('public', 't', 'both'))\n"
        "entry = {'home_account_id': sys.argv[2], 'environment': 'l', 'client_id': 'c', 'realm': 't', 'target': 's'}\n"
        "cache.modify('AccessToken', entry, {'secret': sys.argv[2]}); print(vault.problems or vault.standing)"
    )
    with secret_service() as fresh:  # a keyring that has no key yet
        started = [
            subprocess.Popen([sys.executable, "-c", script, folder, name], env=fresh, stdout=subprocess.PIPE, text=True)
            for name in ("one", "two", "three")
        ]
        said = [process.communicate(timeout=60)[0].strip() for process in started]
        assert said == ["tokens sealed, key in the Secret Service"] * 3
        script = script.replace("cache.modify", "cache.refresh(); print(cache.serialize()); cache.modify")
        done = subprocess.run([sys.executable, "-c", script, folder, "four"], env=fresh, capture_output=True, text=True)
    assert all(f'"secret": "{name}"' in done.stdout for name in ("one", "two", "three")), done.stderr


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def _through_a_link(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to(path.with_name("elsewhere"))


SPOILT: dict[str, tuple[Callable[[Path], object], str]] = {
    "changed": (_flip, "cannot be opened: it was changed since it was sealed"),
    "cut": (lambda path: os.truncate(path, 40), "cannot be opened: it is not a token file, or it was cut"),
    "empty": (lambda path: os.truncate(path, 0), "cannot be opened: it is not a token file, or it was cut"),
    "readable by others": (lambda path: path.chmod(0o644), "can be read or changed by others and was not read"),
    "a link": (_through_a_link, "is a link and was not read"),
    "a hard link": (lambda path: os.link(path, path.with_name("2")), "has a second name (a hard link)"),
    "somebody else's": (lambda path: os.chown(path, 12_345, 12_345), "belongs to somebody else"),
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_token_file_that_cannot_be_trusted_is_moved_aside_and_a_fresh_one_begun(
    name: str, folder: Path, client: Client
) -> None:
    if name == "somebody else's" and os.geteuid() != 0:
        pytest.skip("only root can give files away")
    _fill(Vault.open(folder), client)
    spoil, said = SPOILT[name]
    spoil(folder / "tokens.bin")
    vault = Vault.open(folder)
    assert _token(vault, client, Login("fresh")) == "fresh-access-1"
    (problem,) = vault.problems
    assert said in problem
    assert "a fresh one begun: sign in again." in problem
    assert "canary" not in problem
    assert len([path for path in folder.iterdir() if path.name.startswith(("tokens.damaged-", "tokens.refused-"))]) == 1
    assert _token(Vault.open(folder), client, Login("again")) == "fresh-access-1"


def test_without_a_keyring_everything_is_in_memory_and_nothing_is_written(tmp_path: Path) -> None:
    client = Client("public", TENANT, APP)
    vault = Vault.open(tmp_path / "vault", NO_KEYRING)
    assert (vault.standing, vault.reason) == ("tokens in memory only", "There is no keyring here.")
    assert vault.keep("client secret", client, SECRET) is False
    assert vault.get("client secret", client) == SECRET
    login = Login()
    assert [_token(vault, client, login) for _ in range(2)] == ["canary-access-1"] * 2
    assert login.grants == ["client_credentials"]
    assert list((tmp_path / "vault").iterdir()) == []
    vault.forget(client)
    assert vault.get("client secret", client) is None
    assert _token(vault, client, login) == "canary-access-2"


def test_a_folder_that_cannot_be_used_means_memory_only(tmp_path: Path) -> None:
    (tmp_path / "vault").write_text("a file")
    vault = Vault.open(tmp_path / "vault", NO_KEYRING)
    vault.keep_record("ana", _record())
    assert vault.record("ana").username == ANA
    assert vault.standing == "tokens in memory only"
    assert vault.problems == (f"Nothing can be kept in {tmp_path / 'vault'}: {tmp_path / 'vault'} is not a folder; it was not read.",)  # fmt: skip  # noqa: E501


def test_a_locked_keyring_is_memory_only_until_the_user_unlocks_it(folder: Path, client: Client) -> None:
    found = find_keyring()
    vault = Vault.open(folder, Found(found.keyring, False, "The Secret Service is locked."))
    assert (vault.standing, vault.reason) == ("tokens in memory only", "The Secret Service is locked.")
    _token(vault, client)
    assert not (folder / "tokens.bin").exists()
    assert vault.unlock()
    assert vault.standing == "tokens sealed, key in the Secret Service"
    assert _token(Vault.open(folder), client, Login("other")) == "canary-access-1"


def test_an_unanswered_prompt_leaves_the_vault_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    need_secret_service()
    with bus() as env:
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        with hung_service(env["DBUS_SESSION_BUS_ADDRESS"]) as hung:
            vault, client = Vault.open(tmp_path / "vault", find_keyring(probe=0.5)), Client("public", TENANT, APP)
            assert "is locked" in vault.reason
            assert vault.unlock(stop=hung.has_prompted.is_set) is False
            assert "was stopped" in vault.reason
            hung.has_prompted.clear()
            assert vault.keep("client secret", client, SECRET, stop=lambda: True) is False
            assert vault.get("client secret", client) == SECRET
            assert vault.standing == "tokens in memory only"
            with pytest.raises(NoKeyring) as refused:
                vault.get("certificate passphrase", client)
            assert "canary" not in str(refused.value)


def _record(user: str = ANA, authority: str = "login.microsoftonline.com") -> AuthenticationRecord:
    return AuthenticationRecord(TENANT, APP, authority, f"{user}.{TENANT}", user)


def test_who_signed_in_is_kept_by_name(folder: Path) -> None:
    vault = Vault.open(folder)
    vault.keep_record("work", _record())
    vault.keep_record("home", _record("person02@example.com"))
    later = Vault.open(folder)
    assert (later.record("work").username, later.record("home").username) == (ANA, "person02@example.com")
    assert later.record("none") is None


def test_a_record_that_leads_to_a_foreign_login_host_counts_as_none(folder: Path) -> None:
    Vault.open(folder).keep_record("work", _record(authority="login.example.net"))
    assert Vault.open(folder).record("work") is None


@pytest.mark.parametrize("content", [b"", b"[1]", b"\xff", b'{"work": 3}'])
def test_a_broken_file_of_sign_ins_is_moved_aside_and_told(content: bytes, folder: Path) -> None:
    Vault.open(folder).keep_record("work", _record())
    (folder / "sign-ins.json").write_bytes(content)
    vault = Vault.open(folder)
    assert vault.record("work") is None
    assert "sign in again" in vault.problems[0]
    vault.keep_record("work", _record())
    assert Vault.open(folder).record("work").username == ANA


@pytest.mark.parametrize("text", ["", "{}", '{"version": "9.9"}', "null"])
def test_a_record_that_cannot_be_read_counts_as_none(text: str, folder: Path) -> None:
    Vault.open(folder).keep_record("work", _record())
    (folder / "sign-ins.json").write_text(json.dumps({"work": text}))
    assert Vault.open(folder).record("work") is None


def test_signing_out_removes_the_secrets_and_the_tokens_and_rewrites_the_file(folder: Path, client: Client) -> None:
    vault, other = Vault.open(folder), Client("public", TENANT, f"{client.client_id}-other")
    _fill(vault, client)
    _token(vault, other)
    before = (folder / "tokens.bin").read_bytes()
    vault.forget(client)
    assert (folder / "tokens.bin").read_bytes() != before
    assert list(_states(vault)) == [other.name]
    assert vault.get("client secret", client) is None
    assert vault.get("certificate passphrase", client) is None
    for kept in (vault, Vault.open(folder)):
        assert _token(kept, other, Login("new")) == "canary-access-1"
    assert _token(vault, client, Login("new")) == "new-access-1"


def _states(vault: Vault) -> dict[str, str]:
    file = vault._shelf.file  # what is really in the file, with the key that only the vault has
    assert isinstance(file, TokenFile), (vault.standing, vault.reason, vault.problems)
    return file.read()


def test_signing_out_one_account_leaves_the_others_of_the_same_application(
    folder: Path, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    vault = Vault.open(folder)
    for name, user in (("ana", ANA), ("ben", "person02@example.com")):
        options: dict[str, Any] = {
            "transport": Login(f"{name}s", user).transport(),
            "_cache": vault.token_cache(client),
        }
        credential = DeviceCodeCredential(APP, tenant_id=TENANT, prompt_callback=lambda *_: None, **options)
        vault.keep_record(name, credential.authenticate(scopes=[ARM]))
    assert "anas-refresh-1" in _states(vault)[client.name]
    vault.forget(client, "ana")
    state = _states(vault)[client.name]
    assert "anas-" not in state
    assert ANA not in state
    assert "bens-refresh-1" in state
    assert (vault.record("ana"), vault.record("ben").username) == (None, "person02@example.com")


def test_signing_out_removes_the_rest_when_the_file_is_held_and_then_says_so(
    folder: Path, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = Vault.open(folder)
    _fill(vault, client)
    vault.keep_record("ana", _record())
    monkeypatch.setattr("services.private_files.PATIENCE", 0.05)
    with FolderLock(folder / "tokens.lock").held(), pytest.raises(ServiceError, match="Another amldeck holds"):
        vault.forget(client, "ana")
    assert vault.get("client secret", client) is None
    assert vault.record("ana") is None
