"""What needs attention is reasoned from records alone, and unknown is never wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from services.attention import CRITICAL, NOTE, WARNING, of_compute, of_costs, of_endpoints, of_quotas, of_runs
from services.compute_record import Compute
from services.costs import CostLine
from services.deployments import Deployment
from services.endpoints import Endpoint
from services.hourly import PriceBook
from services.money_attention import of_budgets, of_idle_money
from services.prices import Price, key_of
from services.quotas import Quota
from services.records import Money
from services.runs import Run

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def _failed(id: str, experiment: str, hours_ago: float, error: str) -> Run:
    ended = NOW - timedelta(hours=hours_ago)
    return Run(id=id, name=id, experiment=experiment, status="Failed", ended=ended, error=error)


def test_failures_of_one_experiment_are_one_line_with_the_newest_reason() -> None:
    runs = [
        _failed("a", "fraud", 5, "old"),
        _failed("b", "fraud", 1, "CUDA out of memory"),
        _failed("c", "churn", 30, "x"),
    ]
    (found,) = of_runs(runs, NOW)
    assert found.what == "2 runs of fraud failed"
    assert found.why == "CUDA out of memory"
    assert found.query == 'experiment="fraud" status=Failed'


def test_a_failed_step_is_its_pipelines_business() -> None:
    step = Run(id="s", name="s", parent="p", status="Failed", ended=NOW)
    assert not list(of_runs([step], NOW))


def test_a_run_that_waits_half_an_hour_is_a_note_and_a_shorter_wait_is_nothing() -> None:
    long = Run(id="l", name="l", status="Queued", created=NOW - timedelta(minutes=51), compute="gpu")
    short = Run(id="s", name="s", status="Queued", created=NOW - timedelta(minutes=5))
    assert [one.what for one in of_runs([long, short], NOW)] == ["run l waits"]


def test_unknown_node_counts_are_not_idle_nodes() -> None:
    assert not list(of_compute([Compute(id="c", name="c", kind="AmlCompute", provisioning="Creating")], NOW))


def test_an_instance_nobody_stops_is_named_with_whose_it_is() -> None:
    days_ago = NOW - timedelta(days=6)
    one = Compute(id="ci", name="ci", kind="ComputeInstance", state="Running", changed=days_ago, assigned_to="48c9")
    assert [found.owner for found in of_compute([one], NOW, {"ci": "Ana"})] == ["Ana"]
    assert [found.owner for found in of_compute([one], NOW)] == ["48c9"]


def test_idle_nodes_say_how_many_and_what_holds_them() -> None:
    cluster = Compute(id="g", name="g", kind="AmlCompute", provisioning="Succeeded", nodes=8, idle_nodes=6, min_nodes=8)
    (found,) = of_compute([cluster], NOW)
    assert (found.what, found.why) == ("g: 6 of 8 nodes idle", "the minimum is 8")


def test_nodes_that_idle_shorter_than_the_clusters_own_timeout_are_left_alone() -> None:
    def cluster(seconds_ago: float) -> Compute:
        changed = NOW - timedelta(seconds=seconds_ago)
        return Compute(id="c", name="c", kind="AmlCompute", nodes=5, idle_nodes=1, idle_timeout=120.0, changed=changed)

    assert not list(of_compute([cluster(15)], NOW))
    assert [one.what for one in of_compute([cluster(300)], NOW)] == ["c: 1 of 5 nodes idle"]


def test_a_compute_that_failed_long_ago_is_a_note_and_no_alarm() -> None:
    def failed(days_ago: int) -> Compute:
        changed = NOW - timedelta(days=days_ago)
        return Compute(id="h", name="h", kind="AmlCompute", provisioning="Failed", modified=changed)

    assert [one.severity for one in of_compute([failed(1), failed(41)], NOW)] == [WARNING, NOTE]


def test_an_error_behind_succeeded_is_seen() -> None:
    cluster = Compute(
        id="d", name="d", kind="AmlCompute", provisioning="Succeeded", error="There is not enough disk space"
    )
    assert [one.why for one in of_compute([cluster], NOW)] == ["There is not enough disk space"]


def test_an_instance_without_idle_shutdown_is_named_after_twelve_hours_only() -> None:
    up = Compute(id="i", name="i", kind="ComputeInstance", state="Running", changed=NOW - timedelta(hours=13))
    new = Compute(id="j", name="j", kind="ComputeInstance", state="Running", changed=NOW - timedelta(hours=2))
    assert [one.what for one in of_compute([up, new], NOW)] == ["i runs without idle shutdown"]


def test_zeroed_traffic_with_deployments_is_critical() -> None:
    endpoint = Endpoint(id="e", name="e", state="Succeeded", traffic={})
    (found,) = of_endpoints([endpoint], [Deployment(id="e/b", endpoint="E", name="b", state="Succeeded")], NOW)
    assert found.severity == CRITICAL
    assert "404" in found.what


def test_unknown_traffic_and_an_empty_endpoint_are_no_alarm() -> None:
    unknown = Endpoint(id="u", name="u", state="Succeeded", traffic=None)
    empty = Endpoint(id="n", name="n", state="Succeeded", traffic={})
    assert not list(
        of_endpoints([unknown, empty], [Deployment(id="u/b", endpoint="u", name="b", state="Succeeded")], NOW)
    )


def test_a_failed_deployment_with_traffic_is_worse_than_one_without() -> None:
    endpoint = Endpoint(id="e", name="e", state="Succeeded", traffic={"blue": 90.0})
    behind = [Deployment(id=f"e/{name}", endpoint="e", name=name, state="Failed") for name in ("blue", "green")]
    assert [one.severity for one in of_endpoints([endpoint], behind, NOW)] == [CRITICAL, WARNING]


def test_a_quota_without_a_limit_is_silent() -> None:
    quotas = [
        Quota(id="a", name="a", used=5, limit=-1),
        Quota(id="b", name="b", used=9, limit=10),
        Quota(id="c", name="c", used=None, limit=1),
    ]
    assert [one.what for one in of_quotas(quotas)] == ["quota b is 9 of 10"]


def _line(days_ago: int, amount: str, currency: str = "USD") -> CostLine:
    day = (NOW - timedelta(days=days_ago)).replace(hour=0)
    return CostLine(id=f"{day}{currency}", day=day, cost=Money(Decimal(amount), currency))


def test_a_jump_of_the_last_complete_day_is_seen_and_the_incomplete_days_are_left_out() -> None:
    lines = [_line(back, "100") for back in range(4, 18)] + [_line(3, "160"), _line(2, "999"), _line(1, "1")]
    (found,) = of_costs(lines, NOW)
    assert "up 60 %" in found.what


def test_currencies_are_never_added() -> None:
    lines = [_line(back, "100") for back in range(4, 18)] + [_line(3, "100"), _line(3, "100", "EUR")]
    assert not list(of_costs(lines, NOW))


def _idle(name: str, nodes: int, **given: Any) -> Compute:
    return Compute(id=name, name=name, kind="AmlCompute", vm_size="Standard_X", location="westeurope",
                   idle_nodes=nodes, changed=NOW - timedelta(hours=2), **given)  # fmt: skip


def test_idle_nodes_are_said_with_what_they_cost_and_without_a_price_nothing_is() -> None:
    prices = PriceBook([Price(id=key_of("Standard_X", "westeurope", "linux", "dedicated"), sku="Standard_X",
                              region="westeurope", price=Money(Decimal("1.25"), "USD"))])  # fmt: skip
    clusters = [
        _idle("held", 4, min_nodes=8, tags={"team": "risk"}), _idle("late", 1, min_nodes=0, idle_timeout=600.0),
        _idle("soon", 9, min_nodes=0, idle_timeout=86_400.0), _idle("unsaid", 9, min_nodes=0),
    ]  # fmt: skip
    (found,) = of_idle_money(clusters, prices, NOW)
    assert (found.what, found.owner, found.since) == (
        "idle nodes cost ≈6.25 USD an hour", "risk", NOW - timedelta(hours=2))  # fmt: skip
    assert found.why == ("4 nodes of held and 1 node of late, estimated, ≈150 USD a day; kept by a minimum: held")
    assert not list(of_idle_money(clusters, PriceBook(()), NOW))
    assert not list(of_idle_money(clusters[2:], prices, NOW))


class Budgeted(NamedTuple):
    """A budget as it may be read."""

    amount: Money | None
    spent: Money | None = None
    forecast: Money | None = None
    id: str = "/b"
    name: str = "team"
    evaluated: datetime | None = NOW


def test_a_budget_that_is_spent_is_critical_one_on_course_a_warning_and_an_unknown_one_nothing() -> None:
    def dollars(amount: int, currency: str = "USD") -> Money:
        return Money(Decimal(amount), currency)

    spent = Budgeted(dollars(100), dollars(120), dollars(150))
    course = Budgeted(dollars(12_000), dollars(9_140), dollars(13_020))
    calm = (Budgeted(dollars(100), dollars(50), dollars(90)), Budgeted(None, dollars(5)), Budgeted(dollars(100)),
            Budgeted(dollars(100), dollars(500, "EUR"), dollars(900, "EUR")))  # fmt: skip
    first, second = of_budgets((spent, course, *calm))
    assert (first.severity, first.what, first.why) == (
        CRITICAL, "budget team is spent", "120.00 USD of 100.00 USD")  # fmt: skip
    assert (second.severity, second.since) == (WARNING, NOW)
    assert second.why == "9,140.00 USD so far, 13,020.00 USD expected of 12,000.00 USD, 8 % more"
