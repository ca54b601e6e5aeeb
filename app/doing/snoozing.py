"""`z` and `M` in Pulse and in Waste: put a line away, bring it back, and look at what is snoozed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from app.finding import conditions
from app.putting_away import ROLL_UP, put_away
from app.screens.ask import Ask
from app.screens.menu import Menu
from cache.errors import CacheError
from services.attention import Attention
from services.putting_away import OPEN, SEEN, SNOOZED, Handled, Kind
from services.waste_finding import Finding
from widgets import format as fmt
from widgets.bar import NO_TEXT
from widgets.choices import Choice
from widgets.lines import say
from widgets.pane import Line, Look
from widgets.questions import Asked
from widgets.safe import Safe, plain, safe

if TYPE_CHECKING:
    from app.deck import Deck

_SPANS: dict[str, tuple[Safe, timedelta]] = {
    "1h": (plain("Snooze for an hour"), timedelta(hours=1)),
    "8h": (plain("Snooze for 8 hours"), timedelta(hours=8)),
}
_TOMORROW, _CHANGE, _BACK = "tomorrow", "change", "back"


def tomorrow(look: Look) -> datetime:
    """The midnight that follows, in the zone times are shown in."""
    here = look.now.astimezone() if look.is_local else look.now
    day = here.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None) + timedelta(days=1)
    # A day that is longer or shorter, when clocks change, has the offset of its own midnight.
    return day.astimezone() if look.is_local else day.replace(tzinfo=look.now.tzinfo)


def choices(things: Sequence[Handled], look: Look) -> list[Choice]:
    """What can be done with these lines: what all of them are now is not offered again."""
    made = [Choice(key, say(words, "strong"), _until(look.now + span, look)) for key, (words, span) in _SPANS.items()]
    made.append(Choice(_TOMORROW, say(plain("Snooze until tomorrow"), "strong"), _until(tomorrow(look), look)))
    made.append(Choice(_CHANGE, say(plain("Snooze until it changes"), "strong"), say(plain("or begins anew"), "muted")))
    if any(one.state != SEEN for one in things):
        made.append(Choice(SEEN, say(plain("Seen by me"), "strong"), say(plain("stays, quietly, at the end"), "muted")))
    if any(one.state != OPEN or one.was is not None for one in things):
        made.insert(0, Choice(_BACK, say(plain("Bring it back"), "strong"), say(plain("as it was"), "muted")))
    return made


def named(things: Sequence[Handled], most: int) -> Safe:
    """What a title and a notice call them."""
    return safe(things[0].what, most) if len(things) == 1 else Safe(f"{len(things):,} things")


def _until(at: datetime, look: Look) -> Line:
    return say(Safe(f"{fmt.when(at, look).strip()} {'local' if look.is_local else 'UTC'}"), "muted")


def snooze(deck: Deck) -> None:
    """Offer how long to put away the line under the cursor, or the marked ones."""
    row, view, store = deck.view.row, deck.view, deck.desk.session.store
    if store.is_read_only:
        deck.tell(plain("This cache is only read: nothing can be put away in it."))
        return
    scope, marked, table = deck.desk.session.scope, tuple(view.marks), view.pane.table
    if marked:

        def read() -> list[Handled]:
            found = (store.get(table, scope, key) for key in marked)
            return [seen.record for seen in found if seen is not None and not seen.is_gone]

        view.ask(read, lambda things: _offer(deck, things) if things else None)
    elif row is not None and isinstance(row.record, Attention | Finding):
        _offer(deck, [row.record])


def _offer(deck: Deck, things: Sequence[Handled]) -> None:
    menu = Menu(named(things, 60), choices(things, deck.desk.look), placeholder=plain("for how long"))
    deck.push_screen(menu, lambda id: _picked(deck, things, id))


def _picked(deck: Deck, things: Sequence[Handled], id: str | None) -> None:
    if id is None:
        return
    if id == _BACK:
        _decide(deck, things, OPEN, None, "")
        return
    look = deck.desk.look
    until = look.now + _SPANS[id][1] if id in _SPANS else tomorrow(look) if id == _TOMORROW else None
    kind: Kind = SEEN if id == SEEN else SNOOZED
    about = plain("Seen by me") if kind == SEEN else Safe(f"Snooze {until_text(until, look)}")
    word = plain("seen") if kind == SEEN else plain("snooze")
    question = _why(things)
    ask = Ask(named(things, 60), NO_TEXT, say(about), word, [question])
    deck.push_screen(
        ask, lambda given: _decide(deck, things, kind, until, given["reason"]) if given is not None else None
    )


def _why(things: Sequence[Handled]) -> Asked:
    """Money that is let go says why; for what needs a look, no reason will do."""
    start = things[0].reason or ""
    if not any(isinstance(one, Finding) for one in things):
        return Asked("reason", plain("Why? Empty will do"), lambda text: None, start=start)
    missing = plain("Say why, for whoever looks at the bill next.")
    return Asked("reason", plain("Why"), lambda text: None if text.strip() else missing, start=start)


def _decide(deck: Deck, things: Sequence[Handled], kind: Kind, until: datetime | None, reason: str) -> None:
    """Keep it, and have Pulse made again."""
    session, refresher, look = deck.desk.session, deck.desk.refresher, deck.desk.look

    def keep() -> Safe:
        try:
            put_away(session, things, kind, until, reason)
        except CacheError as error:
            return safe(str(error))
        refresher.touch(ROLL_UP)
        return said(things, kind, until, look)

    deck.view.ask(keep, lambda text: deck.tell(deck.keys.said(text)))


def said(things: Sequence[Handled], kind: Kind, until: datetime | None, look: Look) -> Safe:
    """What was done, and the way back. Braces of a name are no key."""
    name = named(things, 22).replace("{", "(").replace("}", ")")
    if kind == OPEN:
        return Safe(f"Back: {name}.")
    if kind == SEEN:
        return Safe(f"Seen: {name}. It says so when it gets worse.")
    return Safe(f"Snoozed {until_text(until, look)}: {name}. {{snoozed}} shows what is snoozed.")


def until_text(until: datetime | None, look: Look) -> Safe:
    """`until 28 Nov 00:00`, or until it changes."""
    return Safe(f"until {fmt.when(until, look).strip()}") if until is not None else plain("until it changes")


def snoozed(deck: Deck) -> None:
    """What is snoozed alone, and back to the rest."""
    view = deck.view
    hidden, shown = view.pane.filter, f"state={SNOOZED}"
    parts = conditions(view.query_text)
    kept = [part for part in parts if part not in (hidden, shown)]
    view.search(" ".join([*kept, hidden if shown in parts else shown]))
