"""What the deck knows, without a screen: session, source states, where the user is, how things are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

import msgspec

from app.columns import columns_of, default_of
from app.finding import Finder
from app.freshness import offline_since
from app.kept import KEPT, Kept, columns_kept, kept_of
from app.key_map import DEFAULT, KeyMap
from app.panes import PANES
from app.refreshing import Refreshing
from app.safekeeping import is_lost_at_the_end
from app.session import Session
from app.source_state import Problem, Refreshed, SourceState
from app.sources import SOURCES
from app.stack import Trail, Visit
from app.states import blocking
from app.writing_state import WritingState
from widgets.pane import Column, Look, Pane
from widgets.safe import Safe, plain, safe

if TYPE_CHECKING:
    from app.act import Actor
    from app.commanding import Configured
    from app.exports.taking import Progress
    from app.watching import Watcher
    from widgets.chart_raster import Dots

BY_NAME: dict[str, Pane[Any]] = {pane.name: pane for pane in PANES}
TABLE_OF: dict[str, str] = {source.name: source.table.name for source in SOURCES}
"""The table each source fills."""

FIRST_PANE = PANES[0].name

BADGES = {"pulse": "severity=critical state=open", "endpoints": BY_NAME["endpoints"].trouble}
"""What a tab counts in red: things that fail and stay so until somebody acts."""

MOST_WORKSPACES = 5_000


@dataclass(frozen=True, slots=True)
class Learned:
    """What is asked of the cache on a worker, for chrome and completion: region, names, what fails on which pane."""

    region: Safe = plain("")  # noqa: RUF009 (an immutable text)
    workspaces: tuple[str, ...] = ()
    badges: Mapping[str, int] = field(default_factory=dict[str, int])
    has_memory_only: bool = False
    """The sign-in is in memory only: no keyring keeps it."""


def learn(session: Session, finder: Finder) -> Learned:
    """Ask the cache. Counts: for a worker."""
    known = list(islice(session.known_workspaces(), MOST_WORKSPACES))
    key = session.workspace.key if session.workspace is not None else None
    region = next((one.location for one in known if one.id.lower() == key and one.location), "")
    badges = {name: finder.count(BY_NAME[name], query) for name, query in BADGES.items()}
    is_lost = is_lost_at_the_end(session.way.sign_in, session.way.keeper)
    return Learned(safe(region), tuple(one.name for one in known), badges, is_lost)


class Desk:
    """The deck's memory. Touched on the event loop only; nothing here waits for anything."""

    def __init__(
        self,
        session: Session,
        refresher: Refreshing,
        pane: str | None = None,
        *,
        is_ascii: bool = False,
        charts: Dots = "braille",
        commands: tuple[Configured, ...] = (),
        keys: KeyMap = DEFAULT,
    ) -> None:
        self.session = session
        self.refresher = refresher
        self.states: dict[str, SourceState] = dict(refresher.states())
        self.heard = 0  # how many events of the refresher were taken
        self._heard_at: dict[str, int] = {}
        self.is_local = False
        self.everywhere = ""
        """The filter of all panes; it lasts until the deck is left."""
        self.is_ascii = is_ascii
        self.keys = keys
        self.dots: Dots = "ascii" if is_ascii else charts
        self._commands = commands
        self.is_paused = refresher.is_paused
        self.learned = Learned()
        self.writing = WritingState()
        self.export: Progress | None = None
        """The file that is being written from here."""
        self._actor: Actor | None = None
        self._watcher: Watcher | None = None
        self._kept = kept_of(session.store.recall(KEPT))
        self.chosen: dict[str, tuple[str, ...]] = columns_kept(self._kept, BY_NAME)
        """The names of the columns the user wants, by pane; a pane that is missing shows its own."""
        self.differing: dict[str, tuple[str, ...]] = dict(self._kept.differing)
        """Which of them one key put there because they differ among the rows, and takes back."""
        first = next((name for name in (pane, self._kept.pane) if name in BY_NAME), FIRST_PANE)
        self.trail = Trail(self.fresh(first))

    @property
    def pane(self) -> Pane[Any]:
        """The pane on the screen."""
        return BY_NAME[self.trail.now.pane]

    @property
    def look(self) -> Look:
        """How cells are drawn at this moment."""
        return Look(self.session.now(), self.is_local, self.is_ascii, self.is_stale)

    @property
    def is_stale(self) -> bool:
        """Whether everything on the screen is from before: offline, by choice or not."""
        return not self.session.is_online or offline_since(self.states) is not None

    @property
    def finder(self) -> Finder:
        """Who asks the cache."""
        return Finder(self.session, lambda: self.states, self.everywhere)

    @property
    def wide_finder(self) -> Finder:
        """Who asks the cache about all rows, whatever filter applies in all panes: for tabs and completion."""
        return Finder(self.session, lambda: self.states)

    @property
    def workspace_name(self) -> Safe:
        """The chosen workspace's name; empty while none is chosen."""
        return safe(self.session.workspace.name) if self.session.workspace else plain("")

    @property
    def account_name(self) -> str | None:
        """Who is signed in; None while nobody is known to be."""
        return self.session.account.user if self.session.account.user != "-" else None

    def refusal(self, pane: Pane[Any]) -> Problem | None:
        """Why a pane may not be read; None when it may, as far as is known."""
        state = blocking(pane, self.states)
        problem = state.problem if state is not None else None
        return problem if problem is not None and problem.kind == "forbidden" else None

    @property
    def actor(self) -> Actor:
        """Who changes Azure for this session; made when first wanted, which is long after the first paint."""
        if self._actor is None:
            from app.act import Actor

            self._actor = Actor(self.session, changed=lambda: self.refresher.touch(("intents",)))
        return self._actor

    @property
    def watcher(self) -> Watcher:
        """What is watched; made when first wanted. Its answers read the cache: for workers."""
        if self._watcher is None:
            from app.watching import Watcher

            self._watcher = Watcher(self.session)
        return self._watcher

    def close(self) -> None:
        """End every wait for what was asked of Azure, then close the session."""
        if self._actor is not None:
            self._actor.close()
        self.session.close()

    def commands(self, pane: str) -> tuple[Configured, ...]:
        """The user's own commands for the rows of a pane; one that names no pane is for all."""
        return tuple(one for one in self._commands if pane in one.panes or not one.panes)

    def fresh(self, pane: str) -> Visit:
        """The first visit of a pane: as it was left last time, or with its own filter and order."""
        shown = BY_NAME[pane]
        query, sort = self._kept.views.get(pane, (shown.filter, shown.order))
        return Visit(pane, query, sort, start=shown.filter)

    def columns(self, pane: Pane[Any]) -> tuple[Column[Any], ...]:
        """The columns of a pane the user wants; the first always stays."""
        finder = self.finder
        chosen = self.chosen.get(pane.name, ())
        return columns_of(pane, chosen, finder.table(pane), lambda field, name: finder.is_number(pane, field, name))

    def choose_columns(self, pane: Pane[Any], names: Sequence[str]) -> None:
        """Show these columns of a pane, in this order; none for those it has by itself."""
        if names and tuple(names) != default_of(pane):
            self.chosen[pane.name] = tuple(names)
        else:
            self.chosen.pop(pane.name, None)

    def start_over(self) -> None:
        """The session looks at other rows: the way here is over, nothing is known of the sources yet."""
        self.trail.forget(self.fresh(self.trail.now.root.pane))
        self.states = {}
        self.learned = Learned()

    def take(self, event: Refreshed) -> None:
        """Note what a refresher said."""
        self.states[event.source] = event.state
        self.heard += 1
        self._heard_at[event.source] = self.heard

    def look_again(self, states: Mapping[str, SourceState], heard: int) -> None:
        """Note how all sources stood when they were asked, after so many events.

        An event that came since then is younger than the answer: its source stays as it said.
        """
        younger = {name: state for name, state in self.states.items() if self._heard_at.get(name, 0) > heard}
        self.states = {**states, **younger}

    def kept(self) -> str:
        """What to remember for the next start, as text for the cache."""
        left = {visit.pane: (str(visit.query), str(visit.sort)) for visit in self.trail.roots()}
        kept = Kept(self.trail.now.root.pane, {**self._kept.views, **left}, self.chosen, self.differing)
        return msgspec.json.encode(kept).decode()
