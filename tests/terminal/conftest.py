"""Caches a start finds: one for the tiny deck, and one of a demo that has been looked at."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.terminal.demo import SLOW, START, rows
from tests.terminal.harness import Terminal
from tests.terminal.prepared import keep_screen, screen_of


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """A cache folder with two runs on its last screen."""
    keep_screen(tmp_path / "cache", screen_of("brave-elk-922", "calm-fox-930"))
    return tmp_path / "cache"


@pytest.fixture(scope="session")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cache of a demo that has been looked at once, on its runs, in a small terminal."""
    cache = tmp_path_factory.mktemp("seen")
    with Terminal([*START, "demo", "--runs", "500", "--cache", cache]) as terminal:
        terminal.wait_for("ml-prod", SLOW)
        terminal.type("3")
        terminal.wait_until(lambda: rows(terminal) != [], "a row", SLOW)
        terminal.wait_quiet(1.5, SLOW)
        terminal.type("q")
        assert terminal.wait_end() == 0
    return cache


@pytest.fixture
def demo(seen: Path, tmp_path: Path) -> Path:
    """A copy of it, to start from."""
    return Path(shutil.copytree(seen, tmp_path / "demo"))
