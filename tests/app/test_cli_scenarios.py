"""`amldeck demo --scenario NAME` and its like: what goes wrong in the demo is chosen, listed, and kept apart."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.__main__ import main
from app.start import cache_folder, opens_deck
from services.emulator.scenarios import SCENARIOS
from tests.app.commanding import Command


@pytest.fixture
def command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(tmp_path / "cache", capsys)


def test_scenarios_are_listed_one_a_line_with_what_they_are(command: Command) -> None:
    said = command("demo", "--list-scenarios")
    assert said.code == 0
    listed = [line.split("  ", 1) for line in said.out.splitlines()]
    assert [name for name, _ in listed] == list(SCENARIOS)
    assert all(title for _, title in listed)
    assert len(listed) > 8


@pytest.mark.parametrize("verb", [("demo",), ("--demo", "endpoints"), ("emulator",)])
def test_a_scenario_that_there_is_not_is_wrong_usage_and_the_names_are_said(
    verb: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*verb, "--scenario", "teapot"]) == 2
    said = capsys.readouterr().err
    assert "teapot" in said
    assert all(name in said for name in SCENARIOS)


def test_a_scenario_needs_the_demo(command: Command) -> None:
    said = command("endpoints", "--scenario", "quiet")
    assert said.code == 2
    assert "--demo" in said.err


def test_a_scenario_is_played_for_a_command_and_leaves_the_cache_of_the_plain_demo_alone(command: Command) -> None:
    asked = ("--demo", "endpoints", "-w", "ml-prod", "--json")
    traffic = []
    for more in (("--scenario", "zeroed-traffic"), ()):
        said = command(*asked, *more)
        assert said.code == 0, said.err
        traffic.append({one["name"]: one["traffic"] for one in json.loads(said.out)}["churn"])
    assert traffic == [{}, {"blue": 100.0}]
    assert {found.name for found in command.folder.iterdir() if found.is_dir()} == {"demo", "demo-zeroed-traffic"}


@pytest.mark.parametrize(
    ("arguments", "folder"),
    [
        (["demo", "--scenario", "quiet"], "demo-quiet"),
        (["--demo", "--scenario=quiet"], "demo-quiet"),
        (["demo", "--scenario", "../../x"], "demo"),
        (["demo"], "demo"),
    ],
)
def test_the_screen_painted_first_is_the_scenarios_own(arguments: list[str], folder: str) -> None:
    assert Path(cache_folder([*arguments, "--cache", "c"])).name == folder
    assert opens_deck(arguments)
