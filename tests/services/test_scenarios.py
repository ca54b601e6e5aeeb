"""Each scenario tells one story: its documents, its metrics, its logs and the activity log agree."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.deployments import get_deployment
from services.emulator.asking import ask
from services.emulator.demand import demand_of
from services.emulator.log_rows import LATE
from services.emulator.log_tables import COLUMNS, CONSOLE, EVENTS, REQUESTS, TRAFFIC
from services.emulator.ticks import MINUTE, datetime_of, ticks_of
from services.endpoints import get_endpoint
from tests.services.playing import NOW, SUNDAY_NIGHT, TROUBLES, Played, lines, onset_of, played, tail


@pytest.mark.parametrize("name", TROUBLES)
def test_metrics_and_the_traffic_log_count_the_same_requests_minute_by_minute(name: str) -> None:
    story = played(name)
    logged: dict[datetime, Counter[int]] = defaultdict(Counter)
    for row in story.rows(TRAFFIC):
        assert set(row) == set(COLUMNS[TRAFFIC])
        logged[row["TimeGenerated"].replace(second=0, microsecond=0)][row["ResponseCode"]] += 1
    counts = {at: codes for at, codes in story.counts().items() if codes.total()}
    # The first minute is cut by the window of the log, the last by how late rows are.
    assert {at: logged[at] for at in sorted(logged)[1:-1]} == {at: +counts[at] for at in sorted(logged)[1:-1]}
    assert len(logged) > 55


@pytest.mark.parametrize("at", [NOW, SUNDAY_NIGHT])
@pytest.mark.parametrize("name", TROUBLES)
def test_the_errors_begin_in_the_minute_of_the_onset_at_any_hour(name: str, at: datetime) -> None:
    story = Played(name, at)
    assert onset_of(story.counts()) == story.onset
    after = Counter[int]()
    for when, codes in story.counts().items():
        after.update(codes if when >= story.onset else {})
    del after[200]
    assert story.scenario.code == after.most_common(1)[0][0]


@pytest.mark.parametrize("name", TROUBLES)
def test_whoever_caused_it_did_so_minutes_before_and_everything_else_is_elsewhere_or_long_ago(name: str) -> None:
    story = played(name)
    mine = [one for one in story.events() if (one.resource or "").lower().startswith(story.id.lower())]
    lately = [one for one in mine if one.at > story.onset - timedelta(hours=2) and one.status == "Started"]
    cause = story.incident.cause
    if cause is None:
        assert name == "throttling"
        assert not lately
    else:
        (found,) = lately
        assert timedelta(minutes=1) <= story.onset - found.at <= timedelta(minutes=3.25)
        assert (found.correlation, found.caller, found.operation) == (
            cause.correlation, cause.caller_name, cause.kind.action,
        )  # fmt: skip
        assert not found.is_app
        ends = {one.status for one in mine if one.correlation == cause.correlation} - {"Started", "Accepted"}
        assert ends == {"Failed" if cause.is_failed else "Succeeded"}
    near = [one for one in story.events() if abs(one.at - story.onset + timedelta(minutes=22)) < timedelta(minutes=22)]
    told = {one.correlation for one in story.incident.operations}
    assert {one.correlation for one in near} <= told
    decoys = {one.correlation for one in story.incident.decoys}
    assert decoys <= {one.correlation for one in story.events()}


DOCUMENTS: dict[str, dict[str, object]] = {
    "bad-deployment": {"traffic": {"blue": 0.0, "green": 100.0}},
    "zeroed-traffic": {"traffic": {}},
    "network-cut": {"public_access": "Disabled"},
    "crash-loop": {"state": "Failed"},
    "image-pull": {"state": "Failed"},
    "model-errors": {"state": "Succeeded", "model": "churn:33"},
    "out-of-memory": {"state": "Succeeded"},
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_documents_show_what_was_written_and_when(name: str) -> None:
    story = played(name)
    assert story.incident.cause is not None
    if story.incident.cause.kind.action.endswith("deployments/write"):
        page: Any = get_deployment(story.connection, story.ref, story.endpoint, story.scenario.deployment)
    else:
        page = get_endpoint(story.connection, story.ref, story.endpoint)
    (found,) = page.records
    assert {key: getattr(found, key) for key in DOCUMENTS[name]} == DOCUMENTS[name] | (
        {"model": found.model} if "model" in DOCUMENTS[name] else {}
    )
    assert ticks_of(found.modified) == story.incident.cause.at // 10 * 10


@pytest.mark.parametrize(("name", "code"), [("crash-loop", "ResourceNotReady"), ("image-pull", "BadArgument")])
def test_a_deployment_that_failed_says_of_what(name: str, code: str) -> None:
    story = played(name)
    version = "?api-version=2023-04-01-preview"
    url = f"https://management.azure.com{story.id}/deployments/{story.scenario.deployment}{version}"
    operation = ask(story.world, "GET", url).json()["properties"]["properties"]["AzureAsyncOperationUri"]
    error = ask(story.world, "GET", operation).json()["error"]
    assert error["code"] == code
    assert story.incident.cause is not None
    mine = [one for one in story.events() if one.correlation == story.incident.cause.correlation]
    (told,) = {one.description for one in mine if one.status == "Failed"}
    assert told
    assert told in error["message"]


@pytest.mark.parametrize("name", ["bad-deployment", "model-errors", "crash-loop"])
def test_the_traceback_is_in_the_console_after_the_onset_and_in_the_tail_of_the_container(name: str) -> None:
    story = played(name)
    last = story.scenario.trouble.raises[-1]
    assert last in lines(story, CONSOLE)
    assert last not in lines(story, CONSOLE, after=False)
    text = tail(story, containerType="InferenceServer", tail=60)
    assert last in text
    shown = text.partition("Container logs:\n")[2].splitlines()
    assert len(shown) == 60
    logged = {row["Message"] for row in story.rows(CONSOLE)}
    old = [line for line in shown if line[:19] < f"{datetime_of(story.world.now() - LATE - MINUTE):%Y-%m-%d %H:%M:%S}"]
    assert set(old) <= logged


def test_requests_of_the_traffic_log_are_found_in_the_console_by_their_id() -> None:
    story = played("bad-deployment")
    console = "\n".join(lines(story, CONSOLE))
    failed = [row for row in story.rows(TRAFFIC, 20) if row["ResponseCode"] == 424]
    assert failed
    assert all(row["XRequestId"] in console for row in failed)
    assert {(row["ModelStatusCode"], row["DeploymentName"]) for row in failed} == {(500, "green")}
    watched = {row["Properties"]["RequestId"]: row["ResultCode"] for row in story.rows(REQUESTS, 20)}
    assert {watched[row["XRequestId"]] for row in failed} == {"500"}


@pytest.mark.parametrize(
    ("name", "said"),
    [("crash-loop", "Back-off restarting"), ("out-of-memory", "OOMKilled"), ("image-pull", "ErrImagePull")],
)
def test_the_containers_tell_what_happened_to_them_from_the_onset_on(name: str, said: str) -> None:
    story = played(name)
    assert sum(said in line for line in lines(story, EVENTS)) > 4
    assert not any(said in line for line in lines(story, EVENTS, after=False))
    assert said in tail(story)


def test_a_throttled_caller_is_the_one_that_asks_three_times_as_much() -> None:
    story = played("throttling")
    asked: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for row in story.rows(TRAFFIC, 46):
        asked[row["TimeGenerated"] >= story.onset][row["UserAgent"]] += 1
    assert asked[True]["archive-export/1.0"] > 2.5 * asked[False]["archive-export/1.0"]
    assert asked[True]["scan-portal/3.1"] < 1.5 * asked[False]["scan-portal/3.1"]


def test_of_the_callers_with_keys_only_the_one_with_the_old_key_is_turned_away() -> None:
    story = played("key-regenerated")
    codes = {(row["UserAgent"], row["ResponseCode"]) for row in story.rows(TRAFFIC, 20)}
    assert codes == {("crm-sync/2.0", 401), ("segment-mailer/0.9", 200)}
    assert {(row["AuthType"], row["IdentityData"]) for row in story.rows(TRAFFIC, 5)} == {("Key", "")}
    known = {row["IdentityData"] for row in played("bad-deployment").rows(TRAFFIC, 5)}
    assert known == {client.identity for client in demand_of("fraud-score").clients}


@pytest.mark.parametrize(("name", "traffic"), [("bad-deployment", {"blue": 100}), ("zeroed-traffic", {"blue": 100})])
def test_giving_the_traffic_back_ends_it(name: str, traffic: dict[str, int]) -> None:
    story = Played(name)
    url = f"https://management.azure.com{story.id}?api-version=2024-04-01"
    body = {"location": "westeurope", "properties": {"authMode": "Key", "traffic": traffic}}
    assert ask(story.world, "PUT", url, body=body).status == 201
    story.at += timedelta(minutes=10)
    counts = story.counts()
    assert set(+counts[story.at.replace(second=0, microsecond=0) - timedelta(minutes=4)]) == {200}
    assert 200 not in +counts[story.onset] or name == "bad-deployment"


def test_more_instances_end_the_throttling() -> None:
    story = Played("throttling")
    url = f"https://management.azure.com{story.id}/deployments/blue?api-version=2024-04-01"
    assert ask(story.world, "PATCH", url, body={"sku": {"capacity": 3}}).status == 202
    story.at += timedelta(minutes=10)
    assert 429 not in +story.counts()[story.at.replace(second=0, microsecond=0) - timedelta(minutes=4)]
