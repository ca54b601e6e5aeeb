"""Where there is room, quota and what waits stand under the computes; nodes say how to sign in to them over SSH."""

from pathlib import Path

from services.emulator.world import World
from tests.journeys.stage import WIDE, staged


async def test_quota_and_what_waits_stand_under_computes_and_a_node_says_how_to_sign_in(
    seen: tuple[Path, World],
) -> None:
    async with staged(seen, size=WIDE, pane="compute") as stage:
        await stage.settled()
        await stage.see("Quota  westeurope, vCPUs")
        await stage.see("Waiting runs  ")
        await stage.press("N")
        await stage.see("ssh -p 50")
        assert "azureuser@203.0.113." in stage.text
