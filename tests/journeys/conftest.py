"""A cache that was filled once for all stories that only need rows: each gets a copy of its own."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from services.emulator.world import World, utc_now
from tests.journeys.stage import FILLED_AT, staged

BORN_AT = "born_at"
"""The file that says when the world of a filled folder was born."""

LATE = timedelta(hours=max(0, utc_now().hour - 1))


def early() -> datetime:
    """A clock that goes, in the second hour of the day: traffic moves by the hour, and stories name its shares."""
    return utc_now() - LATE


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, World]:
    """A folder with everything of a world of 300 runs, and the world. Test processes share the folder."""
    shared = tmp_path_factory.getbasetemp().parent / f"filled-{os.environ.get('PYTEST_XDIST_TESTRUNUID', os.getpid())}"
    try:
        shared.mkdir()
    except FileExistsError:
        wait_for(shared / FILLED_AT)
        return shared, world_of((shared / BORN_AT).read_text())
    born = early().isoformat()
    world = world_of(born)

    async def fill() -> None:
        async with staged(shared, world=world) as stage:
            await stage.settled()

    asyncio.run(fill())
    (shared / BORN_AT).write_text(born)
    (shared / "moment").write_text(utc_now().isoformat())
    (shared / "moment").rename(shared / FILLED_AT)
    return shared, world


def world_of(born: str) -> World:
    """The world that was born at a moment, by a clock that goes: the same rows in every test process."""
    at = datetime.fromisoformat(born)
    world = World(runs=300, clock=lambda: at)
    world.clock = early
    return world


def wait_for(path: Path) -> None:
    """Wait until another test process has written a file."""
    end = time.monotonic() + 300
    while not path.exists():
        assert time.monotonic() < end, f"nobody wrote {path}"
        time.sleep(0.1)


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
    return tmp_path / "cache", world_of((folder / BORN_AT).read_text())
