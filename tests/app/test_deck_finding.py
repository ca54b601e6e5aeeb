"""Conditions of a filter, and the sources as rows."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.finding import Finder, conditions
from app.opening import open_session
from app.panes import PANES
from app.panes.runs import RUNS
from app.quoting import quoted
from app.source_rows import source_rows
from app.source_state import Problem, SourceState

NOW = datetime(2026, 11, 21, 14, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("status:failed created<7d !debug", ["status:failed", "created<7d", "!debug"]),
        ('name="two words" x', ['name="two words"', "x"]),
        ("state=Failed | worst=Failed auc", ["state=Failed | worst=Failed", "auc"]),
        ("", []),
        ("| x", ["x"]),
    ],
)
def test_conditions_are_what_can_be_dropped(text: str, parts: list[str]) -> None:
    assert conditions(text) == parts


def test_values_are_quoted_only_when_they_must_be() -> None:
    assert quoted("brave-elk") == "brave-elk"
    assert quoted('a "b" c') == '"a \\"b\\" c"'


def test_sources_are_rows_that_can_be_searched_and_sorted() -> None:
    states = {
        name: SourceState(name, name.title(), 60, last_ok=NOW - timedelta(seconds=age), problem=problem)
        for name, age, problem in (
            ("runs", 9, None),
            ("costs", 500, Problem("throttled", "Too many calls.", NOW)),
            ("compute", 60, None),
        )
    }

    everything = source_rows(states, "", "")
    assert [row.key for row in everything.window(0, 9)] == ["runs", "costs", "compute"]
    assert everything.locate("compute") == 2
    throttled = source_rows(states, "throttled", "")
    assert (throttled.count(), throttled.total()) == (1, 3)
    assert [row.key for row in source_rows(states, "", "-last_ok").window(0, 9)] == ["runs", "compute", "costs"]


def test_a_field_nobody_knows_has_no_values_to_offer(tmp_path: Path) -> None:
    session = open_session("offline", tmp_path, is_demo=True)
    finder = Finder(session, dict)
    assert [finder.values(pane, "expp") for pane in PANES] == [[]] * len(PANES)
    assert finder.values(RUNS, "tag") == []
    assert finder.values(RUNS, "exp") == []
    session.close()
