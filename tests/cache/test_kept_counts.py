"""Counts that are kept while rows are written say what reading all rows would, whatever became of the rows."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cache import groups, kept_counts
from cache.connect import connect
from cache.files import uri
from cache.groups import RollUp
from cache.schema import read_layouts
from cache.store import Store
from cache.table import Counted
from tests.cache.examples import JOBS, NOW, SCOPE, Job, keys, later, opened, origin, put, query

PLAIN = msgspec.structs.replace(JOBS, name="plain", counted=())
"""The same records, counted by reading them."""
FILTERS = (
    "",
    "stage:none",
    "has:stage",
    "status:fail",
    "status=Failed,Running",
    "-status=Failed stage:none",
    "nodes>1",
)
WANTED = RollUp("status", "duration", "started")
IDS = st.sampled_from([f"job-{i}" for i in range(8)])
RECORDS = st.builds(
    Job,
    id=IDS,
    name=st.just("n"),
    status=st.sampled_from([None, "", "Failed", "failed", "Running", "é"]),
    stage=st.sampled_from([None, "new", "old"]),
    nodes=st.sampled_from([None, 1, 2]),
    duration=st.sampled_from([None, 0.0, 0.0015, 12.25, -3.0]),
    started=st.sampled_from([None, NOW, later(hours=-3)]),
)
PUTS = st.lists(RECORDS, min_size=1, max_size=6, unique_by=lambda job: job.id)
STEPS = st.one_of(
    st.tuples(st.just("put"), PUTS),
    st.tuples(st.just("lose"), st.lists(IDS, max_size=3)),
    st.tuples(st.just("finish"), st.none()),
    st.tuples(st.just("fill"), IDS),
    st.tuples(st.just("prune"), st.none()),
)


def do(store: Store, table: str, step: tuple[str, object], number: int) -> None:
    """One thing that happens to rows, an hour after the one before."""
    match step:
        case ("put", list(records)):
            store.put(table, SCOPE, records, provenance=origin(later(hours=number)))
        case ("lose", list(lost)):
            store.lose(table, SCOPE, lost)
        case ("finish", _):
            store.finish(table, SCOPE, later(hours=number - 1))
        case ("fill", key):
            store.fill(table, SCOPE, {str(key): {"duration": 7.0}})
        case _:
            store.prune(later(hours=number - 1))


@settings(deadline=None, max_examples=60)
@given(st.lists(STEPS, min_size=1, max_size=6))
def test_kept_counts_say_what_reading_the_rows_says(steps: list[tuple[str, object]]) -> None:
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder), [JOBS, PLAIN], later(days=1)) as store:
        for number, step in enumerate(steps):
            do(store, "jobs", step, number)
            do(store, "plain", step, number)
        for text in FILTERS:
            for by in ("status", "stage"):
                assert _counts(store, "jobs", by, text) == _counts(store, "plain", by, text)
            assert _groups(store, "jobs", text) == _groups(store, "plain", text)
        assert len(keys(store)) == len(keys(store, table=PLAIN)) == _total(store)


def _counts(store: Store, table: str, by: str, text: str) -> dict[str, int]:
    """By the value in small letters: of several spellings any may be shown."""
    return {value.lower(): size for value, size in store.counts(table, SCOPE, by, query(text)).items()}


def _groups(store: Store, table: str, text: str) -> dict[str, tuple[object, ...]]:
    found = store.groups(table, SCOPE, "status", query(text), WANTED)
    return {one.value.lower(): (one.size, _folded(one.by), one.latest, _near(one.total)) for one in found}


def _folded(by: dict[str, int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for value, size in by.items():
        found[value.lower()] = found.get(value.lower(), 0) + size
    return found


def _near(seconds: float | None) -> object:
    """Milliseconds are kept, and of each row what is less is left out."""
    return None if seconds is None else pytest.approx(seconds, abs=0.01)


def _total(store: Store) -> int | None:
    view = store.view("jobs", SCOPE, query("status=Failed"))
    view.prepare()
    return view.total()


def test_the_time_of_a_group_is_summed_up_and_unknown_where_no_row_has_one(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        put(store, Job(id="a", name="a", status="Failed", duration=1.5), Job(id="b", name="b", status="Running"))
        put(store, Job(id="c", name="c", status="Failed", duration=2.25), at=later(hours=1))
        put(store, Job(id="d", name="d", status="Failed", duration=float("nan")))
        put(store, Job(id="d", name="d", status="Running", duration=float("nan")), at=later(hours=1))
        totals = {one.value: one.total for one in store.groups("jobs", SCOPE, "status", None, WANTED)}
        assert totals == {"Failed": 3.75, "Running": None}


def test_a_duration_that_cannot_be_is_counted_as_a_trillion_seconds_and_breaks_no_sum(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        for number, duration in enumerate([1e300, float("inf"), -1e300, 2.0]):
            put(store, Job(id="a", name="a", status="Failed", duration=duration), at=later(hours=number))
        assert [one.total for one in store.groups("jobs", SCOPE, "status", None, WANTED)] == [2.0]
        put(store, *(Job(id=f"{i}", name="a", status="Failed", duration=1e300) for i in range(50)))
        assert [one.total for one in store.groups("jobs", SCOPE, "status", None, WANTED)] == [50e12 + 2]


def test_counting_what_is_kept_reads_no_row(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        put(store, *(Job(id=f"{i}", name="n", status="Failed", stage="new") for i in range(30)))
    db, said = connect(uri(tmp_path / "amldeck.db", "mode=ro"), is_reader=True), list[str]()
    layout = read_layouts(db, [JOBS])["jobs"]
    db.set_trace_callback(said.append)
    assert groups.counts(db, layout, 1, "status", query("has:stage")) == {"Failed": 30}
    assert kept_counts.total(db, layout, 1) == 30
    found = groups.groups(db, layout, 1, "stage", None, RollUp("status", "duration"))
    assert [one.by for one in found] == [{"Failed": 30}]
    assert len(said) == 3
    assert not any('"jobs"' in statement for statement in said)
    db.close()


def test_counts_of_a_file_that_kept_none_or_others_are_made_when_it_is_brought_up(tmp_path: Path) -> None:
    others = msgspec.structs.replace(JOBS, counted=(Counted(("status",)),))
    for table, wanted in (
        (msgspec.structs.replace(JOBS, counted=()), 1), (JOBS, 2), (others, 3), (JOBS, 4),
    ):  # fmt: skip
        with opened(tmp_path, [table]) as store:
            put(store, Job(id=f"{wanted}", name="n", status="Failed"), at=NOW + timedelta(minutes=wanted))
            assert store.counts("jobs", SCOPE, "status") == {"Failed": wanted}
