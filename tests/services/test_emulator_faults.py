"""What goes wrong on purpose goes wrong as Azure's services do, where it was asked to, and ends when it is told to."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

import pytest

from services.emulator.asking import request_of
from services.emulator.fault_answers import operation_of
from services.emulator.faults import Fault, Faults, fault_of
from services.emulator.routes import Dropped, TooSlow, respond
from services.emulator.world import World

NOW = datetime(2026, 11, 21, 14, 1, 7, 123456, tzinfo=UTC)


def a_world(*faults: Fault) -> World:
    return World(runs=50, clock=lambda: NOW, faults=Faults(*faults))


PROD = a_world().places[0]
COMPUTES = request_of("GET", f"https://management.azure.com{PROD.id}/computes?api-version=2024-04-01")
MODELS = request_of("GET", f"https://management.azure.com{PROD.id}/models?api-version=2024-04-01")
COSTS = request_of(
    "POST",
    f"https://management.azure.com/subscriptions/{PROD.subscription}/providers/Microsoft.CostManagement/query?api-version=1",
    body={},
)
HISTORY = request_of("POST", f"https://{PROD.api_host}/history/v1.0{PROD.id}/experiments:query", body={})


@pytest.mark.parametrize(
    ("status", "code"),
    [(401, "ExpiredAuthenticationToken"), (403, "AuthorizationFailed"), (404, "ResourceNotFound"),
     (500, "ServiceError"),
     (503, "ServiceError")],
)  # fmt: skip
def test_a_status_comes_in_the_frame_of_the_service(status: int, code: str) -> None:
    found = respond(a_world(Fault(status=status)), COMPUTES)
    assert (found.status, found.json()["error"]["code"]) == (status, code)


def test_azure_ml_throttles_without_retry_after_and_says_the_wait_in_words_only() -> None:
    found = respond(a_world(Fault(status=429)), COMPUTES)
    assert found.json()["error"]["code"] == "UserError"
    assert "Retry again after 20 seconds." in found.json()["error"]["message"]
    assert "retry-after" not in found.headers
    told = respond(a_world(Fault(status=429, retry_after=3)), HISTORY)
    assert told.headers["retry-after"] == "3"
    assert told.json()["error"]["innerError"]["innerError"]["code"] == "TooManyRequests"


def test_cost_management_throttles_with_headers_of_its_own() -> None:
    found = respond(a_world(Fault(status=429)), COSTS)
    assert found.json() == {"error": {"code": "429", "message": "Too many requests. Please retry."}}
    assert found.headers["x-ms-ratelimit-microsoft.costmanagement-entity-retry-after"] == "60"


def test_a_broken_gateway_answers_html() -> None:
    found = respond(a_world(Fault(status=502)), COMPUTES)
    assert found.headers["content-type"] == "text/html"
    assert b"502 Bad Gateway" in found.body


def test_a_fault_hits_what_it_names_and_nothing_else() -> None:
    world = a_world(Fault(match="/COMPUTES", status=500))
    assert respond(world, COMPUTES).status == 500
    assert respond(world, MODELS).status == 200


def test_a_counted_fault_ends_by_itself_and_another_when_it_is_lifted() -> None:
    world = a_world(Fault(match="computes", status=500, times=2), Fault(match="models", status=403))
    assert [respond(world, COMPUTES).status for _ in range(3)] == [500, 500, 200]
    assert respond(world, MODELS).status == 403
    world.faults.clear("models")
    assert respond(world, MODELS).status == 200
    assert world.faults.all == ()


def test_faults_can_be_given_in_short() -> None:
    assert Faults(status=429, retry_after=2, match="runs").all == (Fault(status=429, retry_after=2, match="runs"),)
    assert Faults().all == ()


def test_a_document_with_a_wrong_name_is_refused_by_that_name() -> None:
    assert fault_of({"status": 500, "times": 1}) == Fault(status=500, times=1)
    with pytest.raises(ValueError, match="colour"):
        fault_of({"colour": "red"})


def test_a_stall_ends_when_it_is_released_and_then_answers_as_usual() -> None:
    world = a_world(Fault(stall=30))
    answers: list[int] = []
    thread = threading.Thread(target=lambda: answers.append(respond(world, COMPUTES).status))
    thread.start()
    started = time.monotonic()
    world.faults.clear()
    thread.join(10)
    assert answers == [200]
    assert time.monotonic() - started < 5


def test_a_stall_longer_than_the_patience_of_the_client_is_no_answer() -> None:
    world = a_world(Fault(stall=30))
    with pytest.raises(TooSlow):
        respond(world, COMPUTES, patience=0.01)
    assert world.log.entries()[-1].status == 0


def test_a_dropped_connection_is_no_answer() -> None:
    with pytest.raises(Dropped):
        respond(a_world(Fault(drop=True)), COMPUTES)


def test_every_request_is_logged_with_its_status_and_whether_it_had_a_token() -> None:
    world = a_world(Fault(match="models", status=500))
    for request in (COMPUTES, MODELS, request_of("GET", "https://prices.azure.com/api/retail/prices", has_token=False)):
        respond(world, request)
    logged = [(one.method, one.host, one.status, one.has_token) for one in world.log.entries()]
    assert logged == [
        ("GET", "management.azure.com", 200, True), ("GET", "management.azure.com", 500, True),
        ("GET", "prices.azure.com", 200, False),
    ]  # fmt: skip
    assert [one.path for one in world.log.entries("computes")] == [COMPUTES.path]
    assert world.log.by_host()["management.azure.com"] == 2
    world.log.clear()
    assert len(world.log) == 0


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        (
            "GET",
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.X/workspaces/w/computes",
            "workspaces/computes/read",
        ),
        ("GET", "/subscriptions/s/providers/Microsoft.X/workspaces/w/computes/c", "workspaces/computes/read"),
        ("POST", "/s/providers/Microsoft.X/workspaces/w/computes/c/listNodes", "workspaces/computes/listNodes/action"),
        (
            "POST",
            "/h/s/providers/Microsoft.X/workspaces/w/experiments/e/runs:query",
            "workspaces/experiments/runs/read",
        ),
    ],
)
def test_a_refusal_names_the_operation_a_role_would_grant(method: str, path: str, operation: str) -> None:
    assert operation_of(method, path) == f"Microsoft.X/{operation}"
