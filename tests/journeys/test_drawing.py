"""How often the rows around the view are drawn: for every key at once, for news of the refresher together."""

from dataclasses import replace
from pathlib import Path

import pytest

from app import chrome
from app.deck import Deck
from app.source_state import Refreshed
from services.emulator.world import World
from tests.journeys.stage import staged

NEWS = 200


async def test_much_news_at_once_draws_the_chrome_a_few_times(
    seen: tuple[Path, World], monkeypatch: pytest.MonkeyPatch
) -> None:
    draw, drawn = chrome.draw, list[Deck]()

    def counted(deck: Deck) -> None:
        drawn.append(deck)
        draw(deck)

    monkeypatch.setattr(chrome, "draw", counted)
    async with staged(seen, pane="compute") as stage:
        await stage.settled()
        state = replace(stage.deck.desk.states["quotas"], is_reading=True)
        drawn.clear()
        for number in range(1, NEWS + 1):
            stage.deck.post_message(Deck.Told(Refreshed("quotas", (), replace(state, progress=number))))
        await stage.until(lambda: stage.deck.desk.states["quotas"].progress == NEWS and drawn != [], "the last of it")
        assert len(drawn) <= NEWS / 10
