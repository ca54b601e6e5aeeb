"""What is said while the deck ends is said to nobody."""

from pathlib import Path

import pytest

from app import hearing
from app.refreshing import Refreshed
from services.emulator.world import World
from tests.journeys.stage import staged


async def test_news_and_ticks_that_come_while_the_rows_are_taken_down_end_in_no_fault(
    seen: tuple[Path, World], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with staged(seen) as stage:
        await stage.settled()
        deck = stage.deck
        news = Refreshed("runs", None, deck.desk.states["runs"])
        # Textual ends in this order: it runs no more, then it takes down its widgets, and messages still come.
        monkeypatch.setattr(deck, "_running", False)
        await deck.view.table.remove()
        hearing.take(deck, news)
        deck._tick()  # pyright: ignore[reportPrivateUsage]
        deck.view.on_asker_answered(deck.view.Answered(lambda _: deck.view.settle(), None))
