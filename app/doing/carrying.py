"""Sending what was confirmed, one change after the other, while the deck goes on; and saying what becomes of it."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from app.asker import Asker
from app.fetching import look_for
from app.pane_view import PaneView
from services.change import Change
from widgets.command_line import CommandLine
from widgets.lines import NO_LINE, say, spaced
from widgets.notice import Notice
from widgets.pane import Line, Span
from widgets.safe import Safe, plain, safe

if TYPE_CHECKING:
    from app.deck import Deck
    from app.desk import Desk

LONGER = 12.0
"""Seconds the notice says what went wrong."""
UNDER_WAY = 60.0
"""Seconds it says what is under way, unless something newer is to be said: Azure is often silent for as long."""


_AS_IT_IS = {"running": "still under way", "unknown": "of unknown outcome"}
RESUME_AGAIN = 10.0
"""Seconds until it is looked again whether there is a connection to follow earlier changes with."""


class Outcome(NamedTuple):
    """How one change ended."""

    change: Change
    outcome: str
    said: str


def busy(deck: Deck, target: str) -> Safe | None:
    """Why nothing else may be asked of a target now: something is under way there. None when nothing is."""
    what = deck.desk.writing.under_way.get(target.lower())
    return Safe(f"{what} is still under way; wait for its end (:intents follows it).") if what is not None else None


def carry_out(deck: Deck, changes: Sequence[Change], sources: tuple[str, ...]) -> None:
    """Send the confirmed changes. Nothing waits for it: Azure may work on one for minutes."""
    desk, actor, view = deck.desk, deck.desk.actor, deck.view
    said = next((said for change in changes if (said := busy(deck, change.target))), None)
    if said is not None:
        deck.tell(said)
        return
    desk.writing.under_way.update({change.target.lower(): safe(change.what, 60) for change in changes})

    what = changes[0].what if len(changes) == 1 else f"{len(changes)} changes"
    _under_way(deck, f"{what}: under way")

    def work() -> None:
        ended: list[Outcome] = []
        for change in changes:
            found = actor.carry_out(change, lambda text: post(view, lambda words: _under_way(deck, words), text))
            ended.append(Outcome(change, found.outcome, found.said))
            post(view, lambda one: _release(desk, one), ended[-1])
        post(view, lambda all_of_it: _over(deck, all_of_it, sources), ended)

    # Not one of the deck's workers: those are waited for when the deck is left, and the record of what was asked
    # lets the next start follow what this one does not see the end of.
    threading.Thread(target=work, name="amldeck-act", daemon=True).start()


def resume(deck: Deck) -> None:
    """Follow what an earlier deck left under way, and look again at what nobody knows the outcome of. Only reads."""
    desk, view = deck.desk, deck.view
    if not desk.session.is_online:
        return
    if desk.session.connection is None or desk.session.workspace is None:
        # Signing in is for who is at the deck to begin with, so this waits until somebody has.
        view.set_timer(RESUME_AGAIN, lambda: resume(deck))
        return
    actor = desk.actor

    def work() -> None:
        ended = actor.resume(lambda text: post(view, lambda words: _under_way(deck, words), text))
        if ended:
            post(view, deck.tell, followed_up([one.outcome for one in ended]))

    threading.Thread(target=work, name="amldeck-resume", daemon=True).start()


def followed_up(outcomes: Sequence[str]) -> Safe:
    """`2 earlier changes were followed up, 1 done, 1 …`: how what another process began has ended."""
    if len(outcomes) == 1:
        return Safe(f"1 earlier change was followed up: {_AS_IT_IS.get(outcomes[0], outcomes[0])}; :intents has it.")
    found = [f"{number} {_AS_IT_IS.get(outcome, outcome)}" for outcome, number in Counter(outcomes).items()]
    return Safe(f"{len(outcomes)} earlier changes were followed up: {', '.join(found)}; :intents has them.")


def post(view: PaneView, then: Callable[[Any], None], value: Any) -> None:
    """Hand something to the event loop; nobody is there to take it once the deck was left."""
    with suppress(RuntimeError):
        view.post_message(Asker.Answered(then, value))


def _release(desk: Desk, one: Outcome) -> None:
    desk.writing.under_way.pop(one.change.target.lower(), None)


def _under_way(deck: Deck, text: str) -> None:
    sign = plain("+ ") if deck.desk.is_ascii else plain("◆ ")
    deck.part(Notice).tell((Span(sign, "run"), Span(safe(text))), UNDER_WAY)


def _over(deck: Deck, ended: Sequence[Outcome], sources: tuple[str, ...]) -> None:
    """Say how it ended, and read again what was changed."""
    counted = Counter(one.outcome for one in ended)
    bad = next((one for one in ended if one.outcome not in ("done", "running")), None)
    if counted["running"]:
        return  # the deck is being left, and the next start follows it
    if bad is None:
        can_undo = len(ended) == 1 and ended[0].change.inverse is not None
        back: Line = (Span(deck.keys.name("undo"), "accent"), Span(plain(" takes it back"))) if can_undo else NO_LINE
        deck.part(Notice).tell(_done(deck, ended), LONGER, right=back)
    elif len(ended) == 1:
        tell_trouble(deck, _sentence(deck, bad))
    else:
        tell_trouble(deck, Safe(f"{counted['done']} of {len(ended)} done. {_sentence(deck, bad)}"))
    look_for(deck, sources, force=True)
    if bad is None and len(ended) == 1 and ended[0].change.makes:
        _follow(deck, ended[0].change)
    deck.draw_chrome()


def _follow(deck: Deck, change: Change) -> None:
    """Open the run that was made, unless somebody is at something else: then the notice has said its name."""
    if len(deck.screen_stack) == 1 and not deck.view.line.bar.is_editing and not deck.part(CommandLine).display:
        from app.doing.runs import open_run

        name = change.makes.rpartition("/")[2]
        open_run(deck, name, safe(name, 40))


def _done(deck: Deck, ended: Sequence[Outcome]) -> Line:
    sign = plain("v done") if deck.desk.is_ascii else plain("✓ done")
    what = safe(ended[0].change.what) if len(ended) == 1 else Safe(f"{len(ended)} changes")
    return spaced([say(sign, "ok", bold=True), say(what)])


def _sentence(deck: Deck, one: Outcome) -> Safe:
    if one.outcome == "unknown":
        again = Safe(f"{deck.keys.first('refresh')} in :intents looks again")
        return Safe(f"{safe(one.change.what, 60)}: outcome unknown; {again}. {safe(one.said)}")
    return Safe(f"{safe(one.change.what, 60)}: {safe(one.said) or one.outcome}")


def tell_trouble(deck: Deck, words: Safe) -> None:
    """Say what went wrong, long enough to be read."""
    sign = plain("x ") if deck.desk.is_ascii else plain("✗ ")
    deck.part(Notice).tell((Span(sign, "err"), Span(words)), LONGER)
