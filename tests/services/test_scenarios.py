"""Each scenario tells one story: its documents, its metrics, its logs and the activity log agree."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest

from services.activity import Event, list_activity
from services.connection import Connection
from services.deployments import get_deployment
from services.emulator.asking import ask
from services.emulator.demand import demand_of
from services.emulator.endpoint_gauges import DEPLOYMENT_GAUGES
from services.emulator.endpoints import ENDPOINTS
from services.emulator.flows import minute_of
from services.emulator.incident import Incident
from services.emulator.log_rows import LATE, log_rows, tables_of
from services.emulator.log_tables import CATEGORIES, COLUMNS, CONSOLE, EVENTS, REQUESTS, TRAFFIC
from services.emulator.scenarios import SCENARIOS
from services.emulator.ticks import DAY, HOUR, MINUTE, datetime_of, ticks_of
from services.emulator.transport import FakeCredential, in_process
from services.emulator.world import World
from services.endpoints import get_endpoint
from services.errors import Refused
from services.monitor_metrics import Measured, MetricsQuestion, read_measured

NOW = datetime(2026, 11, 21, 14, 1, 7, 123456, tzinfo=UTC)
SUNDAY_NIGHT = datetime(2026, 11, 22, 2, 40, 31, tzinfo=UTC)
TROUBLES = [name for name in SCENARIOS if name != "quiet"]
ENDPOINT = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints"
Rows = list[dict[str, Any]]


class Played:
    """One scenario with its world and a real connection to it; time can be moved."""

    def __init__(self, name: str, at: datetime = NOW) -> None:
        self.at = at
        self.world = World(runs=10, clock=lambda: self.at, scenario=name)
        self.place, self.ref = self.world.places[0], self.world.workspaces["ml-prod"]
        found = self.world.changes.incident
        assert found is not None
        self.incident: Incident = found
        self.scenario = found.scenario
        self.endpoint = self.scenario.endpoint or "churn"
        self.onset = datetime_of(found.onset)
        self.id = f"{self.place.id}/onlineEndpoints/{self.endpoint}"
        self.connection = self.as_person(1)

    def as_person(self, number: int) -> Connection:
        credential = FakeCredential(number, clock=lambda: self.at)
        return Connection(credential, transport=in_process(self.world), now=lambda: self.at)

    def measured(self, *names: str, resource: str = "", **more: Any) -> list[Measured]:
        question = MetricsQuestion(
            resources=(resource or self.id,), region=self.place.region, names=names,
            namespace=ENDPOINT + ("/deployments" if "/deployments/" in resource else ""),
            start=self.at - timedelta(hours=1), end=self.at, **more,
        )  # fmt: skip
        return [one for page in read_measured(self.connection, question) for one in page.records]

    def rows(self, table: str, minutes: int = 60) -> Rows:
        now = self.world.now()
        return list(log_rows(self.world, self.place, table, now - minutes * MINUTE, now, self.endpoint))

    def events(self) -> list[Event]:
        pages = list_activity(self.connection, self.ref, since=self.at - timedelta(hours=12))
        return [one for page in pages for one in page.records]

    def counts(self) -> dict[datetime, Counter[int]]:
        """Return the requests by minute and code, as the metrics have them."""
        found: dict[datetime, Counter[int]] = defaultdict(Counter)
        for one in self.measured("RequestsPerMinute", dimensions={"statusCode": "*"}):
            for at, value in zip(one.times, one.values, strict=True):
                found[at][int(one.dimensions["statuscode"])] += int(value or 0)
        return found


@cache
def played(name: str) -> Played:
    """Return a scenario at a fixed time, for tests that only look."""
    return Played(name)


def onset_of(counts: dict[datetime, Counter[int]]) -> datetime | None:
    """Return the first of three minutes in a row in which more than a twentieth of at least five requests failed."""
    bad = [
        sum(codes.values()) >= 5 and 1 - codes[200] / sum(codes.values()) > 0.05 for _, codes in sorted(counts.items())
    ]
    return next((at for number, at in enumerate(sorted(counts)) if all(bad[number : number + 3] or [False])), None)


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


def lines(story: Played, table: str, after: bool = True) -> list[str]:
    return [row["Message"] for row in story.rows(table) if (row["TimeGenerated"] >= story.onset) is after]


def tail(story: Played, **body: Any) -> str:
    url = (
        f"https://management.azure.com{story.id}/deployments/{story.scenario.deployment}/getLogs?api-version=2024-04-01"
    )
    return ask(story.world, "POST", url, body=body).json()["content"]


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


def of_instances(story: Played, *names: str) -> dict[str, list[float]]:
    resource = f"{story.id}/deployments/{story.scenario.deployment}"
    found: dict[str, list[float]] = defaultdict(list)
    for one in story.measured(*names, resource=resource, aggregations=("maximum",)):
        found[one.name] += [value for at, value in zip(one.times, one.values, strict=True)
                            if at >= story.onset and value is not None]  # fmt: skip
    return found


def test_memory_climbs_until_the_container_is_killed_and_what_does_not_run_measures_nothing() -> None:
    names = ("CpuMemoryUtilizationPercentage", "DeploymentCapacity", "CpuUtilizationPercentage")
    memory = of_instances(played("out-of-memory"), names[0])[names[0]]
    assert max(memory) > 85
    assert min(memory) < 70
    nothing = of_instances(played("image-pull"), *names)
    assert not nothing[names[0]]
    assert not nothing[names[2]]
    capacity = played("image-pull").measured(
        "DeploymentCapacity", resource=f"{played('image-pull').id}/deployments/blue", dimensions={"State": "*"},
        aggregations=("maximum",),
    )  # fmt: skip
    states = {one.dimensions["state"]: [one.times[number] for number, value in enumerate(one.values) if value]
              for one in capacity}  # fmt: skip
    assert max(states["Ready"]) < played("image-pull").onset == min(states["NotReady"])
    assert tail(played("image-pull"), containerType="StorageInitializer") == ""


def test_slow_models_end_at_their_timeout_and_latency_says_so() -> None:
    story = played("timeouts")
    late = [row["TotalDurationMs"] for row in story.rows(TRAFFIC) if row["ResponseCode"] == 408]
    assert set(late[-200:]) == {5000}
    (p95,) = story.measured("RequestLatency_P95")
    assert p95.unit == "MilliSeconds"
    by_time = dict(zip(p95.times, p95.values, strict=True))
    before, after = by_time[story.onset - timedelta(minutes=1)], by_time[story.onset]
    assert before is not None
    assert before < 250
    assert after == 5000.0


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


def test_on_a_quiet_week_no_endpoint_ever_looks_broken() -> None:
    story = played("quiet")
    now = story.world.now() // MINUTE * MINUTE
    for name, days in (("fraud-score", 7), ("ocr-batch", 1)):
        counts: dict[datetime, Counter[int]] = {}
        for at in range(now - days * DAY, now, MINUTE):
            minute = minute_of(story.world, story.place, name, at)
            assert minute is not None
            counts[datetime_of(at)] = Counter({flow.code: 0 for flow in minute.flows})
            for flow in minute.flows:
                counts[datetime_of(at)][flow.code] += flow.requests
        assert onset_of(counts) is None
        totals = [codes.total() for codes in counts.values()]
        assert min(totals) > 20
        assert max(totals) > 1.2 * min(totals)
        wrong = sum(codes.total() - codes[200] for codes in counts.values())
        assert 10 * days < wrong < 60 * days


def test_the_world_goes_on_and_says_the_same_of_the_same_minutes() -> None:
    story = Played("model-errors")
    before = {row["XRequestId"]: row for row in story.rows(TRAFFIC, 10)}
    story.at += timedelta(minutes=5)
    after = {row["XRequestId"]: row for row in story.rows(TRAFFIC, 15)}
    assert before.items() <= after.items()
    newest = max(row["TimeGenerated"] for row in after.values())
    assert story.at - timedelta(minutes=3) < newest < story.at - timedelta(minutes=2)


def test_only_tables_that_a_diagnostic_setting_fills_have_rows_and_the_setting_says_so() -> None:
    story = played("throttling")
    assert not story.rows(CONSOLE)
    for place in story.world.places[:1]:
        for one in ENDPOINTS[place.name]:
            url = (f"https://management.azure.com{place.id}/onlineEndpoints/{one.name}"
                   "/providers/Microsoft.Insights/diagnosticSettings?api-version=2021-05-01-preview")  # fmt: skip
            logs = [log for setting in ask(story.world, "GET", url).json()["value"]
                    for log in setting["properties"]["logs"] if log["enabled"]]  # fmt: skip
            on = {log["category"] for log in logs}
            assert on == tables_of(story.world, place, one.name) & set(CATEGORIES)


@pytest.mark.parametrize("table", COLUMNS)
def test_every_row_has_every_column_of_its_table_and_lies_in_the_span_that_was_asked(table: str) -> None:
    story = Played("bad-deployment")
    start, end = story.incident.onset - 5 * MINUTE, story.incident.onset + 5 * MINUTE
    rows = list(log_rows(story.world, story.place, table, start, end))
    assert all(set(row) == set(COLUMNS[table]) for row in rows)
    assert all(datetime_of(start) <= row["TimeGenerated"] < datetime_of(end) for row in rows)
    assert bool(rows) is (table not in (EVENTS, "AutoscaleScaleActionsLog"))
    assert not list(log_rows(story.world, story.place, table, end, story.world.now() + HOUR, "fraud-old"))


def test_no_data_is_no_point_and_a_machine_without_a_gpu_has_no_series() -> None:
    story = played("bad-deployment")
    found = {
        one.dimensions["deployment"]: one for one in story.measured("RequestsPerMinute", dimensions={"deployment": "*"})
    }
    green = dict(zip(found["green"].times, found["green"].values, strict=True))
    assert green[story.onset - timedelta(minutes=1)] is None
    assert (green[story.onset] or 0) > 20
    assert found["green"].values[-1] is None
    assert not story.measured("RequestsPerMinute", resource=f"{story.place.id}/onlineEndpoints/fraud-old")
    names = {one.name for one in story.measured(*(gauge.name for gauge in DEPLOYMENT_GAUGES),
                                                resource=f"{story.id}/deployments/blue")}  # fmt: skip
    assert {
        "CpuUtilizationPercentage",
        "DiskUtilization",
        "RequestLatency_P99",
        "DataCollectionEventsPerMinute",
    } <= names
    assert not any(name.startswith("Gpu") for name in names)


def test_more_series_than_were_asked_for_are_cut_and_the_largest_are_given() -> None:
    story = played("bad-deployment")
    found = story.measured("RequestsPerMinute", dimensions={"deployment": "*", "statusCode": "*"}, top=2)
    assert len(found) == 2
    assert all(one.is_cut for one in found)
    assert found[0].dimensions == {"deployment": "blue", "statuscode": "200"}


@pytest.mark.parametrize(
    ("name", "dimensions", "said"),
    [
        ("Teapots", {}, "Valid metrics: ConnectionsActive"),
        ("RequestLatency", {"pod": "*"}, "supported ones are: deployment"),
    ],
)
def test_metrics_and_dimensions_that_there_are_not_are_refused_as_azure_does(
    name: str, dimensions: dict[str, str], said: str
) -> None:
    with pytest.raises(Refused, match=said):
        played("quiet").measured(name, dimensions=dimensions)
