"""`amldeck cache`: sizes, pruning and packing say what they did, and runs go only when they are asked for."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.kept_logs import KeptLog, log_files, log_id, path_of
from app.session import Session
from cache.series import Series
from tests.app.commanding import Command, a_run, cached, leave_runs, put

NOW = datetime.now(UTC)


@pytest.fixture
def command(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("AMLDECK_CONFIG", str(tmp_path / "config"))
    return Command(tmp_path / "cache", capsys)


@pytest.fixture
def filled(command: Command) -> Command:
    leave_runs(command.folder)
    with cached(command.folder) as session:
        old = session.now() - timedelta(days=400)
        put(session, "runs", a_run("elder", id="elder", created=old, ended=old, parent="none"))
    return command


def test_runs_are_taken_out_only_when_they_are_asked_for_and_somebody_is_sure(filled: Command) -> None:
    nothing = filled("cache", "prune", "--older-than", "90d")
    assert "Nothing is as old as that." in nothing.err
    assert "Would take out: 1 runs." in filled("cache", "prune", "--older-than", "90d", "--runs", "--dry-run").err
    unsure = filled("cache", "prune", "--older-than", "90d", "--runs")
    assert (unsure.code, "--yes" in unsure.err) == (2, True)
    assert "elder" in filled("--offline", "runs", "", "--json").out
    said = filled("cache", "prune", "--older-than", "90d", "--runs", "--yes", "--json")
    assert json.loads(said.out) == {
        "rows": {"runs": 1}, "files": [], "file_bytes": 0, "series": 0, "logs": 0, "log_bytes": 0, "is_dry_run": False,
    }  # fmt: skip
    left = json.loads(filled("--offline", "runs", "", "--json").out)
    assert len(left) == 3


def test_series_and_logs_go_with_their_runs_and_logs_also_by_age(filled: Command) -> None:
    with cached(filled.folder) as session:
        for run in ("elder", "calm-fox"):
            session.store.series.put(session.scope, run, "logged", [Series(name="auc", times=[1.0], values=[0.5])], NOW)
        kept = {run: _log(session, run) for run in ("elder", "calm-fox", "brave-elk")}
    os.utime(kept["brave-elk"], (1.0, 1.0))
    dry = json.loads(filled("cache", "prune", "--older-than", "90d", "--runs", "--dry-run", "--json").out)
    assert (dry["series"], dry["logs"], dry["log_bytes"]) == (1, 2, 10)
    assert all(path.exists() for path in kept.values())
    said = filled("cache", "prune", "--older-than", "90d", "--runs", "--yes", "--json")
    assert json.loads(said.out) == {**dry, "is_dry_run": False}
    assert "1 series of metrics, 2 log files (10 B)" in said.err
    assert [run for run, path in kept.items() if path.exists()] == ["calm-fox"]
    with cached(filled.folder) as session:
        assert session.store.series.names(session.scope, "calm-fox", "logged") == ("auc",)
        assert session.store.series.names(session.scope, "elder", "logged") == ()
        noted = {run for run in kept if session.store.get("kept_logs", session.scope, log_id(run, "a.txt")) is not None}
        assert noted == {"calm-fox"}


def _log(session: Session, run: str) -> Path:
    """A log of five bytes beside the cache, and what is noted of it."""
    known = KeptLog(id=log_id(run, "a.txt"), run=run, name="a.txt", begins=0, read_to=5, size=5, kept=5)
    put(session, "kept_logs", known)
    path = path_of(session.store, session.scope, known)
    log_files(session.store).append(path, 0, b"12345")
    return path


def test_size_says_it_by_table_and_path_where_it_is(filled: Command) -> None:
    found = json.loads(filled("cache", "size", "--json").out)
    assert next(table for table in found["tables"] if table["name"] == "runs")["rows"] == 4
    text = filled("cache", "size").out
    assert text.splitlines()[0].split()[:4] == ["table", "rows", "gone", "size"]
    path = filled("cache", "path").out.strip()
    assert Path(path).exists()
    assert "now." in filled("cache", "vacuum").err


def test_a_cache_that_is_not_there_is_not_made_by_asking(command: Command) -> None:
    for words in (["size"], ["vacuum"], ["prune", "--older-than", "9d"]):
        assert command("cache", *words).code == 1
    assert command("cache", "prune", "--older-than", "soon").code == 2
    assert not command.folder.exists()
