"""Putting: new, changed, unchanged, gone and back, and what each of them writes."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import msgspec
import pytest

from cache.store import Changed, Store
from tests.cache.examples import JOBS, NOW, SCOPE, Job, keys, later, opened, origin, put

A = Job(id="a", name="first", status="Running", tags={"team": "core"}, metrics={"auc": 0.5})
B = Job(id="b", name="second", status="Completed")


def rows(store: Store, sql: str) -> list[tuple[object, ...]]:
    assert store.path is not None
    db = sqlite3.connect(store.path)
    try:
        return db.execute(sql).fetchall()
    finally:
        db.close()


def test_new_records_are_inserted(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        assert put(store, A, B) == Changed(("a", "b"), (), 0)
        seen = store.get("jobs", SCOPE, "a")
        assert seen is not None
        assert (seen.key, seen.record, seen.fetched_at, seen.first_seen, seen.is_gone) == ("a", A, NOW, NOW, False)
        assert seen.provenance == origin()
        assert store.document("jobs", SCOPE, "a") == b'{"id":"a","is":"a document"}'


def test_an_unchanged_record_only_gets_its_new_age_and_origin(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        put(store, A, B)
        assert put(store, A, B, at=later(hours=1)) == Changed((), (), 2)
        seen = store.get("jobs", SCOPE, "a")
        assert seen is not None
        assert (seen.fetched_at, seen.first_seen) == (later(hours=1), NOW)
        assert store.history("jobs", SCOPE, "a") == []


def test_an_unchanged_page_touches_no_row_and_no_index_of_the_table(tmp_path: Path) -> None:
    jobs = [msgspec.structs.replace(A, id=f"job {i:04}") for i in range(400)]
    with opened(tmp_path) as store:
        put(store, *jobs)
    before = (tmp_path / "amldeck.db").read_bytes()
    with opened(tmp_path) as store:
        assert put(store, *jobs, at=later(hours=1)).keys == ()
        seen = rows(store, "SELECT count(DISTINCT pageno) FROM dbstat WHERE name = 'jobs__seen'")
    after = (tmp_path / "amldeck.db").read_bytes()
    assert len(before) == len(after)
    pages = [i for i in range(0, len(before), 4096) if before[i : i + 4096] != after[i : i + 4096]]
    assert len(pages) <= int(str(seen[0][0])) + 2  # the ages themselves, the file's header, nothing else


def test_a_changed_record_is_reported_and_written(tmp_path: Path) -> None:
    new = msgspec.structs.replace(A, status="Completed", metrics={"auc": 0.9, "loss": 0.1}, tags={})
    with opened(tmp_path) as store:
        put(store, A, B)
        assert put(store, new, B, at=later(hours=1)) == Changed((), ("a",), 1)
        seen = store.get("jobs", SCOPE, "a")
        assert seen is not None
        assert seen.record == new
        assert keys(store, "metric.loss>0") == ["a"]
        assert keys(store, "has:tag.team") == []


def test_a_new_document_alone_is_a_change_without_history(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        store.put("jobs", SCOPE, [A], [b"{}"], provenance=origin())
        changed = store.put("jobs", SCOPE, [A], [b'{"etag":1}'], provenance=origin(later(hours=1)))
        assert changed == Changed((), ("a",), 0)
        assert store.document("jobs", SCOPE, "a") == b'{"etag":1}'
        assert store.history("jobs", SCOPE, "a") == []


def test_records_may_come_without_documents(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        store.put("jobs", SCOPE, [A], provenance=origin())
        assert store.document("jobs", SCOPE, "a") is None
        with pytest.raises(ValueError, match="2 records came with 1 documents"):
            store.put("jobs", SCOPE, [A, B], [b"{}"], provenance=origin())


def test_an_answer_older_than_what_is_known_changes_nothing(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        put(store, A, at=later(hours=1))
        stale = msgspec.structs.replace(A, status="Queued")
        assert put(store, stale, at=NOW) == Changed((), (), 1)
        seen = store.get("jobs", SCOPE, "a")
        assert seen is not None
        assert (seen.record, seen.fetched_at) == (A, later(hours=1))


def test_of_two_records_with_one_key_in_a_page_the_later_counts(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        assert put(store, A, msgspec.structs.replace(A, status="Failed")).inserted == ("a",)
        seen = store.get("jobs", SCOPE, "a")
        assert seen is not None
        assert seen.record.status == "Failed"


def test_scopes_do_not_see_each_other(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        put(store, A)
        put(store, msgspec.structs.replace(A, name="other"), scope="elsewhere")
        assert keys(store, "first") == ["a"]
        assert keys(store, "other") == []
        assert store.get("jobs", "nowhere", "a") is None
        assert store.counts("jobs", "elsewhere", "name") == {"other": 1}
        assert store.finish("jobs", SCOPE, later(hours=1)) == 1
        assert [seen.key for seen in store.records("jobs", "elsewhere")] == ["a"]


def test_finish_marks_what_a_full_listing_did_not_bring_as_gone(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        put(store, A, B)
        put(store, A, at=later(hours=1))
        assert store.finish("jobs", SCOPE, later(hours=1)) == 1
        assert store.finish("jobs", SCOPE, later(hours=1)) == 0
        assert keys(store) == ["a"]
        assert sorted(keys(store, include_gone=True)) == ["a", "b"]
        assert sorted(keys(store, order="-name", include_gone=True)) == ["a", "b"]
        assert store.counts("jobs", SCOPE, "status") == {"Running": 1}
        seen = store.get("jobs", SCOPE, "b")
        assert seen is not None
        assert seen.is_gone
        assert [past.changes for past in store.history("jobs", SCOPE, "b")] == [{"_gone": False}]


def test_what_was_gone_may_come_back(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        put(store, A, B)
        store.finish("jobs", SCOPE, later(hours=1))
        assert put(store, B, at=later(hours=2)) == Changed((), ("b",), 0)
        assert keys(store) == ["b"]
        assert [past.changes for past in store.history("jobs", SCOPE, "b")] == [{"_gone": False}, {"_gone": True}]


def test_a_put_that_fails_leaves_nothing_of_it(tmp_path: Path) -> None:
    bad = Job(id="bad", name="b", started=NOW.replace(tzinfo=None))
    with opened(tmp_path) as store:
        put(store, A)
        with pytest.raises(TypeError):
            put(store, B, bad)
        assert keys(store) == ["a"]
        assert put(store, B).inserted == ("b",)
        assert keys(store, "has:tag.team") == ["a"]


def test_a_table_the_store_was_not_opened_with_is_an_error_of_the_caller(tmp_path: Path) -> None:
    with opened(tmp_path) as store, pytest.raises(KeyError):
        put(store, A, table="pipelines")


def test_documents_are_small_in_the_file_and_whole_when_read(tmp_path: Path) -> None:
    bodies = [b'{"runId":"%d","properties":{"azureml.git.branch":"main"}}' % i * 30 for i in range(300)]
    jobs = [Job(id=str(i), name="n") for i in range(300)]
    with opened(tmp_path) as store:
        store.put("jobs", SCOPE, jobs[:3], bodies[:3], provenance=origin())
        store.put("jobs", SCOPE, jobs[3:], bodies[3:], provenance=origin())
        assert [store.document("jobs", SCOPE, str(i)) for i in range(300)] == bodies
        assert rows(store, "SELECT sum(length(body)) FROM jobs__documents")[0] < (len(b"".join(bodies)) // 15,)
    with opened(tmp_path) as store:
        assert store.document("jobs", SCOPE, "299") == bodies[299]
        assert store.document("jobs", SCOPE, "0") == bodies[0]
        assert JOBS.name == "jobs"
