"""A workspace that was named on the command line and does not exist."""

from pathlib import Path

from app.deck import Deck
from app.settings import Settings
from services.emulator.world import World
from tests.journeys.stage import Stage, session_of


async def test_a_workspace_nobody_has_heard_of_is_named_and_the_others_are_offered(tmp_path: Path) -> None:
    world = World(runs=50)
    session = session_of(tmp_path, world)
    deck = Deck(session, settings=Settings(theme="dark"), workspace="nope")
    async with deck.run_test(size=(80, 24)) as pilot:
        stage = Stage(deck, pilot, world)
        await stage.see("No workspace you may see is called nope.")
        await stage.see("ml-research")
        await stage.press("escape")
        assert "Nothing needs attention" not in stage.text
    session.close()


async def test_nothing_is_called_calm_before_somebody_looked(tmp_path: Path) -> None:
    session = session_of(tmp_path, None)
    deck = Deck(session, settings=Settings(theme="dark"), pane="pulse", workspace="ml-prod")
    async with deck.run_test(size=(80, 24)) as pilot:
        stage = Stage(deck, pilot, World(runs=1))
        await pilot.pause()
        await deck.workers.wait_for_complete()
        assert "Nothing needs attention" not in stage.text
    session.close()
