"""A real client reaches the emulator, in this process or over loopback, and reaches nothing else."""

from __future__ import annotations

import base64
import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from azure.core import PipelineClient
from azure.core.exceptions import ServiceRequestError, ServiceResponseError, ServiceResponseTimeoutError
from azure.core.pipeline.policies import BearerTokenCredentialPolicy
from azure.core.rest import HttpRequest

from services.emulator.faults import Fault
from services.emulator.serve import EmulatorServer, serve
from services.emulator.transport import FakeCredential, in_process, loopback_base, over_loopback
from services.emulator.world import World

NOW = datetime(2026, 11, 21, 14, 1, 7, 123456, tzinfo=UTC)
URL = "https://management.azure.com/subscriptions?api-version=2021-01-01"


@pytest.fixture
def server() -> Iterator[EmulatorServer]:
    made = serve(World(runs=50, clock=lambda: NOW))
    made.start()
    yield made
    made.stop()


def client(transport: Any, credential: FakeCredential | None = None) -> PipelineClient[Any, Any]:
    policy = BearerTokenCredentialPolicy(credential or FakeCredential(), "https://management.azure.com/.default")
    return PipelineClient("https://management.azure.com", policies=[policy], transport=transport)


def until(is_so: Callable[[], bool]) -> None:
    """Wait, at most ten seconds, until something another thread does has happened."""
    deadline, pause = time.monotonic() + 10, threading.Event()
    while not is_so():
        assert time.monotonic() < deadline
        pause.wait(0.002)


def control(server: EmulatorServer, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    connection.request(method, path, None if body is None else json.dumps(body), headers)
    found = connection.getresponse()
    document = json.loads(found.read())
    connection.close()
    return found.status, document


def test_both_ways_give_the_same_answer_and_keep_the_address_that_was_asked(server: EmulatorServer) -> None:
    bodies = []
    for transport in (in_process(server.world), over_loopback(server.url)):
        with client(transport) as one:
            found = one.send_request(HttpRequest("GET", URL))
            assert found.status_code == 200
            assert found.request.url == URL
            assert found.request.headers.get("Host") is None
            bodies.append(found.json())
    assert bodies[0] == bodies[1]
    assert [(one.host, one.has_token) for one in server.world.log.entries()] == [("management.azure.com", True)] * 2


def test_a_body_and_a_query_arrive_as_they_were_sent(server: EmulatorServer) -> None:
    place = server.world.places[0]
    url = f"https://{place.api_host}/history/v1.0{place.id}/experiments/fraud/runs:query"
    for transport in (in_process(server.world), over_loopback(server.url)):
        with client(transport) as one:
            found = one.send_request(HttpRequest("POST", url, json={"top": 2, "filter": "Status ne 'Failed'"}))
            assert len(found.json()["value"]) == 2
            head = one.send_request(HttpRequest("HEAD", URL))
            assert (head.status_code, head.text()) == (200, "")


@pytest.mark.parametrize(
    "url", ["https://example.com/x", "https://management.azure.com.example.com/x", "http://169.254.169.253/metadata",
            "https://127.0.0.1/x", "https://login.example.org/token"],
)  # fmt: skip
def test_no_other_host_is_ever_reached(server: EmulatorServer, url: str) -> None:
    for transport in (in_process(server.world), over_loopback(server.url)):
        one = PipelineClient("https://management.azure.com", policies=[], transport=transport)
        with one, pytest.raises(ServiceRequestError, match="no Azure host"):
            one.send_request(HttpRequest("GET", url))
    assert len(server.world.log) == 0


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1:80", "http://example.com", "http://0.0.0.0:1", "https://127.0.0.1:8443",
            "ftp://127.0.0.1",
            "http://localhost.example.com", "http://127.0.0.1:nan", "", "http://", "http://169.254.169.254"],
)  # fmt: skip
def test_an_emulator_is_on_this_machine_or_it_is_none(url: str) -> None:
    with pytest.raises(ValueError, match="no emulator on this machine"):
        over_loopback(url)


@pytest.mark.parametrize(
    ("url", "base"),
    [("http://127.0.0.1:8799", "http://127.0.0.1:8799"), ("http://localhost:8799/", "http://127.0.0.1:8799"),
     ("127.0.0.1:8799", "http://127.0.0.1:8799"), ("http://[::1]:8799", "http://[::1]:8799"),
     ("http://127.8.8.8", "http://127.8.8.8:80")],
)  # fmt: skip
def test_loopback_addresses_are_taken_in_their_usual_spellings(url: str, base: str) -> None:
    assert loopback_base(url) == base


