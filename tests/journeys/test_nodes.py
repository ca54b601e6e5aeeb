"""A cluster's nodes say how to sign in to them over SSH."""

from pathlib import Path

from services.emulator.world import World
from tests.journeys.stage import WIDE, staged


async def test_a_node_says_the_command_for_ssh(seen: tuple[Path, World]) -> None:
    async with staged(seen, size=WIDE, pane="compute") as stage:
        await stage.settled()
        await stage.press("N")
        await stage.see("ssh -p 50")
        assert "azureuser@203.0.113." in stage.text
