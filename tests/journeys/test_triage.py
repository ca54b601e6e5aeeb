"""From an endpoint to what is wrong with it: opened from its row and from Pulse, read offline, and out again."""

from __future__ import annotations

from pathlib import Path

from services.emulator.world import World
from tests.journeys.stage import NARROW, WIDE, Stage, session_of, staged


async def opened(stage: Stage, name: str) -> None:
    """Open the triage of an endpoint from the list."""
    await stage.see(name)
    await stage.press("slash")
    await stage.type(f"name={name}")
    await stage.press("enter")
    await stage.until(lambda: stage.cursor == name, f"{name} under the cursor")
    await stage.press("enter")


async def test_an_endpoint_that_fails_says_since_when_what_changed_and_what_to_do(tmp_path: Path) -> None:
    world = World(seed=7, runs=20, scenario="bad-deployment")
    async with staged(tmp_path, size=WIDE, pane="endpoints", world=world) as stage:
        await opened(stage, "fraud-score")
        await stage.see("✗ failing")
        await stage.see("all from green")
        for words in ("Suspects", "by Person02 Example", "onset", "shift the traffic back", "checkout/4.2", "KeyError"):
            await stage.see(words)
        await stage.press("n")
        await stage.see("az ml online-endpoint update")
        await stage.press("y")
        await stage.see("Copied the command of step 1")
        await stage.press("equals_sign")
        await stage.see("what differs")
        await stage.press("escape")
        await stage.press("left")
        await stage.until(lambda: "now" not in stage.text.splitlines()[7], "the minute under the cursor")
        await stage.press("escape")
        await stage.press("t")
        await stage.see("Signals")
        await stage.press("escape")
        await stage.until(lambda: stage.deck.view.opened is None, "the way back")
        assert (stage.pane, stage.cursor) == ("endpoints", "fraud-score")
        await stage.press("1")
        await stage.see("endpoint fraud-score is failing")

    async with staged(
        tmp_path, size=NARROW, pane="endpoints", session=session_of(tmp_path, None), world=world
    ) as stage:
        await opened(stage, "fraud-score")
        await stage.see("✗ failing")
        await stage.see("all from green")
        assert "Deployments" in stage.text
        lines = stage.text.splitlines()
        assert all(len(line) <= 80 for line in lines)
