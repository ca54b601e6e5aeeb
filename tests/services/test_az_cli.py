"""Signing in with az: a real program on PATH, few processes, and a sentence for every way it fails."""

from __future__ import annotations

import json
import stat
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.az_cli import AzAccount, az_account, az_credential
from services.connection import Call, Connection
from services.errors import NotSignedIn
from tests.services.answering import Azure, InstantClock, as_json

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stub az is a shell script")

ACCOUNT = {
    "id": "00000000-0000-4000-8000-000000000001",
    "name": "Production",
    "tenantId": "00000000-0000-4000-8000-000000000002",
    "environmentName": "AzureCloud",
    "user": {"name": "person01@example.com", "type": "user"},
}
TOKEN = {"accessToken": "a-token", "expires_on": 4_000_000_000, "tokenType": "Bearer"}
ARM = "https://management.azure.com"


class Stub:
    """An `az` on PATH that answers from files and writes down each of its processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.answer(json.dumps(ACCOUNT), json.dumps(TOKEN))
        program = folder / "az"
        program.write_text(
            "#!/bin/sh\n"
            f'echo "$@" >> "{folder}/processes"\n'
            f'[ -f "{folder}/sleep" ] && exec sleep "$(cat "{folder}/sleep")"\n'
            f'if [ -f "{folder}/fail" ]; then cat "{folder}/fail" >&2; exit 1; fi\n'
            f'case "$2" in show) cat "{folder}/account";; *) cat "{folder}/token";; esac\n'
        )
        program.chmod(program.stat().st_mode | stat.S_IXUSR)

    def answer(self, account: str, token: str) -> None:
        (self.folder / "account").write_text(account)
        (self.folder / "token").write_text(token)

    def fail(self, said: str) -> None:
        (self.folder / "fail").write_text(said)

    def sleep(self, seconds: float) -> None:
        (self.folder / "sleep").write_text(str(seconds))

    @property
    def processes(self) -> list[str]:
        written = self.folder / "processes"
        return written.read_text().splitlines() if written.exists() else []


@pytest.fixture
def az(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stub]:
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return Stub(tmp_path)


def test_the_account_az_is_signed_in_with_is_read(az: Stub) -> None:
    assert az_account() == AzAccount(
        user="person01@example.com",
        tenant=ACCOUNT["tenantId"],  # type: ignore[arg-type]
        subscription=ACCOUNT["id"],  # type: ignore[arg-type]
        subscription_name="Production",
        cloud="AzureCloud",
    )
    assert az.processes == ["account show --output json --only-show-errors"]


def test_a_service_principal_is_told_from_a_person(az: Stub) -> None:
    az.answer(json.dumps({**ACCOUNT, "user": {"name": "app", "type": "servicePrincipal"}}), "")
    account = az_account()
    assert account is not None
    assert account.is_service_principal


def test_an_account_without_tenant_is_none(az: Stub) -> None:
    az.answer(json.dumps({**ACCOUNT, "tenantId": ""}), "")
    assert az_account() is None


def test_no_az_is_told_with_the_next_step(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotSignedIn, match=r"not installed.*az login"):
        az_account()
    azure = Azure(lambda _: as_json({}))
    connection = Connection(az_credential(), transport=azure.connection._transport)  # pyright: ignore[reportPrivateUsage]
    with pytest.raises(NotSignedIn, match="not installed"):
        connection.read(Call(url=f"{ARM}/x"))


@pytest.mark.parametrize(
    "said",
    [
        "ERROR: Please run 'az login' to setup account.",
        "ERROR: AADSTS700082: The refresh token has expired due to inactivity.\r\nTrace ID: 1",
        "ERROR: AADSTS50173: The provided grant has expired due to it being revoked.",
    ],
)
def test_signed_out_and_expired_say_az_login(az: Stub, said: str) -> None:
    az.fail(said)
    with pytest.raises(NotSignedIn, match="az login"):
        az_account()
    azure = Azure(lambda _: as_json({}))
    connection = Connection(az_credential(), transport=azure.connection._transport)  # pyright: ignore[reportPrivateUsage]
    with pytest.raises(NotSignedIn, match="az login"):
        connection.read(Call(url=f"{ARM}/x"))
    assert azure.asked == []


def test_an_az_that_says_something_else_is_quoted(az: Stub) -> None:
    az.fail("ERROR: The command failed with an unexpected error. Here is the traceback:")
    with pytest.raises(NotSignedIn, match="unexpected error"):
        az_account()


@pytest.mark.parametrize("shown", ["", "[]", "{}", "not json", '{"id": 5}', "\x00"])
def test_an_answer_of_az_that_cannot_be_read_is_told(az: Stub, shown: str) -> None:
    az.answer(shown, shown)
    with pytest.raises(NotSignedIn, match="cannot be read"):
        az_account()


def test_an_az_that_hangs_is_left_behind_in_time(az: Stub) -> None:
    az.sleep(30)
    started = time.monotonic()
    with pytest.raises(NotSignedIn, match="did not answer in time"):
        az_account(timeout=0.2)
    assert time.monotonic() - started < 5


def test_a_thousand_calls_from_many_threads_start_one_process(az: Stub) -> None:
    azure = Azure(lambda _: as_json({}))
    connection = Connection(
        az_credential(),
        transport=azure.connection._transport,  # pyright: ignore[reportPrivateUsage]
        clock=InstantClock(),
    )

    def read() -> None:
        for _ in range(25):
            connection.read(Call(url=f"{ARM}/x"))

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(azure.asked) == 100
    assert len(az.processes) == 1
    assert connection.calls.tokens == 1


def test_every_scope_takes_one_process_of_its_own(az: Stub) -> None:
    azure = Azure(lambda _: as_json({}))
    connection = Connection(az_credential(), transport=azure.connection._transport)  # pyright: ignore[reportPrivateUsage]
    for _ in range(3):
        connection.read(Call(url=f"{ARM}/x"))
        connection.read(Call(url="https://api.loganalytics.io/v1/metadata", audience="logs"))
    assert len(az.processes) == 2
    assert any("api.loganalytics.io" in process for process in az.processes)


def test_a_tenant_is_passed_on(az: Stub) -> None:
    az_credential("00000000-0000-4000-8000-000000000002").get_token("https://management.azure.com/.default")
    assert "--tenant 00000000-0000-4000-8000-000000000002" in az.processes[0]


def test_the_token_itself_is_nowhere_in_an_error(az: Stub) -> None:
    az.answer("", '{"accessToken": "CANARY-TOKEN-CANARY", "nothing": 1}')
    azure = Azure(lambda _: as_json({}))
    connection = Connection(az_credential(), transport=azure.connection._transport)  # pyright: ignore[reportPrivateUsage]
    with pytest.raises(NotSignedIn) as raised:
        connection.read(Call(url=f"{ARM}/x"))
    assert "CANARY" not in str(raised.value)