def test_an_emulator_that_is_gone_is_a_network_error(server: EmulatorServer) -> None:
    transport = over_loopback(server.url)
    server.stop()
    with client(transport) as one, pytest.raises(ServiceRequestError):
        one.send_request(HttpRequest("GET", URL))


def test_https_is_still_insisted_on() -> None:
    with client(in_process(World(runs=1))) as one, pytest.raises(ServiceRequestError, match="TLS"):
        one.send_request(HttpRequest("GET", URL.replace("https:", "http:")))


def test_a_stall_is_a_read_timeout_and_a_drop_a_lost_answer(server: EmulatorServer) -> None:
    server.world.faults.add(Fault(stall=30, times=2))
    server.world.faults.add(Fault(drop=True))
    for transport in (in_process(server.world), over_loopback(server.url)):
        with client(transport) as one, pytest.raises(ServiceResponseTimeoutError):
            one.send_request(HttpRequest("GET", URL), read_timeout=0.05)
    for transport in (in_process(server.world), over_loopback(server.url)):
        with client(transport) as one, pytest.raises(ServiceResponseError):
            one.send_request(HttpRequest("GET", URL))


def test_clients_on_several_threads_are_answered_at_once(server: EmulatorServer) -> None:
    server.world.faults.add(Fault(match="/subscriptions", stall=30, times=1))
    transport = over_loopback(server.url)
    with client(transport) as one:
        stalled = threading.Thread(target=lambda: one.send_request(HttpRequest("GET", URL)))
        stalled.start()
        until(lambda: server.world.faults.all == ())
        assert one.send_request(HttpRequest("GET", URL)).status_code == 200
        server.world.faults.release()
        stalled.join(10)
    assert not stalled.is_alive()


def test_faults_are_set_seen_and_lifted_at_the_emulators_own_address(server: EmulatorServer) -> None:
    status, listed = control(server, "POST", "/emulator/faults", {"match": "/subscriptions", "status": 429})
    assert (status, [one["status"] for one in listed["value"]]) == (200, [429])
    with client(over_loopback(server.url)) as one:
        assert one.send_request(HttpRequest("GET", URL)).status_code == 429
        assert control(server, "DELETE", "/emulator/faults?match=/subscriptions")[1]["value"] == []
        assert one.send_request(HttpRequest("GET", URL)).status_code == 200
    assert control(server, "POST", "/emulator/faults", {"status": "x"})[0] == 400
    assert control(server, "POST", "/emulator/faults", [1])[0] == 400


def test_the_request_log_is_read_at_the_emulators_own_address(server: EmulatorServer) -> None:
    with client(over_loopback(server.url)) as one:
        one.send_request(HttpRequest("GET", URL))
    status, log = control(server, "GET", "/emulator/requests")
    expected = {"method": "GET", "host": "management.azure.com", "path": "/subscriptions",
                "query": "api-version=2021-01-01", "status": 200, "has_token": True}  # fmt: skip
    assert (status, log) == (200, {"count": 1, "value": [expected]})
    assert control(server, "DELETE", "/emulator/requests")[1]["count"] == 0
    assert control(server, "GET", "/emulator")[1]["name"] == "amldeck emulator"
    assert control(server, "GET", "/")[0] == 404


def test_a_web_page_gets_nothing_from_the_emulators_own_address(server: EmulatorServer) -> None:
    assert control(server, "POST", "/emulator/faults", {"status": 500}, Origin="https://example.com")[0] == 403
    assert server.world.faults.all == ()


def test_the_server_listens_on_this_machine_only(server: EmulatorServer) -> None:
    assert server.server_address[0] == "127.0.0.1"
    assert urlsplit(server.url).hostname == "127.0.0.1"


def test_a_token_can_be_read_and_was_signed_by_nobody() -> None:
    credential = FakeCredential(3, clock=lambda: NOW, lifetime=600)
    token = credential.get_token("https://management.azure.com/.default")
    header, claims, signature = (
        json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in token.token.split(".")
    )
    assert header["alg"] == "none"
    assert signature == {"signed": "by nobody"}
    assert (claims["upn"], claims["name"]) == ("person03@example.com", "Person03 Example")
    assert {"tid", "oid"} <= set(claims)
    assert claims["exp"] == token.expires_on == int(NOW.timestamp()) + 600
    info = credential.get_token_info("https://api.loganalytics.io/.default")
    assert info.expires_on == token.expires_on
    assert credential.asked == 2
