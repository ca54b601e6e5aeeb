"""From Sync into the posture of the workspace: what is weak, why, and the command that changes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.emulator.world import World
from tests.journeys.stage import WIDE, staged
from tests.journeys.test_taking import clipboard, listen, terminal

__all__ = ["terminal"]


async def test_p_in_sync_leads_to_the_posture_and_the_exclamation_mark_to_what_is_weak(
    seen: tuple[Path, World],
) -> None:
    async with staged(seen, pane="sources", size=WIDE) as stage:
        await stage.see("Workspaces")
        await stage.press("P")
        await stage.see("things are weak")
        await stage.see("AcrPull is missing")
        assert stage.pane == "posture"
        await stage.see("Managed network")
        await stage.press("!")
        await stage.until(lambda: "Managed network" not in stage.text, "the weak ones alone")
        assert "Why it matters" in stage.text
        assert "How to change it" in stage.text


async def test_y_copies_the_command_that_changes_what_is_weak(
    seen: tuple[Path, World], terminal: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with staged(seen, pane="posture") as stage:
        await stage.see("AcrPull is missing")
        await stage.until(lambda: stage.cursor == "identity/grant/registry", "the cursor")
        written = listen(stage)
        await stage.press("y")
        await stage.until(lambda: stage.notice.startswith("Copied az role"), "the notice")
        assert "--role AcrPull --scope" in clipboard(written)


async def test_the_switcher_says_which_workspaces_are_sealed(seen: tuple[Path, World]) -> None:
    async with staged(seen, pane="posture") as stage:
        await stage.press("W")
        await stage.see("HBI · CMK · germanywestcentral")
