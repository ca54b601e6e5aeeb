"""Random keys and words over every pane, at both sizes: nothing but reads leaves, and the deck goes on."""

from __future__ import annotations

import asyncio
import random
import webbrowser
from pathlib import Path

import pytest

from app.keys import ACTIONS
from app.panes import PANES
from services.clouds import PUBLIC
from services.emulator.world import World
from services.routes import is_read
from tests.figures import Figure
from tests.journeys.stage import NARROW, WIDE, Stage, staged
from tests.scale import some

pytestmark = pytest.mark.slow

KEYS = some(1_500)
BURST = 10
LEFT_OUT = {"q", "Q", "ctrl+q", "ctrl+c", "ctrl+z"}
"""Keys that end the deck, behind `:` too, or put it to sleep: then there is nothing to watch."""
MORE = ("a", "z", "L", "A", "P", "J", "enter", "escape", "tab", "space", "up", "down", "left", "right", "pageup",
        "pagedown", "home", "end", "backspace", "colon", "slash", "y", "n", *"0123456789")  # fmt: skip
WORDS = (":rw 10m", ":rw 10m ml", ":rw", ":ro", ":runs", "/failed", "ml-prod2", "yes", ":theme light",
         ":ws ml-research", *(f":{pane.name}" for pane in PANES if "q" not in pane.name))  # fmt: skip
"""What is typed between keys. None of them is a whole unlock: that takes the name of the workspace as well."""
NAMES = {":": "colon", " ": "space", "/": "slash", "-": "minus"}


def known_keys() -> list[str]:
    """Every key the deck knows, by its own list, and some that others may take."""
    bound = {key for action in ACTIONS for key in action.keys} | {drill.key for pane in PANES for drill in pane.drills}
    return sorted((bound | set(MORE)) - LEFT_OUT)


def burst(dice: random.Random, keys: list[str]) -> list[str]:
    """Some keys, sometimes a word with enter."""
    if dice.random() < 0.2:
        return ["escape", *(NAMES.get(char, char) for char in dice.choice(WORDS)), "enter"]
    return dice.choices(keys, k=BURST)


def writes(world: World) -> list[str]:
    """What was asked of the world that is no read."""
    asked = ((one.method, f"https://{one.host}{one.path}") for one in world.log.entries())
    return [f"{method} {url}" for method, url in asked if not is_read(PUBLIC, method, url)]


async def pressed(stage: Stage, dice: random.Random, wanted: int) -> int:
    """Press keys until there were enough of them; how many there were."""
    keys, count = known_keys(), 0
    while count < wanted and not stage.deck.is_leaving:
        following = burst(dice, keys)
        for key in following:
            if not stage.deck.is_leaving:
                stage.deck.simulate_key(key)
                await asyncio.sleep(0.005)
        await stage.pilot.pause()
        count += len(following)
        assert stage.deck._exception is None, following  # pyright: ignore[reportPrivateUsage]
        assert stage.deck.desk.session.lock.unlocked is None
    return count


async def test_random_keys_write_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, figure: Figure) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AMLDECK_CONFIG", str(tmp_path / "config"))
    monkeypatch.setattr(webbrowser, "open", lambda *_, **__: True)
    dice, count, asked, found = random.Random(7), 0, 0, list[str]()
    for size in (NARROW, WIDE):
        async with staged(tmp_path / "cache", size=size, runs=60) as stage:
            await stage.settled()
            count += await pressed(stage, dice, KEYS // 2)
            found += writes(stage.world)
            asked += len(stage.world.log)
    assert found == []
    figure("read-only: writes on the wire", f"{len(found)} in {count:,} random keys, {asked:,} requests",
           f"0 in {KEYS:,} keys", count >= KEYS and asked > 0)  # fmt: skip
