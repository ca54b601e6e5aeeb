"""Draw screenshots/: one SVG a pane and size, from the seeded emulator with its clock stopped.

`python -m tests.screenshots` writes them; `--check` fails when one on disk differs from what would be written.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.comparing import last_good
from app.deck import Deck
from app.doing.asking import run_command
from app.opening import open_session
from app.panes import PANES
from app.refresh import Refresher
from app.session import Session
from app.settings import Settings
from app.sources import SOURCES
from app.tables import RUN_LOGS, RUNS
from cache.query import parse

FOLDER = Path(__file__).resolve().parent.parent / "screenshots"
READ_AT = datetime(2026, 11, 20, 14, 2, 19, tzinfo=UTC)
SEEN_AFTER = timedelta(seconds=12)
SIZES = ((80, 24), (160, 45))
PATIENCE = 120.0
LOOKS = 4
"""Looks, a fourteenth of a second apart, that have to show the same."""
UNLOCKED = 8 * 60.0
CONFIRMATIONS = (
    ("confirm-80.svg", (80, 24), "dark"),
    ("confirm-80-mono.svg", (80, 24), "mono"),
    ("confirm-160.svg", (160, 45), "dark"),
)
"""File name, size and theme of the pictures of a change before it is made."""


LOOKED_INTO = (
    ("run-overview", "kind=sweep status=Completed experiment=fraud", "enter"),
    ("run-children", "kind=pipeline status=Failed experiment=fraud", "h"),
    ("run-trials", "kind=sweep status=Completed experiment=fraud", "h"),
    ("run-error", "status=Failed experiment=fraud kind=command has:error", "x"),
    ("run-metrics", "status=Completed experiment=fraud kind=command", "m"),
    ("run-logs", "status=Failed experiment=fraud kind=command has:error", "l"),
    ("run-compare", "status=Failed experiment=fraud kind=command has:error", "="),
)
"""File name, the filter that finds the run, and the key of the part that is drawn."""

TRIAGED = "fraud-score"
"""The endpoint the demo breaks."""
TRIAGES = (
    ("triage-80.svg", (80, 24), "dark"),
    ("triage-160.svg", (160, 45), "dark"),
    ("triage-160-light.svg", (160, 45), "light"),
)
"""File name, size and theme of the pictures of its triage."""


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = READ_AT

    def __call__(self) -> datetime:
        """The moment it shows."""
        return self.now


class AtRest(Refresher):
    """A refresher that says how things stand and reads nothing any more."""

    def want(self, names: object, *, force: bool = False) -> None:
        """Everything was read before."""

    def look_up(self, name: str, key: str, *, force: bool = False) -> None:
        """So was everything that is looked up."""


def fill(session: Session) -> None:
    """Read every source of the demo once."""
    workspace = session.default_workspace
    assert workspace is not None
    session.choose(workspace)
    refresher = Refresher(session)
    # One after the other, so that sums are made once, whatever thread is quicker: their count shows on the Sync pane.
    for source in SOURCES:
        refresher.want([source.name])
        assert refresher.wait([source.name], PATIENCE), f"{source.name} of the demo could not be read"
    refresher.stop()


async def draw(session: Session, pane: str, size: tuple[int, int], theme: str) -> str:
    """The SVG of one pane."""
    deck = Deck(session, lambda given, on_event: AtRest(given, on_event), settings=Settings(theme=theme), pane=pane)
    async with deck.run_test(size=size) as pilot:
        await settled(deck, pilot)
        return deck.export_screenshot(title=f"amldeck {pane}")


async def draw_confirmation(session: Session, size: tuple[int, int], theme: str) -> str:
    """The SVG of a change before it is made, its name half typed and writing unlocked."""
    deck = Deck(
        session, lambda given, on_event: AtRest(given, on_event), settings=Settings(theme=theme), pane="endpoints"
    )
    async with deck.run_test(size=size) as pilot:
        await settled(deck, pilot)
        session.unlock(UNLOCKED)
        run_command(deck, "endpoints name=fraud-score")
        await settled(deck, pilot)
        for keys in (("a",), ("enter",),
                     ("ctrl+u", *"blue=10", "space", *"green=90", "enter"), tuple("fraud-sc")):  # fmt: skip
            await pilot.press(*keys)
            await settled(deck, pilot)
        drawn = deck.export_screenshot(title="amldeck confirm")
    session.relock()
    return drawn


async def draw_triage(session: Session, size: tuple[int, int], theme: str) -> str:
    """The SVG of the triage of the endpoint that is broken."""
    deck = Deck(
        session, lambda given, on_event: AtRest(given, on_event), settings=Settings(theme=theme), pane="endpoints"
    )
    async with deck.run_test(size=size) as pilot:
        await settled(deck, pilot)
        run_command(deck, f"endpoints name={TRIAGED}")
        await settled(deck, pilot)
        await pilot.press("enter")
        await settled(deck, pilot)
        return deck.export_screenshot(title="amldeck triage")


async def draw_run(session: Session, where: str, key: str, size: tuple[int, int]) -> str:
    """The SVG of a part of the newest run that matches."""
    deck = Deck(session, lambda given, on_event: AtRest(given, on_event), settings=Settings(theme="dark"), pane="runs")
    async with deck.run_test(size=size) as pilot:
        await settled(deck, pilot)
        run_command(deck, f"runs {where}")
        await settled(deck, pilot)
        for pressed in ("enter", key):
            await pilot.press(pressed)
            await settled(deck, pilot)
        await settled(deck, pilot)  # a chart over a board is laid out once more after the board stands
        return deck.export_screenshot(title="amldeck run")


def look_up_all(session: Session) -> None:
    """Look up what the pictures of runs show."""
    refresher = Refresher(session)
    for _name, where, _key in LOOKED_INTO:
        query = parse(where, RUNS, now=session.now())
        run = next(session.store.records("runs", session.scope, query, order="-created", limit=1)).record
        for lookup in ("run", "definition", "children", "trials", "metrics", "system_metrics", "logs"):
            look_up(refresher, lookup, run.id)
        good = last_good(session.store, session.scope, run, session.now())
        look_up(refresher, "metrics", good.id if good is not None else run.id)
        of_run = parse(f'run="{run.id}"', RUN_LOGS, now=session.now())
        for log in session.store.records("run_logs", session.scope, of_run, order="rank", limit=1):
            look_up(refresher, "log", f"{run.id}/{log.record.name}")
    for lookup in ("signals", "endpoint_logs"):
        look_up(refresher, lookup, TRIAGED)
    refresher.stop()


def look_up(refresher: Refresher, name: str, key: str) -> None:
    """Look one thing up."""
    refresher.look_up(name, key)
    assert refresher.wait_for(name, key, PATIENCE), f"{name} of {key} could not be read"


def shown(deck: Deck) -> str:
    """What stands on the screen, with its colours: a picture of it takes a hundred times as long."""
    strips = deck.screen._compositor.render_strips(deck.size)  # pyright: ignore[reportPrivateUsage]
    return repr([list(strip) for strip in strips])


async def settled(deck: Deck, pilot: object) -> None:
    """Wait until no worker is busy and what is drawn stays as it is: the detail follows a cursor that rests."""
    looks: list[str] = []
    while len(looks) < LOOKS or len(set(looks[-LOOKS:])) > 1:
        await deck.workers.wait_for_complete()
        await pilot.pause(0.07)  # type: ignore[attr-defined]
        looks.append(shown(deck))


def wanted() -> Iterator[tuple[str, str, tuple[int, int], str]]:
    """File name, pane, size and theme of every picture."""
    for pane in PANES:
        for size in SIZES if pane.digit else SIZES[1:]:
            yield f"{pane.name}-{size[0]}.svg", pane.name, size, "dark"
    yield "runs-160-light.svg", "runs", (160, 45), "light"
    yield "runs-80-mono.svg", "runs", (80, 24), "mono"


def pictures() -> dict[str, str]:
    """Every picture by its file name."""
    clock = Clock()
    # What the developer's own terminal says must not show in a picture.
    for name in ("NO_COLOR", "COLORTERM", "TEXTUAL_THEME", "SSH_CONNECTION"):
        os.environ.pop(name, None)
    os.environ["TZ"] = "UTC"
    with tempfile.TemporaryDirectory() as folder:
        session = open_session("demo", Path(folder), now=clock)
        fill(session)
        look_up_all(session)
        clock.now += SEEN_AFTER
        drawn = {name: asyncio.run(draw(session, pane, size, theme)) for name, pane, size, theme in wanted()}
        for name, size, theme in CONFIRMATIONS:
            drawn[name] = asyncio.run(draw_confirmation(session, size, theme))
        for name, size, theme in TRIAGES:
            drawn[name] = asyncio.run(draw_triage(session, size, theme))
        for name, where, key in LOOKED_INTO:
            drawn[f"{name}-160.svg"] = asyncio.run(draw_run(session, where, key, SIZES[1]))
        session.close()
    return drawn


def main() -> int:
    """Write the pictures, or with --check say which are stale."""
    drawn = pictures()
    if "--check" not in sys.argv:
        FOLDER.mkdir(exist_ok=True)
        for old in FOLDER.glob("*.svg"):
            old.unlink()
        for name, svg in drawn.items():
            (FOLDER / name).write_text(svg, encoding="utf-8")
        print(f"{len(drawn)} pictures written to {FOLDER}")
        return 0
    on_disk = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.svg")}
    stale = sorted(name for name in drawn.keys() | on_disk.keys() if drawn.get(name) != on_disk.get(name))
    for name in stale:
        print(f"stale: screenshots/{name}; make screenshots draws it anew")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
