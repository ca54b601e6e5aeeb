"""The transport over real sockets: TLS with an authority of our own, a proxy, and servers that misbehave."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.connection import Answer, Call, Connection
from services.errors import ForeignHost, Unreachable
from services.limits import Limits
from tests.services.answering import Credential, InstantClock
from tests.services.hostile import ARM, WS
from tests.services.loopback import Heard, Loopback, head, reply, running


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loopback]:
    with running(tmp_path_factory.mktemp("tls")) as world:
        yield world


@pytest.fixture
def azure(world: Loopback, monkeypatch: pytest.MonkeyPatch) -> Loopback:
    for name in (
        "HTTPS_PROXY",
        "https_proxy",
        "ALL_PROXY",
        "all_proxy",
        "HTTP_PROXY",
        "http_proxy",
        "NO_PROXY",
        "no_proxy",
    ):
        monkeypatch.delenv(name, raising=False)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", world.proxy)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(world.authority))
    world.script = reply()
    world.heard.clear()
    world.tunnelled.clear()
    world.connections = 0
    return world


def connected(limits: Limits | None = None, **options: object) -> Connection:
    return Connection(Credential(), limits=limits, **options)  # type: ignore[arg-type]


def test_proxy_and_company_certificates_come_from_the_environment(azure: Loopback) -> None:
    azure.script = reply(body=b'{"value": []}')
    connection = connected()
    assert connection.read(Call(url=f"{ARM}/x")).body == b'{"value": []}'
    connection.close()
    assert azure.tunnelled == ["management.azure.com:443"]
    assert azure.heard[0].host == "management.azure.com"
    assert azure.heard[0].headers["authorization"] == "Bearer token"


def test_one_tls_connection_serves_many_calls(azure: Loopback) -> None:
    connection = connected()
    for _ in range(5):
        connection.read(Call(url=f"{ARM}/x"))
    connection.close()
    assert azure.connections == 1


def test_four_threads_share_one_connection_object(azure: Loopback) -> None:
    connection = connected()
    answers: list[Answer] = []

    def read() -> None:
        for _ in range(25):
            answers.append(connection.read(Call(url=f"{ARM}/subscriptions/{len(answers)}")))

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    connection.close()
    assert len(answers) == 100
    assert connection.calls.requests == 100
    assert connection.calls.tokens == 1
    assert azure.connections <= 4


def test_ssl_cert_file_is_honoured(azure: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    monkeypatch.setenv("SSL_CERT_FILE", str(azure.authority))
    connection = connected()
    assert connection.read(Call(url=f"{ARM}/x")).status == 200
    connection.close()


def test_an_unknown_authority_is_told_with_the_way_out(azure: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    connection = connected()
    with pytest.raises(Unreachable, match=r"certificate of management\.azure\.com.*REQUESTS_CA_BUNDLE"):
        connection.read(Call(url=f"{ARM}/x"))
    connection.close()
    assert azure.heard == []


def test_a_proxy_that_is_not_there_is_told(azure: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    connection = connected(clock=InstantClock())
    with pytest.raises(Unreachable, match="HTTPS_PROXY"):
        connection.read(Call(url=f"{ARM}/x"))
    connection.close()


def test_a_netrc_does_not_replace_the_token(azure: Loopback, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "netrc").write_text("default login someone password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    connection = connected()
    connection.read(Call(url=f"{ARM}/x"))
    connection.close()
    assert azure.heard[0].headers["authorization"] == "Bearer token"


def test_cookies_are_not_kept(azure: Loopback) -> None:
    azure.script = reply(Set_Cookie="a=b; Path=/")
    connection = connected()
    connection.read(Call(url=f"{ARM}/x"))
    connection.read(Call(url=f"{ARM}/x"))
    connection.close()
    assert all("cookie" not in heard.headers for heard in azure.heard)


def test_the_evil_host_sees_nothing_of_a_next_link_or_a_redirect(azure: Loopback) -> None:
    azure.script = reply(body=b'{"value": [], "nextLink": "https://evil.example/x"}')
    connection = connected()
    with pytest.raises(ForeignHost):
        list(connection.pages(Call(url=f"{ARM}/x")))
    azure.script = reply(302, Location="https://evil.example/x")
    with pytest.raises(ForeignHost):
        connection.read(Call(url=f"{ARM}/y"))
    for header in ("Azure_AsyncOperation", "Location"):
        azure.script = reply(202, **{header: "https://evil.example/x"})
        answer = connection.read(Call(url=f"{ARM}/z"))
        with pytest.raises(ForeignHost):
            connection.read(Call(url=answer.headers[header.lower().replace("_", "-")]))
    connection.close()
    assert set(azure.tunnelled) == {"management.azure.com:443"}


def drip(line: ssl.SSLSocket, piece: bytes, times: int = 200) -> None:
    for _ in range(times):
        line.sendall(piece)
        time.sleep(0.02)


def dripping_body(_: Heard, line: ssl.SSLSocket) -> None:
    line.sendall(head(200, {"Content-Length": "1000000"}))
    drip(line, b" ")


def dripping_chunks(_: Heard, line: ssl.SSLSocket) -> None:
    line.sendall(head(200, {"Transfer-Encoding": "chunked"}))
    drip(line, b"1\r\n \r\n")


def dripping_head(_: Heard, line: ssl.SSLSocket) -> None:
    line.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    drip(line, b"x")


@pytest.mark.parametrize("script", [dripping_body, dripping_chunks, dripping_head])
def test_a_slow_drip_does_not_beat_the_deadline(azure: Loopback, script: object) -> None:
    azure.script = script  # type: ignore[assignment]
    connection = connected(Limits(total=0.4, read=0.3))
    started = time.monotonic()
    with pytest.raises(Unreachable, match=r"too long|longer"):
        connection.read(Call(url=f"{ARM}/x"))
    assert time.monotonic() - started < 2
    connection.close()


def truncated(_: Heard, line: ssl.SSLSocket) -> None:
    line.sendall(head(200, {"Content-Length": "100"}) + b'{"value": [')
    line.shutdown(socket.SHUT_RDWR)


def hung_up(_: Heard, line: ssl.SSLSocket) -> None:
    line.shutdown(socket.SHUT_RDWR)


def nonsense(_: Heard, line: ssl.SSLSocket) -> None:
    line.sendall(b"\x00\x01\x02 what?\r\n\r\n")
    line.shutdown(socket.SHUT_RDWR)


def too_many_headers(_: Heard, line: ssl.SSLSocket) -> None:
    line.sendall(head(200, {f"X-{number}": "x" for number in range(150)}))
    line.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("script", [truncated, hung_up, nonsense, too_many_headers])
def test_a_broken_answer_is_tried_once_more_and_then_told(azure: Loopback, script: object) -> None:
    azure.script = script  # type: ignore[assignment]
    connection = connected(clock=InstantClock())
    with pytest.raises(Unreachable) as raised:
        connection.read(Call(url=f"{ARM}/x"))
    connection.close()
    assert str(raised.value).endswith(".")
    assert 1 <= len(azure.heard) <= 2


def test_a_write_whose_answer_is_lost_is_sent_once_and_its_outcome_is_unknown(azure: Loopback) -> None:
    azure.script = hung_up
    connection = connected(clock=InstantClock())
    connection.lock.open(WS, 60.0)
    with pytest.raises(Unreachable) as raised:
        connection.write(Call(url=f"{ARM}{WS}/computes/c/start", method="POST"))
    connection.close()
    assert raised.value.is_outcome_unknown
    assert len(azure.heard) == 1


def test_the_sdk_says_nothing_on_stderr(azure: Loopback, capfd: pytest.CaptureFixture[str]) -> None:
    azure.script = truncated
    connection = connected(clock=InstantClock())
    with pytest.raises(Unreachable):
        connection.read(Call(url=f"{ARM}/x"))
    connection.close()
    written = capfd.readouterr()
    assert (written.out, written.err) == ("", "")


def test_an_answer_keeps_what_a_reader_needs(azure: Loopback) -> None:
    azure.script = reply(body=b"[]", X_Ms_Request_Id="42")
    connection = connected()
    answer = connection.read(Call(url=f"{ARM}/x", api_version="2024-04-01", params={"$top": "5"}))
    connection.close()
    assert isinstance(answer, Answer)
    assert answer.headers["x-ms-request-id"] == "42"
    assert azure.heard[0].target == "/x?$top=5&api-version=2024-04-01"
    assert answer.fetched_at.tzinfo is not None
