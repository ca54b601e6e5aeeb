"""Fields that not every answer says, and listings of a part: what was not said or not asked takes nothing away."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec

from cache.listing import Part
from tests.cache.examples import JOBS, NOW, SCOPE, Job, keys, later, opened, put

KEPT = msgspec.structs.replace(JOBS, kept=("duration", "params", "metrics"))


def test_a_later_listing_without_metrics_leaves_those_that_were_read(tmp_path: Path) -> None:
    with opened(tmp_path, [KEPT]) as store:
        put(store, Job(id="a", name="n", params={"lr": "0.1"}))
        assert store.fill(
            "jobs", SCOPE, {"a": {"metrics": {"auc": 0.91}, "params": {"seed": "7"}, "duration": 3.5}}
        ) == ("a",)
        changed = put(store, Job(id="a", name="renamed", params={"lr": "0.2"}), at=later(hours=1))
        assert changed.changed == ("a",)
        (record,) = [seen.record for seen in store.records("jobs", SCOPE)]
        assert (record.name, record.metrics, record.params, record.duration) == (
            "renamed", {"auc": 0.91}, {"lr": "0.2", "seed": "7"}, 3.5,
        )  # fmt: skip
        assert keys(store, "metric.auc>0.9 param.seed=7 param.lr=0.2") == ["a"]
        assert [past.changes for past in store.history("jobs", SCOPE, "a")] == [
            {"name": "n", "params": {"lr": "0.1", "seed": "7"}}
        ]


def test_filling_keeps_the_age_of_a_row_and_says_what_was_new(tmp_path: Path) -> None:
    with opened(tmp_path, [KEPT]) as store:
        put(store, Job(id="a", name="n"))
        assert store.fill("jobs", SCOPE, {"a": {"metrics": {"auc": 0.5}}, "nobody": {"metrics": {"auc": 1.0}}}) == (
            "a",
        )
        assert store.fill("jobs", SCOPE, {"a": {"metrics": {"auc": 0.5}}}) == ()
        seen = store.get("jobs", SCOPE, "a")
        assert seen is not None
        assert (seen.fetched_at, seen.provenance.route) == (NOW, "/jobs")
        assert put(store, Job(id="a", name="n"), at=later(hours=1)).unchanged == 1


def test_filling_a_row_that_is_gone_does_not_bring_it_back(tmp_path: Path) -> None:
    with opened(tmp_path, [KEPT]) as store:
        put(store, Job(id="a", name="n"), Job(id="b", name="n"))
        assert store.lose("jobs", SCOPE, ["a", "nobody"]) == 1
        assert store.fill("jobs", SCOPE, {"a": {"metrics": {"auc": 0.5}}}) == ("a",)
        assert keys(store) == ["b"]


def test_a_listing_of_a_part_marks_only_what_it_should_have_held(tmp_path: Path) -> None:
    jobs = [
        Job(id=f"{status}{hour}", name="n", status=status, started=NOW + timedelta(hours=hour))
        for status in ("one", "ONE", "two") for hour in range(4)
    ]  # fmt: skip
    with opened(tmp_path) as store:
        put(store, *jobs)
        part = Part("status", "one", "started", NOW, NOW + timedelta(hours=3))
        assert store.finish("jobs", SCOPE, later(hours=1), part) == 2
        assert sorted({"one0", "one1", "one2", "one3"} - set(keys(store, "status=one"))) == ["one1", "one2"]
        assert len(keys(store)) == 10
        put(store, jobs[1], at=later(hours=2))
        assert store.finish("jobs", SCOPE, later(hours=1), Part("status", "one")) == 2
        assert "one1" in keys(store)


def test_what_is_gone_is_found_by_asking_for_it(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        put(
            store, Job(id="a", name="n", status="Failed"), Job(id="b", name="n", status="Failed"), Job(id="c", name="m")
        )
        store.lose("jobs", SCOPE, ["a", "c"])
        assert keys(store, "status=Failed") == ["b"]
        assert sorted(keys(store, "is:gone")) == ["a", "c"]
        assert keys(store, "is:gone status=Failed", "-name") == ["a"]
        assert keys(store, "!is:gone") == ["b"]


def test_notes_of_our_own_have_no_history(tmp_path: Path) -> None:
    with opened(tmp_path, [msgspec.structs.replace(JOBS, has_history=False)]) as store:
        put(store, Job(id="a", name="n"))
        put(store, Job(id="a", name="m"), at=later(hours=1))
        assert store.history("jobs", SCOPE, "a") == []
        seen = store.get("jobs", SCOPE, "a")
        assert seen is not None
        assert seen.record.name == "m"
