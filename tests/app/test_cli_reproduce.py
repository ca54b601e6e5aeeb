"""`amldeck reproduce`: read from Azure once, and there again offline."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.app.commanding import Command
from tests.app.test_cli_online import Emulated, command

__all__ = ["command"]


@pytest.fixture
def emulated(command: Command) -> Iterator[Emulated]:
    made = Emulated(command)
    yield made
    made.server.stop()


def test_a_run_is_written_down_online_and_again_offline(emulated: Emulated, tmp_path: Path) -> None:
    run = next(
        one
        for one in emulated("runs", "status=Completed kind=command", "--json", "--limit", "1").out.split('"id":"')[1:]
    )
    name = run.partition('"')[0]
    said = emulated("reproduce", name)
    assert said.code == 0
    document = yaml.safe_load(said.out)
    assert document["type"] == "command"
    assert emulated("--offline", "reproduce", name).out == said.out
    assert "az ml job create" in emulated("--offline", "reproduce", name, "--as", "command").out
    assert "command(" in emulated("--offline", "reproduce", name, "--as", "python").out


def test_a_run_nobody_knows_is_said_so(emulated: Emulated) -> None:
    said = emulated("reproduce", "nosuch")
    assert (said.code, said.out) == (1, "")
    assert "nosuch" in said.err
    assert emulated("--offline", "reproduce", "nosuch").code == 1
