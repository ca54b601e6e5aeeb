"""A cache that was filled once for all stories that only need rows: each gets a copy of its own."""

from __future__ import annotations

import asyncio
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from services.emulator.world import World, utc_now
from tests.journeys.stage import FILLED_AT, staged

LATE = timedelta(hours=max(0, utc_now().hour - 1))


def early() -> datetime:
    """A clock that goes, in the second hour of the day: traffic moves by the hour, and stories name its shares."""
    return utc_now() - LATE


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, World]:
    """A folder with everything of a world of 300 runs, and the world."""
    folder = tmp_path_factory.mktemp("filled")
    world = World(runs=300, clock=early)

    async def fill() -> None:
        async with staged(folder, world=world) as stage:
            await stage.settled()

    asyncio.run(fill())
    (folder / FILLED_AT).write_text(utc_now().isoformat())
    return folder, world


@pytest.fixture
def seen(filled: tuple[Path, World], tmp_path: Path) -> tuple[Path, World]:
    """A copy of that folder, and the world its rows come from."""
    folder, world = filled
    world.faults.clear()
    shutil.copytree(folder, tmp_path / "cache")
    return tmp_path / "cache", world


@pytest.fixture
def own(filled: tuple[Path, World], tmp_path: Path) -> tuple[Path, World]:
    """A copy of that folder, and a world of its own with the same rows: one that may be changed."""
    folder, _ = filled
    shutil.copytree(folder, tmp_path / "cache")
    return tmp_path / "cache", World(runs=300, clock=early)
