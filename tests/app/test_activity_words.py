"""What a row of Activity says of its source is what a filter finds it by."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.derived.doings import REGISTRY, RUN_HISTORY
from app.panes.activity import origin
from app.rows import ACTIVITY_LOG, Operation
from app.tables import OPERATIONS
from cache.query import parse
from tests.app.commanding import cached, put
from widgets.pane import Look

NOW = datetime(2026, 11, 23, 14, 7, tzinfo=UTC)


@pytest.mark.parametrize("source", [ACTIVITY_LOG, RUN_HISTORY, REGISTRY])
def test_the_word_for_a_source_is_one_that_a_filter_finds_it_by_alone(tmp_path: Path, source: str) -> None:
    rows = [Operation(id=one, at=NOW, origin=one) for one in (ACTIVITY_LOG, RUN_HISTORY, REGISTRY)]
    (word,) = origin(next(row for row in rows if row.origin == source), Look(NOW))
    with cached(tmp_path) as session:
        put(session, "operations", *rows)
        where = parse(f"from:{word.text}", OPERATIONS, now=NOW)
        assert [seen.record.origin for seen in session.store.records("operations", session.scope, where)] == [source]
