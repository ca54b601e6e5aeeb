"""Answers that are cut, spoilt, endless, slow or lead elsewhere: alike in this process and over HTTP, and each ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from services.connection import Call, Connection
from services.emulator.asking import ask, request_of
from services.emulator.fault_mutations import malformed
from services.emulator.faults import Fault
from services.emulator.routes import Dropped, respond
from services.emulator.serve import EmulatorServer, serve
from services.emulator.transport import FakeCredential, in_process, over_loopback
from services.emulator.world import World
from services.errors import ForeignHost, Malformed, ServiceBroken, ServiceError, TooLarge, Unreachable
from services.limits import Clock, Limits
from tests.services.answering import InstantClock

NOW = datetime(2026, 11, 21, 14, 1, 7, 123456, tzinfo=UTC)
LIMITS = Limits(body_bytes=2**20, read=1.0, total=0.7, retries=0, reconnects=0, pages=25)


class Moving:
    """A clock the test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="module")
def server() -> Iterator[EmulatorServer]:
    made = serve(World(runs=400, clock=lambda: NOW))
    made.start()
    yield made
    made.stop()


@pytest.fixture(params=["in this process", "over HTTP"])
def connect(request: pytest.FixtureRequest, server: EmulatorServer) -> Iterator[Callable[[Clock, Limits], Connection]]:
    server.world.faults.clear()
    server.world.log.clear()
    made: list[Connection] = []

    def connected(clock: Clock, limits: Limits) -> Connection:
        transport = in_process(server.world) if request.param == "in this process" else over_loopback(server.url)
        made.append(Connection(FakeCredential(), transport=transport, limits=limits, now=lambda: NOW, clock=clock))
        return made[-1]

    yield connected
    for connection in made:
        connection.close()
    server.world.faults.clear()


@pytest.fixture
def azure(connect: Callable[[Clock, Limits], Connection]) -> Connection:
    return connect(Clock(), LIMITS)


@pytest.fixture
def unhurried(connect: Callable[[Clock, Limits], Connection]) -> Connection:
    """A connection whose waits take no time, and whose budgets are always full."""
    return connect(InstantClock(), msgspec.structs.replace(LIMITS, total=60.0))


def listings(world: World) -> dict[str, Call]:
    """A listing of every way of paging."""
    place = world.places[0]
    arm = f"https://management.azure.com{place.id}"
    history = f"https://{place.api_host}/history/v1.0{place.id}"
    month = {"timePeriod": {"from": "2026-10-22T00:00:00Z", "to": "2026-11-21T00:00:00Z"}}
    costs: dict[str, Any] = {"type": "ActualCost", "timeframe": "Custom", **month,
                             "dataset": {"granularity": "Daily", "aggregation": {}, "grouping": []}}  # fmt: skip
    scope = f"https://management.azure.com/subscriptions/{place.subscription}"
    return {
        "nextLink": Call(url=f"{arm}/models", api_version="2024-04-01"),
        "nodes": Call(url=f"{arm}/computes/gpu-a100/listNodes", method="POST", api_version="2024-04-01"),
        "continuationToken": Call(url=f"{history}/experiments:query", method="POST", body={"top": 3}),
        "next_page_token": Call(
            url=f"https://{place.api_host}/mlflow/v2.0{place.id}/api/2.0/mlflow/experiments/search", method="POST",
            body={"max_results": 3}),
        "properties.nextLink": Call(
            url=f"{scope}/providers/Microsoft.CostManagement/query", method="POST", api_version="2023-11-01",
            body=costs),
        "NextPageLink": Call(url="https://prices.azure.com/api/retail/prices", audience="none"),
    }  # fmt: skip


FATAL: dict[str, tuple[Fault, type[ServiceError]]] = {
    "truncate": (Fault(kind="truncate", seed=5), Unreachable),
    "html": (Fault(kind="html"), ServiceError),
    "error": (Fault(kind="error"), ServiceBroken),
    "huge": (Fault(kind="huge", size=3 * 2**20), TooLarge),
    "bomb": (Fault(kind="bomb", size=30 * 2**20), TooLarge),
    "drip": (Fault(kind="drip", pace=0.1), Unreachable),
    "headers": (Fault(kind="headers"), ServiceError),
    "redirect": (Fault(kind="redirect"), Malformed),
    "redirect away": (Fault(kind="redirect", to="https://evil.example/x"), ForeignHost),
    "lose": (Fault(lose=True), Unreachable),
}


