"""The connection: one pipeline for everything, one token, counted calls, hosts found once."""

from __future__ import annotations

import subprocess
import sys

import pytest

from services.clouds import CHINA, PUBLIC, US_GOV, is_azure_host
from services.connection import Call, Connection
from services.errors import (
    PrivateOnly,
    ReadOnly,
    ServiceBroken,
    Unreachable,
)
from services.limits import Clock
from services.records import WorkspaceRef
from tests.services.answering import Asked, Azure, Given, InstantClock, as_json
from tests.services.hostile import WS

ARM = "https://management.azure.com"
REF = WorkspaceRef("sub", "group", "ml-prod")


def test_importing_the_connection_imports_no_azure() -> None:
    code = (
        "import sys, services.connection, services.sign_in, services.reading, services.errors;"
        "print([name for name in sys.modules if name.split('.')[0] in ('azure', 'requests', 'urllib3', 'msal')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_an_arm_call_carries_its_version_its_filter_and_one_token() -> None:
    azure = Azure(lambda _: as_json({"value": []}))
    call = azure.connection.arm("/subscriptions/s/x y", "2024-04-01", **{"$filter": "a eq 'b c' and d ge 2026-01-01"})
    azure.connection.read(call)
    asked = azure.asked[0]
    assert asked.path == "/subscriptions/s/x%20y"
    assert asked.query == {"$filter": "a eq 'b c' and d ge 2026-01-01", "api-version": "2024-04-01"}


def test_a_hundred_calls_ask_for_one_token() -> None:
    azure = Azure(lambda _: as_json({}))
    for _ in range(100):
        azure.connection.read(Call(url=f"{ARM}/x"))
    assert azure.credential.asked == 1
    assert azure.connection.calls.tokens == 1
    assert azure.connection.calls.requests == 100
    assert azure.connection.calls.by_host == {"management.azure.com": 100}


def test_prices_are_read_without_a_token() -> None:
    azure = Azure(lambda _: as_json({"Items": []}))
    azure.connection.read(Call(url="https://prices.azure.com/api/retail/prices", audience="none"))
    assert azure.credential.asked == 0


def test_what_azure_says_is_left_is_counted() -> None:
    azure = Azure(lambda _: Given(b"{}", 200, {"x-ms-ratelimit-remaining-subscription-reads": "11999"}))
    azure.connection.read(Call(url=f"{ARM}/x"))
    assert azure.connection.calls.counts().remaining == {"subscription-reads": 11999}


def test_a_closed_connection_says_so() -> None:
    azure = Azure(lambda _: as_json({}))
    azure.connection.close()
    with pytest.raises(Unreachable, match="closed"):
        azure.connection.read(Call(url=f"{ARM}/x"))


@pytest.mark.parametrize(
    ("addresses", "kind"),
    [
        (["10.1.2.3"], PrivateOnly),
        (["10.1.2.3", "20.0.0.1"], Unreachable),
        ([], Unreachable),
        (["127.0.0.1"], Unreachable),
    ],
)
def test_a_name_with_only_a_private_address_that_does_not_answer_is_told_so(
    addresses: list[str], kind: type[Unreachable], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    azure = Azure(_refusing)
    connection = Connection(
        azure.credential,
        transport=azure.connection._transport,  # pyright: ignore[reportPrivateUsage]
        clock=InstantClock(),
        resolve=lambda host: addresses,
    )
    with pytest.raises(Unreachable) as raised:
        connection.read(Call(url="https://eastus.api.azureml.ms/x"))
    assert type(raised.value) is kind
    assert ("cached data" in str(raised.value)) or kind is Unreachable


@pytest.mark.parametrize("body", [b'{"error": {"code": "X", "message": "It broke."}}', b' {"error":{}}'])
def test_an_error_that_says_200_is_an_error(body: bytes) -> None:
    azure = Azure(lambda _: Given(body))
    with pytest.raises(ServiceBroken, match=r"It broke|error in place of data") as raised:
        azure.connection.read(Call(url=f"{ARM}/x"))
    assert raised.value.status == 200


@pytest.mark.parametrize(
    "body",
    [b'{"status": "Failed", "error": {"code": "X"}}', b'{"error": null}', b'{"error": "none"}', b'{"value": []}'],
)
def test_data_that_mentions_an_error_is_data(body: bytes) -> None:
    assert Azure(lambda _: Given(body)).connection.read(Call(url=f"{ARM}/x")).body == body


def _refusing(_: Asked) -> Given:
    raise ConnectionRefusedError("Connection refused")


def test_offline_is_known_after_two_attempts() -> None:
    azure = Azure(_refusing)
    with pytest.raises(Unreachable, match="refuses the connection"):
        azure.connection.read(Call(url=f"{ARM}/x"))
    assert len(azure.asked) == 2


def test_the_sdks_loggers_are_silent_however_loud_the_root_is(capsys: pytest.CaptureFixture[str]) -> None:
    import logging

    Azure(lambda _: as_json({}))
    for name in (
        "azure",
        "azure.core.pipeline",
        "azure.identity._internal",
        "urllib3.connectionpool",
        "msal.application",
    ):
        logging.getLogger(name).error("a token: secret")
    assert capsys.readouterr().err == ""


def test_real_time_passes_on_the_usual_clock() -> None:
    clock = Clock()
    before = clock.now()
    clock.sleep(0.001)
    assert clock.now() > before
    clock.close()
    assert clock.is_closed


def test_every_cloud_knows_its_own_hosts_and_no_others() -> None:
    for cloud, region in ((PUBLIC, "westeurope"), (US_GOV, "usgovvirginia"), (CHINA, "chinaeast2")):
        assert is_azure_host(cloud, cloud.arm.upper())
        assert is_azure_host(cloud, region + cloud.run_history_suffix)
        assert not is_azure_host(cloud, cloud.run_history_suffix)
        assert not is_azure_host(cloud, "evil.example")
    assert not is_azure_host(PUBLIC, US_GOV.arm)


def test_write_sends_once_and_returns_the_answer() -> None:
    azure = Azure(lambda _: as_json({}, 202), unlocked=WS)
    answer = azure.connection.write(Call(url=f"{ARM}{WS}/x", method="PATCH", body={"properties": {"a": None}}))
    assert answer.status == 202
    assert azure.asked[0].body == {"properties": {"a": None}}


def test_a_session_is_read_only_unless_told_otherwise() -> None:
    with pytest.raises(ReadOnly, match="read-only"):
        Azure(lambda _: as_json({})).connection.write(Call(url=f"{ARM}/x", method="DELETE"))
