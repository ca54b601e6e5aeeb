"""Where what a sign-in needs again is kept: secrets, tokens, and the record that names an account."""

from __future__ import annotations

from typing import Any, Protocol

from services.sign_in import PERSONAL, SignIn

AZ_KEEPS = "kept by az"
IN_MEMORY = "in memory only"


class Keeper(Protocol):
    """Keeps them. Its calls may wait for a keyring, so they belong on a worker."""

    @property
    def standing(self) -> str:
        """How tokens are kept, in a few words."""
        ...

    def secret(self, sign_in: SignIn) -> str | None:
        """The client secret or the passphrase of a sign-in; None when there is none."""
        ...

    def keep_secret(self, sign_in: SignIn, value: str) -> bool:
        """Keep a secret the user just gave; whether it lasts beyond this program."""
        ...

    def cache(self, sign_in: SignIn) -> Any:
        """MSAL's token cache for a sign-in; None keeps tokens in the credential alone."""
        ...

    def record(self, sign_in: SignIn) -> str:
        """The AuthenticationRecord of a sign-in as text; empty when there is none."""
        ...

    def keep_record(self, sign_in: SignIn, record: str) -> None:
        """Keep a record."""
        ...

    def forget(self, sign_in: SignIn) -> None:
        """Drop everything of a sign-in."""
        ...


class InMemory:
    """Keeps everything for as long as the program runs, and not a byte longer."""

    def __init__(self) -> None:
        self._secrets: dict[SignIn, str] = {}
        self._records: dict[SignIn, str] = {}

    @property
    def standing(self) -> str:
        """In memory only."""
        return IN_MEMORY

    def secret(self, sign_in: SignIn) -> str | None:
        """What was given in this program."""
        return self._secrets.get(sign_in)

    def keep_secret(self, sign_in: SignIn, value: str) -> bool:
        """Keep it until the end of the program."""
        self._secrets[sign_in] = value
        return False

    def cache(self, sign_in: SignIn) -> Any:
        """None: the credential remembers by itself."""
        return None

    def record(self, sign_in: SignIn) -> str:
        """The record of this program's sign-in."""
        return self._records.get(sign_in, "")

    def keep_record(self, sign_in: SignIn, record: str) -> None:
        """Keep it until the end of the program."""
        self._records[sign_in] = record

    def forget(self, sign_in: SignIn) -> None:
        """Drop secret and record."""
        self._secrets.pop(sign_in, None)
        self._records.pop(sign_in, None)


def is_lost_at_the_end(sign_in: SignIn | None, keeper: Keeper) -> bool:
    """Whether what was typed to sign in is in memory only, because no keyring keeps it. May open the vault."""
    asks = sign_in is not None and sign_in.method in (*PERSONAL, "client secret", "certificate")
    return asks and keeper.standing.startswith(IN_MEMORY)


def where_tokens_are(sign_in: SignIn | None, keeper: Keeper) -> str:
    """Where the tokens of a sign-in are kept, as `whoami` says it."""
    if sign_in is None or sign_in.method == "azure cli":
        return AZ_KEEPS
    if sign_in.method in PERSONAL:
        return keeper.standing
    return f"{IN_MEMORY}, asked for anew"
