"""`:rw` and `:ro`: writing is unlocked for a while, by typing the workspace's name, and locks again by itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from app.doing import taking
from app.screens.confirm import Confirm, Confirmation
from widgets.confirm import Proposal, Remark
from widgets.safe import Safe, plain, safe

if TYPE_CHECKING:
    from app.deck import Deck

MINUTES = 10
"""How long it is unlocked for unless it is said."""

LONGEST = 60


def unlock(deck: Deck, text: str = "") -> None:
    """Ask for the workspace's name, then let changes of it leave for so many minutes."""
    minutes = minutes_of(text)
    session = deck.desk.session
    if minutes is None:
        deck.tell(Safe(f"Writing is unlocked for 1 to {LONGEST} minutes: :rw {MINUTES}m"))
        return

    def take(reason: str | None) -> None:
        deck.desk.writing.pinned = safe(reason) if reason else None
        if reason:
            deck.tell(safe(reason))
        else:
            _ask(deck, minutes)

    deck.view.ask(lambda: session.read_only_because, take)


def minutes_of(text: str) -> int | None:
    """The minutes that were typed: `10m`, `10`, or nothing; None for anything else."""
    if not text.strip():
        return MINUTES
    found = re.fullmatch(r"(\d{1,3})\s*m?(?:in)?", text.strip(), re.ASCII)
    minutes = int(found.group(1)) if found else 0
    return minutes if 1 <= minutes <= LONGEST else None


def _ask(deck: Deck, minutes: int) -> None:
    workspace = deck.desk.session.workspace
    if workspace is None:
        return
    remarks = (
        Remark(plain("for"), Safe(f"{minutes} min, then it locks by itself; :ro locks at once")),
        Remark(
            plain("then"), deck.keys.said("{act} offers what can be changed, and every change is shown and confirmed")
        ),
        Remark(plain("only"), Safe(f"{safe(workspace.name)}; another workspace stays locked")),
    )
    asked = Confirmation(
        title=plain("Unlock writing"),
        where=safe(workspace.name),
        word=plain("unlock"),
        proposal=Proposal(safe(workspace.name), remarks=remarks, id=safe(workspace.id)),
        why_locked=lambda: None,
        copy=lambda text, name: taking.copy_text(deck, text, name),
        az=plain(""),
        rest=plain(""),
        typed=workspace.name,
        asks=plain("Type the workspace name to go on"),
        is_ascii=deck.desk.is_ascii,
    )

    def end(is_confirmed: bool | None) -> None:
        if is_confirmed and deck.desk.session.workspace == workspace:
            session = deck.desk.session
            deck.view.ask(lambda: session.unlock(minutes * 60.0), lambda _: deck.draw_chrome())
            # Exact to the second where nothing else is drawn: the header looks at the clock with the ages only.
            deck.view.set_timer(minutes * 60.0 + 1.0, deck.draw_chrome)

    deck.push_screen(Confirm(asked), end)


def lock(deck: Deck) -> None:
    """Let nothing be changed any more."""
    deck.desk.session.relock()
    deck.desk.writing.was_on = False
    deck.tell(plain("Read-only again."))
    deck.draw_chrome()
