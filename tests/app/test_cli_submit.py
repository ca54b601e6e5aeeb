"""`amldeck submit FILE --check`: problems as FILE:LINE on stderr, and never a write."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.app.commanding import Command


@pytest.fixture
def command(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("AMLDECK_CONFIG", str(tmp_path / "config"))
    return Command(tmp_path / "cache", capsys)


def test_problems_are_lines_an_editor_understands(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "train.yml"
    file.write_text("type: command\ncode: ./src\n", encoding="utf-8")
    done = command("--demo", "submit", str(file), "--check", "--json", "-w", "ml-prod")
    assert done.code == 2
    assert f"{file}:2: code: this names a file of this machine" in done.err
    (problem,) = json.loads(done.out)["problems"]
    assert (problem["line"], problem["path"]) == (2, "code")


def test_without_check_it_says_where_jobs_are_submitted(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "train.yml"
    file.write_text("type: command\n", encoding="utf-8")
    done = command("--demo", "submit", str(file))
    assert done.code == 2
    assert ":submit FILE in the deck submits it" in done.err


def test_a_file_that_cannot_be_read_is_a_sentence(command: Command, tmp_path: Path) -> None:
    done = command("--demo", "submit", str(tmp_path / "no.yml"), "--check")
    assert done.code == 2
    assert "cannot be read: No such file" in done.err
    (tmp_path / "bad.yml").write_bytes(b"\xff\xfe\x00")
    assert "is no text" in command("--demo", "submit", str(tmp_path / "bad.yml"), "--check").err
