"""What may be open over the rows of a pane, in their place: a run, or the triage of an endpoint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from textual.message import Message

from app.asker import Asker
from app.source_state import Refreshed, SourceState
from app.stack import Visit
from widgets.age import Age
from widgets.footer import Hint
from widgets.pane import Line, Row
from widgets.safe import Safe, plain

if TYPE_CHECKING:
    from app.desk import Desk
    from app.doing.keys import Keyed


class Opened(Asker):
    """One thing, looked into. Everything runs on the event loop, and shows what the cache holds.

    `key` is the thing's key in its table, empty while nothing is open; `row` its cached record.
    """

    NOUN: Safe = plain("row")

    class Changed(Message):
        """The chrome may have something else to say."""

    class Says(Message):
        """Something just happened that is worth a word."""

        def __init__(self, words: Safe) -> None:
            self.words = words
            super().__init__()

    def __init__(self, desk: Desk, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.desk = desk
        self.key = ""
        self.row: Row | None = None

    def open(self, visit: Visit) -> None:
        """Show the thing of a visit as it was left, or for the first time."""
        raise NotImplementedError

    def close(self) -> None:
        """Nobody looks at it any more."""
        raise NotImplementedError

    def left(self, visit: Visit) -> Visit:
        """The visit as it is left now."""
        return visit

    def refreshed(self, event: Refreshed) -> None:
        """A source or a lookup said something: look again when it is about this."""
        raise NotImplementedError

    def tick(self) -> None:
        """Time went on."""
        raise NotImplementedError

    def fetch(self) -> None:
        """Read all that is shown now, whatever its age."""
        raise NotImplementedError

    def states(self) -> list[SourceState]:
        """How what is shown stands."""
        raise NotImplementedError

    def age(self) -> Age | None:
        """How old what is shown is."""
        raise NotImplementedError

    def hints(self) -> Sequence[Hint]:
        """Its own keys for the footer, the most wanted first."""
        raise NotImplementedError

    def origin(self) -> Sequence[Line]:
        """Where what is shown came from and what it is made of; no lines where a row says it."""
        return ()

    def to_copy(self) -> tuple[Safe, Safe] | None:
        """What is copied of it, with what that is; None for the name of its row."""
        return None

    def take_focus(self) -> None:
        """Take the keys."""
        raise NotImplementedError

    def escape(self) -> bool:
        """Clear its innermost layer. False when there is none: then `esc` leads out of it."""
        return False

    def look_into(self, part: str, named: str) -> None:
        """Open something else of an endpoint (`ENDPOINT`, `ENDPOINT/DEPLOYMENT`) over this: its logs, its requests."""
        cast("Keyed", self.app).run_chosen(f"into:{part}/{named}")  # pyright: ignore[reportUnknownMemberType]

    def step(self, by: int) -> None:
        """Go to the part so many further on, round the end."""

    def say(self) -> None:
        """Draw again what stands around what is shown."""
