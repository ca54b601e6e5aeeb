"""What is being changed from this deck at the moment: no widget, no thread, touched on the event loop only."""

from __future__ import annotations

from dataclasses import dataclass, field

from services.write_lock import Unlocked
from widgets.safe import Safe, plain


@dataclass(slots=True)
class WritingState:
    """The plan that is being made, what is under way, and whether writing was on when last looked at."""

    planning: object | None = None
    """The token of the plan that is being made; another or None once nobody waits for it."""
    pinned: Safe | None = None
    """Why writing cannot be unlocked here, as it was last said; None when it can, as far as is known."""
    was_on: bool = False
    under_way: dict[str, Safe] = field(default_factory=dict[str, Safe])
    """What is being changed now, in words, by the ARM id of its target in lower case."""

    def has_ended(self, unlocked: Unlocked | None) -> bool:
        """Return True once when writing was on before and is not any more."""
        ended = self.was_on and unlocked is None
        self.was_on = unlocked is not None
        return ended


def left_text(unlocked: Unlocked) -> Safe:
    """`writing, 8 min left`: whole minutes, for nothing on the screen counts seconds."""
    if unlocked.left < 60:
        return plain("writing, under 1 min left")
    return Safe(f"writing, {round(unlocked.left / 60)} min left")
