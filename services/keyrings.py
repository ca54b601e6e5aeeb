"""The keyring of the operating system: found among the vetted ones, asked with a deadline, never waited for longer."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Literal, TypeVar

import msgspec

from services.errors import ServiceError
from services.keyring_backends import NotUsable, candidates, distrusted, load, vetted_as
from services.patience import GivenUp, Patience, TookTooLong

PROBE = 5.0
"""Seconds the keyring has when nobody was asked anything."""
PROMPT = 60.0
"""Seconds the user has to answer the keyring's own prompt."""

SERVICE = "amldeck"
"""What our items are filed under."""

START_ONE = "start one, such as gnome-keyring or KWallet; until then secrets are kept in memory only"

T = TypeVar("T")
Stop = Callable[[], bool]
Trouble = Literal["none", "locked", "hung", "stopped", "broken"]


class NoKeyring(ServiceError):
    """The keyring cannot be used. `trouble` says why: none, locked, hung, stopped by the user, or broken."""

    trouble: Trouble = "none"


class Keyring:
    """One vetted keyring. Its calls take `PROBE` seconds at most, `PROMPT` when `is_asked`, from any thread.

    `is_asked` says that the user waits for it: then it may show its prompt, and `stop` ends the waiting.
    """

    def __init__(self, backend: Any, *, probe: float = PROBE, prompt: float = PROMPT) -> None:
        """Take a backend of the keyring library. Raises NoKeyring for one that is not vetted."""
        vetted = vetted_as(backend)
        if vetted is None:
            raise _trouble("none", f"The keyring {_kind_of(backend)} is not one amldeck trusts")
        self.title = vetted.title
        self._vetted = vetted
        self._backend = backend
        self._probe = probe
        self._prompt = prompt
        self._patience = Patience("amldeck keyring")

    def check(self, seconds: float | None = None) -> None:
        """Find out, without asking the user, whether it can be read. Raises NoKeyring after `seconds` or `PROBE`."""
        patient(self._patience, self.title, self._need_open, self._probe if seconds is None else seconds, None)

    def unlock(self, stop: Stop | None = None) -> None:
        """Have the keyring ask the user for what it needs. Raises NoKeyring."""
        self.get("anything", is_asked=True, stop=stop)

    def get(self, name: str, *, is_asked: bool = False, stop: Stop | None = None) -> str | None:
        """Return an item; None when there is none. Raises NoKeyring."""
        return self._ask(lambda: self._backend.get_password(SERVICE, name), is_asked=is_asked, stop=stop)

    def put(self, name: str, value: str, *, is_asked: bool = False, stop: Stop | None = None) -> None:
        """Keep an item, in place of one of the same name. Raises NoKeyring."""
        self._ask(lambda: self._backend.set_password(SERVICE, name, value), is_asked=is_asked, stop=stop)

    def remove(self, name: str, *, is_asked: bool = False, stop: Stop | None = None) -> None:
        """Remove an item, if there is one. Raises NoKeyring."""

        def work() -> None:
            if self._backend.get_password(SERVICE, name) is not None:
                self._backend.delete_password(SERVICE, name)

        self._ask(work, is_asked=is_asked, stop=stop)

    def _ask(self, work: Callable[[], T], *, is_asked: bool, stop: Stop | None) -> T:
        def opened() -> T:
            if not is_asked:
                self._need_open()
            elif self._vetted.unlock is not None:
                self._vetted.unlock(self._backend, self._prompt)
            return work()

        return patient(self._patience, self.title, opened, self._prompt if is_asked else self._probe, stop)

    def _need_open(self) -> None:
        if self._vetted.is_locked is not None and self._vetted.is_locked(self._backend):
            raise _locked(self.title)


class Found(msgspec.Struct, frozen=True):
    """What became of the search for a keyring."""

    keyring: Keyring | None
    """A keyring that is there, perhaps locked; None when none may be used."""
    is_open: bool
    """Whether it can be read without asking the user."""
    sentence: str
    """Which keyring it is, or why there is none and what to do."""


def find_keyring(*, probe: float = PROBE, prompt: float = PROMPT) -> Found:
    """Return the keyring of this machine. Takes `probe` seconds at most, asks the user nothing, raises nothing."""
    deadline = time.monotonic() + probe
    try:
        backend = patient(Patience("amldeck keyring search"), "the keyring", _first_usable, probe, None)
        keyring = Keyring(backend, probe=probe, prompt=prompt)
    except NoKeyring as error:
        return Found(None, False, str(error))
    try:
        keyring.check(max(0.0, deadline - time.monotonic()))
    except NoKeyring as error:
        return Found(keyring, False, str(error))
    return Found(keyring, True, f"Secrets are kept in {keyring.title}.")


def _first_usable() -> Any:
    reasons: list[str] = []
    for vetted in candidates():
        try:
            return load(vetted)
        except NotUsable as error:
            reasons.append(str(error))
    raise _trouble("none", f"No keyring can be used: {'; '.join(reasons)}{_others()}", START_ONE)


def _others() -> str:
    names = distrusted()
    return f". {', '.join(names)} is installed, which may keep secrets in plain files, and is not used" if names else ""


def patient(patience: Patience, title: str, work: Callable[[], T], seconds: float, stop: Stop | None) -> T:
    """Return what a keyring's call returns, within `seconds`. Raises NoKeyring, which holds nothing of the call."""
    try:
        outcome = patience.call(work, seconds, stop)
    except TookTooLong:
        raise _hung(title, seconds) from None
    except GivenUp:
        raise _trouble("stopped", f"Waiting for {title} was stopped", "try again when you can unlock it") from None
    if outcome.error is not None and not isinstance(outcome.error, NoKeyring):
        raise _broken(title, outcome.error) from None
    return outcome.value


def _broken(title: str, error: BaseException) -> NoKeyring:
    from keyring.errors import InitError, KeyringLocked

    is_locked = isinstance(error, KeyringLocked) or (isinstance(error, InitError) and "dismissed" in str(error).lower())
    if is_locked or type(error).__name__ in ("LockedException", "PromptDismissedException"):
        return _locked(title)
    # The kind alone: a text made by a library may quote what it was given.
    return _trouble("broken", f"{_capital(title)} failed ({type(error).__name__})", "try again, or restart it")


def _locked(title: str) -> NoKeyring:
    return _trouble("locked", f"{_capital(title)} is locked", "unlock it, or sign in again and answer its prompt")


def _hung(title: str, seconds: float) -> NoKeyring:
    what = f"{_capital(title)} has not answered for {seconds:g} seconds; a prompt of it may be open and unanswered"
    return _trouble("hung", what, "answer it or restart the keyring")


def _trouble(trouble: Trouble, what: str, do: str = "") -> NoKeyring:
    error = NoKeyring(what, do=do)
    error.trouble = trouble
    return error


def _kind_of(backend: object) -> str:
    return f"{type(backend).__module__}.{type(backend).__qualname__}"


def _capital(title: str) -> str:
    return title[:1].upper() + title[1:]
