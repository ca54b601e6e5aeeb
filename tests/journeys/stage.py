"""A deck on a real cache and the real emulator in this process, driven by keys: for the stories in this folder."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from textual.events import Key
from textual.keys import _character_to_key as character_to_key  # pyright: ignore[reportPrivateUsage]
from textual.pilot import Pilot

from app import keeping
from app.deck import Deck
from app.links import DEMO, Link
from app.refresh import Refresher
from app.refreshing import OnEvent, RefresherFactory
from app.session import Session
from app.settings import Settings
from app.sources import ALWAYS
from app.tables import TABLES
from cache.store import Store
from services.connection import Connection
from services.emulator.faults import Faults
from services.emulator.transport import FakeCredential, in_process
from services.emulator.world import World, utc_now
from widgets.lines import line_text
from widgets.notice import Notice
from widgets.pane import Line

PATIENCE = 60.0
RUNS = ("workspaces", "experiments", "runs")
"""What is read for a story about runs alone."""
FILLED_AT = "filled_at"
"""The file of a filled folder that says when."""
NARROW, WIDE = (80, 24), (160, 45)


class Few(Refresher):
    """A refresher that reads, of what is always read, no more than a story is about."""

    def __init__(self, session: Session, on_event: OnEvent, reads: Sequence[str]) -> None:
        super().__init__(session, on_event)
        self._reads = reads

    def want(self, names: Iterable[str], *, force: bool = False) -> None:
        """Keep these fresh; of a wish for all that is always read those few."""
        asked = tuple(names)
        super().want(self._reads if asked == ALWAYS else asked, force=force)


class Stage:
    """One deck with its world. `world.faults` may be changed at any time."""

    def __init__(self, deck: Deck, pilot: Pilot[int], world: World, reads: Sequence[str] = ALWAYS) -> None:
        self.deck = deck
        self.reads = reads
        self.pilot = pilot
        self.world = world
        self._news = ""
        row, tell = deck.part(Notice), deck.part(Notice).tell

        def told(line: Line, *how: float, **what: Any) -> None:
            self._news = line_text(line)
            tell(line, *how, **what)

        row.tell = told

    @property
    def faults(self) -> Faults:
        return self.world.faults

    @property
    def lines(self) -> list[str]:
        """The screen as text, a line a row."""
        strips = self.deck.screen._compositor.render_strips(self.deck.size)  # pyright: ignore[reportPrivateUsage]
        return [strip.text.rstrip() for strip in strips]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def header(self) -> str:
        return self.lines[0]

    @property
    def notice(self) -> str:
        """What the notice row says, after what it said since the last keys: a key may take longer than news stand."""
        now = line_text(self.deck.part(Notice).said.left)
        return " ".join(dict.fromkeys(one for one in (self._news, now) if one))

    @property
    def cursor(self) -> str | None:
        row = self.deck.view.row
        return row.key if row else None

    @property
    def position(self) -> int:
        """The number of the row the cursor is on: rows that arrive change which one that is."""
        return self.deck.view.table.place.index

    @property
    def query(self) -> str:
        return self.deck.view.query_text

    @property
    def pane(self) -> str:
        return self.deck.desk.trail.now.pane

    async def press(self, *keys: str) -> None:
        self._news = ""
        await self.pilot.press(*keys)

    async def type(self, text: str) -> None:
        """Type a text as fast as a terminal hands on what was pasted, and press its last key.

        After every key a pilot waits until the process idles, for up to two seconds while anything is read.
        """
        for char in text[:-1]:
            key = Key(character_to_key(char), char)
            key.set_sender(self.deck)
            self.deck.post_message(key)
        await self.press({" ": "space"}.get(text[-1], text[-1]))

    async def until(self, is_so: Callable[[], bool], what: str) -> None:
        """Wait for what workers bring. Fails naming it, with the screen."""
        end = asyncio.get_running_loop().time() + PATIENCE
        while not is_so():
            if self.deck._exception is not None:  # pyright: ignore[reportPrivateUsage]
                raise AssertionError(f"the deck stopped while {what} was waited for")
            if asyncio.get_running_loop().time() > end:
                raise AssertionError(f"waited in vain for {what}; the screen is\n{self.text}")
            await self.pilot.pause(0.01)
        await self.pilot.pause()

    async def see(self, words: str) -> None:
        await self.until(lambda: words in self.text, f"{words!r}")

    async def settled(self) -> None:
        """Wait until every source that is always read was read or has failed, and the view has counted its rows."""

        def is_settled() -> bool:
            states = self.deck.desk.states
            always = [state for name, state in states.items() if name in self.reads]
            read = [state.last_ok or state.problem for state in always if not state.is_derived]
            return bool(read) and all(read) and self.deck.view.keeper.count is not None

        await self.until(is_settled, "every source")
        await self.counted()

    async def counted(self) -> None:
        """Wait until the view knows its rows, and the one under the cursor when there is any."""
        await self.deck.workers.wait_for_complete()
        await self.pilot.pause()
        view = self.deck.view

        def is_known() -> bool:
            return view.keeper.count is not None and (view.keeper.count == 0 or view.row is not None)

        await self.until(is_known, "the count and the row under the cursor")


def clock_of(folder: Path) -> Callable[[], datetime]:
    """A clock that goes on from when a folder was filled: nothing in it is stale at first, so nothing is read again."""
    path = folder / FILLED_AT
    if not path.exists():
        return utc_now
    behind = utc_now() - datetime.fromisoformat(path.read_text())
    return lambda: utc_now() - behind


def session_of(folder: Path, world: World | None) -> Session:
    """A session on `world`; one that is never online for None."""

    now = clock_of(folder)

    def link() -> Link:
        assert world is not None
        # By the same clock: an answer that seems older than what is kept is not taken.
        return Link(Connection(FakeCredential(), transport=in_process(world), now=now), DEMO)

    store = Store.open(folder, TABLES, now=now)
    mode = "demo" if world is not None else "offline"
    return Session(store, mode=mode, account=DEMO, link=link if world is not None else None, now=now)


@asynccontextmanager
async def staged(
    folder: Path | tuple[Path, World],
    *,
    size: tuple[int, int] = NARROW,
    runs: int = 300,
    pane: str | None = "runs",
    world: World | None = None,
    session: Session | None = None,
    theme: str = "dark",
    settings: Settings | None = None,
    refresher_factory: RefresherFactory | None = None,
    reads: Sequence[str] = ALWAYS,
) -> AsyncIterator[Stage]:
    """A running deck on a folder, or on the fixture `seen`; it ends as the command ends it, waiting for nothing.

    `reads` are the sources the story is about, where it needs no others: to read all takes longer than most stories.
    """
    if reads is not ALWAYS:
        refresher_factory = partial(Few, reads=reads)
    if isinstance(folder, tuple):
        folder, world = folder
    world = world or World(runs=runs)
    session = session or session_of(folder, world)
    deck = Deck(session, refresher_factory, settings=settings or Settings(theme=theme), pane=pane)
    try:
        async with deck.run_test(size=size) as pilot:
            yield Stage(deck, pilot, world, reads)
    finally:
        world.faults.release()
        keeping.finish(deck.desk, deck.parting)
