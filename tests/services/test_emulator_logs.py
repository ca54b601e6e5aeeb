"""Which rows of the emulated Log Analytics a query sees: by what it is asked about, and for which time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.emulator.asking import ask
from services.emulator.dependent_documents import id_of
from services.emulator.dice import guid
from services.emulator.world import World
from tests.services.emulated import NOON

WORLD = World(runs=1, clock=lambda: NOON)
PLACE = WORLD.places[0]
GROUP = PLACE.id.partition("/providers/")[0]
WORKSPACE = f"/workspaces/{guid('logs', PLACE.name)}"
TEN = "PT10M"


def answer(scope: str, query: str, timespan: object = TEN) -> Any:
    return ask(
        WORLD, "POST", f"https://api.loganalytics.io/v1{scope}/query", body={"query": query, "timespan": timespan}
    )


def first_column(scope: str, query: str, timespan: object = TEN) -> list[Any]:
    return [row[0] for row in answer(scope, query, timespan).json()["tables"][0]["rows"]]


NAMES = "AmlOnlineEndpointTrafficLog | distinct EndpointName | order by EndpointName asc"


def test_an_endpoint_shows_its_own_rows_in_any_case_and_a_workspace_those_of_all() -> None:
    assert first_column(f"{PLACE.id}/onlineEndpoints/churn", NAMES) == ["churn"]
    assert first_column(f"{PLACE.id}/onlineEndpoints/CHURN".upper(), NAMES) == ["churn"]
    every = first_column(PLACE.id, NAMES)
    assert {"churn", "fraud-score", "geo-rank"} <= set(every)
    for scope in (WORKSPACE, id_of(PLACE, "logs"), GROUP):
        assert first_column(scope, NAMES) == every, scope


def test_requests_of_application_insights_are_about_it_and_not_about_the_endpoint() -> None:
    insights = id_of(PLACE, "insights")
    (new,), (classic,) = first_column(WORKSPACE, "AppRequests | count"), first_column(insights, "requests | count")
    assert new == classic > 0
    assert answer(insights, "AppRequests | count").status == 400
    assert first_column(f"{PLACE.id}/onlineEndpoints/fraud-score", "AppRequests | count") == [0]
    assert answer(PLACE.id, "requests | count").status == 400
    kinds = answer(insights, "requests | take 1").json()["tables"][0]["columns"]
    assert {"name": "timestamp", "type": "datetime"} in kinds


@pytest.mark.parametrize(
    ("timespan", "start", "end"),
    [
        (TEN, NOON - timedelta(minutes=10), NOON),
        ("2026-11-21T13:00:00Z/2026-11-21T13:05:00Z", NOON.replace(hour=13, minute=0, second=0, microsecond=0), None),
        ("2026-11-21T13:00:00Z/PT5M", NOON.replace(hour=13, minute=0, second=0, microsecond=0), None),
        ("PT5M/2026-11-21T13:05:00Z", NOON.replace(hour=13, minute=0, second=0, microsecond=0), None),
    ],
)
def test_the_timespan_of_a_request_may_be_written_in_four_ways(
    timespan: str, start: datetime, end: datetime | None
) -> None:
    query = "AmlOnlineEndpointTrafficLog | summarize min(TimeGenerated), max(TimeGenerated)"
    found = answer(f"{PLACE.id}/onlineEndpoints/churn", query, timespan).json()["tables"][0]["rows"][0]
    low, high = (datetime.fromisoformat(one) for one in found)
    assert start <= low < high <= (end or start + timedelta(minutes=5))


def test_what_cannot_be_asked_is_refused() -> None:
    for timespan in ("yesterday", "2026-11-21/whenever", "P1D/P1D"):
        assert answer(PLACE.id, "AmlOnlineEndpointTrafficLog | count", timespan).status == 400
    assert ask(WORLD, "POST", f"https://api.loganalytics.io/v1{PLACE.id}/query", body={}).status == 400
    for scope in ("/workspaces/0000", f"{GROUP}x/providers/Microsoft.Web/sites/x"):
        found = answer(scope, "AmlOnlineEndpointTrafficLog | count")
        assert (found.status, found.json()["error"]["code"]) == (404, "PathNotFoundError")


_NEAR_THE_ONSET = """
let from = datetime(2026-11-21T13:00:00Z); let to = datetime(2026-11-21T14:00:00Z);
let onset = toscalar(AmlOnlineEndpointTrafficLog | where TimeGenerated between (from .. to) and EndpointName =~ 'churn'
 | summarize E=countif(ResponseCode>=500 or ResponseCode in (408,424,429)), N=count() by bin(TimeGenerated,1m)
 | where N>=5 and 1.0*E/N>0.05 | summarize min(TimeGenerated));
AzureActivity | where TimeGenerated between (onset-2h .. onset+10m)
| where OperationNameValue has_any('MACHINELEARNINGSERVICES', 'NETWORK')
 and ActivityStatusValue in~ ('success', 'failed')
| summarize arg_max(TimeGenerated, *) by CorrelationId, OperationNameValue
| extend MinutesBefore=datetime_diff('minute', onset, TimeGenerated)
| project MinutesBefore, OperationNameValue, Caller | order by MinutesBefore asc
"""


def test_what_was_done_before_the_errors_began_can_be_asked_in_one_query() -> None:
    world = World(runs=1, clock=lambda: NOON, scenario="model-errors")
    url = f"https://api.loganalytics.io/v1{world.places[0].id}/onlineEndpoints/churn/query"
    found = ask(world, "POST", url, body={"query": _NEAR_THE_ONSET, "timespan": "PT3H"}).json()["tables"][0]["rows"]
    before, operation, _ = found[0]
    assert 0 <= before <= 5
    assert operation.endswith("/ONLINEENDPOINTS/DEPLOYMENTS/WRITE")
