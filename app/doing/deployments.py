"""`=` in Deployments and in a triage: the marked ones beside each other, or one beside the others of its endpoint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.deployments_compared.sides import sides_of, with_others
from app.doing import taking
from cache.errors import CacheError
from services.deployment_comparison import FEWEST, MOST, Side
from widgets.lines import say
from widgets.safe import Safe, plain, safe

if TYPE_CHECKING:
    from app.deck import Deck


def compare(deck: Deck) -> None:
    """Read them from the cache on a worker, then show them."""
    marked, row = tuple(deck.view.marks), deck.view.row
    if len(marked) > MOST:
        deck.tell(Safe(f"{len(marked)} deployments are marked; {MOST} at most are compared."))
        return
    if row is None:
        deck.tell(plain("No row is under the cursor."))
        return
    compare_these(deck, row.key, marked)


def compare_these(deck: Deck, key: str, marked: Sequence[str] = ()) -> None:
    """Compare the marked ones, else one with those beside it; `ENDPOINT/` begins with the one with most traffic."""
    session = deck.desk.session

    def work() -> tuple[Side, ...] | Safe:
        try:
            return sides_of(session, marked if len(marked) >= FEWEST else with_others(session, key))
        except CacheError as error:
            return safe(str(error), 300)

    deck.view.ask(work, lambda found: _show(deck, found))


def _show(deck: Deck, found: tuple[Side, ...] | Safe) -> None:
    from app.deployments_compared.screen import ComparedScreen

    if isinstance(found, Safe):
        deck.tell(found)
    elif not found:
        deck.tell(plain("The deployments of this endpoint are not in the cache."))
    elif len(found) < FEWEST:
        deck.tell(plain("Its endpoint has no other deployment; mark two to compare them."))
    elif len(deck.screen_stack) == 1:
        endpoints = dict.fromkeys(side.deployment.endpoint for side in found)
        named = safe(" and ".join(endpoints), 80)
        title = (*say(plain("Deployments  "), "muted"), *say(named, "strong", bold=True))
        screen = ComparedScreen(title, found, deck.desk.is_ascii)
        deck.push_screen(screen, lambda text: taking.copy_all(deck, text, plain("the comparison")))
