"""Unlocking, asking and confirming by keys, and what reached Azure: for the stories about writes."""

from __future__ import annotations

import pytest

from app.screens import confirm
from services.clouds import PUBLIC
from services.emulator.request_log import Logged
from services.emulator.world import World
from services.routes import is_read
from tests.journeys.stage import Stage


def writes(world: World) -> list[Logged]:
    """The writes that left, in order."""
    return [one for one in world.log.entries() if not is_read(PUBLIC, one.method, f"https://{one.host}{one.path}")]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enter alone confirms at once: a test reads quicker than people do."""
    monkeypatch.setattr(confirm, "SETTLED", 0.0)


async def command(stage: Stage, text: str) -> None:
    """Type a command."""
    await stage.press(":")
    await stage.type(text)
    await stage.press("enter")


async def unlock(stage: Stage, text: str = "rw 10m") -> None:
    """Unlock writing, typing the workspace's name."""
    await command(stage, text)
    await stage.see("Unlock writing")
    await stage.type("ml-prod")
    await stage.press("enter")
    await stage.see("writing, ")


async def find(stage: Stage, text: str) -> None:
    """Put the cursor on the first row that matches a filter."""
    await stage.press("/")
    await stage.press("ctrl+u")
    await stage.type(text)
    await stage.press("enter")
    await stage.counted()
    await stage.until(lambda: stage.cursor is not None, f"a row for {text}")


async def ask(stage: Stage, action: str) -> None:
    """Choose an action of `a` by its name."""
    await stage.press("a")
    await stage.see("Act on")
    await stage.type(action)
    await stage.press("enter")


async def shift(stage: Stage, split: str) -> None:
    """Ask for another split of the endpoint under the cursor, up to the confirmation."""
    await ask(stage, "Shift traffic")
    await stage.see("Percent of the traffic")
    await stage.press("ctrl+u")
    await stage.type(split)
    await stage.press("enter")
    await stage.see("in flight")
