"""The token file: everybody's tokens in one sealed file, by name. Two processes may use it at once.

What is wrong with it never stops anybody: it is moved aside, told in `problems`, and a fresh one begun.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from services import envelope
from services.envelope import CannotOpen
from services.private_files import FolderLock, NotPrivate, move_aside, read_private, stamp, write_private

NAME = "tokens.bin"


class TokenFile:
    """The states of token caches by name, each a text of msal's own. Safe to use from any thread and process."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self.path = folder / NAME
        self.problems: list[str] = []
        """What was wrong with the file, a sentence each, oldest first."""
        self._lock = FolderLock(folder / "tokens.lock")
        self._key = key

    def stamp(self) -> tuple[int, int, int] | None:
        """Return what changes whenever anybody writes the file; None when there is none."""
        return stamp(self.path)

    def read(self) -> dict[str, str]:
        """Return every state by name; none when there is no file or it cannot be used. Raises Busy or OSError."""
        try:
            return self._opened()
        except (CannotOpen, NotPrivate):
            with self._lock.held():
                return self._opened_or_fresh()

    @contextmanager
    def changing(self) -> Generator[dict[str, str]]:
        """Give every state to be changed in place, and write them at the end. Nobody else writes meanwhile.

        Nothing is written when nothing changed, or when the body raises. Raises Busy or OSError.
        """
        with self._lock.held():
            states = self._opened_or_fresh()
            before = dict(states)
            yield states
            if states != before:
                self._write(states)

    def _write(self, states: dict[str, str]) -> None:
        write_private(self.path, envelope.seal(self._key, msgspec.json.encode(states)))

    def _opened(self) -> dict[str, str]:
        sealed = read_private(self.path)
        if sealed is None:
            return {}
        try:
            return msgspec.json.decode(envelope.unseal(self._key, sealed), type=dict[str, str])
        except msgspec.MsgspecError:
            raise CannotOpen("it holds something else than tokens") from None

    def _opened_or_fresh(self) -> dict[str, str]:
        try:
            return self._opened()
        except CannotOpen as error:
            self._start_afresh(f"The token file {self.path} cannot be opened: {error.what}", "damaged")
        except NotPrivate as error:
            self._start_afresh(f"The token file {error.what} and was not read", "refused")
        return {}

    def _start_afresh(self, what: str, word: str) -> None:
        target = move_aside(self.path, word)
        self.problems.append(f"{what}. It was moved to {target.name} and a fresh one begun: sign in again.")
