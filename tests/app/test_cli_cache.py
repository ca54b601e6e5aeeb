"""`amldeck cache`: sizes, pruning and packing say what they did, and runs go only when they are asked for."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.app.commanding import Command, a_run, cached, leave_runs, put


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
    assert json.loads(said.out) == {"rows": {"runs": 1}, "files": [], "file_bytes": 0, "is_dry_run": False}
    left = json.loads(filled("--offline", "runs", "", "--json").out)
    assert len(left) == 3


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
