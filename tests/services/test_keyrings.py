"""Only keyrings that keep secrets encrypted are used, and none of them holds anybody up."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from services import keyrings
from services.keyring_backends import VETTED, load
from services.keyrings import Keyring, NoKeyring, find_keyring
from tests.services.hung_service import hung_service
from tests.services.secret_service import bus, need_secret_service, secret_service

CANARY = "canary-5f1c-never-shown"
SECRET_SERVICE = next(vetted for vetted in VETTED if vetted.module.endswith("SecretService"))
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service is Linux's")


@pytest.fixture
def service() -> Iterator[dict[str, str]]:
    need_secret_service()
    with secret_service() as env:
        yield env


@pytest.fixture
def here(service: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """This process on the bus of the unlocked Secret Service."""
    _move(service, monkeypatch)


@pytest.fixture
def empty_bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    need_secret_service()
    with bus() as env:
        _move(env, monkeypatch)
        yield env


def _move(env: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in env.items():
        monkeypatch.setenv(name, value)


def test_the_deadlines_are_five_seconds_for_a_probe_and_sixty_for_a_prompt() -> None:
    assert (keyrings.PROBE, keyrings.PROMPT) == (5.0, 60.0)


@on_linux
@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("size", [0, 1, 1_024, 65_536, 1_048_576])
def test_the_secret_service_gives_back_what_it_was_given(size: int) -> None:
    found = find_keyring()
    assert found.is_open
    assert found.sentence == "Secrets are kept in the Secret Service."
    assert found.keyring is not None
    value = ("pass wörd \u0085=" * (size // 10 + 1))[:size]
    found.keyring.put(f"item of {size}", value)
    assert found.keyring.get(f"item of {size}") == value
    found.keyring.remove(f"item of {size}")
    assert found.keyring.get(f"item of {size}") is None
    found.keyring.remove(f"item of {size}")


@on_linux
def test_a_second_process_reads_the_item(service: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    _move(service, monkeypatch)
    Keyring(load(SECRET_SERVICE)).put("shared", CANARY)
    script = "from services.keyrings import find_keyring; print(find_keyring().keyring.get('shared'))"
    assert _python(script, service) == CANARY


@on_linux
def test_a_locked_keyring_is_told_and_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    need_secret_service()
    import secretstorage

    with secret_service() as env:
        _move(env, monkeypatch)
        keyring = Keyring(load(SECRET_SERVICE))
        keyring.put("item", CANARY)
        connection = secretstorage.dbus_init()
        secretstorage.get_default_collection(connection).lock()
        connection.close()
        found = find_keyring()
        assert (found.is_open, found.keyring is not None) == (False, True)
        assert found.sentence == ("The Secret Service is locked; unlock it, or sign in again and answer its prompt.")
        for ask in (False, True):  # there is no prompter on this bus, so asking ends at once as well
            with pytest.raises(NoKeyring, match="is locked") as refused:
                keyring.get("item", is_asked=ask)
            assert refused.value.trouble == "locked"


@on_linux
def test_without_a_session_bus_there_is_no_keyring_and_the_sentence_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    found = find_keyring()
    assert (found.keyring, found.is_open) == (None, False)
    assert "DBUS_SESSION_BUS_ADDRESS is unset" in found.sentence
    assert "start one" in found.sentence


@on_linux
def test_a_bus_that_nobody_listens_on_is_no_keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    assert find_keyring().keyring is None


@on_linux
def test_a_prompt_that_nobody_answers_ends_in_time_and_holds_up_nobody_else(empty_bus: dict[str, str]) -> None:
    with hung_service(empty_bus["DBUS_SESSION_BUS_ADDRESS"]) as hung:
        keyring = Keyring(load(SECRET_SERVICE), probe=0.2, prompt=0.5)
        steps: list[int] = []
        is_over = threading.Event()

        def others() -> None:
            hung.has_prompted.wait(20)
            while not is_over.wait(0.001):
                steps.append(1)

        other = threading.Thread(target=others)
        other.start()
        with pytest.raises(NoKeyring, match=r"has not answered for 0\.5 seconds; a prompt") as refused:
            keyring.unlock()
        is_over.set()
        other.join()
        assert refused.value.trouble == "hung"
        assert len(steps) > 20
        with pytest.raises(NoKeyring, match="is locked"):  # the hung call has ended, and the next one gets its answer
            keyring.get("item")
        assert hung.prompts == 1


@on_linux
def test_waiting_for_a_prompt_can_be_stopped(empty_bus: dict[str, str]) -> None:
    with hung_service(empty_bus["DBUS_SESSION_BUS_ADDRESS"]) as hung:
        keyring = Keyring(load(SECRET_SERVICE))
        with pytest.raises(NoKeyring, match="was stopped") as refused:
            keyring.put("item", CANARY, is_asked=True, stop=hung.has_prompted.is_set)
        assert refused.value.trouble == "stopped"
        assert CANARY not in f"{refused.value!r} {refused.value} {refused.value.__context__!r}"


@on_linux
def test_a_probe_never_prompts(empty_bus: dict[str, str]) -> None:
    with hung_service(empty_bus["DBUS_SESSION_BUS_ADDRESS"]) as hung:
        found = find_keyring()
        assert "is locked" in found.sentence
        assert hung.prompts == 0


@on_linux
def test_a_service_that_never_answers_ends_the_probe(empty_bus: dict[str, str]) -> None:
    with hung_service(empty_bus["DBUS_SESSION_BUS_ADDRESS"], is_silent=True) as hung:
        found = find_keyring(probe=1.0)
        assert hung.was_called.is_set()
        assert not found.is_open
        assert "has not answered for" in found.sentence


def test_a_chained_keyring_is_refused() -> None:
    from keyring.backends.chainer import ChainerBackend

    with pytest.raises(NoKeyring, match=r"keyring\.backends\.chainer\.ChainerBackend is not one amldeck trusts"):
        Keyring(ChainerBackend())


def test_a_class_made_from_a_trusted_one_is_refused() -> None:
    from keyring.backends import SecretService

    class Plain(SecretService.Keyring):
        """Could write anywhere."""

    with pytest.raises(NoKeyring, match="is not one amldeck trusts"):
        Keyring(Plain())


NO_BUS = {"DBUS_SESSION_BUS_ADDRESS": "", "KEYRING_PROPERTY_PREFERRED_COLLECTION": ""}
PLAIN = "keyrings.alt.file.PlaintextKeyring"


@on_linux
@pytest.mark.parametrize("chosen", ["", PLAIN], ids=["installed", "chosen by the environment"])
def test_a_plaintext_keyring_is_never_used_even_when_the_library_would(chosen: str, tmp_path: Path) -> None:
    env = {**os.environ, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data")}
    env.pop("DBUS_SESSION_BUS_ADDRESS", None)
    if chosen:
        env["PYTHON_KEYRING_BACKEND"] = chosen
    library = "import keyring; kind = type(keyring.get_keyring()); print(f'{kind.__module__}.{kind.__qualname__}')"
    assert _python(library, env) == PLAIN
    script = (
        "import json, sys; from pathlib import Path; from services.vault import Client, Vault\n"
        f"vault = Vault.open(Path({str(tmp_path / 'vault')!r})); client = Client('public', 't', 'c')\n"
        f"kept = vault.keep('client secret', client, {CANARY!r})\n"
        "loaded = [name for name in sys.modules if name.startswith('keyrings')]\n"
        "print(json.dumps([kept, vault.standing, vault.reason, loaded]))"
    )
    kept, standing, reason, loaded = json.loads(_python(script, env))
    assert (kept, standing, loaded) == (False, "tokens in memory only", [])
    assert "keyrings.alt is installed, which may keep secrets in plain files, and is not used" in reason
    assert _files_with(tmp_path, CANARY) == []


def _python(script: str, env: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script], env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def _files_with(folder: Path, text: str) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]
