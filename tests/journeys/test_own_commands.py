"""Commands of the settings from `a` and from `:`, with a real program that writes down what it was given."""

import json
import sys
from pathlib import Path

from app.settings import Command, Settings
from services.emulator.world import World
from tests.journeys.stage import staged
from tests.journeys.writing import ask, command, find, quick

__all__ = ["quick"]

PROGRAM = """
import pathlib, sys
pathlib.Path({out!r}).write_bytes(sys.stdin.buffer.read())
print("seen", *sys.argv[1:])
print("\\x1b]0;title\\x07 and no luck")
sys.exit({code})
"""


def settings(folder: Path, *, confirm: bool = True, code: int = 0, program: str = sys.executable) -> Settings:
    """A command that keeps its input in `folder`."""
    script = folder / "own.py"
    script.write_text(PROGRAM.format(out=str(folder / "row.json"), code=code))
    own = Command(name="mine", title="Look into it", run=(program, str(script), "{id}"), panes=("runs",),
                  about="Says what it saw.", confirm=confirm)  # fmt: skip
    return Settings(theme="dark", commands=(own,))


async def test_a_command_is_shown_first_then_run_and_its_output_is_harmless(
    seen: tuple[Path, World], tmp_path: Path, quick: None
) -> None:
    async with staged(seen, settings=settings(tmp_path)) as stage:
        await stage.settled()
        await find(stage, "status=Failed")
        here = stage.cursor
        await ask(stage, "Look into it")
        await stage.see("your own program")
        assert not (tmp_path / "row.json").exists()
        await stage.press("enter")
        await stage.see("Look into it, exit code 0")
        assert f"seen {here}" in stage.text
        assert "␛]0;title" in stage.text
        given = json.loads((tmp_path / "row.json").read_bytes())
        assert given["pane"] == "runs"
        assert given["record"]["id"] == here
        assert given["workspace"] == "ml-prod"


async def test_a_command_that_need_not_be_confirmed_runs_at_once_and_its_failure_is_said(
    seen: tuple[Path, World], tmp_path: Path
) -> None:
    async with staged(seen, settings=settings(tmp_path, confirm=False, code=3)) as stage:
        await stage.settled()
        await command(stage, "mine")
        await stage.see("Look into it, exit code 3")
        assert "ended with exit code 3" in stage.notice


async def test_a_command_left_at_its_question_does_not_run(
    seen: tuple[Path, World], tmp_path: Path, quick: None
) -> None:
    async with staged(seen, settings=settings(tmp_path)) as stage:
        await stage.settled()
        await ask(stage, "Look into it")
        await stage.see("your own program")
        await stage.press("escape")
        await stage.pilot.pause()
        assert not (tmp_path / "row.json").exists()


async def test_a_program_that_is_missing_greys_the_command(seen: tuple[Path, World], tmp_path: Path) -> None:
    async with staged(seen, settings=settings(tmp_path, program="no-such-program-here")) as stage:
        await stage.settled()
        await stage.press("a")
        await stage.type("Look into")
        await stage.see("There is no program 'no-such-program-here' on the PATH.")
        await stage.press("enter")
        await stage.pilot.pause()
        assert len(stage.deck.screen_stack) == 2


async def test_a_command_is_offered_in_its_panes_alone(seen: tuple[Path, World], tmp_path: Path) -> None:
    async with staged(seen, settings=settings(tmp_path), pane="costs") as stage:
        await stage.settled()
        await command(stage, "mine")
        assert "There is no command" in stage.notice
