"""From Sync into what I may do, and out of it with the words to ask for more."""

from pathlib import Path

import pytest

from services.emulator.world import World
from tests.journeys.stage import Stage, staged
from tests.journeys.test_taking import clipboard, listen


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("TERM_PROGRAM", raising=False)


async def shown(stage: Stage, words: str) -> None:
    await stage.see(words)
    await stage.counted()


async def test_from_sync_to_access_to_who_else_has_it(seen: tuple[Path, World]) -> None:
    async with staged(seen, pane="sources") as stage:
        await stage.settled()
        await stage.press("A")
        await shown(stage, "Create workspace")
        assert stage.pane == "access"
        await stage.press("enter")
        await shown(stage, "roles here or above")
        assert stage.pane == "assignments"
        await stage.press("q", "R")
        await shown(stage, "roles in use")
        assert stage.pane == "roles"


async def test_y_on_what_is_denied_copies_the_request_and_elsewhere_the_actions(
    seen: tuple[Path, World], terminal: None
) -> None:
    async with staged(seen, pane="access") as stage:
        await shown(stage, "Create workspace")
        written = listen(stage)
        await stage.press("y")
        await stage.until(lambda: stage.notice.startswith("Copied request"), "the notice")
        assert clipboard(written).startswith("Please grant person01@example.com the action Microsoft.MachineLearning")
        await stage.press("G", "y")
        await stage.until(lambda: "roleAssignments/read" in stage.notice, "the second notice")
        assert clipboard(written).startswith("Microsoft.Authorization/roleAssignments/read")


async def test_an_app_in_the_activity_log_has_its_sign(seen: tuple[Path, World]) -> None:
    async with staged(seen, pane="activity", size=(160, 45)) as stage:
        await shown(stage, "Run completed")
        await stage.press("slash", *"from:log", "enter")
        await shown(stage, "¤ app")
        assert "Run completed" not in stage.text
