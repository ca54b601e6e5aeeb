"""Submitting a run again: asked for, confirmed, sent once, and followed."""

from __future__ import annotations

from pathlib import Path

from services.emulator.world import World
from tests.journeys.stage import staged
from tests.journeys.writing import ask, find, quick, unlock, writes

__all__ = ["quick"]


async def test_a_run_is_submitted_again_and_the_new_one_is_opened(own: tuple[Path, World], quick: None) -> None:
    async with staged(own) as stage:
        await stage.settled()
        await unlock(stage)
        await find(stage, "kind=command status=Completed")
        before = len(writes(stage.world))
        await ask(stage, "Submit again")
        await stage.see("enter submit")
        await stage.press("enter")
        await stage.until(lambda: "_again_" in stage.deck.run_view.key, "the new run")
        (sent,) = writes(stage.world)[before:]
        assert (sent.method, sent.path.rpartition("/")[2]) == ("PUT", stage.deck.run_view.key)
        await stage.until(lambda: stage.deck.run_view.row is not None, "its record")
        assert stage.deck.run_view.row is not None
        assert stage.deck.run_view.row.record.status in ("NotStarted", "Queued", "Preparing", "Starting", "Running")
