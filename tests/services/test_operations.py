"""Operations that take their time: every shape Azure answers in, deadlines, and addresses that lead elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.calls import Answer, Call
from services.errors import ForeignHost, NotFound, ServiceBroken
from services.operations import LONGEST_PAUSE, Progress, follow, operation_url, poll, progress_of
from services.write_lock import WriteLock
from tests.services.answering import NOW, Azure, Given, InstantClock, as_json
from tests.services.emulated import Emulated
from tests.wire.recordings import BY_NAME

URL = (
    "https://management.azure.com/subscriptions/s/providers/Microsoft.MachineLearningServices/locations/westeurope"
    "/mfeOperationsStatus/oe:1:2?api-version=2024-04-01"
)


def answered(body: object, status: int = 200, **headers: str) -> Answer:
    encoded = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(call=Call(url=URL), status=status, body=encoded, headers=headers, fetched_at=NOW)


@pytest.mark.parametrize(
    ("body", "status", "state", "says", "percent"),
    [
        ({"status": "InProgress"}, 200, "running", "InProgress", None),
        ({"status": "Creating", "name": "s:1"}, 200, "running", "Creating", None),
        ({"status": "Updating", "percentComplete": 40}, 200, "running", "Updating", 40.0),
        ({"status": "SUCCEEDED", "percentComplete": 400}, 200, "succeeded", "SUCCEEDED", 100.0),
        ({"status": "cancelled"}, 200, "canceled", "cancelled", None),
        ({"status": "Failed", "error": {"code": "X", "message": "No quota."}}, 200, "failed", "No quota.", None),
        ({"status": "Failed"}, 200, "failed", "Failed", None),
        ({"id": "/x", "properties": {"provisioningState": "Updating"}}, 200, "running", "Updating", None),
        ({"id": "/x", "properties": {"provisioningState": "succeeded"}}, 200, "succeeded", "succeeded", None),
        ({"id": "/x", "properties": {"description": None}}, 200, "succeeded", "", None),
        ({"runId": "r", "status": "Running"}, 202, "running", "", None),
        ({"runId": "r", "status": "Canceled"}, 200, "succeeded", "", None),
        (b"", 202, "running", "", None),
        (b"", 200, "succeeded", "", None),
        (b"", 204, "succeeded", "", None),
        (b"null", 200, "succeeded", "", None),
        ({}, 202, "running", "", None),
        ([1], 200, "succeeded", "", None),
        (b"<html>", 202, "running", "", None),
        ({"status": 7, "percentComplete": "many", "properties": [1]}, 200, "succeeded", "", None),
    ],
)  # fmt: skip
def test_every_shape_of_an_operation_is_understood(
    body: object, status: int, state: str, says: str, percent: float | None
) -> None:
    found = progress_of(answered(body, status))
    assert (found.state, found.says, found.percent) == (state, says, percent)


RECORDED = {
    "result-202-empty": "running", "result-is-the-resource": "succeeded", "status-creating": "running",
    "status-failed-usererror": "failed", "status-inprogress": "running", "status-succeeded": "succeeded",
}  # fmt: skip


@pytest.mark.parametrize("name", RECORDED)
def test_the_recorded_operations_are_understood(name: str) -> None:
    recorded = BY_NAME.get(f"operations/{name}")
    if recorded is None:
        pytest.skip("the recorded answers are not here (set AMLDECK_WIRE)")
    progress = progress_of(answered(recorded.raw, recorded.status))
    assert progress.state == RECORDED[name]
    if progress.state == "failed":
        assert progress.says == "Cannot delete an active trigger test_501674609020"


@given(st.binary(max_size=60), st.sampled_from([200, 201, 202, 204]))
def test_no_body_is_too_odd(body: bytes, status: int) -> None:
    assert isinstance(progress_of(answered(body, status)), Progress)


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ({"azure-asyncoperation": URL, "location": URL + "2"}, URL),
        ({"location": URL}, URL),
        ({}, None),
        ({"azure-asyncoperation": "https://evil.example.com/x", "location": URL}, URL),
        ({"location": "http://management.azure.com/x"}, None),
        ({"location": "/relative"}, None),
        ({"location": "https://management.azure.com@evil.example.com/x"}, None),
    ],
)
def test_only_addresses_of_azure_are_followed(headers: dict[str, str], found: str | None) -> None:
    azure = Azure(lambda asked: as_json({}))
    assert operation_url(azure.connection, answered({}, 202, **headers)) == found


def test_a_stored_address_that_leads_elsewhere_gets_nothing() -> None:
    azure = Azure(lambda asked: as_json({}))
    with pytest.raises(ForeignHost):
        poll(azure.connection, "https://evil.example.com/x")
    assert azure.asked == []
    assert azure.credential.asked == 0


def serving(answers: Iterator[Given]) -> Azure:
    return Azure(lambda asked: next(answers))


def always(given: Given) -> Iterator[Given]:
    while True:
        yield given


def test_it_is_looked_at_until_it_is_over() -> None:
    going = as_json({"status": "InProgress"})
    azure = serving(iter([going, going, as_json({"status": "Succeeded"})]))
    found = list(follow(azure.connection, URL, clock=InstantClock()))
    assert [one.state for one in found] == ["running", "running", "succeeded"]
    assert {one.method for one in azure.asked} == {"GET"}


def test_looking_ends_with_its_time_and_says_that_it_still_runs() -> None:
    clock = InstantClock()
    azure = serving(always(as_json({"status": "InProgress"})))
    found = list(follow(azure.connection, URL, deadline=300, clock=clock))
    assert found[-1].state == "running"
    assert clock.now() <= 300
    assert len(found) < 40


@pytest.mark.parametrize("asked", ["86400", "inf", "1e300", "-5", "soon", "nan", "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_no_wait_that_azure_asks_for_is_too_long_or_too_short(asked: str) -> None:
    clock = InstantClock()
    going = Given(json.dumps({"status": "InProgress"}).encode(), 200, {"retry-after": asked})
    done = as_json({"status": "Succeeded"})
    found = list(follow(serving(iter([going, done])).connection, URL, clock=clock))
    assert found[-1].state == "succeeded"
    assert 1 <= clock.now() <= LONGEST_PAUSE


def test_it_is_looked_at_again_after_azure_was_away() -> None:
    broken = Given(b"", 503)
    answers = iter(
        [broken] * 3 + [as_json({"status": "InProgress"})] + [broken] * 3 + [as_json({"status": "Succeeded"})]
    )
    found = list(follow(serving(answers).connection, URL, clock=InstantClock()))
    assert [one.state for one in found] == ["running", "succeeded"]


def test_azure_that_stays_away_is_told_when_the_time_is_up() -> None:
    with pytest.raises(ServiceBroken):
        list(follow(serving(always(Given(b"", 503))).connection, URL, deadline=120, clock=InstantClock()))


def test_an_operation_that_azure_has_forgotten_is_not_found() -> None:
    with pytest.raises(NotFound):
        list(follow(serving(always(Given(b"", 404))).connection, URL, clock=InstantClock()))


def test_looking_stops_when_nobody_wants_it_any_more() -> None:
    seen: list[Progress] = []
    azure = serving(always(as_json({"status": "InProgress"})))
    for progress in follow(azure.connection, URL, stop=lambda: len(seen) >= 3, clock=InstantClock()):
        seen.append(progress)
    assert len(seen) == 3


def test_an_operation_is_resumed_by_its_address_alone_while_the_session_is_locked() -> None:
    azure = Emulated()
    answer = azure.send(azure.plan("stop", "/computes/ci-ana"))
    url = operation_url(azure.connection, answer)
    assert url is not None
    azure.lock.close()
    assert list(follow(azure.connection, url, clock=azure.clock))[-1].state == "succeeded"


def test_reading_an_operation_takes_nothing_of_the_budget_for_writes() -> None:
    azure = serving(iter([as_json({"status": "Succeeded"}), as_json({})]))
    poll(azure.connection, URL)
    assert {one.name for one in azure.connection.budgets()} == {"reads"}
    lock: WriteLock = azure.connection.lock
    workspace = "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w"
    lock.open(workspace, 60)
    azure.connection.write(Call(url=f"https://management.azure.com{workspace}/resyncKeys", method="POST"))
    assert {one.name for one in azure.connection.budgets()} == {"reads", "writes"}
