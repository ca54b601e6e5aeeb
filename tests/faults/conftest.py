"""The network of the hostile tests: every name leads to one server, which has a certificate for each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.links import names
from tests.services.loopback import Loopback, running


@pytest.fixture(scope="module")
def evil(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loopback]:
    with running(tmp_path_factory.mktemp("tls"), names()) as world:
        yield world


@pytest.fixture
def through(evil: Loopback, monkeypatch: pytest.MonkeyPatch) -> Loopback:
    """The world's only network: every name leads to the one server."""
    for name in ("ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy", "https_proxy", "http_proxy", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", evil.proxy)
    monkeypatch.setenv("HTTP_PROXY", evil.proxy)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(evil.authority))
    evil.heard.clear()
    evil.tunnelled.clear()
    return evil
