"""From `a` to a test call: choose or make a payload, see what is sent and where, confirm, see the answer."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, NamedTuple

from app.calling.making import Call, NotCalled, made, planned
from app.calling.offering import called_by
from app.calling.payloads import Kept, NoPayload, forget_payload, payloads_of, read_payload
from app.doing import carrying, planning, taking
from app.offering import Errand
from app.screens.confirm import Confirm, Confirmation
from app.screens.menu import Menu
from services.endpoint_calls import curl_command, invoke_command
from services.records import WorkspaceRef
from widgets import format as fmt
from widgets.choices import Choice
from widgets.confirm import Proposal, Remark
from widgets.lines import say
from widgets.safe import Safe, join, plain, safe

if TYPE_CHECKING:
    from app.deck import Deck
    from services.endpoint_calls import Outcome


OURS = plain("amldeck itself failed on the test call; whether the model ran is not known.")


class Wanted(NamedTuple):
    """What is to be called: taken when it was asked for, whatever the rows become meanwhile."""

    workspace: WorkspaceRef
    endpoint: str
    deployments: tuple[str, ...]

    @property
    def name(self) -> Safe:
        """`fraud-score`, `fraud-score / blue and green`."""
        to = f" / {' and '.join(safe(one, 40) for one in self.deployments)}" if self.deployments else ""
        return Safe(f"{safe(self.endpoint, 60)}{to}")


def begin(deck: Deck, errand: Errand) -> None:
    """Offer the payloads that are kept for the endpoint, and ways to make one."""
    found = called_by(errand)
    if found is not None:
        offer(deck, Wanted(errand.workspace, *found))


def offer(deck: Deck, wanted: Wanted) -> None:
    """The list of payloads."""
    session = deck.desk.session
    deck.view.ask(lambda: payloads_of(session, wanted.endpoint), lambda kept: _choose(deck, wanted, kept))


def _choose(deck: Deck, wanted: Wanted, kept: list[Kept]) -> None:
    now = deck.desk.look.now

    def line(one: Kept, verb: str, group: Safe, word: str) -> Choice:
        about = say(Safe(f"{fmt.size(one.size)}  {fmt.age(one.at, now)}"), "muted")
        return Choice(f"{verb}:{one.name}", say(Safe(f"{word}{safe(one.name)}")), about, group)

    send, change = plain("Send"), plain("Payloads")
    choices = [
        *(line(one, "send", send, "") for one in kept),
        Choice("new:", say(plain("New, in your editor")), group=change),
        Choice("file:", say(plain("New, from a file")), group=change),
        *(line(one, "edit", change, "Edit ") for one in kept),
        *(line(one, "delete", change, "Delete ") for one in kept),
    ]
    title = Safe(f"Payload for {wanted.name}")
    menu = Menu(title, choices, placeholder=plain("type to find a payload"))
    deck.push_screen(menu, lambda id: _picked(deck, wanted, id or ""))


def _picked(deck: Deck, wanted: Wanted, id: str) -> None:
    from app.calling import editing

    verb, _, name = id.partition(":")
    if verb == "send":
        plan(deck, wanted, name)
    elif verb == "new":
        editing.new(deck, wanted)
    elif verb == "file":
        editing.from_file(deck, wanted)
    elif verb == "edit":
        editing.edit(deck, wanted, name)
    elif verb == "delete":
        _delete(deck, wanted, name)


def _delete(deck: Deck, wanted: Wanted, name: str) -> None:
    session = deck.desk.session

    def work() -> Safe:
        try:
            forget_payload(session, wanted.endpoint, name)
        except NoPayload as error:
            return safe(str(error), 300)
        return Safe(f"The payload {safe(name)} is deleted.")

    deck.view.ask(work, deck.tell)


def plan(deck: Deck, wanted: Wanted, name: str) -> None:
    """Read the payload, and the endpoint afresh; then ask."""
    session = deck.desk.session

    def work() -> Call | Safe:
        try:
            return planned(session, wanted.endpoint, wanted.deployments,
                           read_payload(session, wanted.endpoint, name), name)  # fmt: skip
        except (NoPayload, NotCalled) as error:
            return safe(str(error), 600)

    def take(found: Call | Safe) -> None:
        if isinstance(found, Safe):
            planning.refuse(deck, wanted.name, [found])
        elif deck.desk.session.workspace == wanted.workspace and len(deck.screen_stack) == 1:
            confirm(deck, wanted, found)

    deck.tell(Safe(f"Reading {wanted.name}…"))
    deck.view.ask(work, take)


def confirm(deck: Deck, wanted: Wanted, call: Call) -> None:
    """Say what is sent, where to and as whom; send it when that is meant."""
    target, ref = call.target, wanted.workspace
    to = [safe(one, 40) for one in target.deployments]
    remarks = (
        Remark(plain("sends"), Safe(f"{safe(call.named)}, {fmt.size(len(call.payload))}: {_glimpse(call.payload)}")),
        Remark(plain("to"), Safe(f"{safe(target.host, 120)}, once{' each' if len(to) > 1 else ''}")),
        Remark(plain("deployment"), join(to, Safe(", then ")) if to else plain("the one the traffic chooses")),
        Remark(plain("with"), Safe(target.proves)),
        Remark(
            plain("mind"), plain("what is in production answers it; it is billed, logged and counted like any"), True
        ),
        Remark(plain("never"), plain("sent again, and no redirect is followed")),
    )
    asked = Confirmation(
        title=plain("Test call"), where=safe(ref.name), word=plain("call it"),
        proposal=Proposal(wanted.name, remarks=remarks),
        why_locked=lambda: planning.why_locked(deck, ref.id),
        copy=lambda text, what: taking.copy_text(deck, text, what),
        az=safe(invoke_command(ref, target.endpoint.name, target.deployments), 2_000),
        rest=safe(curl_command(target), 2_000),
        is_ascii=deck.desk.is_ascii,
    )  # fmt: skip
    deck.push_screen(Confirm(asked), lambda is_meant: send(deck, wanted, call) if is_meant else None)


def _glimpse(payload: bytes) -> Safe:
    return safe(b" ".join(payload.split()), 60)


def send(deck: Deck, wanted: Wanted, call: Call) -> None:
    """Send it on a thread of its own, since an endpoint may take minutes, and show the answer."""
    session, view = deck.desk.session, deck.view
    key = f"{wanted.workspace.id}/onlineEndpoints/{wanted.endpoint}/score".lower()
    if (busy := carrying.busy(deck, key)) is not None:
        deck.tell(busy)
        return
    deck.desk.writing.under_way[key] = Safe(f"The test call of {wanted.name}")

    def take(found: tuple[Outcome, ...] | Safe) -> None:
        deck.desk.writing.under_way.pop(key, None)
        if isinstance(found, Safe):
            carrying.tell_trouble(deck, found)
        else:
            _show(deck, wanted, call, found)

    def work() -> None:
        found: tuple[Outcome, ...] | Safe = OURS
        try:
            found = made(session, call)
        except NotCalled as error:
            found = safe(str(error), 600)
        finally:
            carrying.post(view, take, found)

    deck.tell(Safe(f"Calling {wanted.name}…"))
    threading.Thread(target=work, name="amldeck-call", daemon=True).start()


def _show(deck: Deck, wanted: Wanted, call: Call, outcomes: tuple[Outcome, ...]) -> None:
    from app.calling.screen import CallScreen

    if len(deck.screen_stack) > 1:
        deck.tell(Safe(f"The test call of {wanted.name} has ended: {_brief(outcomes)}."))
        return
    title = (*say(plain("Test call  "), "muted"), *say(wanted.name, "strong", bold=True))

    def end(done: Safe | None) -> None:
        if done == CallScreen.AGAIN:
            plan(deck, wanted, call.named)
        elif done:
            taking.copy_all(deck, done, plain("the answer"))

    deck.push_screen(CallScreen(title, outcomes, deck.desk.is_ascii), end)


def _brief(outcomes: tuple[Outcome, ...]) -> Safe:
    return join([Safe(str(one.scored.status)) if one.scored else plain("no answer") for one in outcomes], Safe(", "))
