"""Single fields of many rows: newest first, unknown as None, a number under a name, and no gone rows."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.cache.examples import NOW, SCOPE, Job, opened, put, query


def test_fields_come_newest_first_with_times_and_numbers_and_nothing_that_is_gone(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        put(store, Job(id="a", name="a", status="Failed", started=NOW - timedelta(days=2), metrics={"auc": 0.5}))
        put(store, Job(id="b", name="b", status="Completed", started=NOW, duration=3.0))
        put(store, Job(id="c", name="c", status="Completed", started=NOW - timedelta(days=1)))
        put(store, Job(id="old", name="old", started=NOW - timedelta(days=9)))
        store.lose("jobs", SCOPE, ["c"])
        fields = ("id", "started", "duration", "metric.auc", "metric.no")
        where = query("started<3d")
        assert store.figures("jobs", SCOPE, fields, where, "started", 10) == [
            ("b", NOW, 3.0, None, None),
            ("a", NOW - timedelta(days=2), None, 0.5, None),
        ]
        assert [key for key, *_ in store.figures("jobs", SCOPE, ["id"], where, "started", 1)] == ["b"]
        assert store.figures("jobs", "another/scope", ["id"], where, "started", 1) == []
        with pytest.raises(KeyError):
            store.figures("jobs", SCOPE, ["nothing"], where, "started", 1)
