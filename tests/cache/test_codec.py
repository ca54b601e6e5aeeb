"""Record → row → record, for every kind of field."""

from __future__ import annotations

import math
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cache.codec import from_micros, micro_units, to_micros
from cache.table import Table, fields_of
from tests.cache.examples import JOBS, NOW, SCOPE, Job, Money, opened, put
from tests.cache.making import MOMENTS, UNIQUE_JOBS


@settings(max_examples=60, deadline=None)
@given(records=UNIQUE_JOBS)
def test_every_record_comes_back_as_it_was_put(tmp_path_factory: pytest.TempPathFactory, records: list[Job]) -> None:
    with opened(tmp_path_factory.mktemp("cache")) as store:
        put(store, *records)
        assert [seen.record for seen in store.records("jobs", SCOPE)] == records
        for record in records:
            seen = store.get("jobs", SCOPE, record.id)
            assert seen is not None
            assert seen.record == record


@given(MOMENTS)
def test_a_moment_is_exact_to_the_microsecond(moment: datetime) -> None:
    assert from_micros(to_micros(moment)) == moment


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(TypeError):
        to_micros(datetime(2026, 1, 1))  # noqa: DTZ001


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12))
def test_micro_units_are_the_exact_millionths(amount: Decimal) -> None:
    assert Decimal(micro_units(amount)) == amount * 1_000_000


@pytest.mark.parametrize("text", ["1e400", "-1e400", "NaN", "Infinity", "1e-400", "0.0000004"])
def test_micro_units_of_any_amount_fit_in_64_bits(text: str) -> None:
    assert -(2**63) < micro_units(Decimal(text)) < 2**63


def test_what_sqlite_cannot_hold_is_held_all_the_same(tmp_path: Path) -> None:
    job = Job(
        id="1", name="half \ud83d of a pair", nodes=10**30, duration=math.nan, metrics={"loss": math.nan},
        tags={"\ud800": "\udfff"}, cost=Money(Decimal("1E+40"), "EUR"),
    )  # fmt: skip
    with opened(tmp_path) as store:
        assert put(store, job).inserted == ("1",)
        assert put(store, job).unchanged == 1
        seen = store.get("jobs", SCOPE, "1")
    assert seen is not None
    assert seen.record.nodes == 10**30
    assert math.isnan(seen.record.duration)
    assert math.isnan(seen.record.metrics["loss"])
    assert seen.record.name == "half \ufffd of a pair"
    assert seen.record.tags == {"\ufffd": "\ufffd"}
    assert seen.record.cost == job.cost


def test_a_nul_does_not_end_a_text(tmp_path: Path) -> None:
    job = Job(id="a\0b", name="x\0y", tags={"\0": "\0\0"})
    with opened(tmp_path) as store:
        put(store, job, Job(id="a", name="x"))
        seen = store.get("jobs", SCOPE, "a\0b")
    assert seen is not None
    assert seen.record == job


def test_a_float_field_given_an_integer_is_a_float(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        put(store, Job(id="1", name="a", duration=3))
        seen = store.get("jobs", SCOPE, "1")
    assert seen is not None
    assert isinstance(seen.record.duration, float)


class Clash(msgspec.Struct, frozen=True):
    id: str
    cost: Money | None = None
    cost_micro: int | None = None


def test_fields_that_would_share_a_column_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="distinct columns"):
        fields_of(Clash)


@pytest.mark.parametrize("name", ["", "Jobs", "jobs__seen", "1jobs", 'j"obs', "sqlite_jobs"])
def test_a_table_has_a_plain_name(name: str) -> None:
    with pytest.raises(ValueError, match="no name for a table"):
        Table(name=name, record=Job)


def test_the_kind_of_a_field_follows_from_its_type() -> None:
    kinds = {field.name: field.kind for field in fields_of(Job).values()}
    assert kinds == {
        "id": "text", "name": "text", "status": "text", "stage": "text", "nodes": "int", "duration": "float",
        "is_archived": "bool", "started": "time", "cost": "money", "flavors": "texts", "numbers": "json",
        "tags": "pairs", "params": "pairs", "metrics": "pairs",
    }  # fmt: skip
    assert JOBS.key == "id"
    assert NOW.tzinfo is not None
