"""Rules that look for waste: each finds its own, and none takes what was not measured for idle."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from services.attention_runs import Running
from services.autoscale import Autoscale
from services.compute import Compute
from services.costs import CostLine
from services.deployments import Deployment
from services.endpoints import Endpoint
from services.hourly import PriceBook
from services.orphans import Orphan
from services.prices import Price, key_of
from services.records import Money
from services.run import Run
from services.run_use import Figures, use_of
from services.utilization import Utilization
from services.waste import RULES, find_waste
from services.waste_facts import Facts
from services.waste_finding import NOT_LOOKED_AT, Finding, a_day_of

NOW = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)
AGO = NOW - timedelta(days=3)
SIZE, GPU = "Standard_DS3_v2", "Standard_NC4as_T4_v3"


def _price(sku: str, amount: str, priority: Any = "dedicated") -> Price:
    return Price(id=key_of(sku, "westeurope", "linux", priority), sku=sku, region="westeurope", priority=priority,
                 price=Money(Decimal(amount), "USD"), source="emulator")  # fmt: skip


PRICES = PriceBook((_price(SIZE, "0.25"), _price(SIZE, "0.05", "low priority"), _price(GPU, "0.5")))


def _instance(name: str, **given: Any) -> Compute:
    fields: dict[str, Any] = {"state": "Running", "vm_size": SIZE, "changed": AGO} | given
    return Compute(id=name, name=name, kind="ComputeInstance", location="westeurope", **fields)


def _cluster(name: str, **given: Any) -> Compute:
    nodes: dict[str, Any] = {"running_nodes": 0, "preparing_nodes": 0, "idle_nodes": 0, "unusable_nodes": 0}
    fields: dict[str, Any] = {"vm_size": SIZE, "changed": AGO, "min_nodes": 0, "max_nodes": 4, "nodes": 2,
                              "idle_timeout": 120.0, "priority": "Dedicated"} | nodes | given  # fmt: skip
    return Compute(id=name, name=name, kind="AmlCompute", location="westeurope", **fields)


def _used(id: str, hours: int = 24, **given: Any) -> Utilization:
    series = {name: (value,) * hours if value is not None else () for name, value in given.items()}
    return Utilization(id=id.lower(), kind=id.partition("/")[0], name=id.partition("/")[2], grain=3600.0,
                       since=NOW - timedelta(hours=hours), until=NOW, **series)  # fmt: skip


def _deployment(id: str, **given: Any) -> Deployment:
    endpoint, _, name = id.partition("/")
    fields: dict[str, Any] = {"state": "Succeeded", "instance_type": SIZE, "instances": 1} | given
    return Deployment(id=id, endpoint=endpoint, name=name, **fields)


def _endpoint(name: str, **traffic: float) -> Endpoint:
    return Endpoint(id=name, name=name, location="westeurope", created=NOW - timedelta(days=90), traffic=traffic)


def _ended(many: int, status: str = "Completed", seconds: float = 600.0) -> list[Figures]:
    return [Figures("exp", "plain", SIZE, None, status, "Oom" if status == "Failed" else None, "command", seconds, 1,
                    NOW - timedelta(days=10)) for _ in range(many)]  # fmt: skip


_RUN = Run(id="r1", name="slow-one", experiment="exp", status="Running", kind="command", compute="plain",
           started=NOW - timedelta(hours=10), nodes=1)  # fmt: skip
_HUNG = replace(_RUN, id="r2", name="hung", status="NotResponding")
FULL = Facts(
    now=NOW, prices=PRICES,
    computes=(
        _instance("ci-free"), _instance("ci-idle", idle_shutdown=3600.0),
        _instance("ci-old", state="Stopped", changed=NOW - timedelta(days=30)),
        _instance("ci-gpu", vm_size=GPU, idle_shutdown=3600.0),
        _cluster("spare", min_nodes=1, idle_nodes=1), _cluster("held", min_nodes=2, idle_nodes=1, running_nodes=1),
        _cluster("broken", unusable_nodes=1, error="disk full."), _cluster("gpus", vm_size=GPU, idle_timeout=1800.0),
        _cluster("plain", running_nodes=1),
    ),
    endpoints=(_endpoint("old", blue=100), _endpoint("live", blue=100, green=0), _endpoint("big", blue=100),
               _endpoint("gpu", blue=100)),
    deployments=(
        _deployment("old/blue"), _deployment("live/blue", instances=4), _deployment("live/green"),
        _deployment("live/bad", state="Failed"), _deployment("big/blue", instances=2),
        _deployment("gpu/blue", instance_type=GPU),
    ),
    autoscale=(Autoscale(id="big/blue", endpoint="big", deployment="blue", name="a", is_on=False),
               Autoscale(id="gpu/blue", endpoint="gpu", deployment="blue", name="b", problems=("it flaps",))),
    utilization=(
        _used("compute/ci-free", cpu=1.0), _used("compute/ci-idle", cpu=1.0),
        _used("compute/ci-gpu", cpu=50.0, gpu=0.1), _used("compute/plain", cpu=50.0), _used("compute/held", cpu=50.0),
        _used("deployment/old/blue", 168, cpu=9.0, memory=40.0, capacity=1.0),
        _used("deployment/live/blue", 168, cpu=60.0, memory=40.0, capacity=4.0, requests=9.0),
        _used("deployment/live/green", 168, cpu=9.0, memory=40.0, capacity=1.0),
        _used("deployment/live/bad", 168, capacity=1.0),
        _used("deployment/big/blue", 168, cpu=9.0, memory=12.0, capacity=2.0, requests=9.0),
        _used("deployment/gpu/blue", 168, cpu=30.0, memory=40.0, gpu=0.2, capacity=1.0, requests=9.0),
        _used("run/r2", 8, cpu=0.3),
    ),
    running=(Running(run=_RUN, lengths=(3600.0,) * 6),), working=(_HUNG,), busy=frozenset(("held",)),
    run_use=tuple(use_of((*_ended(20), *_ended(5, "Failed")))),
    orphans=(Orphan(id="/x/mlpocstorage4f1c2a9be", arm_id="/x/mlpocstorage4f1c2a9be", name="mlpocstorage4f1c2a9be",
                    kind="storage", group="g", stem="mlpoc", workspaces=3),
             Orphan(id="/x/someones", arm_id="/x/someones", name="someones", kind="storage", group="g", workspaces=3)),
    costs=tuple(
        CostLine(id=f"{day}{resource}", day=(NOW - timedelta(days=day)).replace(hour=0), resource=resource,
                 cost=Money(Decimal(2), "USD"))
        for day in range(12) for resource in ("/ws/computes/ci-old", "/x/mlpocstorage4f1c2a9be")
    ),
)  # fmt: skip
FOUND = {
    "W1/ci-free": "6.0000", "W2/ci-idle": "6.0000", "W3/ci-old": "2.0000", "W4/spare": "6.0000", "W5/held": "6.0000",
    "W5/broken/unusable": "6.0000", "W6/gpus": None, "W7/old": "6.0000", "W8/live/green": "6.0000",
    "W9/live/bad": "6.0000", "W10/big/blue": "6.0000", "W11/gpu/blue": None, "W11/ci-gpu": None, "W12/r1": "6.0000",
    "W12/r2": "6.0000", "W13/runs": "0.0069", "W14/plain": "0.0833", "W15/gpu/blue": None, "W15/live/blue": None,
    "W16//x/mlpocstorage4f1c2a9be": "2.0000",
}  # fmt: skip
"""What there is to find, and the dollars a day of it."""


def found(facts: Facts) -> dict[str, Finding]:
    return {one.id: one for one in find_waste(facts) if one.confidence != NOT_LOOKED_AT}


def test_each_rule_finds_its_own_and_nothing_else() -> None:
    waste = found(FULL)
    assert {id: one.per_day and str(one.per_day.amount) for id, one in waste.items()} == FOUND
    assert {one.rule for one in waste.values()} == {rule.id for rule in RULES if rule.find is not None}
    assert all(one.confidence == "unknown" or one.per_day or one.basis for one in waste.values())


def _less(facts: Facts, dice: random.Random) -> Iterator[Facts]:
    """Less is known, in every way one thing can be missing, and in some ways many are."""
    for name in ("computes", "endpoints", "deployments", "autoscale", "utilization", "running", "run_use", "busy",
                 "orphans", "costs"):  # fmt: skip
        yield replace(facts, **{name: None})
    yield replace(facts, prices=PriceBook(()))
    yield replace(facts, costs=())
    rows = list(facts.utilization or ())
    for place, row in enumerate(rows):
        others = [*rows[:place], *rows[place + 1 :]]
        yield replace(facts, utilization=tuple(others))
        for name in ("cpu", "memory", "gpu", "requests", "capacity"):
            if name != "requests":  # no request is what an endpoint nobody calls has
                yield replace(facts, utilization=(*others, replace(row, **{name: (None,) * len(getattr(row, name))})))
    computes = list(facts.computes or ())
    for place, compute in enumerate(computes):
        for name in ("changed", "idle_nodes", "running_nodes", "vm_size", "location", "idle_timeout", "unusable_nodes"):
            yield replace(facts, computes=(*computes[:place], replace(compute, **{name: None}), *computes[place + 1 :]))
    for _ in range(200):
        kept = tuple(row for row in rows if dice.random() < 0.5)
        known = {name: getattr(facts, name) for name in ("costs", "run_use", "busy") if dice.random() < 0.5}
        yield replace(facts, utilization=kept, **{"costs": None, "run_use": None, "busy": None} | known)


def test_a_rule_never_finds_more_or_asks_for_more_money_when_less_is_known() -> None:
    everything = found(FULL)
    for facts in _less(FULL, random.Random(7)):
        for id, one in found(facts).items():
            whole = everything.get(id)
            if whole is None:  # a cluster that is not known to be unneeded may still have idle nodes
                whole = everything[id.replace("W5/", "W4/")]
            assert one.per_day is None or (whole.per_day and one.per_day.amount <= whole.per_day.amount), id


def test_a_week_that_was_measured_for_a_tenth_of_it_says_nothing_of_use() -> None:
    def thinned(points: tuple[float | None, ...]) -> tuple[float | None, ...]:
        return tuple(point if place % 10 == 0 else None for place, point in enumerate(points))

    rows = [
        replace(row, **{name: thinned(getattr(row, name)) for name in ("cpu", "memory", "gpu", "requests", "capacity")})
        for row in FULL.utilization or ()
    ]
    waste = found(replace(FULL, utilization=tuple(rows)))
    assert not {one.rule for one in waste.values()} & {"W7", "W10", "W11"}
    for id in ("W8/live/green", "W9/live/bad"):
        assert (waste[id].confidence, waste[id].per_day) == ("unknown", None), id


def test_what_nobody_read_is_named_with_the_way_to_look() -> None:
    waste = list(find_waste(Facts(now=NOW)))
    assert [one.rule for one in waste] == [rule.id for rule in RULES]
    assert all(one.confidence == NOT_LOOKED_AT and one.save and one.per_day is None for one in waste)
    assert "were never read" in waste[0].evidence
    assert "Usage |" in waste[16].save


@pytest.mark.parametrize("hours", [0, 2])
def test_a_running_instance_whose_cpu_was_not_measured_is_not_called_idle(hours: int) -> None:
    one = found(replace(FULL, utilization=(_used("compute/ci-free", hours, cpu=0.0),)))["W1/ci-free"]
    assert (one.confidence, one.per_day, one.why) == ("unknown", None, "never stops")
    assert "was not measured" in one.evidence


def test_an_instance_that_works_half_of_the_day_wastes_the_other_half() -> None:
    half = replace(_used("compute/ci-free", cpu=1.0), cpu=(1.0, 80.0) * 12)
    one = found(replace(FULL, utilization=(half,)))["W1/ci-free"]
    assert (one.confidence, one.per_day, one.verb) == ("likely", Money(Decimal("3.0000"), "USD"), "idle-shutdown")


def test_a_deployment_that_somebody_calls_by_its_name_is_no_waste() -> None:
    rows = [one for one in FULL.utilization or () if one.id != "deployment/live/green"]
    called = _used("deployment/live/green", 168, capacity=1.0, requests=0.2)
    assert "W8/live/green" not in found(replace(FULL, utilization=(*rows, called)))


def test_a_thing_counts_once_and_what_is_put_away_or_past_does_not() -> None:
    waste = found(FULL)
    both = [waste["W1/ci-free"], replace(waste["W2/ci-idle"], what="ci-free"), waste["W13/runs"]]
    snoozed = replace(waste["W7/old"], state="snoozed")
    euros = replace(waste["W4/spare"], per_day=Money(Decimal(1), "EUR"))
    assert a_day_of([*both, snoozed, euros]) == (Money(Decimal(1), "EUR"), Money(Decimal(6), "USD"))


def test_evidence_has_numbers_and_the_step_is_one_amldeck_can_take() -> None:
    waste = found(FULL)
    assert waste["W2/ci-idle"].evidence == (
        "ci-idle runs since 18 Nov 14:00Z, though it should stop after 1 h without use; in all of 24 measured hours "
        "its CPU was below 5 %."
    )
    scaled = waste["W10/big/blue"]
    assert (scaled.verb, scaled.target, scaled.answers) == (
        "scale", "/onlineEndpoints/big/deployments/blue", {"instances": "1"})  # fmt: skip
    assert waste["W4/spare"].command == ("compute", "update", "--name", "spare", "--min-instances", "0")
