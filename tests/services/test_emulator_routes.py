"""The emulator answers by host and path, pages as the service pages, and names what it does not know."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from services.emulator.alerts import raised
from services.emulator.asking import ask
from services.emulator.dice import guid
from services.emulator.places import Place
from services.emulator.postures import SHARED_KEY_POLICY
from services.emulator.routes import ROUTES as ALL_ROUTES
from services.emulator.routes import host_kind
from services.emulator.world import World

NOW = datetime(2026, 11, 21, 14, 1, 7, 123456, tzinfo=UTC)
WORLD = World(clock=lambda: NOW)
PROD, STAGING, LOCKED, RESEARCH, HUB, PROJECT, PRIVATE = WORLD.places
ARM = "https://management.azure.com"
HISTORY = f"https://{PROD.api_host}/history/v1.0{PROD.id}"
VERSION = "api-version=2024-04-01"


def arm(path: str, *, place: Place = PROD, query: str = VERSION) -> Any:
    return ask(WORLD, "GET", f"{ARM}{place.id}{path}?{query}")


def runs(experiment: str, **body: Any) -> Any:
    return ask(WORLD, "POST", f"{HISTORY}/experiments/{experiment}/runs:query", body=body)


NAMES = {
    "batch": "geo-tiles",
    "subscription": PROD.subscription, "group": PROD.group, "workspace": PROD.name, "location": "westeurope",
    "experiment": "fraud", "job": "", "run": "", "model": "fraud-score", "version": "40", "compute": "gpu-a100",
    "environment": "ocr-train",
    "endpoint": "fraud-score", "deployment": "blue", "guid": PROD.guid, "scope": PROD.id,
    "role": "acdd72a7-3385-48ef-bd42-f606fba81ae7",
    "operation": f"oeidp:{PROD.guid}:any",
    "storage": "stmlprod", "vault": "kv-ml-prod", "registry": "crmlprod", "insights": "ai-ml-prod",
    "logs": "log-ml-prod", "customer": guid("logs", PROD.name), "table": "AppRequests", "definition": SHARED_KEY_POLICY,
    "vm": "dsvm-label", "schedule": "fraud-score-drift", "setting": "autoscale-geo-rank-main",
    "period": "202612-1",
    "alert": next(one.id for one in raised(WORLD, PROD, WORLD.now()) if one.rule.on),
}  # fmt: skip
ROUTES = [pair for pair in ALL_ROUTES if pair[0].host not in ("login", "metadata", "blob", "score")]
"""The sign-in service and the metadata service give tokens and take none: `test_sign_ins.py` asks them. Storage takes
signed links alone: `test_logs_of_runs.py` asks it. Endpoints take keys of their own: `test_endpoint_calls.py` calls
them."""
HOSTS = {
    "arm": "management.azure.com", "data": "westeurope.api.azureml.ms", "logs": "api.loganalytics.io",
    "metrics": "westeurope.metrics.monitor.azure.com", "prices": "prices.azure.com",
}  # fmt: skip
BODIES: dict[str, Any] = {
    "/query": {"query": "AmlOnlineEndpointTrafficLog | take 3"},
    "CostManagement/query": {"dataset": {"granularity": "Daily", "aggregation": {"c": {"name": "Cost"}}}},
    "CostManagement/forecast": {"timePeriod": {"from": "2026-11-20T00:00:00Z", "to": "2026-11-30T00:00:00Z"}},
    "metrics:getBatch": {"resourceids": [PROD.id]},
    "ResourceGraph/resources": {"subscriptions": [PROD.subscription], "query": "resources | where type in~ ('a/b')"},
    "/full": {"metricName": "loss"}, "/sample": {"metricName": "loss"},
}  # fmt: skip


def _url(pattern: str, host: str, run: str) -> str:
    whole = pattern.replace("{ws}", PROD.id)
    path = re.sub(r"\{(\w+)\}", lambda found: NAMES[found[1]] or run, whole)
    extra = {
        "eventtypes": "&$filter=eventTimestamp ge 2026-11-20T00:00:00Z",
        "metrics/get": f"&run_id={run}&metric_key=loss",
        "/contentinfo": "&path=system_logs/cs_capability/cs-capability.log",
        "metrics:getBatch": "&metricnamespace=Microsoft.MachineLearningServices/workspaces&metricnames=CpuUtilization",
    }
    query = "".join(text for part, text in extra.items() if part in path) + f"&run_id={run}"
    return f"https://{HOSTS[host]}{path}?{VERSION}{query}"


READS = [number for number, (route, _) in enumerate(ROUTES) if route.write is None]


@pytest.mark.parametrize("number", READS)
def test_every_route_answers_and_knows_a_workspace_in_any_case(number: int) -> None:
    route, _ = ROUTES[number]
    page = runs(
        "fraud", filter="RunType eq 'azureml.scriptrun' and Status eq 'Completed' and ParentRunId eq null", top=1
    )
    run = page.json()["value"][0]["runId"]
    body = next(
        (one for end, one in reversed(BODIES.items()) if route.pattern.endswith(end)), {"runId": run, "runIds": [run]}
    )
    url = _url(route.pattern, route.host, run)
    found = ask(WORLD, route.method, url, body=body if route.method == "POST" else None)
    assert found.status == 200, (route.pattern, found.body)
    twisted = url.replace("/providers/", "//PROVIDERS/").replace("resourceGroups", "RESOURCEGROUPS")
    assert ask(WORLD, route.method, twisted, body=body if route.method == "POST" else None).status == 200


@pytest.mark.parametrize("number", range(len(ROUTES)))
def test_a_route_wants_a_token_unless_azure_does_not(number: int) -> None:
    route, _ = ROUTES[number]
    found = ask(WORLD, route.method, _url(route.pattern, route.host, "x"), body={}, has_token=False)
    assert (found.status == 401) == route.needs_token
    if found.status == 401:
        assert found.json()["error"]["code"] == "AuthenticationFailed"
        assert found.headers["www-authenticate"].startswith("Bearer ")


def test_an_unknown_route_names_itself() -> None:
    found = ask(WORLD, "GET", f"{ARM}{PROD.id}/teapots?{VERSION}")
    assert found.status == 404
    assert f"GET management.azure.com{PROD.id}/teapots" in found.json()["error"]["message"]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "POST"])
def test_a_write_is_not_supported_and_says_so(method: str) -> None:
    found = ask(WORLD, method, f"{ARM}{PROD.id}/environments/any?{VERSION}", body={})
    assert found.status == 405
    message = f"not supported by the emulator yet: {method} management.azure.com{PROD.id}/environments/any"
    assert found.json()["error"]["message"] == message


def test_arm_wants_an_api_version() -> None:
    found = ask(WORLD, "GET", f"{ARM}/subscriptions")
    assert (found.status, found.json()["error"]["code"]) == (400, "MissingApiVersionParameter")


@pytest.mark.parametrize(
    "host", ["example.com", "management.azure.com.example.com", "xapi.azureml.ms", "api.azureml.ms"]
)
def test_a_host_that_is_not_emulated_has_no_routes(host: str) -> None:
    assert host_kind(host) is None
    assert ask(WORLD, "GET", f"https://{host}/discovery").status == 404


@pytest.mark.parametrize(
    ("path", "code"),
    [("/subscriptions/nope/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w",
      "SubscriptionNotFound"),
     (f"/subscriptions/{PROD.subscription}/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w",
      "ResourceGroupNotFound"),
     (PROD.id + "x", "ResourceNotFound"), (PROD.id + "/jobs/nope", "UserError"),
     (PROD.id + "/models/nope", "UserError"),
     (PROD.id + "/models/fraud-score/versions/0", "UserError"), (PROD.id + "/computes/nope", "UserError"),
     (PROD.id + "/onlineEndpoints/nope", "UserError"), (PROD.id + "/onlineEndpoints/churn/deployments/nope",
                                                        "UserError")],
)  # fmt: skip
def test_what_does_not_exist_is_a_404_of_its_own_kind(path: str, code: str) -> None:
    found = ask(WORLD, "GET", f"{ARM}{path}?{VERSION}")
    assert (found.status, found.json()["error"]["code"]) == (404, code)


def test_a_forbidden_workspace_is_listed_and_refuses_everything_with_the_action() -> None:
    url = f"{ARM}/subscriptions/{LOCKED.subscription}/providers/Microsoft.MachineLearningServices/workspaces?{VERSION}"
    assert LOCKED.name in [one["name"] for one in ask(WORLD, "GET", url).json()["value"]]
    for found in (arm("", place=LOCKED), arm("/jobs", place=LOCKED),
                  ask(WORLD, "POST",
                      f"https://{LOCKED.api_host}/history/v1.0{LOCKED.id}/experiments:query")):  # fmt: skip
        assert (found.status, found.json()["error"]["code"]) == (403, "AuthorizationFailed")
    assert (
        "'Microsoft.MachineLearningServices/workspaces/jobs/read'"
        in arm("/jobs", place=LOCKED).json()["error"]["message"]
    )


def test_a_private_workspace_shows_itself_to_arm_and_nothing_else() -> None:
    own = arm("", place=PRIVATE).json()["properties"]
    assert own["publicNetworkAccess"] == "Disabled"
    assert own["discoveryUrl"].startswith(
        f"https://{PRIVATE.guid}.workspace.germanywestcentral.api.azureml.ms/discovery/"
    )
    refused = arm("/computes", place=PRIVATE)
    assert (refused.status, refused.json()["error"]["code"]) == (403, "UserError")
    assert "private link" in refused.json()["error"]["message"]


def test_workspaces_span_two_subscriptions_and_hold_a_hub_and_its_project() -> None:
    kinds = {}
    for subscription, _ in WORLD.subscriptions:
        url = f"{ARM}/subscriptions/{subscription}/providers/Microsoft.MachineLearningServices/workspaces?{VERSION}"
        kinds |= {one["name"]: one["kind"] for one in ask(WORLD, "GET", url).json()["value"]}
    assert kinds == {"ml-prod": "Default", "ml-staging": "Default", "ml-locked": "Default", "ml-research": "Default",
                     "ai-hub": "Hub", "ai-support-bot": "Project", "ml-private": "Default"}  # fmt: skip


@pytest.mark.parametrize(
    ("body", "said"),
    [({"filter": "Status like 'F'"}, "Status like"), ({"filter": "Colour eq 'red'"}, "Colour"),
     ({"filter": "Status eq 'Failed' or Status eq 'Canceled'"}, "expected `and`"),
     ({"filter": "CreatedUtc ge yesterday"}, "yesterday"), ({"orderBy": "Cost desc"}, "Cost"), ({"top": 0}, "top"),
     ({"continuationToken": "!"}, "token")],
)  # fmt: skip
def test_a_question_that_cannot_be_read_is_a_400_that_names_the_problem(body: dict[str, Any], said: str) -> None:
    found = runs("fraud", **body)
    assert found.status == 400
    error = found.json()["error"]
    assert said in error["message"]
    assert error["innerError"]["code"] == "BadArgument"


def test_a_missing_log_table_is_the_error_log_analytics_gives() -> None:
    found = ask(WORLD, "POST", f"https://api.loganalytics.io/v1{PROD.id}/query", body={"query": "Nope | where 1 == 1"})
    assert found.status == 400
    inner = found.json()["error"]["innererror"]["innererror"]
    assert inner["code"] == "SEM0100"
    assert "'Nope'" in inner["message"]
