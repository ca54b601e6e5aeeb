"""What the deck asks of a refresher: the rest of `app.refresh.Refresher` is for commands and tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from app.session import Session
from app.source_state import Refreshed, SourceState


class Refreshing(Protocol):
    """What the deck asks of a refresher (`app.refresh.Refresher`)."""

    @property
    def is_paused(self) -> bool:
        """Whether only forced reads are made."""
        ...

    def want(self, names: Any, *, force: bool = False) -> None:
        """Keep these sources fresh; `force` reads them now."""
        ...

    def states(self) -> Mapping[str, SourceState]:
        """How every source stands."""
        ...

    def pause(self) -> None:
        """Start no read but forced ones."""
        ...

    def resume(self) -> None:
        """Go on."""
        ...

    def cancel(self, names: Any = None) -> None:
        """End what is being read after its page."""
        ...

    def look_up(self, name: str, key: str, *, force: bool = False) -> None:
        """Have one thing read, unless it is fresh: `app.looking_up`."""
        ...

    def wait_for(self, name: str, key: str, timeout: float) -> bool:
        """Wait until a thing was looked up or that failed; whether it is. For workers."""
        ...

    def lookup_state(self, name: str, key: str) -> SourceState:
        """How the lookup of a thing stands."""
        ...

    def leave(self, key: str) -> None:
        """Nobody looks at a thing any more."""
        ...

    def touch(self, names: Any) -> None:
        """Make these roll-ups again."""
        ...

    def reset(self) -> None:
        """The session looks at another workspace."""
        ...

    def stop(self, deadline: float = 2.0) -> bool:
        """Read nothing any more."""
        ...


OnEvent = Callable[[Refreshed], Any]
RefresherFactory = Callable[[Session, OnEvent], Refreshing]
