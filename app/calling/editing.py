"""Making and changing payloads: in the user's own editor while the deck stands aside, or from a file."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from app.calling.payloads import NAME, NAMED, NoPayload, keep_payload, payload_in, read_payload
from app.doing import carrying
from app.screens.ask import Ask
from services.private_files import read_private, write_private
from widgets.lines import say
from widgets.questions import Asked
from widgets.safe import Safe, plain, safe

if TYPE_CHECKING:
    from app.calling.asking import Wanted
    from app.deck import Deck

TEMPLATE = b'{\n  "input_data": {\n    "data": [[]]\n  }\n}\n'
"""What a new payload begins with: the shape that MLflow models take."""
EDITORS = ("sensible-editor", "nano", "vi", "notepad")


def new(deck: Deck, wanted: Wanted) -> None:
    """Ask for a name, then open the editor."""
    _ask(deck, wanted, [_name()], lambda given: _edited(deck, wanted, given["name"], TEMPLATE))


def from_file(deck: Deck, wanted: Wanted) -> None:
    """Ask for a file and a name, then keep what is in it."""
    file = Asked(
        "file", plain("File"), lambda text: None if text.strip() else plain("Name a file."), hint=plain("JSON")
    )

    def keep(given: dict[str, str]) -> None:
        _keep(deck, wanted, given["name"], lambda: payload_in(given["file"].strip()))

    _ask(deck, wanted, [file, _name()], keep)


def edit(deck: Deck, wanted: Wanted, name: str) -> None:
    """Open a kept payload in the editor."""
    session = deck.desk.session

    def work() -> bytes | Safe:
        try:
            return read_payload(session, wanted.endpoint, name)
        except NoPayload as error:
            return safe(str(error), 300)

    def take(found: bytes | Safe) -> None:
        if isinstance(found, Safe):
            carrying.tell_trouble(deck, found)
        else:
            _edited(deck, wanted, name, found)

    deck.view.ask(work, take)


def _name() -> Asked:
    def check(text: str) -> Safe | None:
        return None if NAME.fullmatch(text.strip()) else Safe(f"{NAMED[0].upper()}{NAMED[1:]}.")

    return Asked("name", plain("Name of the payload"), check, "usual")


def _ask(deck: Deck, wanted: Wanted, questions: list[Asked], then: Callable[[dict[str, str]], None]) -> None:
    subject = say(wanted.name, "strong", bold=True)
    ask = Ask(plain("New payload"), safe(wanted.workspace.name), subject, plain("go on"), questions)
    deck.push_screen(ask, lambda given: then(given) if given is not None else None)


def _edited(deck: Deck, wanted: Wanted, name: str, payload: bytes) -> None:
    """Stand aside for the editor, and keep what it leaves. The deck sleeps meanwhile, as behind ctrl+z."""
    from textual.app import SuspendNotSupported

    found: list[bytes | Safe] = []
    try:
        with deck.suspend():
            found.append(in_editor(payload))
    except SuspendNotSupported:
        found.append(plain("There is no terminal here to open an editor in; take a payload from a file."))
    deck.refresh()
    answer = found[0]
    if isinstance(answer, Safe):
        carrying.tell_trouble(deck, answer)
    else:
        _keep(deck, wanted, name, lambda: answer)


def in_editor(payload: bytes) -> bytes | Safe:
    """Return a text as the user's editor left it, or the sentence that says why not. Waits for the editor."""
    wanted = os.environ.get("VISUAL") or os.environ.get("EDITOR") or next(filter(shutil.which, EDITORS), "")
    if not wanted:
        return plain("No editor is known here: set EDITOR, or take a payload from a file.")
    with tempfile.TemporaryDirectory(prefix="amldeck-") as folder:
        path = Path(folder) / "payload.json"
        write_private(path, payload)
        try:
            ended = subprocess.run([*shlex.split(wanted), str(path)], check=False)
            # An editor may write another file in place of ours, by the umask of its user.
            os.chmod(path, 0o600)
            left = read_private(path)
        except (OSError, ValueError) as error:
            return Safe(f"{safe(wanted, 60)} cannot be used: {safe(getattr(error, 'strerror', None) or error, 200)}.")
    if ended.returncode:
        return Safe(f"{safe(wanted, 60)} ended with {ended.returncode}, so nothing is kept.")
    return left or plain("The editor left nothing, so nothing is kept.")


def _keep(deck: Deck, wanted: Wanted, name: str, payload: Callable[[], bytes]) -> None:
    """Keep a payload on a worker, say so, and offer the list again: it is made to be sent."""
    from app.calling.asking import offer

    session = deck.desk.session

    def work() -> tuple[Safe, bool]:
        try:
            was_redacted = keep_payload(session, wanted.endpoint, name.strip(), payload())
        except NoPayload as error:
            return safe(str(error), 300), False
        less = ", without the secrets that were in it" if was_redacted else ""
        return Safe(f"The payload {safe(name)} is kept for {safe(wanted.endpoint, 40)}{less}."), True

    def take(done: tuple[Safe, bool]) -> None:
        if done[1]:
            deck.tell(done[0])
            offer(deck, wanted)
        else:
            carrying.tell_trouble(deck, done[0])

    deck.view.ask(work, take)
