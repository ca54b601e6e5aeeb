"""The deck's eye on what is watched: looks again when the refresher said something, and tells what happened."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from app.asked_things import thing_of
from app.desk import TABLE_OF
from app.source_state import Refreshed
from app.watching import MADE_OF, Watcher
from services.watching import Happening, Watch
from widgets.lines import say, spaced
from widgets.notice import Notice
from widgets.pane import Line
from widgets.safe import Safe, plain, safe

if TYPE_CHECKING:
    from app.deck import Deck

SECONDS = 15.0
"""How long the notice line says what happened: longer than an answer to a key, which somebody waits for."""


class Watchman:
    """Of one deck. Used on the event loop; looks on workers, one at a time."""

    def __init__(self, deck: Deck) -> None:
        self._deck = deck
        self._watches: tuple[Watch, ...] | None = None
        self._is_looking = self._is_behind = False

    @property
    def watcher(self) -> Watcher:
        """The watches of the session the deck shows now. For workers."""
        return self._deck.desk.watcher

    def start_over(self) -> None:
        """Another workspace: other things are watched there."""
        self._watches = None

    def heed(self, event: Refreshed) -> None:
        """The refresher said something: look again if that may be about something watched."""
        if event.keys != () and self._may_matter(event):
            self.look()

    def tick(self) -> None:
        """Time went on: have what is watched kept fresh."""
        if self._watches != ():
            self.look()

    def look(self) -> None:
        """Look at all that is watched, on a worker; once more when something came meanwhile."""
        if self._is_looking:
            self._is_behind = True
            return
        self._is_looking, self._is_behind = True, False
        watcher, refresher = self.watcher, self._deck.desk.refresher

        def work() -> tuple[tuple[Watch, ...], tuple[Happening, ...]]:
            found = watcher.look()
            watcher.ask(refresher)
            return watcher.watches, found

        self._deck.view.ask(work, self._looked)

    def _looked(self, found: tuple[tuple[Watch, ...], tuple[Happening, ...]]) -> None:
        self._is_looking = False
        self._watches, happenings = found
        if happenings and not self._deck.is_over:
            self._tell(happenings)
        if self._is_behind:
            self.look()

    def _may_matter(self, event: Refreshed) -> bool:
        if self._watches is None:
            return True
        things, kinds = {one.thing for one in self._watches}, {one.kind for one in self._watches}
        asked = thing_of(event.source)
        if asked is not None:
            return asked[0] in ("run", "metrics") and asked[1] in things
        own = MADE_OF.get(TABLE_OF.get(event.source, ""), ())
        if kinds.isdisjoint(own):
            return False
        return event.keys is None or "spend" in own or not things.isdisjoint(event.keys)

    def _tell(self, happenings: tuple[Happening, ...]) -> None:
        from app import ringing

        deck, wanted = self._deck, self._deck.settings.watch
        sentences = [safe(one.sentence, ringing.LONGEST) for one in happenings]
        text = ringing.joined(sentences)
        deck.part(Notice).tell(self._line(happenings[0], text), SECONDS, right=say(plain(":watch"), "muted"))
        driver = deck._driver  # pyright: ignore[reportPrivateUsage] (Textual's own bell and notices are its screen's)
        if driver is not None and not driver.is_headless and sys.__stderr__ is not None and sys.__stderr__.isatty():
            notification = ringing.notification(text, os.environ) if wanted.terminal else ""
            for sequence in (notification, ringing.bell() if wanted.bell else ""):
                if sequence:
                    driver.write(sequence)
        if wanted.desktop:
            deck.view.ask(lambda: ringing.show_on_desktop(text, os.environ), lambda _: None)

    def _line(self, first: Happening, text: Safe) -> Line:
        is_ascii = self._deck.desk.is_ascii
        if first.is_bad:
            return spaced([say(plain("!") if is_ascii else plain("▲"), "warn", bold=True), say(text)])
        return spaced([say(plain("v") if is_ascii else plain("✓"), "ok", bold=True), say(text)])
