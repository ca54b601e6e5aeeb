"""Secrets at rest: in the keyring of the operating system, and tokens in a file sealed with a key from there.

Without a keyring nothing is written: secrets and tokens live in memory and are gone with the program.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Literal

import msgspec

from services.errors import ServiceError
from services.keyrings import Found, NoKeyring, Stop, find_keyring
from services.private_files import Busy, NotPrivate, private_folder
from services.sign_in_records import SignInRecords
from services.token_cache import Shelf, token_cache_type
from services.token_file import TokenFile
from services.token_key import token_key

Kind = Literal["client secret", "certificate passphrase"]
KINDS: tuple[Kind, ...] = ("client secret", "certificate passphrase")

IN_MEMORY = "tokens in memory only"


class Client(msgspec.Struct, frozen=True):
    """What a secret or a token belongs to: an application, in a tenant, in a cloud."""

    cloud: str
    """public, usgov or china."""
    tenant: str
    client_id: str

    @property
    def name(self) -> str:
        """One text for it, the same for every spelling: ids are case-insensitive."""
        return f"{self.cloud}/{self.tenant}/{self.client_id}".lower()


class Vault:
    """The keyring and the token file as one. Its calls wait for the keyring, so they belong on a worker.

    `standing` is what the header says, `reason` the sentence behind it, `problems` what went wrong with the files.
    """

    def __init__(self, folder: Path, found: Found) -> None:
        """Use `open`, which finds the keyring."""
        self.reason = found.sentence
        self._folder = folder
        self._keyring = found.keyring
        self._shelf = Shelf()
        self._records: SignInRecords | None = None
        self._in_memory: dict[str, str] = {}
        self._records_in_memory: dict[str, Any] = {}
        self._caches: dict[str, Any] = {}
        self._guard = threading.Lock()

    @classmethod
    def open(cls, folder: Path, found: Found | None = None) -> Vault:
        """Return the vault of a folder, which is made 0700 when missing. Never asks the user and never raises.

        Takes 5 s at most for the keyring when that hangs. `found` is for who has looked for one already.
        """
        found = found or find_keyring()
        vault = cls(folder, found)
        vault._open_files()
        if found.is_open:
            vault._use_keyring(is_asked=False, stop=None)
        return vault

    @property
    def is_lasting(self) -> bool:
        """Whether tokens are written, sealed, and last beyond this program."""
        return self._shelf.file is not None and not self._shelf.problem

    @property
    def standing(self) -> str:
        """How secrets are kept, in a few words for the header."""
        if self.is_lasting and self._keyring is not None:
            return f"tokens sealed, key in {self._keyring.title}"
        return IN_MEMORY

    @property
    def problems(self) -> tuple[str, ...]:
        """What went wrong with the files, a sentence each."""
        of_file = self._shelf.file.problems if self._shelf.file is not None else []
        of_records = self._records.problems if self._records is not None else []
        last = [self._shelf.problem] if self._shelf.problem else []
        return (*of_file, *of_records, *last)

    def unlock(self, stop: Stop | None = None) -> bool:
        """Have the keyring ask the user, and write what was in memory only. Return whether the vault is lasting now.

        Takes 60 s at most; `stop` returning True ends the waiting within 0.1 s. What went wrong is in `reason`.
        """
        if self._keyring is None:
            found = find_keyring()
            self._keyring, self.reason = found.keyring, found.sentence
        if self._keyring is not None and self._shelf.file is None:
            self._use_keyring(is_asked=True, stop=stop)
        for cache in list(self._caches.values()):
            cache.save()
        return self.is_lasting

    def get(self, kind: Kind, client: Client, *, is_asked: bool = False, stop: Stop | None = None) -> str | None:
        """Return a secret; None when there is none. Raises NoKeyring when the keyring that may hold it is shut."""
        name = _item(kind, client)
        if name in self._in_memory or self._keyring is None:
            return self._in_memory.get(name)
        return self._keyring.get(name, is_asked=is_asked, stop=stop)

    def keep(self, kind: Kind, client: Client, value: str, *, stop: Stop | None = None) -> bool:
        """Keep a secret the user just gave. Return False when it is kept in memory only, with the reason in `reason`.

        The keyring may ask the user.
        """
        name = _item(kind, client)
        if self._keyring is not None:
            try:
                self._keyring.put(name, value, is_asked=True, stop=stop)
            except NoKeyring as error:
                self.reason = str(error)
            else:
                self._in_memory.pop(name, None)
                return True
        self._in_memory[name] = value
        return False

    def token_cache(self, client: Client, *, is_cae: bool = False) -> Any:
        """Return the token cache of an application, always the same one: for `_cache`, or `_cae_cache` with `is_cae`.

        It is a msal.SerializableTokenCache. What it is given is written at once, and what other processes write is
        seen at the next search.
        """
        name = f"{client.name} cae" if is_cae else client.name
        with self._guard:
            if name not in self._caches:
                self._caches[name] = token_cache_type()(self._shelf, name)
            return self._caches[name]

    def record(self, name: str) -> Any:
        """Return the azure-identity AuthenticationRecord of a sign-in; None when there is none."""
        if self._records is None:
            return self._records_in_memory.get(name)
        try:
            return self._records.get(name)
        except (OSError, Busy):
            return self._records_in_memory.get(name)

    def keep_record(self, name: str, record: Any) -> None:
        """Keep an AuthenticationRecord under a sign-in's name. There is no secret in it."""
        self._records_in_memory[name] = record
        if self._records is not None:
            try:
                self._records.put(name, record)
            except (OSError, Busy) as error:
                self._shelf.problem = f"The sign-in cannot be written: {error}"

    def forget(self, client: Client, name: str = "", *, stop: Stop | None = None) -> None:
        """Sign out: remove the secrets of `client`, its tokens and the record of the sign-in `name`.

        With a record, only the tokens of its account go: others may use the same application. Raises ServiceError or
        OSError for what could not be removed, after everything else was.
        """
        record = self.record(name) if name else None
        account = record.home_account_id if record is not None else ""
        steps: list[Callable[[], object]] = [
            lambda: self.token_cache(client).forget(account),
            lambda: self.token_cache(client, is_cae=True).forget(account),
            lambda: self._forget_record(name),
            *(partial(self._forget_secret, _item(kind, client), stop) for kind in KINDS),
        ]
        failed: Exception | None = None
        for step in steps:
            try:
                step()
            except (ServiceError, OSError) as error:
                failed = failed or error
        if failed is not None:
            raise failed

    def _forget_record(self, name: str) -> None:
        self._records_in_memory.pop(name, None)
        if self._records is not None and name:
            self._records.remove(name)

    def _forget_secret(self, item: str, stop: Stop | None) -> None:
        self._in_memory.pop(item, None)
        if self._keyring is not None:
            self._keyring.remove(item, is_asked=stop is not None, stop=stop)

    def _open_files(self) -> None:
        try:
            private_folder(self._folder)
        except (OSError, NotPrivate) as error:
            self._shelf.problem = f"Nothing can be kept in {self._folder}: {_said(error)}"
            return
        self._records = SignInRecords(self._folder)

    def _use_keyring(self, *, is_asked: bool, stop: Stop | None) -> None:
        """Begin to write tokens, with the key from the keyring."""
        if self._records is None or self._keyring is None:
            return
        try:
            key = token_key(self._keyring, self._folder, is_asked=is_asked, stop=stop)
        except (ServiceError, OSError) as error:
            self.reason = str(error)
            return
        self._shelf.file = TokenFile(self._folder, key)
        self.reason = f"Secrets are kept in {self._keyring.title}."


def _item(kind: Kind, client: Client) -> str:
    return f"{kind} of {client.name}"


def _said(error: Exception) -> str:
    return error.strerror or type(error).__name__ if isinstance(error, OSError) else str(error)
