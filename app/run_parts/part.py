"""What a part of an opened run is on the screen: the container it is shown in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.message import Message
from textual.widget import Widget

from app.asked_things import thing_of
from app.asker import Asker
from app.freshness import age_of
from app.source_state import Refreshed, SourceState
from services.run import Run
from widgets.age import Age
from widgets.footer import Hint
from widgets.safe import Safe, safe

if TYPE_CHECKING:
    from app.desk import Desk


class RunPart(Asker):
    """One part on the screen. Subclasses compose it, and show in `opened` and `refreshed` what the cache holds.

    `run` is the cached record, another one when it changed. `SHOWS` names the lookups it shows: they are asked for
    when it is opened and as long as it is looked at, and make its age. Keys of its own are BINDINGS of its widgets.
    """

    DEFAULT_CSS = "RunPart { height: 1fr; }"
    SHOWS: ClassVar[tuple[str, ...]] = ()

    class Opens(Message):
        """Another run shall be opened from this one: a child."""

        def __init__(self, run: Run, part: str = "overview") -> None:
            self.run = run
            self.part = part
            super().__init__()

    class Says(Message):
        """Something for the notice line; also posted without words when the footer has something else to say."""

        def __init__(self, words: Safe | None = None) -> None:
            self.words = words
            super().__init__()

    def __init__(self, desk: Desk, run: Run) -> None:
        super().__init__()
        self.desk = desk
        self.run = run
        self.is_ready = False
        """Whether it was opened: before, nobody asks it anything."""

    def on_mount(self) -> None:
        """It is on the screen for the first time."""
        if not self.children:  # closed again before it was put together
            return
        self.opened()
        self.is_ready = True
        self.take_focus()
        self.post_message(self.Says())

    def take_focus(self) -> None:
        """Put the keys where they belong: into its first widget that takes them."""
        widget = next((one for one in self.walk_children(Widget) if one.focusable), None)
        if widget is not None:
            self.screen.set_focus(widget)

    def opened(self) -> None:
        """It comes to the screen, the first time or again: show what is cached, and look up what is stale."""
        self.look_up()

    def look_up(self, *, force: bool = False) -> None:
        """Ask for what it shows, if that is stale; `force` asks whatever its age."""
        for name in self.SHOWS:
            self.desk.refresher.look_up(name, self.run.id, force=force)

    def refreshed(self, event: Refreshed) -> None:
        """A source or a lookup said something, or the run's record is another one."""

    def tick(self) -> None:
        """Time went on: ages change, and what is looked at is kept fresh."""
        self.look_up()

    def left(self) -> None:
        """It is not on the screen any more: end what was begun for it."""

    def escape(self) -> bool:
        """Clear its innermost layer. False when there is none: then `esc` leads out of the run."""
        return False

    def hints(self) -> Sequence[Hint]:
        """Its own keys for the footer, the most wanted first."""
        return ()

    def states(self) -> list[SourceState]:
        """How the lookups it shows stand."""
        return [self.desk.refresher.lookup_state(name, self.run.id) for name in self.SHOWS]

    def age(self) -> Age | None:
        """How old what it shows is, for its title line and the header."""
        states = self.states()
        name = safe(states[0].title.lower()) if states else Safe("")
        return age_of(states, name, self.desk.session.now())

    def is_about(self, event: Refreshed, name: str) -> bool:
        """Whether an event is about a lookup of this run, or of something in it (`RUN/…`)."""
        found, key = thing_of(event.source) or ("", "")
        return found == name and (key == self.run.id or key.startswith(f"{self.run.id}/"))
