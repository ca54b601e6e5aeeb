"""What a start finds: a cache with a screen in it, and a place to stop before the program is loaded."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from cache.files import NAME
from cache.first_paint import FIRST_PAINT_TABLES, FirstPaint, write

SCOPE = "public/tenant/me/subscriptions/s/resourcegroups/g/workspaces/ml-prod"

# When app.__main__ is about to be loaded: note in a file what is loaded already, wait for a key, and end.
STOP_AT_THE_COMMAND = """
import os, sys
class Stop:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == os.environ.get("STOP_AT", "app.__main__"):
            loaded = "\\n".join(sorted(sys.modules))
            os.write(os.open(os.environ["LOADED"], os.O_CREAT | os.O_WRONLY), loaded.encode())
            os.read(0, 1)
            raise SystemExit(0)
sys.meta_path.insert(0, Stop)
from app import launch
sys.exit(launch.main())
"""


def row(text: str, width: int = 80) -> str:
    return f"\x1b[38;2;214;220;230;48;2;15;18;23m{text.ljust(width)}\x1b[0m"


def keep_screen(folder: Path, lines: list[str], *, width: int = 80, scope: str = SCOPE) -> None:
    """A cache as the deck leaves it, with a screen that was kept long ago."""
    folder.mkdir(parents=True, exist_ok=True)
    paint = FirstPaint(
        pane="runs", scope=scope, title="ml-prod  westeurope", width=width, height=len(lines),
        lines=tuple(lines), at=datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    database = sqlite3.connect(folder / NAME)
    database.execute("PRAGMA journal_mode=WAL")
    for statement in FIRST_PAINT_TABLES:
        database.execute(statement)
    write(database, paint)
    database.commit()
    database.close()


def screen_of(*names: str, height: int = 24) -> list[str]:
    middle = [row(name) for name in names]
    return [row("ml-prod  12s"), *middle, *[row("")] * (height - 2 - len(names)), row("? keys")]
