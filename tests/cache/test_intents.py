"""What was asked of Azure is on the disk before it is sent, and stays there whatever happens."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cache.errors import CacheError, CacheReadOnly
from cache.intent import Intent
from cache.intents import NAME, Intents
from tests.cache.asking import asked

START = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at


def opened(folder: Path) -> Intents:
    return Intents.open(folder, Clock())


def test_an_intent_is_there_for_the_next_process_with_every_step_it_took(tmp_path: Path) -> None:
    first = opened(tmp_path)
    intent = first.begin(asked())
    first.note(intent.id, "running", "accepted", "https://management.azure.com/operations/1")
    first.close()
    found = opened(tmp_path).get(intent.id)
    assert found is not None
    assert found.is_open
    assert (found.what, found.step, found.said) == ("Shift traffic of fraud-score", "running", "accepted")
    assert found.operation == "https://management.azure.com/operations/1"
    assert found.since > found.at


def test_the_operation_is_remembered_behind_later_steps(tmp_path: Path) -> None:
    intents = opened(tmp_path)
    intent = intents.begin(asked())
    intents.note(intent.id, "running", "", "https://management.azure.com/operations/1")
    intents.note(intent.id, "done", "as asked")
    found = intents.get(intent.id)
    assert found is not None
    assert (found.step, found.operation) == ("done", "https://management.azure.com/operations/1")


def test_they_are_listed_newest_first_and_by_whose_they_are(tmp_path: Path) -> None:
    intents = opened(tmp_path)
    ids = [intents.begin(asked(name)).id for name in ("a", "b", "c")]
    intents.begin(asked("d", scope="another"))
    assert [one.id for one in intents.all("public/t/u/ws")] == ids[::-1]
    assert [one.name for one in intents.all("another")] == ["d"]


def test_only_those_without_an_end_are_open(tmp_path: Path) -> None:
    intents = opened(tmp_path)
    open_ones = [intents.begin(asked(name)) for name in ("sent", "running", "done", "unknown")]
    intents.note(open_ones[1].id, "running")
    intents.note(open_ones[2].id, "done")
    intents.note(open_ones[3].id, "unknown")
    assert [one.name for one in intents.open_ones()] == ["sent", "running"]


def test_the_same_step_is_noted_once(tmp_path: Path) -> None:
    intents = opened(tmp_path)
    intent = intents.begin(asked())
    for _ in range(3):
        intents.note(intent.id, "running", "40 %")
    intents.close()
    with sqlite3.connect(tmp_path / NAME) as db:
        assert db.execute("SELECT step FROM steps ORDER BY number").fetchall() == [("sending",), ("running",)]
    db.close()


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM intents", "DELETE FROM steps", "UPDATE intents SET what = ''", "UPDATE steps SET step = 'done'"],
)
def test_the_file_itself_refuses_to_change_or_forget_anything(tmp_path: Path, statement: str) -> None:
    intents = opened(tmp_path)
    intents.begin(asked())
    intents.close()
    db = sqlite3.connect(tmp_path / NAME)
    with pytest.raises(sqlite3.IntegrityError, match="only ever added"):
        db.execute(statement)
    db.close()


def test_every_commit_reaches_the_disk_before_anything_is_sent(tmp_path: Path) -> None:
    intents = opened(tmp_path)
    (level,) = intents._db.execute("PRAGMA synchronous").fetchone()  # type: ignore[union-attr]
    (journal,) = intents._db.execute("PRAGMA journal_mode").fetchone()  # type: ignore[union-attr]
    assert (level, journal) == (2, "delete")


@pytest.mark.skipif(sys.platform == "win32", reason="rights of files are not POSIX there")
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o777])
def test_the_file_is_private_under_any_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        opened(tmp_path / "cache").begin(asked())
    finally:
        os.umask(before)
    for name in (NAME, "intents.lock"):
        assert stat.S_IMODE((tmp_path / "cache" / name).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "cache").stat().st_mode) == 0o700


@pytest.mark.parametrize("damage", [b"", b"nothing of ours", os.urandom(8192)])
def test_a_damaged_record_is_kept_aside_and_said(tmp_path: Path, damage: bytes) -> None:
    intents = opened(tmp_path)
    intents.begin(asked())
    intents.close()
    path = tmp_path / NAME
    path.write_bytes(damage + path.read_bytes()[: 4096 if damage else 0])
    again = opened(tmp_path)
    assert again.refusal == ""
    assert again.all("public/t/u/ws") == []
    assert again.begin(asked()).step == "sending"
    kept = [one for one in tmp_path.iterdir() if "damaged" in one.name]
    assert len(kept) == (1 if damage else 0)
    assert bool(again.notes) == bool(damage)


def test_where_nothing_can_be_recorded_nothing_may_be_sent(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    intents = opened(tmp_path / "file" / "below")
    assert "nothing is sent" in intents.refusal
    with pytest.raises(CacheReadOnly):
        intents.begin(asked())
    assert intents.all("any") == []


def test_a_record_of_a_newer_amldeck_is_read_and_not_added_to(tmp_path: Path) -> None:
    intents = opened(tmp_path)
    intents.begin(asked())
    intents.close()
    with sqlite3.connect(tmp_path / NAME) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    again = opened(tmp_path)
    assert len(again.all("public/t/u/ws")) == 1
    with pytest.raises(CacheReadOnly, match="newer amldeck"):
        again.begin(asked())


def test_two_processes_take_turns(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from tests.cache.asking import asked\n"
        "from datetime import UTC, datetime; from cache.intents import Intents\n"
        f"intents = Intents.open(Path({str(tmp_path)!r}), lambda: datetime.now(UTC))\n"
        "for number in range(40):\n"
        "    intents.note(intents.begin(asked(f'{sys.argv[1]}-{number}')).id, 'done')\n"
    )
    children = [subprocess.Popen([sys.executable, "-c", script, name]) for name in ("left", "right")]
    assert [child.wait(60) for child in children] == [0, 0]
    found = opened(tmp_path).all("public/t/u/ws")
    assert len(found) == 80
    assert {one.step for one in found} == {"done"}


def test_an_entry_that_cannot_be_written_leaves_no_half_of_it(tmp_path: Path) -> None:
    intents = opened(tmp_path)
    intents.begin(asked())
    intents._db.execute("DROP TABLE steps")  # type: ignore[union-attr]
    with pytest.raises((CacheError, sqlite3.Error)):
        intents.begin(asked("second"))
    (count,) = intents._db.execute("SELECT count(*) FROM intents").fetchone()  # type: ignore[union-attr]
    assert count == 1


def test_an_intent_says_what_was_asked_by_whom(tmp_path: Path) -> None:
    intent: Intent = opened(tmp_path).begin(asked())
    assert (intent.who, intent.verb, intent.process) == ("person01@example.com", "shift-traffic", os.getpid())
