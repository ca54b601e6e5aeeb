"""What runs cost is kept beside them: only what is written, or may cost otherwise, is worked out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

from app import tables
from app.costing import with_cost
from app.estimating import costs_by, put, read_estimates, write_estimates
from app.groups import group_row
from app.handed import Reading
from cache.groups import RollUp
from cache.query import parse
from cache.store import Store
from services.calls import Call
from services.change import Change
from services.compute import Compute
from services.prices import Price, key_of
from services.records import Money, Page, Provenance
from services.run import Run

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
SCOPE = "public/tenant/account/ws"
SKU = "Standard_NC6s_v3"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path, tables.TABLES, now=lambda: NOW)
    yield opened
    opened.close()


def _run(name: str, parent: str | None = None, **given: Any) -> Run:
    start = NOW - timedelta(days=1)
    kind = "trial" if parent else "command"
    plain: dict[str, Any] = {"kind": kind, "status": "Completed", "started": start, "user": "ana",
             "created": start, "ended": start + timedelta(hours=2), "compute": "gpu", "experiment": "f"}  # fmt: skip
    return Run(id=name, name=name, parent=parent, **(plain | given))


def _page(*records: Any, at: datetime = NOW) -> Page[Any]:
    return Page(records, (), Provenance("/test", None, at), is_last=True)


def _machines(store: Store, price: str = "3") -> None:
    put(store, tables.COMPUTE, SCOPE, _page(Compute(id="gpu", name="gpu", kind="AmlCompute", vm_size=SKU,
                                                    location="westeurope")))  # fmt: skip
    _price(store, price)


def _price(store: Store, amount: str) -> None:
    one = Price(id=key_of(SKU, "westeurope"), sku=SKU, region="westeurope", price=Money(Decimal(amount), "USD"))
    put(store, tables.PRICES, SCOPE, _page(one))


def _cost(store: Store, name: str) -> tuple[Decimal | None, int | None]:
    seen = store.get("runs", SCOPE, name)
    assert seen is not None
    return (seen.record.cost.amount if seen.record.cost else None), seen.record.cost_unknown


def _again(store: Store) -> list[str]:
    reading = Reading(None, None, store, SCOPE, NOW, lambda: False)
    return [key for page in read_estimates(reading) for key in write_estimates(store, SCOPE, page)]


def test_a_parent_costs_what_is_below_it_whichever_came_first_and_only_what_changed_is_written(store: Store) -> None:
    _machines(store)
    put(store, tables.RUNS, SCOPE, _page(_run("tune_0", "tune"), _run("tune_1", "tune", compute="local")))
    put(store, tables.RUNS, SCOPE, _page(_run("tune", "pipe", kind="sweep")))
    put(store, tables.RUNS, SCOPE, _page(_run("pipe", kind="pipeline"), _run("prep", "pipe", kind="step", nodes=2)))
    assert _cost(store, "prep") == (Decimal("12.000000"), None)
    assert _cost(store, "tune") == (Decimal("6.000000"), 1)
    assert _cost(store, "pipe") == (Decimal("18.000000"), 1)
    later = NOW + timedelta(minutes=1)
    written = put(store, tables.RUNS, SCOPE, _page(_run("tune_2", "tune"), _run("prep", "pipe", kind="step", nodes=2),
                                                   at=later))  # fmt: skip
    assert sorted(written.keys) == ["pipe", "tune", "tune_2"]
    assert _cost(store, "pipe") == (Decimal("24.000000"), 1)
    assert _cost(store, "tune") == (Decimal("12.000000"), 1)


def test_other_prices_and_computes_change_the_runs_they_are_about_and_nothing_else(store: Store) -> None:
    put(store, tables.RUNS, SCOPE, _page(_run("a"), _run("tune", kind="sweep"), _run("tune_0", "tune"),
                                         _run("b", compute="other")))  # fmt: skip
    assert _cost(store, "a") == (None, None)
    assert _cost(store, "tune") == (None, 1)
    _machines(store)
    assert sorted(_again(store)) == ["a", "tune", "tune_0"]
    assert _cost(store, "tune") == (Decimal("6.000000"), 0)
    assert _again(store) == []
    other = Compute(id="other", name="other", kind="AmlCompute", vm_size=SKU, location="westeurope")
    put(store, tables.COMPUTE, SCOPE, _page(other))
    assert _again(store) == ["b"]
    _price(store, "4")
    assert sorted(_again(store)) == ["a", "b", "tune", "tune_0"]
    assert _cost(store, "tune") == (Decimal("8.000000"), 0)
    assert store.history("runs", SCOPE, "a") == [], "an estimate is no change in Azure"


def _sums(store: Store, text: str, by: str = "user") -> dict[str, tuple[str | None, int | None]]:
    where = parse(text, tables.RUNS, now=NOW)
    costs = costs_by(store, SCOPE, tables.RUNS, where, by)
    rows = [group_row(one, costs) for one in store.groups("runs", SCOPE, by, where, RollUp("status"))]
    return {row.value or "": (f"{row.cost.amount:.2f}" if row.cost else None, row.cost_unknown) for row in rows}


def test_roll_ups_count_each_machine_once_with_and_without_children(store: Store) -> None:
    _machines(store)
    put(store, tables.RUNS, SCOPE, _page(
        _run("tune", kind="sweep", tags={"team": "risk"}), _run("tune_0", "tune", tags={"team": "risk"}),
        _run("tune_1", "tune", compute="local"), _run("alone", user="Li", nodes=3),
    ))  # fmt: skip
    assert _sums(store, "parent:none") == {"ana": ("6.00", 1), "Li": ("18.00", 0)}
    assert _sums(store, "") == {"ana": ("6.00", 1), "Li": ("18.00", 0)}
    assert _sums(store, "", "tag.team") == {"risk": ("6.00", 0), "": ("18.00", 1)}
    found = store.records("runs", SCOPE, parse("cost>10", tables.RUNS, now=NOW), "-cost")
    assert [seen.key for seen in found] == ["alone"]


@pytest.mark.parametrize("seed", range(12))
def test_the_cache_sums_any_tree_in_any_order_to_the_sum_of_its_leaves(store: Store, seed: int) -> None:
    dice, size = Random(seed), 2 + 3 * seed
    _machines(store)
    ups = [None, *(str(dice.randrange(at)) for at in range(1, size))]
    runs = [_run(str(at), up, kind="pipeline" if str(at) in ups else "step", nodes=dice.randint(1, 4))
            for at, up in enumerate(ups)]  # fmt: skip
    leaves = sum(run.nodes or 0 for run in runs if run.kind == "step")
    dice.shuffle(runs)
    while runs:
        put(store, tables.RUNS, SCOPE, _page(*(runs.pop() for _one in range(min(len(runs), dice.randint(1, 5))))))
    assert _cost(store, "0") == (Decimal(6) * leaves, 0)


def _planned(store: Store, **job: Any) -> list[str]:
    """What the notes of a planned submission say it costs."""
    call = Call(url="https://x/jobs/new", audience="arm", method="PUT", body={"properties": job})
    change = Change(verb="submit", workspace="/w", target="/w/jobs/new", name="new", what="submit", call=call, seen="",
                    makes="/w/jobs/new")  # fmt: skip
    return [note.text for note in with_cost(store, SCOPE, change).notes]


def test_a_submission_says_what_it_would_cost_an_hour_and_in_all_of_its_timeout(store: Store) -> None:
    _machines(store)
    job = {"jobType": "Command", "computeId": "/w/computes/gpu", "resources": {"instanceCount": 4}}
    (said,) = _planned(store, **job, limits={"timeout": "PT36H"})
    assert said.startswith("≈$12.00 an hour, ≈$432.00 if it takes all of its 1 d 12 h; 4 × Standard_NC6s_v3 at 3 USD/h")
    (said,) = _planned(store, **job)
    assert said.startswith("≈$12.00 an hour; 4 ×")
    (said,) = _planned(store, jobType="Command", computeId="/w/computes/other")
    assert said == "no estimate: Azure names no machine size"
    sweep = {"jobType": "Sweep", "computeId": "/w/computes/gpu", "trial": {"command": "python t.py"}}
    (said,) = _planned(store, **sweep, limits={"maxConcurrentTrials": 3, "maxTotalTrials": 20})
    assert said.startswith("≈$9.00 an hour")
    assert _planned(store, jobType="Pipeline") == []
