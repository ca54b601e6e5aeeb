"""From Pulse to the alert that fires, to what Azure Monitor counts and what is scheduled; offline it is still there."""

from __future__ import annotations

from pathlib import Path

from services.emulator.world import World
from tests.journeys.stage import WIDE, session_of, staged


async def test_pulse_leads_to_alerts_metrics_change_their_window_and_all_of_it_is_there_offline(tmp_path: Path) -> None:
    world = World(seed=7, runs=20, scenario="bad-deployment")
    async with staged(tmp_path, size=WIDE, pane="pulse", world=world) as stage:
        await stage.see("alert fraud-score-failing-requests fires")
        await stage.press("A")
        await stage.until(lambda: stage.pane == "alerts", "the alerts")
        await stage.press("escape")
        await stage.until(lambda: stage.pane == "pulse", "Pulse")
        await stage.counted()
        await stage.press("T")
        await stage.see("quota used %")
        assert "Pulse › Workspace metrics" in stage.header
        await stage.press("T")
        await stage.until(lambda: stage.query == "window=7d", "the next window")
        await stage.see("6h")
        await stage.press("6")
        await stage.counted()
        await stage.press("T")
        await stage.see("fraud-score-drift")

    offline = session_of(tmp_path, None)
    async with staged(tmp_path, size=WIDE, pane="workspace-metrics", session=offline, world=world) as stage:
        await stage.see("unusable nodes")
        assert stage.query == "window=24h"
