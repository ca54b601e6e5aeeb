"""Two deployments by keys: one payload, confirmed behind the lock, answered side by side; then their settings."""

from __future__ import annotations

from pathlib import Path

from app.calling.payloads import keep_payload
from services.emulator.request_log import Logged
from services.emulator.world import World
from tests.journeys.stage import Stage, staged
from tests.journeys.writing import ask, find, quick

__all__ = ["quick"]


def calls(stage: Stage) -> list[Logged]:
    return [one for one in stage.world.log.entries() if one.host.endswith("inference.ml.azure.com")]


async def test_one_payload_goes_to_two_deployments_once_each_and_only_behind_the_lock(
    own: tuple[Path, World], quick: None
) -> None:
    async with staged(own, pane="deployments") as stage:
        session = stage.deck.desk.session
        keep_payload(session, "ocr-batch", "usual", b'{"data": [[1, 2]]}')
        await find(stage, "endpoint=ocr-batch")
        await stage.press("space", "j", "space")
        await ask(stage, "test call")
        await stage.see("Delete usual")
        await stage.press("enter")
        await stage.see("read-only: :rw 10m unlocks writing")
        await stage.press("enter")
        assert calls(stage) == []
        session.unlock(600)
        await stage.see("blue, then green")
        await stage.press("enter")
        await stage.see("of the answers")
        assert [(one.method, one.host.partition(".")[0], one.status) for one in calls(stage)] == [
            ("POST", "ocr-batch", 200)
        ] * 2
        assert [one.deployment for one in stage.world.changes.called] == ["blue", "green"]
        await stage.press("escape")
        await stage.until(lambda: len(stage.deck.screen_stack) == 1, "the rows")
        await stage.press("=")
        await stage.see("What it serves")
        assert "≠ model" in stage.text
        await stage.press("d")
        await stage.see("only what differs")
        await stage.press("escape")
        await stage.until(lambda: len(stage.deck.screen_stack) == 1, "the rows again")
