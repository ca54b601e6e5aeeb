"""`amldeck check-role FILE` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.app.commanding import Command

ROLE = {
    "Name": "Operator \x1b]52;c;aGk=\x07",
    "Actions": ["Microsoft.MachineLearningServices/workspaces/onlineEndpoints/*"],
    "NotActions": ["Microsoft.MachineLearningServices/workspaces/onlineEndpoints/delete"],
    "AssignableScopes": ["/subscriptions/0a4f1d2e-6b7c-4e8f-9a10-2b3c4d5e6f70"],
}


@pytest.fixture
def command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(tmp_path / "cache", capsys)


def test_a_role_is_checked_without_a_session_and_says_what_it_could_do(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "role.json"
    file.write_text(json.dumps(ROLE))
    said = command("check-role", str(file))
    assert said.code == 0
    could, could_not = said.out.split("Could not")
    assert "Shift endpoint traffic" in could
    assert "Cancel a run" in could_not
    assert "not complete" in said.err
    assert "\x1b" not in said.out
    assert not command.folder.exists()


def test_a_role_azure_would_not_take_ends_with_one(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "role.json"
    file.write_text(json.dumps({**ROLE, "AssignableScopes": ["/"]}))
    said = command("check-role", "--json", str(file))
    assert said.code == 1
    assert [fault["where"] for fault in json.loads(said.out)["faults"]] == ["assignableScopes"]


def test_what_is_no_role_is_told_in_one_line_and_nothing_else(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "role.json"
    file.write_text("[]")
    said = command("check-role", str(file))
    assert (said.code, said.out, said.err) == (1, "This is not one JSON object.\n", "")


def test_a_file_that_is_not_there_is_wrong_usage(command: Command, tmp_path: Path) -> None:
    assert command("check-role", str(tmp_path / "none.json")).code == 2
