"""Any text at all, as a condition of a filter."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import example, given
from hypothesis import strategies as st

from app.tables import RUNS
from cache.codec import clean
from cache.query import parse
from cache.quoting import equals, quoted, unquoted
from cache.tree import Equals

NOW = datetime(2026, 11, 21, tzinfo=UTC)


@given(st.text(min_size=1))
@example('a"b\\')
@example("one, two | three")
def test_a_condition_of_any_text_means_that_text(text: str) -> None:
    assert parse(equals("name", text), RUNS, now=NOW).clauses == (Equals("name", clean(text)),)
    assert unquoted(quoted(text)) == text
