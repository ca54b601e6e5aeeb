"""How long a read may hold up a key: by its own work, not by what else the machine does."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable

import pytest

from cache.connect import connect, limited

STEPS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40000) SELECT count(*) FROM n"


def compute(seconds: float) -> int:
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass
    return 1


def wait(seconds: float) -> int:
    time.sleep(seconds)
    return 1


def read(work: Callable[[float], int], seconds: float) -> int:
    """Work this long inside SQLite, then go on for some thousand steps of it, within 50 ms."""
    db = connect(":memory:", is_reader=False)
    db.create_function("work", 1, work)
    with limited(db, 0.05):
        db.execute("SELECT work(?)", (seconds,)).fetchone()
        return db.execute(STEPS).fetchone()[0]


def test_a_read_that_works_for_too_long_is_ended() -> None:
    with pytest.raises(sqlite3.OperationalError, match="interrupted"):
        read(compute, 0.06)


def test_a_read_that_had_to_wait_for_the_processor_goes_on() -> None:
    assert read(wait, 0.06) == 40000


def test_no_read_waits_without_end() -> None:
    with pytest.raises(sqlite3.OperationalError, match="interrupted"):
        read(wait, 0.5)
