"""Roll-ups say what the records say: unknown stays unknown, currencies apart, one line an operation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from app.derived.costs import cost_rows
from app.derived.deployments import deployment_rows
from app.derived.endpoints import endpoint_rows, worst_state
from app.derived.models import model_rows
from app.derived.operations import operations
from services.activity import Event
from services.anomalies import newest_complete_day
from services.autoscale import Autoscale
from services.costs import CostLine
from services.deployments import Deployment
from services.endpoints import Endpoint
from services.models import Model, ModelVersion
from services.records import Money

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
WS = "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w"


def _deployment(endpoint: str, name: str, **more: object) -> Deployment:
    return Deployment(id=f"{endpoint}/{name}", endpoint=endpoint, name=name, **more)  # pyright: ignore[reportArgumentType]


def test_a_model_takes_type_origin_and_date_from_its_newest_version() -> None:
    model = Model(id="fraud", name="fraud", latest_version="42", tags={"team": "risk"})
    versions = [
        ModelVersion(id="fraud:41", model="fraud", version="41", type="custom_model", created=NOW),
        ModelVersion(id="fraud:42", model="Fraud", version="42", type="mlflow_model", run="r9", tags={"a": "b"}),
    ]
    serving = [_deployment("score", "blue", model="fraud:42"), _deployment("score", "old", model="FRAUD:41")]
    (row,) = model_rows([model], versions, serving)
    assert (row.latest_version, row.versions, row.type, row.run) == ("42", 2, "mlflow_model", "r9")
    assert row.used_by == ("score/blue", "score/old")
    assert row.tags == {"team": "risk", "a": "b"}


def test_a_model_whose_latest_version_is_not_said_takes_the_newest_one_seen() -> None:
    versions = [
        ModelVersion(id="m:1", model="m", version="1", created=NOW - timedelta(days=2)),
        ModelVersion(id="m:abc", model="m", version="abc", created=NOW),
    ]
    (row,) = model_rows([Model(id="m", name="m")], versions, [])
    assert row.latest_version == "abc"


def test_versions_not_read_yet_are_unknown_and_not_zero() -> None:
    (row,) = model_rows([Model(id="m", name="m", latest_version="3")], [], [])
    assert (row.versions, row.latest_version, row.type) == (None, "3", None)


def test_an_endpoint_sums_its_deployments_whatever_the_case_of_its_name() -> None:
    behind = [
        _deployment("Score", "blue", instances=3, state="Succeeded", model="m:2"),
        _deployment("score", "green", instances=1, state="Failed", model="m:1"),
    ]
    (row,) = endpoint_rows([Endpoint(id="score", name="score")], behind, are_deployments_known=True)
    assert (row.deployments, row.instances, row.worst, row.models) == (2, 4, "Failed", ("m:1", "m:2"))


def test_unknown_instances_and_unread_deployments_stay_unknown() -> None:
    endpoint = Endpoint(id="e", name="e")
    (unread,) = endpoint_rows([endpoint], [], are_deployments_known=False)
    (partly,) = endpoint_rows([endpoint], [_deployment("e", "a", instances=2), _deployment("e", "b")],
                              are_deployments_known=True)  # fmt: skip
    (bare,) = endpoint_rows([endpoint], [], are_deployments_known=True)
    assert (unread.deployments, unread.instances) == (None, None)
    assert (partly.deployments, partly.instances) == (2, None)
    assert (bare.deployments, bare.instances) == (0, 0)


def test_a_moving_deployment_is_worse_than_a_settled_one() -> None:
    states = [_deployment("e", state, state=state) for state in ("Succeeded", "Updating")]
    assert worst_state(states) == "Updating"
    assert worst_state([_deployment("e", "x")]) is None


def _event(id: str, minutes: int, status: str, **more: object) -> Event:
    fields = {"correlation": "c1", "operation": "Microsoft.X/write", "resource": f"{WS}/onlineEndpoints/score", **more}
    return Event(id=id, at=NOW + timedelta(minutes=minutes), status=status, **fields)  # pyright: ignore[reportArgumentType]


def test_begin_accept_and_end_are_one_operation_in_whatever_order_they_come() -> None:
    events = [
        _event("3", 4, "Succeeded"),
        _event("1", 0, "Started", caller="ana@example.com"),
        _event("2", 1, "Accepted"),
    ]
    (row,) = operations(events)
    assert (row.at, row.ended, row.status, row.events) == (NOW, NOW + timedelta(minutes=4), "Succeeded", 3)
    assert (row.caller, row.resource_name) == ("ana@example.com", "score")


def test_what_has_not_ended_has_no_end() -> None:
    (row,) = operations([_event("1", 0, "Started"), _event("2", 1, "Accepted")])
    assert (row.status, row.ended) == ("Accepted", None)


def test_one_correlation_over_two_resources_is_two_operations_and_none_stands_alone() -> None:
    other = _event("2", 0, "Started", resource=f"{WS}/onlineEndpoints/score/deployments/blue")
    alone = _event("3", 0, "Active", correlation=None, resource="/subscriptions/s/resourceGroups/g")
    rows = {row.id: row.resource_name for row in operations([_event("1", 0, "Started"), other, alone])}
    assert sorted(rows.values(), key=str) == ["g", "score", "score/blue"]
    assert rows["3"] == "g"


def _cost(day: datetime, amount: str | None, currency: str = "EUR") -> CostLine:
    money = Money(Decimal(amount), currency) if amount else None
    return CostLine(id=f"{day}{currency}", day=day, resource="/a/gpu", service="VM", cost=money)


def test_costs_are_summed_by_month_and_complete_weeks_without_losing_a_cent() -> None:
    midnight = NOW.replace(hour=0)
    lines = [_cost(midnight - timedelta(days=back), "0.10") for back in range(40)]
    (row,) = cost_rows(lines, NOW)
    assert row.last_day == midnight - timedelta(days=3) == newest_complete_day(NOW)
    assert row.month == Money(Decimal("2.10"), "EUR")
    assert row.week == row.week_before == Money(Decimal("0.70"), "EUR")
    assert row.day == Money(Decimal("0.10"), "EUR")
    assert row.days == ("0.10",) * 30
    assert row.name == "gpu"


def test_days_without_a_line_are_gaps_and_lines_without_a_cost_are_no_row() -> None:
    today = NOW.replace(hour=0)
    (row,) = cost_rows([_cost(today, "5")], NOW)
    assert row.days[-1] == "5"
    assert set(row.days[:-1]) == {""}
    assert (row.week, row.day) == (None, None)
    assert not list(cost_rows([_cost(today, None)], NOW))


def test_two_currencies_are_two_rows() -> None:
    rows = list(cost_rows([_cost(NOW.replace(hour=0), "5", "EUR"), _cost(NOW.replace(hour=0), "7", "USD")], NOW))
    assert sorted(str(row.month) for row in rows if row.month) == [
        "Money(amount=Decimal('5'), currency='EUR')", "Money(amount=Decimal('7'), currency='USD')"]  # fmt: skip


def test_a_deployment_knows_its_part_of_the_traffic_and_what_scales_it() -> None:
    behind = [_deployment("Score", "blue", instances=3), _deployment("score", "green"), _deployment("gone", "x")]
    owner = Endpoint(id="score", name="score", traffic={"Blue": 100}, mirror={"green": 10})
    setting = Autoscale(
        id="score/BLUE", endpoint="score", deployment="blue", name="s", minimum=2, problems=("odd",)
    )  # fmt: skip
    blue, green, lost = deployment_rows(behind, [owner], [setting], are_settings_known=True)
    assert (blue.traffic, blue.has_autoscale, blue.autoscale_min, blue.instances) == (100, True, 2, 3)
    assert (green.traffic, green.mirror, green.has_autoscale) == (0, 10, False)
    assert (lost.traffic, lost.mirror) == (None, None)
    (unasked,) = deployment_rows(behind[:1], [], [], are_settings_known=False)
    assert unasked.has_autoscale is None
    (row,) = endpoint_rows([owner], behind, settings=[setting], are_deployments_known=True)
    assert (row.autoscale, row.autoscale_problems) == (("blue 2 to –",), ("blue: odd",))


def test_the_age_of_keys_is_that_of_the_last_regeneration_the_activity_log_knows() -> None:
    action = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/regenerateKeys/action"

    def event(minutes: int, status: str, name: str = "Score", operation: str = action) -> Event:
        at = NOW - timedelta(minutes=minutes)
        return Event(
            id=str(minutes), at=at, status=status, operation=operation, resource=f"{WS}/onlineEndpoints/{name}"
        )  # fmt: skip

    events = [event(9, "Succeeded"), event(5, "Succeeded"), event(1, "Failed"), event(0, "Succeeded", operation="x")]
    one, other = endpoint_rows(
        [Endpoint(id="score", name="score"), Endpoint(id="b", name="b")], [], regenerations=events,
        are_deployments_known=True,
    )  # fmt: skip
    assert (one.keys_changed, other.keys_changed) == (NOW - timedelta(minutes=5), None)
