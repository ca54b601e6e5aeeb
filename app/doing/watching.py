"""`w` and `:watch`: what can be watched of the row, what is watched already, and letting go of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.rows import EndpointRow
from app.screens.ask import Ask
from app.screens.menu import Menu
from app.watching import TooMany
from services.run import ENDED_RUNS, Run
from services.watch_text import NotALine, amount, metric_line, seconds, share
from services.watching import Happening, Kind, Watch
from widgets import format as fmt
from widgets.bar import NO_TEXT
from widgets.choices import Choice
from widgets.footer import Hint
from widgets.lines import say
from widgets.pane import Look
from widgets.questions import Asked
from widgets.safe import Safe, plain, safe

if TYPE_CHECKING:
    from app.deck import Deck

HINTS = (Hint(plain("enter"), plain("watch, or let go")), Hint(plain("↓ ↑"), plain("move")),
         Hint(plain("esc"), plain("leave")))  # fmt: skip
SHOWN = 20
"""Past events in the list."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that can be watched. With a `label` a line is asked for, and `read` makes the watch of it."""

    kind: Kind
    words: Safe
    read: Callable[[Watch, str], Watch]
    label: Safe = NO_TEXT
    example: str = ""


def _as_it_is(watch: Watch, text: str) -> Watch:
    return watch


def _at_metric(watch: Watch, text: str) -> Watch:
    from msgspec.structs import replace

    metric, is_below, limit = metric_line(text)
    return replace(watch, metric=metric, is_below=is_below, limit=limit)


def _at_length(watch: Watch, text: str) -> Watch:
    from msgspec.structs import replace

    return replace(watch, limit=seconds(text))


def _at_share(watch: Watch, text: str) -> Watch:
    from msgspec.structs import replace

    return replace(watch, limit=share(text))


def _at_sum(watch: Watch, text: str) -> Watch:
    from msgspec.structs import replace

    return replace(watch, thing="", name="", sum=amount(text))


OF_RUN = (
    Offer("end", plain("It ends"), _as_it_is),
    Offer("nan", plain("A metric is NaN or infinite"), _as_it_is),
    Offer("metric", plain("A metric crosses a line…"), _at_metric, plain("A metric, < or >, and a number"), "loss<0.3"),
    Offer("stall", plain("It logs no metric for a while…"), _at_length, plain("For how long"), "15m"),
)
OF_ENDPOINT = (
    Offer("state", plain("Its state turns"), _as_it_is),
    Offer("errors", plain("More of its requests fail…"), _at_share, plain("More than which share"), "5%"),
    Offer("p95", plain("It is slower…"), _at_length, plain("A p95 above"), "2s"),
)
SPEND = (Offer("spend", plain("The month passes a sum…"), _at_sum, plain("An amount and its currency"), "100EUR"),)


def watch(deck: Deck) -> None:
    """Offer what can be watched of the row under the cursor, or of what is open."""
    row = deck.view.row
    if row is None:
        return
    record = row.record
    if isinstance(record, Run):
        if record.status in ENDED_RUNS:
            deck.tell(Safe(f"{safe(record.name, 60)} has ended: nothing more can happen to it."))
            return
        _offer(deck, OF_RUN, record.id, record.name)
    elif isinstance(record, EndpointRow):
        _offer(deck, OF_ENDPOINT, record.name, record.name)
    else:
        _offer(deck, SPEND, "", "")


def _offer(deck: Deck, offers: tuple[Offer, ...], thing: str, name: str) -> None:
    watcher = deck.desk.watcher
    title = Safe(f"Watch {safe(name, 40)}") if name else plain("Watch what is spent")
    kinds = {offer.kind: offer for offer in offers}

    def show(watched: tuple[Watch, ...]) -> None:
        own = [one for one in watched if one.thing == thing and one.kind in kinds]
        plainly = {one.kind for one in own if not kinds[one.kind].label}
        choices = [_watched(one) for one in own]
        choices += [Choice(offer.kind, say(offer.words)) for offer in offers if offer.kind not in plainly]
        deck.push_screen(Menu(title, choices, placeholder=plain("what to wait for"), hints=HINTS), take)

    def take(id: str | None) -> None:
        if id is None:
            return
        if id.startswith("="):
            _let_go(deck, id[1:])
            return
        made = Watch(kind=kinds[id].kind, thing=thing, name=name, since=deck.desk.session.now())
        _ask_or_add(deck, kinds[id], made, title)

    deck.view.ask(lambda: watcher.watches, show)


def _ask_or_add(deck: Deck, offer: Offer, made: Watch, title: Safe) -> None:
    if not offer.label:
        _add(deck, made)
        return

    def wrong(text: str) -> Safe | None:
        try:
            offer.read(made, text)
        except NotALine as error:
            return safe(str(error))
        return None

    question = Asked("line", offer.label, wrong, start=offer.example)
    ask = Ask(title, NO_TEXT, say(Safe(offer.words.rstrip("…"))), plain("watch"), [question])
    deck.push_screen(ask, lambda given: _add(deck, offer.read(made, given["line"])) if given is not None else None)


def _add(deck: Deck, made: Watch) -> None:
    watcher = deck.desk.watcher

    def add() -> str:
        try:
            watcher.add(made)
        except TooMany as error:
            return str(error)
        return f"Watching {made.whose}: {made.about}. :watch lists what is watched."

    def done(said: str) -> None:
        deck.tell(safe(said))
        deck.watchman.look()

    deck.view.ask(add, done)


def _let_go(deck: Deck, key: str) -> None:
    watcher = deck.desk.watcher

    def done(_: None) -> None:
        deck.tell(plain("Watched no more."))
        deck.watchman.look()

    deck.view.ask(lambda: watcher.drop(key), done)


def _watched(one: Watch, *, is_named: bool = False) -> Choice:
    words = safe(f"{one.whose}: {one.about}" if is_named else f"{one.about[:1].upper()}{one.about[1:]}", 60)
    return Choice(f"={one.key}", say(words, "strong"), say(plain("watched"), "accent"), group=plain("Watched"))


def watches(deck: Deck) -> None:
    """List what is watched, to let go of it, and what happened before."""
    watcher, look = deck.desk.watcher, deck.desk.look

    def show(found: tuple[tuple[Watch, ...], tuple[Happening, ...]]) -> None:
        watched, past = found
        choices = [_watched(one, is_named=True) for one in watched]
        choices += [_happened(one, look) for one in past[:SHOWN]]
        menu = Menu(plain("Watched"), [], placeholder=plain("type to find"), hints=HINTS)
        menu.offer(choices, nothing=NOTHING_WATCHED)
        deck.push_screen(menu, lambda id: _let_go(deck, id[1:]) if id is not None and id.startswith("=") else None)

    deck.view.ask(lambda: (watcher.watches, watcher.past), show)


NOTHING_WATCHED = (
    say(plain("  Nothing is watched."), "strong"),
    say(plain("  w on a run, an endpoint or a cost says what can be."), "muted"),
)


def _happened(one: Happening, look: Look) -> Choice:
    when = Safe(f"{fmt.age(one.at, look.now)} ago") if one.at is not None else NO_TEXT
    tone = "warn" if one.is_bad else "text"
    return Choice("", say(safe(one.sentence, 70), tone), say(when, "muted"), group=plain("What happened"))
