"""The logs of an endpoint: our queries through Microsoft's client, over the emulated Log Analytics."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from services import log_queries, scoring_queries
from services.connection import Connection
from services.deployments import list_deployments
from services.diagnostics import Diagnostics, read_diagnostics
from services.emulator.dependent_documents import id_of
from services.emulator.scenarios import SCENARIOS
from services.emulator.transport import FakeCredential, in_process
from services.emulator.world import World
from services.errors import Malformed, Refused, ServiceError
from services.log_facts import (
    actions_in,
    callers_in,
    codes_in,
    evaluations_in,
    events_in,
    lines_in,
    request_in,
    signals_in,
)
from services.log_sources import sources_of
from services.logs import LogQuery, LogTable, read_logs
from services.scoring_requests import groups_in, requests_in
from services.triage_facts import Signal
from tests.services.answering import Azure, InstantClock, as_json
from tests.services.emulated import NOON
from tests.services.hostile import HOSTILE

START = NOON - timedelta(minutes=30)
Build = Callable[[str, datetime, datetime], LogQuery]


class Account:
    """A connection to a world in which something is wrong."""

    def __init__(self, scenario: str) -> None:
        self.world = World(runs=1, clock=lambda: NOON, scenario=scenario)
        self.place = self.world.places[0]
        self.struck = SCENARIOS[scenario].endpoint
        self.connection = Connection(
            FakeCredential(1, clock=lambda: NOON),
            transport=in_process(self.world),
            now=lambda: NOON,
            clock=InstantClock(),
        )

    def endpoint_id(self, name: str) -> str:
        return f"{self.place.id}/onlineEndpoints/{name}"

    def table(self, build: Build, endpoint: str, resource: str | None = None) -> LogTable:
        query = build(endpoint, START, NOON)
        (table,) = read_logs(self.connection, resource or self.endpoint_id(endpoint), query, START, NOON).records
        return table

    def diagnostics(self, endpoint: str) -> Diagnostics:
        ref = self.world.workspaces["ml-prod"]
        pages = read_diagnostics(self.connection, ref, [endpoint], at=NOON)
        return next(one for page in pages for one in page.records if one.endpoint == endpoint)


@pytest.fixture(scope="module")
def quiet() -> Account:
    return Account("quiet")


@pytest.fixture(scope="module")
def broken() -> Account:
    return Account("model-errors")


def test_codes_callers_and_minutes_count_the_same_requests(broken: Account) -> None:
    table = broken.table(log_queries.codes, broken.struck)
    codes = codes_in(table)
    assert {one.code for one in codes} >= {200, 424}
    failed = next(one for one in codes if one.code == 424)
    assert (failed.reason, failed.model_code, failed.model_reason) == ("model_error", 500, "Internal Server Error")
    assert failed.first is not None
    assert failed.last is not None
    assert START <= failed.first < failed.last < NOON
    assert sum(row["Share"] for row in table.values() if isinstance(row["Share"], float)) == pytest.approx(100)
    many = sum(one.requests for one in codes)
    callers = callers_in(broken.table(log_queries.callers, broken.struck))
    assert sum(one.requests for one in callers) == many
    assert sum(one.errors for one in callers) == sum(one.requests for one in codes if one.code >= 400)
    # A minute is counted whole, so the first holds what came before the half hour began.
    minutes = signals_in(broken.table(log_queries.minutes, broken.struck))
    split = signals_in(broken.table(log_queries.codes_by_minute, broken.struck))
    assert total(minutes, "RequestsPerMinute") == total(split, "RequestsPerMinute") > many
    assert total(minutes, "FailedRequests") >= failed.requests


def total(signals: tuple[Signal, ...], name: str) -> float:
    return sum(value or 0 for one in signals if one.name == name for value in one.values)


def test_percentiles_are_of_the_requests_of_each_minute(broken: Account) -> None:
    signals = {one.name: one for one in signals_in(broken.table(log_queries.minutes, broken.struck))}
    assert {"RequestLatency_P50", "RequestLatency_P95", "RequestLatency_P99", "ModelLatency_P95"} <= set(signals)
    middle, high = signals["RequestLatency_P50"], signals["RequestLatency_P99"]
    assert middle.unit == "MilliSeconds"
    assert list(middle.times) == sorted(middle.times)
    assert all((low or 0) <= (top or 0) for low, top in zip(middle.values, high.values, strict=True))


def test_lines_that_tell_of_trouble_are_counted_without_their_times(broken: Account) -> None:
    lines = lines_in(broken.table(log_queries.tracebacks, broken.struck))
    assert any(one.line.startswith("ValueError: ") and one.count > 10 for one in lines)
    assert not any(one.line[:4].isdigit() for one in lines)


@pytest.mark.parametrize(("scenario", "kind"), [("crash-loop", "crash loop"), ("image-pull", "image pull")])
def test_what_happened_to_containers_is_named_by_its_kind(scenario: str, kind: str) -> None:
    account = Account(scenario)
    events = events_in(account.table(log_queries.container_events, account.struck))
    found = next(one for one in events if one.kind == kind)
    assert found.count > 1
    assert found.sample
    assert found.instance


def test_one_request_is_followed_through_the_tables(broken: Account) -> None:
    text = "AmlOnlineEndpointTrafficLog | where ResponseCode == 424 | take 1 | project XRequestId"
    (row,) = broken.table(lambda *_: LogQuery(name="any", text=text), broken.struck).rows
    query = log_queries.one_request(str(row[0]), START, NOON)
    page = read_logs(broken.connection, broken.endpoint_id(broken.struck), query, START, NOON)
    found = request_in(page.records[0])
    assert {one.source for one in found} >= {"traffic"}
    assert "424 model_error" in next(one.text for one in found if one.source == "traffic")


def test_scoring_requests_have_the_seven_fields(quiet: Account) -> None:
    insights = id_of(quiet.place, "insights")
    requests = requests_in(quiet.table(scoring_queries.scoring_requests, "fraud-score", insights))
    assert 100 < len(requests) <= scoring_queries.MOST_REQUESTS
    one = requests[0]
    assert (one.method, one.compute, one.status, one.deployment) == ("POST", "Managed", "200", one.deployment)
    assert one.url == "https://fraud-score.westeurope.inference.ml.azure.com/score"
    assert one.agent
    assert one.id
    assert one.id.count("-") == 4
    assert one.duration is not None
    assert 0 < one.duration < 5
    by_status, by_caller = (
        groups_in(quiet.table(partial(scoring_queries.scoring_groups, by=by), "fraud-score", insights))
        for by in ("status", "caller")
    )
    assert sum(one.requests for one in by_status) == sum(one.requests for one in by_caller) >= len(requests)
    assert "200" in {one.name for one in by_status}
    assert requests[0].agent in {one.name for one in by_caller}
    first = by_status[0]
    assert (first.name, first.failed) == ("200", 0)
    assert first.p50 is not None
    assert first.p95 is not None
    assert 0 < first.p50 <= first.p95 < 5
    text = "requests | where name == 'POST /score' | count"
    (row,) = quiet.table(lambda *_: LogQuery(name="any", text=text), "", insights).rows
    assert sum(one.requests for one in by_status) <= int(str(row[0])), "each is counted once"
    one_query = lambda _, start, end: scoring_queries.one_scored_request(str(requests[0].id), start, end)  # noqa: E731
    (told,) = request_in(quiet.table(one_query, "", insights))
    assert (told.source, told.deployment.partition("/")[0], told.at) == ("request", "fraud-score", requests[0].at)


def test_properties_are_found_however_their_keys_are_written_and_samples_count_for_all() -> None:
    said = (
        '{"http-method":"GET","User_Agent":"curl","computeType":"ACI","request_url":"u","x-request-id":"r",'
        '"Duration":"7"}'
    )
    columns = ("t", "id", "name", "url", "code", "ms", "role", "instance", "p", "n")
    rows: tuple[Any, ...] = (
        (NOON, "i", "GET /x", "", "503", None, "", "", said, 5),
        (NOON, "i", "PUT /x", "v", "200", 12.0, "", "", "{", None),
    )  # fmt: skip
    first, second = requests_in(LogTable(id="q", resource="/r", columns=columns, rows=rows, at=NOON))
    assert (first.method, first.agent, first.compute, first.url, first.id) == ("GET", "curl", "ACI", "u", "r")
    assert (first.duration, first.count, first.status) == (0.007, 5, "503")
    assert (second.method, second.url, second.duration, second.count, second.agent) == ("PUT", "v", 0.012, 1, None)


def test_autoscale_is_asked_in_the_group_of_its_settings(quiet: Account) -> None:
    group = quiet.place.id.partition("/providers/")[0]
    evaluations = evaluations_in(quiet.table(log_queries.scale_evaluations, "geo-rank", group))
    assert [(one.metric, one.operator, one.threshold) for one in evaluations] == [
        ("CpuUtilizationPercentage", "GreaterThan", 70.0)
    ]
    assert actions_in(quiet.table(log_queries.scale_actions, "geo-rank", group)) == ()
    assert evaluations_in(quiet.table(log_queries.scale_evaluations, "churn", group)) == ()


def test_which_tables_are_kept_is_said_with_the_command_that_switches_on_the_others(quiet: Account) -> None:
    arrived = quiet.table(log_queries.sources, "ocr-batch")
    on = {one.name: one for one in sources_of(quiet.endpoint_id("ocr-batch"), quiet.diagnostics("ocr-batch"), arrived)}
    assert on["AmlOnlineEndpointTrafficLog"].is_on
    console = on["AmlOnlineEndpointConsoleLog"]
    assert console.is_on is False
    assert console.said == "No diagnostic setting of ocr-batch sends AmlOnlineEndpointConsoleLog."
    command = console.switch_on or ""
    assert command.startswith("az monitor diagnostic-settings create --name to-logs-2 --resource /subscriptions/")
    assert '[{"category": "AmlOnlineEndpointConsoleLog", "enabled": true}]' in command
    assert "/workspaces/log-ml-prod" in command.lower()
    table = quiet.table(log_queries.tracebacks, "ocr-batch")
    assert (table.missing, table.rows) == ("AmlOnlineEndpointConsoleLog", ())
    assert table.said is not None


def test_an_endpoint_without_a_setting_is_told_plainly() -> None:
    bare = Diagnostics(id="/e", name="e", endpoint="e", settings=())
    endpoint = "/subscriptions/s/resourceGroups/g/providers/x/workspaces/w/onlineEndpoints/e"
    one = sources_of(endpoint, bare, None, log_workspace="/la")[0]
    assert one.said == "e has no diagnostic setting: nothing of its logs is kept, so there is nothing to ask."
    assert "--workspace /la" in (one.switch_on or "")
    elsewhere = Diagnostics(
        id="/e", name="e", endpoint="e", settings=("x",), categories=("allLogs",), elsewhere=("st",)
    )
    assert "goes to st" in (sources_of(endpoint, elsewhere, None)[0].said or "")
    refused = Diagnostics(id="/e", name="e", endpoint="e", problem="You may not.")
    assert (sources_of(endpoint, refused, None)[0].is_on, sources_of(endpoint, refused, None)[0].said) == (
        None, "You may not."
    )  # fmt: skip
    assert sources_of(endpoint, None, None)[0].is_on is None


def test_no_table_at_all_is_an_answer_without_rows_and_no_failure(quiet: Account) -> None:
    place = quiet.world.places[3]
    endpoint = f"{place.id}/onlineEndpoints/anything"
    query = log_queries.sources("anything", START, NOON)
    (table,) = read_logs(quiet.connection, endpoint, query, START, NOON).records
    assert (table.rows, table.missing, table.is_partial) == ((), None, False)


def test_application_insights_is_off_where_no_deployment_has_it(quiet: Account) -> None:
    pages = list_deployments(quiet.connection, quiet.world.workspaces["ml-prod"], endpoints=["churn"])
    deployments = [one for page in pages for one in page.records]
    last = sources_of(quiet.endpoint_id("churn"), None, None, deployments=deployments)[-1]
    assert (last.name, last.is_on) == ("AppRequests", False)
    assert "--set app_insights_enabled=true" in (last.switch_on or "")


# What the service says beside or in place of rows


def answered(document: object, status: int = 200) -> Any:
    azure = Azure(lambda _: as_json(document, status))
    query = LogQuery(name="codes", text="T | take 1")
    return azure, partial(read_logs, azure.connection, "/subscriptions/s/x", query, START, NOON, at=NOON)


def test_a_200_with_an_error_gives_its_rows_and_says_what_is_missing() -> None:
    inner = {"code": "-2133196797", "message": "The results of this query exceed the set limit of 500000 records."}
    error = {"code": "PartialError", "message": "There were some errors when processing your query.",
             "details": [{"code": "EngineError", "message": "Something went wrong.", "innererror": inner}]}  # fmt: skip
    columns = [{"name": name, "type": name} for name in ("datetime", "real", "timespan", "dynamic", "bool", "long")]
    cells = ["2026-11-21T13:00:00.1234567Z", "NaN", None, '["a"]', True, 7]
    azure, ask = answered({"tables": [{"name": "PrimaryResult", "columns": columns, "rows": [cells]}], "error": error})
    page = ask()
    (table,) = page.records
    assert table.is_partial
    assert table.said == inner["message"]
    at = datetime(2026, 11, 21, 13, 0, 0, 123456, tzinfo=UTC)
    assert table.rows == ((at, None, None, '["a"]', True, 7),)
    assert page.provenance.route == "https://api.loganalytics.io/v1/subscriptions/s/x/query"
    (asked,) = azure.asked
    assert asked.path == "/v1/subscriptions/s/x/query"
    assert asked.body["timespan"] == "2026-11-21T13:31:00.000Z/2026-11-21T14:01:07.123456Z"


def test_what_is_refused_is_a_sentence_with_its_place() -> None:
    inner = {"code": "SYN0002", "message": "Query could not be parsed at 'x' on line [1,3]", "line": 1, "pos": 3}
    middle = {"code": "SyntaxError", "message": "A recognition error occurred in the query.", "innererror": inner}
    error = {"message": "The request had some invalid properties", "code": "BadArgumentError", "innererror": middle}
    with pytest.raises(Refused, match=r"could not be parsed at 'x' on line \[1,3\]"):
        answered({"error": error}, 400)[1]()


@pytest.mark.parametrize(
    "document",
    [
        [],
        {"tables": [{"name": "x", "columns": [{}], "rows": [[1]]}]},
        {"tables": [{"columns": [{"name": "a", "type": "long"}], "rows": [[1, 2]]}]},
    ],
)
def test_an_answer_of_another_form_is_said_to_be_unreadable(document: object) -> None:
    with pytest.raises(Malformed, match="Log Analytics"):
        answered(document)[1]()


def test_secrets_in_a_log_reach_neither_rows_nor_document() -> None:
    line = "get https://st.blob.core.windows.net/c/b?sv=2022&sig=abcdefghijklmnopqrstuvwxyz0123456789%2Babcd%3D done"
    table = {"name": "PrimaryResult", "columns": [{"name": "Message", "type": "string"}], "rows": [[line]]}
    page = answered({"tables": [table]})[1]()
    assert "abcdefghijklmnop" not in str(page.records[0].rows)
    assert b"abcdefghijklmnop" not in page.documents[0]


# Names and ids are values


def test_a_name_that_is_none_is_not_asked_about() -> None:
    for name in ["", "a", "churn' or 1 == 1", 'x"; drop', "-abc", "a" * 40, "churn\n", "chürn", *HOSTILE]:
        with pytest.raises(ValueError, match="endpoint"):
            log_queries.codes(name, START, NOON)


def test_a_request_id_stays_a_value_whatever_is_in_it(quiet: Account) -> None:
    dice = random.Random(5)
    pieces = ['"', "'", "\\", "\n", "|", ";", ")", "//", "]", "```", "\u2028", "é", "😀", "\x00", "take 1", "{", '@"']
    wild = ["".join(dice.choices(pieces, k=dice.randint(1, 9))) for _ in range(30)]
    for given in [*wild, '"; AmlOnlineEndpointTrafficLog', "\\", '\\"', "' or 1 == 1 //"]:
        for build in (log_queries.one_request, scoring_queries.one_scored_request):
            query = build(given, START, NOON)
            page = read_logs(quiet.connection, quiet.endpoint_id("churn"), query, NOON, NOON)
            assert page.records[0].rows == ()
        echo = LogQuery(name="echo", text=f"print x = {log_queries.quoted(given)}")
        assert read_logs(quiet.connection, quiet.endpoint_id("churn"), echo, START, NOON).records[0].rows == ((given,),)


def test_errors_of_the_service_are_our_own(quiet: Account) -> None:
    with pytest.raises(ServiceError):
        answered({"error": {"code": "x", "message": "No."}}, 403)[1]()
