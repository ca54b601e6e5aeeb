"""Signing in, out, and who one is, on the command line, against an emulator over loopback."""

from __future__ import annotations

import io
import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.emulator.faults import Fault
from services.emulator.samples import PIPELINE_APP, TENANT, UPNS
from services.emulator.serve import serving
from services.emulator.sign_ins import GUEST, MACHINE, NEEDS_MFA, PARTNER_TENANT, SECRET
from services.emulator.world import World
from tests.app.commanding import Command
from tests.services.signing_in import tenant

APP = ("--method", "client-secret", "--tenant", TENANT, "--client-id", PIPELINE_APP, "--secret-stdin")


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (
        "IDENTITY_ENDPOINT",
        "MSI_ENDPOINT",
        "AZURE_FEDERATED_TOKEN_FILE",
        "AZURE_POD_IDENTITY_AUTHORITY_HOST",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AMLDECK_CONFIG", str(tmp_path / "config"))
    return tmp_path / "config"


@pytest.fixture
def world() -> World:
    return tenant(approve_after=1)


@pytest.fixture
def at(world: World) -> Iterator[str]:
    with serving(world) as url:
        yield url


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(tmp_path / "cache", capsys)


def test_a_device_code_is_told_on_stderr_and_the_account_on_stdout(config: Path, at: str, run: Command) -> None:
    said = run("sign-in", "--method", "device-code", "--emulator", at)
    assert said.code == 0
    assert said.out == f"Signed in as {UPNS[0]}, tenant {TENANT}.\n"
    assert "Open https://microsoft.com/devicelogin in any browser and type the code " in said.err
    assert "in memory only" in said.err


def test_a_machine_that_signed_in_stays_who_it_is_until_it_signs_out(config: Path, at: str, run: Command) -> None:
    assert run("sign-in", "--method", "managed-identity", "--emulator", at).code == 0
    found = json.loads(run("whoami", "--json", "--emulator", at).out)
    assert found["method"] == "managed identity"
    assert found["user"] == MACHINE
    assert found["application"] is True
    assert found["cloud"] == "public"
    assert found["expires"].endswith("Z")
    assert run("sign-out", "--emulator", at).out == f"Signed out {MACHINE}.\n"
    assert json.loads(run("whoami", "--json", "--emulator", at).out)["user"] == UPNS[0]


def test_what_is_remembered_holds_no_secret_and_is_private(
    config: Path, at: str, run: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{SECRET}\n"))
    said = run("sign-in", *APP, "--emulator", at)
    assert (said.code, said.out) == (0, f"Signed in as {PIPELINE_APP}, tenant {TENANT}.\n")
    assert "Its secret was in memory only, as no keyring is open, and ended with this command" in said.err
    files = [path for folder in (config, run.folder) for path in folder.rglob("*") if path.is_file()]
    kept = next(path for path in files if path.name == "chosen-sign-ins.json")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(config.stat().st_mode) == 0o700
    assert json.loads(kept.read_bytes())[f"{at.removeprefix('http://')}/"]["user"] == PIPELINE_APP
    everything = b"".join(path.read_bytes() for path in files) + (said.out + said.err).encode()
    assert SECRET.encode() not in everything
    assert b"eyJ" not in everything


def test_a_wrong_secret_is_a_sentence_and_is_not_remembered(
    config: Path, at: str, run: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("canary-of-a-secret\n"))
    said = run("sign-in", *APP, "--emulator", at)
    assert said.code == 1
    assert "The client secret is wrong" in said.err
    assert "canary-of-a-secret" not in said.out + said.err
    assert not (config / "chosen-sign-ins.json").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(APP, "Nothing came from standard input"), (APP[:-1], "pipe it in, with --secret-stdin")],
    ids=["nothing piped", "no terminal to ask on"],
)
def test_a_secret_nobody_can_give_is_wrong_usage_and_is_not_asked_for(
    config: Path, run: Command, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], words: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    said = run("sign-in", *arguments, "--emulator", "http://127.0.0.1:1")
    assert said.code == 2
    assert words in said.err


def test_a_guest_is_called_one_and_a_missing_factor_is_told(config: Path, world: World, at: str, run: Command) -> None:
    world.login.policy.upn = NEEDS_MFA
    said = run("sign-in", "--method", "device-code", "--emulator", at)
    assert said.code == 1
    assert "second factor (MFA)" in said.err
    world.login.policy.upn = GUEST
    assert GUEST in run("sign-in", "--method", "device-code", "--emulator", at).out
    assert PARTNER_TENANT not in run("whoami", "--emulator", at).out


def test_a_sign_in_whose_tokens_were_in_memory_says_so_next_time(config: Path, at: str, run: Command) -> None:
    run("sign-in", "--method", "device-code", "--emulator", at)
    said = run("whoami", "--emulator", at)
    assert said.code == 1
    assert "was kept in memory only; sign in again" in said.err


def test_a_login_host_that_is_out_of_reach_is_worth_another_try(
    config: Path, world: World, at: str, run: Command
) -> None:
    world.faults.add(Fault(match="login.microsoftonline", drop=True))
    assert run("sign-in", "--method", "device-code", "--emulator", at).code == 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--method", "certificate"), "needs the tenant and the client id"),
        (("--method", "password"), "is not one of"),
        (("--cloud", "mars"), "is not one of"),
        (("--offline",), "--offline never touches it"),
    ],
)
def test_wrong_usage_names_what_is_missing(config: Path, run: Command, arguments: tuple[str, ...], words: str) -> None:
    said = run("sign-in", *arguments)
    assert said.code == 2
    assert words in said.err


def test_no_option_takes_a_secret() -> None:
    from app.cli.sign_in import sign_in

    names = {name for option in sign_in.params for name in option.opts}
    assert not {"--secret", "--password", "--client-secret"} & names


def test_signing_in_to_the_demo_works_and_is_not_remembered(config: Path, run: Command) -> None:
    said = run("sign-in", "--method", "managed-identity", "--demo")
    assert (said.code, MACHINE in said.out) == (0, True)
    assert not (config / "chosen-sign-ins.json").exists()
