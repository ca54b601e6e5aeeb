"""The emulated runs are arithmetic: the same for ever, found by name, and no dearer for being many."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from services.emulator.asking import ask
from services.emulator.curves import curves_of, logged_steps, steps_done
from services.emulator.fleet import CLUSTERS
from services.emulator.ledger import Ledger
from services.emulator.load import load_of
from services.emulator.names import Names
from services.emulator.plans import NEVER, Plan, has_bandit
from services.emulator.runbook import RunBook, depths
from services.emulator.scripts import PRODUCTION
from services.emulator.ticks import DAY, HOUR, MINUTE, SECOND, ticks_of
from services.emulator.world import World

NOW = datetime(2026, 11, 21, 14, 1, 7, 123456, tzinfo=UTC)
AT = ticks_of(NOW)
BOOK = RunBook("7/ml-prod", PRODUCTION, 4_000, AT)


def every_plan(book: RunBook = BOOK, now: int = AT) -> list[Plan]:
    return [
        book.plan(ledger, index) for ledger in book.ledgers for index in range(ledger.first, ledger.newest(now) + 1)
    ]


@pytest.mark.parametrize("total", [0, 1, 7, 50, 4_000, 41_208, 1_000_000])
def test_a_world_holds_exactly_as_many_runs_as_were_asked_for(total: int) -> None:
    book = RunBook("a", PRODUCTION, total, AT)
    assert sum(ledger.count(AT) for ledger in book.ledgers) == total
    assert sum(depths(PRODUCTION, total)) == total


def test_four_thousand_runs_reach_back_about_120_days_and_up_to_the_last_minutes() -> None:
    created = [plan.created for plan in every_plan()]
    assert 100 * DAY < AT - min(created) < 130 * DAY
    assert AT - max(created) < 15 * MINUTE


def test_numbers_follow_the_time_of_creation_in_every_experiment() -> None:
    for ledger in BOOK.ledgers:
        times = [ledger.created(index) for index in range(ledger.first, ledger.newest(AT) + 1)]
        assert times == sorted(times)
        assert len(set(times)) == len(times)
        assert [ledger.newest(at) for at in times] == list(range(ledger.first, ledger.newest(AT) + 1))
        assert ledger.newest(times[5] - 1) == ledger.first + 4


def test_every_run_is_found_by_its_name_and_no_two_share_one() -> None:
    plans = every_plan()
    names = [BOOK.run_id(plan) for plan in plans]
    assert len(set(names)) == len(names)
    for plan, name in zip(plans[::7], names[::7], strict=True):
        found = BOOK.find(name, AT)
        assert found is not None
        assert (found.ledger.name, found.index) == (plan.ledger.name, plan.index)


@pytest.mark.parametrize(
    "name",
    ["", "brave_elk_0000000000", "brave_elk", "x_1", "no_such_run_1", "0" * 32, "f" * 8 + "-1", "é_ü_ABCDEFGHIJ"],
)
def test_a_name_nobody_gave_is_not_found(name: str) -> None:
    assert BOOK.find(name, AT) is None


def test_a_name_holds_its_number() -> None:
    names = Names("any")
    for number in (0, 1, 15, 16, 4_711, 123_456_789, 36**9):
        assert names.number(names.name(number)) == number
        assert names.number_of_guid(names.guid(number)) == number
    assert Names("other").number(names.name(4_711)) != 4_711


def test_the_moments_of_a_life_are_in_order_and_children_stay_within_their_parents() -> None:
    for plan in every_plan():
        moments = [plan.created, plan.accepted, plan.ready, plan.starting, plan.started, plan.finishing]
        real = [at for at in moments if at != NEVER]
        assert real == sorted(real), plan
        assert plan.created <= plan.ended
        assert plan.started == NEVER or plan.started <= plan.ended
        if plan.parent:
            assert plan.parent.created <= plan.created
            assert plan.ended <= plan.parent.ended


def test_states_progress_as_the_clock_moves() -> None:
    plan = next(one for one in every_plan() if one.kind == "command" and one.outcome == "Completed")
    watched = [plan.status(at) for at in range(plan.created, plan.ended + SECOND, SECOND // 2)]
    seen = list(dict.fromkeys(watched))
    assert seen == ["NotStarted", "Queued", "Preparing", "Starting", "Running", "Finalizing", "Completed"]


def test_every_state_and_every_kind_can_be_seen() -> None:
    kinds, states = Counter[str](), Counter[str]()
    for hour in range(0, 60 * 24 * 3, 7):
        at = AT + hour * MINUTE
        states.update(plan.status(at) for plan in BOOK.recent(at, at - HOUR))
    kinds.update(plan.kind for plan in every_plan())
    assert set(states) == {
        "NotStarted", "Queued", "Preparing", "Starting", "Running", "Finalizing", "Completed", "Failed", "Canceled",
        "CancelRequested", "NotResponding",
    }  # fmt: skip
    assert set(kinds) == {
        "command", "sweep", "trial", "pipeline", "step", "pipeline_step", "sweep_step", "automl", "automl_child", "flow"
    }  # fmt: skip


def test_new_runs_start_while_you_watch() -> None:
    later = AT + HOUR
    before = sum(ledger.newest(AT) for ledger in BOOK.ledgers)
    assert 5 <= sum(ledger.newest(later) for ledger in BOOK.ledgers) - before <= 40


@pytest.mark.parametrize("hours", range(0, 80, 9))
def test_nodes_at_work_are_the_nodes_of_the_runs_at_work(hours: int) -> None:
    world = World(clock=lambda: NOW + timedelta(hours=hours))
    place, now = world.places[0], world.now()
    book = world.book(place)
    running = {book.run_id(plan) for plan in book.recent(now, now) if plan.has_started(now)}
    for cluster in CLUSTERS[place.name]:
        load = load_of(place, book, cluster, now)
        assert cluster.low <= len(load.nodes) <= cluster.high or cluster.trouble
        assert {node.run for node in load.nodes if node.run} <= running
        assert all((node.run is not None) == (node.state == "running") for node in load.nodes)


def test_a_million_runs_cost_a_page_no_more_than_four_thousand() -> None:
    made = {}
    for runs in (4_000, 1_000_000):
        world = World(runs=runs, clock=lambda: NOW)
        base = f"https://westeurope.api.azureml.ms/history/v1.0{world.places[0].id}/experiments/price"
        before = world.runs_made
        token = None
        for _ in range(3):
            body = {"top": 100, "orderBy": "CreatedUtc desc", "continuationToken": token}
            page = ask(world, "POST", f"{base}/runs:query", body=body).json()
            assert len(page["value"]) == 100
            token = page["continuationToken"]
        made[runs] = world.runs_made - before
    assert made == {4_000: 300, 1_000_000: 300}


def test_the_oldest_page_of_a_million_is_as_cheap_as_the_newest() -> None:
    world = World(runs=1_000_000, clock=lambda: NOW)
    base = f"https://westeurope.api.azureml.ms/history/v1.0{world.places[0].id}/experiments/price"
    body = {"top": 500, "orderBy": "CreatedUtc asc"}
    page = ask(world, "POST", f"{base}/runs:query", body=body).json()
    assert len(page["value"]) == 500
    assert world.runs_made == 500
    assert page["value"][0]["createdUtc"] < "2023-08-15"


def test_the_same_clock_gives_the_same_world_and_a_restart_changes_no_run() -> None:
    first, second = World(clock=lambda: NOW), World(clock=lambda: NOW)
    url = f"https://westeurope.api.azureml.ms/history/v1.0{first.places[0].id}/experiments/fraud/runs:query"
    assert ask(first, "POST", url, body={}).body == ask(second, "POST", url, body={}).body
    tomorrow = World(clock=lambda: NOW + timedelta(days=1))
    ended = [run for run in ask(first, "POST", url, body={"top": 40}).json()["value"] if run["endTimeUtc"]]
    for run in ended[:10]:
        again = ask(tomorrow, "GET", f"{url.partition('/experiments')[0]}/runs/{run['runId']}").json()
        assert again == run
    assert World(seed=8, clock=lambda: NOW).book(first.places[0]).names.name(1) != first.book(
        first.places[0]
    ).names.name(1)


def _trained(experiment: str) -> list[Plan]:
    ledger = BOOK.ledger(experiment)
    assert isinstance(ledger, Ledger)
    plans = [BOOK.plan(ledger, index) for index in range(ledger.first, ledger.newest(AT) + 1)]
    return [plan for plan in plans if plan.kind in ("command", "trial") and plan.outcome == "Completed"]


def test_curves_fall_or_rise_fast_and_then_slowly() -> None:
    for plan in _trained("fraud")[:40]:
        for curve in curves_of(plan, BOOK.run_id(plan)):
            steps = list(logged_steps(plan, AT))
            values = [curve.value(step) for step in steps]
            if curve.breaks_at != float("inf"):
                continue
            early, late = abs(values[len(values) // 5] - values[0]), abs(values[-1] - values[len(values) * 4 // 5])
            assert early > 2 * late
            assert (values[-1] < values[0]) == ("loss" in curve.name)


def test_some_losses_break_and_most_do_not() -> None:
    curves = [one for plan in every_plan() for one in curves_of(plan, BOOK.run_id(plan)) if one.name == "loss"]
    broken = sum(curve.value(curve_steps) != curve.value(curve_steps) for curve in curves for curve_steps in (12_000,))
    assert 5 < broken < len(curves) / 5


def test_a_run_logs_no_step_it_has_not_made() -> None:
    for plan in BOOK.recent(AT, AT):
        assert steps_done(plan, AT) <= plan.ledger.script.steps
        assert not plan.has_started(AT) or logged_steps(plan, AT)[-1] <= steps_done(plan, AT)


def test_a_policy_ends_some_trials_early_with_fewer_steps_and_only_where_a_sweep_has_one() -> None:
    trials = [plan for plan in every_plan() if plan.parent and plan.kind == "trial" and plan.ended < AT]
    behind = [
        plan for plan in trials
        if plan.parent and plan.outcome == "Canceled" and plan.started < plan.cancel_at
        and plan.ended < min(plan.parent.cancel_at, plan.parent.ended)
    ]  # fmt: skip
    policed = [plan for plan in trials if plan.parent and has_bandit(plan.parent)]
    assert 0.1 * len(policed) < len(behind) < 0.4 * len(policed)
    assert all(plan.parent and has_bandit(plan.parent) for plan in behind)
    assert all(0 < steps_done(plan, AT) < plan.ledger.script.steps * 0.6 for plan in behind)


def test_some_first_steps_of_pipelines_are_reused_and_others_run() -> None:
    first = [plan for plan in every_plan() if plan.kind == "step" and not plan.seat.child and plan.ended < AT]
    assert 0.2 * len(first) < sum(plan.is_reused for plan in first) < 0.6 * len(first)
