"""`z` and `M` in Pulse: put a line away, bring it back, and look at what is snoozed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from app.finding import conditions
from app.putting_away import ROLL_UP, bring_back, put_away
from app.screens.ask import Ask
from app.screens.menu import Menu
from cache.errors import CacheError
from services.attention import Attention
from services.putting_away import OPEN, SEEN, SNOOZED, Kind
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


def choices(one: Attention, look: Look) -> list[Choice]:
    """What can be done with a line: what it is now is not offered again."""
    made = [Choice(key, say(words, "strong"), _until(look.now + span, look)) for key, (words, span) in _SPANS.items()]
    made.append(Choice(_TOMORROW, say(plain("Snooze until tomorrow"), "strong"), _until(tomorrow(look), look)))
    made.append(Choice(_CHANGE, say(plain("Snooze until it changes"), "strong"), say(plain("or begins anew"), "muted")))
    if one.state != SEEN:
        made.append(Choice(SEEN, say(plain("Seen by me"), "strong"), say(plain("stays, quietly, at the end"), "muted")))
    if one.state != OPEN or one.was is not None:
        made.insert(0, Choice(_BACK, say(plain("Bring it back"), "strong"), say(plain("as it was"), "muted")))
    return made


def _until(at: datetime, look: Look) -> Line:
    return say(Safe(f"{fmt.when(at, look).strip()} {'local' if look.is_local else 'UTC'}"), "muted")


def snooze(deck: Deck) -> None:
    """Offer how long to put the line under the cursor away."""
    row = deck.view.row
    if row is None or not isinstance(row.record, Attention):
        return
    one, look = row.record, deck.desk.look
    if deck.desk.session.store.is_read_only:
        deck.tell(plain("This cache is only read: nothing can be put away in it."))
        return
    menu = Menu(safe(one.what, 60), choices(one, look), placeholder=plain("for how long"))
    deck.push_screen(menu, lambda id: _picked(deck, one, id))


def _picked(deck: Deck, one: Attention, id: str | None) -> None:
    if id is None:
        return
    if id == _BACK:
        _decide(deck, one, OPEN, None, "")
        return
    look = deck.desk.look
    until = look.now + _SPANS[id][1] if id in _SPANS else tomorrow(look) if id == _TOMORROW else None
    kind: Kind = SEEN if id == SEEN else SNOOZED
    word = plain("seen") if kind == SEEN else plain("snooze")
    question = Asked("reason", plain("Why? Empty will do"), lambda text: None, start=one.reason or "")
    about = plain("Seen by me") if kind == SEEN else Safe(f"Snooze {until_text(until, look)}")
    ask = Ask(safe(one.what, 60), NO_TEXT, say(about), word, [question])
    deck.push_screen(ask, lambda given: _decide(deck, one, kind, until, given["reason"]) if given is not None else None)


def _decide(deck: Deck, one: Attention, kind: Kind, until: datetime | None, reason: str) -> None:
    """Keep it, and have Pulse made again."""
    session, refresher, look = deck.desk.session, deck.desk.refresher, deck.desk.look

    def keep() -> Safe:
        try:
            if kind == OPEN:
                bring_back(session, one)
            else:
                put_away(session, one, kind, until, reason)
        except CacheError as error:
            return safe(str(error))
        refresher.touch(ROLL_UP)
        return said(one, kind, until, look)

    deck.view.ask(keep, lambda text: deck.tell(deck.keys.said(text)))


def said(one: Attention, kind: Kind, until: datetime | None, look: Look) -> Safe:
    """What was done, and the way back. Braces of a name are no key."""
    name = safe(one.what, 26).replace("{", "(").replace("}", ")")
    if kind == OPEN:
        return Safe(f"Back: {name}.")
    if kind == SEEN:
        return Safe(f"Seen: {name}. It says so when it gets worse.")
    return Safe(f"Snoozed {until_text(until, look)}: {name}. {{snoozed}} shows it.")


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
