"""Copying a key or token of an endpoint: offered among its actions, asked first, never shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from app.doing import carrying, taking
from app.endpoint_secrets import ACTIONS, NotCopied, copy_secret, words
from app.offering import Errand, Right
from app.rows import EndpointRow
from app.screens.confirm import Confirm, Confirmation
from services.endpoint_keys import Which
from widgets.choices import Choice
from widgets.confirm import Proposal, Remark
from widgets.lines import NO_LINE, say
from widgets.safe import Safe, plain, safe

if TYPE_CHECKING:
    from app.deck import Deck

_GROUP = plain("To the clipboard")
_ABOUT = plain("Reads it from Azure and copies it. It is never shown, kept or logged here.")


def _kinds(errand: Errand) -> tuple[Which, ...]:
    """What of its secrets an endpoint has; nothing for other rows and for several."""
    record = errand.rows[0].record
    if len(errand.rows) != 1 or not isinstance(record, EndpointRow):
        return ()
    modes: dict[str, tuple[Which, ...]] = {"amltoken": ("token",), "aadtoken": ()}
    return modes.get((record.auth_mode or "").lower(), ("primary", "secondary"))


def actions(errand: Errand) -> frozenset[str]:
    """The actions of Azure that the offered copies take."""
    return frozenset(ACTIONS[which] for which in _kinds(errand))


def choices(errand: Errand, rights: Mapping[str, Right]) -> list[Choice]:
    """A line for each key or token that can be copied."""
    found: list[Choice] = []
    for which in _kinds(errand):
        right = rights.get(ACTIONS[which], Right())
        state = say(plain("not allowed"), "muted") if right.denied is not None else NO_LINE
        found.append(Choice(f"copy:{which}", say(Safe(f"Copy {words(which)}")), state, _GROUP, "key token clipboard",
                            right.denied, right.denied or right.note or _ABOUT))  # fmt: skip
    return found


def begin(deck: Deck, errand: Errand, name: str) -> None:
    """Ask, and copy when it is meant."""
    which, endpoint = cast("Which", name), str(errand.rows[0].record.name)
    remarks = (
        Remark(plain("goes to"), plain("the clipboard alone: it is not shown, kept or logged by amldeck")),
        Remark(plain("noted"), plain("Azure writes into its activity log that you asked for it")),
        Remark(plain("mind"), plain("other programs can read a clipboard; who has it can call the endpoint"), True),
    )
    asked = Confirmation(
        title=Safe(f"Copy {words(which)}"),
        where=safe(errand.workspace.name),
        word=plain("copy it"),
        proposal=Proposal(safe(endpoint, 60), remarks=remarks),
        why_locked=lambda: None,
        copy=lambda text, what: taking.copy_text(deck, text, what),
        az=plain(""),
        rest=plain(""),
        is_ascii=deck.desk.is_ascii,
    )
    deck.push_screen(Confirm(asked), lambda is_meant: _copy(deck, endpoint, which) if is_meant else None)


def _copy(deck: Deck, endpoint: str, which: Which) -> None:
    driver = deck._driver  # pyright: ignore[reportPrivateUsage] (Textual's own copy says neither size nor route)
    write, session = driver.write if driver is not None else None, deck.desk.session

    def work() -> tuple[Safe, bool]:
        try:
            return copy_secret(session, endpoint, which, write), True
        except NotCopied as why:
            return safe(str(why), 300), False

    def say_so(done: tuple[Safe, bool]) -> None:
        deck.tell(done[0]) if done[1] else carrying.tell_trouble(deck, done[0])

    deck.tell(Safe(f"Reading the {words(which)} of {safe(endpoint, 40)}…"))
    deck.view.ask(work, say_so)
