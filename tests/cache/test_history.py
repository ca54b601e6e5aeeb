"""What a record was, and when."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cache.store import Store, Table
from tests.cache.examples import JOBS, NOW, SCOPE, Job, Money, later, opened, origin, put
from tests.cache.making import jobs

A = Job(id="a", name="first", status="Running", nodes=2, tags={"team": "core"})


def test_an_entry_of_history_holds_only_what_changed(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        put(store, A)
        put(store, msgspec.structs.replace(A, status="Completed", duration=60.0), at=later(hours=1))
        put(store, msgspec.structs.replace(A, status="Completed", duration=60.0, tags={}), at=later(hours=2))
        past = store.history("jobs", SCOPE, "a")
    assert [(entry.at, entry.changes) for entry in past] == [
        (later(hours=1), {"status": "Running", "duration": None}),
        (later(hours=2), {"tags": {"team": "core"}}),
    ]


def test_old_values_come_back_in_their_own_types(tmp_path: Path) -> None:
    old = msgspec.structs.replace(
        A, started=NOW, cost=Money(Decimal("1.10"), "EUR"), flavors=("x",), is_archived=True, nodes=10**25
    )
    with opened(tmp_path) as store:
        put(store, old)
        put(store, A, at=later(hours=1))
        (entry,) = store.history("jobs", SCOPE, "a")
    assert entry.changes == {
        "started": NOW, "cost": old.cost, "flavors": ("x",), "is_archived": True, "nodes": 10**25,
    }  # fmt: skip


def test_as_of_gives_what_was_known_at_a_moment(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        put(store, A)
        put(store, msgspec.structs.replace(A, status="Completed"), at=later(hours=2))
        assert store.as_of("jobs", SCOPE, "a", later(minutes=-1)) is None
        was, now = (store.as_of("jobs", SCOPE, "a", later(hours=hours)) for hours in (1, 2))
    assert was is not None
    assert now is not None
    assert (was.record, was.fetched_at) == (A, later(hours=1))
    assert now.record.status == "Completed"


def test_as_of_knows_when_a_record_was_gone(tmp_path: Path) -> None:
    with opened(tmp_path, now=later(hours=1)) as store:
        put(store, A)
        store.finish("jobs", SCOPE, later(hours=1))
        put(store, A, at=later(hours=2))
        gone = [store.as_of("jobs", SCOPE, "a", later(minutes=minutes)) for minutes in (59, 60, 119, 120)]
    assert [seen and seen.is_gone for seen in gone] == [False, True, True, False]


@settings(max_examples=30, deadline=None)
@given(st.lists(jobs(st.just("a")), min_size=1, max_size=6))
def test_every_state_a_record_ever_had_can_be_had_again(
    tmp_path_factory: pytest.TempPathFactory, states: list[Job]
) -> None:
    with opened(tmp_path_factory.mktemp("cache")) as store:
        for hour, job in enumerate(states):
            put(store, job, at=later(hours=hour))
        for hour, job in enumerate(states):
            seen = store.as_of("jobs", SCOPE, "a", later(hours=hour, minutes=30))
            assert seen is not None
            assert seen.record == job


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    nodes: int


MACHINES = Table(name="machines", record=Machine, is_thinned=True, search=("id",))


def polled(store: Store, table: str, hours: int) -> None:
    for hour in range(hours):
        at = NOW - timedelta(days=40) + timedelta(hours=hour)
        record = Machine(id="m", nodes=hour) if table == "machines" else Job(id="m", name="n", nodes=hour)
        store.put(table, SCOPE, [record], provenance=origin(at))


def test_thinned_history_keeps_one_change_a_day_once_it_is_old(tmp_path: Path) -> None:
    with opened(tmp_path, [MACHINES, JOBS]) as store:
        polled(store, "machines", 72)
        polled(store, "jobs", 72)
        assert store.thin() > 0
        assert store.thin() == 0
        first = NOW - timedelta(days=40)
        midnights = [first.replace(hour=0) + timedelta(days=day) - timedelta(seconds=1) for day in (1, 2, 3)]
        states = [store.as_of("machines", SCOPE, "m", moment) for moment in midnights]
        assert [seen and seen.record.nodes for seen in states] == [11, 35, 59]
        assert len(store.history("machines", SCOPE, "m")) == 4
        assert len(store.history("jobs", SCOPE, "m")) == 71


def test_history_younger_than_thirty_days_is_never_thinned(tmp_path: Path) -> None:
    with opened(tmp_path, [MACHINES], now=NOW - timedelta(days=11)) as store:
        polled(store, "machines", 24)
        assert store.thin() == 0
