"""From an endpoint to what its containers write and to the requests it got: asked for, followed, and back out."""

from __future__ import annotations

from pathlib import Path

from app.permits import learn
from services.container_logs import ACTION
from services.emulator.world import World
from tests.journeys.stage import WIDE, staged


async def test_logs_and_requests_of_an_endpoint_are_looked_into_and_left_again(tmp_path: Path) -> None:
    world = World(seed=7, runs=20, scenario="bad-deployment")
    async with staged(tmp_path, size=WIDE, pane="deployments", world=world) as stage:
        await stage.until(lambda: stage.cursor is not None, "a deployment")
        await stage.press("slash")
        await stage.type("endpoint=fraud-score name=green")
        await stage.press("enter")
        await stage.until(lambda: stage.cursor == "fraud-score/green", "the deployment under the cursor")

        session = stage.deck.desk.session
        assert session.workspace is not None
        assert learn(session.store, session.scope, ACTION, session.workspace.id, session.now())
        await stage.press("l")
        await stage.see("You may not read the logs of containers")
        await stage.see("Please grant")
        assert not world.log.entries("getLogs"), "nobody is asked what is known to be refused"
        await stage.press("r")
        await stage.see("KeyError: 'merchant_risk'")
        assert "green/inference-server" in stage.text
        await stage.press("greater_than_sign")
        await stage.until(lambda: "▌ green  storage-initializer" in stage.text, "the other container")
        await stage.press("less_than_sign", "T")
        await stage.see("/ ")
        await stage.press("escape", "q")
        await stage.until(lambda: stage.deck.view.opened is None, "the way back")

        await stage.press("R")
        await stage.see("deployment=green")
        await stage.see("checkout/4.2")
        for title in ("HTTPMethod", "UserAgent", "ComputeType", "RequestUrl", "StatusCode", "RequestId", "Duration"):
            assert title in stage.text
        await stage.press("enter")
        await stage.see("traffic")
        await stage.see("POST /score ")
        await stage.press("escape", "number_sign")
        await stage.see("by status")
        await stage.see("100 %")
        await stage.press("escape", "escape", "escape")
        await stage.until(lambda: stage.deck.view.opened is None, "the way back")
        assert (stage.pane, stage.cursor) == ("deployments", "fraud-score/green")