@pytest.mark.parametrize("name", [name for name in FATAL if name != "html"])
def test_a_spoilt_answer_is_an_error_in_time(name: str, azure: Connection, server: EmulatorServer) -> None:
    fault, kind = FATAL[name]
    server.world.faults.add(fault)
    started = time.monotonic()
    with pytest.raises(kind):
        azure.read(listings(server.world)["nextLink"])
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("shape", list(listings(World(runs=1, clock=lambda: NOW))))
def test_pages_that_lead_back_end_in_an_error_whatever_the_shape(
    shape: str, unhurried: Connection, server: EmulatorServer
) -> None:
    server.world.faults.add(Fault(kind="cycle"))
    with pytest.raises(Malformed, match="lead back"):
        list(unhurried.pages(listings(server.world)[shape]))
    assert len(server.world.log) == 3


@pytest.mark.parametrize("shape", list(listings(World(runs=1, clock=lambda: NOW))))
def test_pages_without_end_end_at_the_cap(shape: str, unhurried: Connection, server: EmulatorServer) -> None:
    server.world.faults.add(Fault(kind="endless"))
    with pytest.raises(ServiceError):
        list(unhurried.pages(listings(server.world)[shape]))
    assert len(server.world.log) <= LIMITS.pages


@pytest.mark.parametrize("shape", ["nextLink", "nodes", "properties.nextLink", "NextPageLink"])
def test_a_page_that_leads_to_another_host_is_not_followed(
    shape: str, azure: Connection, server: EmulatorServer
) -> None:
    server.world.faults.add(Fault(kind="foreign", to="https://evil.example/next"))
    with pytest.raises(ForeignHost, match=r"evil\.example"):
        list(azure.pages(listings(server.world)[shape]))
    assert len(server.world.log) == 1


def test_half_of_the_pages_come_and_then_an_error(azure: Connection, server: EmulatorServer) -> None:
    server.world.faults.add(Fault(kind="half", status=503))
    pages = azure.pages(listings(server.world)["nextLink"])
    assert not next(pages).is_last
    with pytest.raises(ServiceBroken):
        next(pages)


@pytest.mark.parametrize("text", ["soon", "inf", "-1", "1e10", "9" * 400, "", "Fri, 99 Nov 2099 99:99:99 GMT"])
def test_an_odd_retry_after_is_an_ordinary_failure(text: str, azure: Connection, server: EmulatorServer) -> None:
    server.world.faults.add(Fault(status=503, retry_after=text))
    with pytest.raises(ServiceBroken):
        azure.read(listings(server.world)["nextLink"])


def test_a_captive_portal_answers_200_with_a_page() -> None:
    world = World(runs=10, clock=lambda: NOW)
    found = respond_under(world, Fault(kind="html"))
    assert (found.status, found.headers["content-type"]) == (200, "text/html; charset=utf-8")


def respond_under(world: World, fault: Fault) -> Any:
    world.faults.add(fault)
    place = world.places[0]
    return respond(world, request_of("GET", f"https://management.azure.com{place.id}/models?api-version=2024-04-01"))


def test_a_lost_answer_was_done_and_a_dropped_one_was_not() -> None:
    world = World(runs=400, clock=lambda: NOW)
    with pytest.raises(Dropped):
        respond_under(world, Fault(lose=True))
    done = world.runs_made
    world.faults.clear()
    run_list = request_of("GET", f"https://management.azure.com{world.places[0].id}/jobs?api-version=2024-04-01")
    for fault, is_done in ((Fault(drop=True), False), (Fault(lose=True), True)):
        world.faults.clear()
        world.faults.add(fault)
        with pytest.raises(Dropped):
            respond(world, run_list)
        assert (world.runs_made > done) == is_done


def test_a_late_write_is_accepted_now_and_done_later() -> None:
    clock = Moving()
    world = World(runs=10, clock=clock)
    world.faults.add(Fault(late=30.0, match="PATCH"))
    write = request_of("PATCH", f"https://management.azure.com{world.places[0].id}?api-version=2024-04-01", body={})
    assert respond(world, write).status == 202
    assert world.faults.due(world.now()) == []
    clock.now = datetime(2026, 11, 21, 14, 1, 38, tzinfo=UTC)
    assert world.faults.due(world.now()) == [write]
    assert world.faults.due(world.now()) == []


def test_a_mutation_is_the_same_for_the_same_seed_and_seeds_differ() -> None:
    world = World(runs=10, clock=lambda: NOW)
    body = ask(world, "GET", f"https://management.azure.com{world.places[0].id}/models?api-version=2024-04-01").body
    made = [malformed(body, seed) for seed in range(200)]
    assert made == [malformed(body, seed) for seed in range(200)]
    assert len(set(made)) > 150
    assert b"" in {malformed(b"", seed) for seed in range(50)}
