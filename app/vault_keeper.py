"""The vault as the keeper of sign-ins: secrets in the system's keyring, tokens in a sealed file, else in memory."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from services.sign_in import SignIn

if TYPE_CHECKING:
    from services.vault import Client, Kind, Vault

DEVELOPERS = "developers"
"""Stands for the application of azure-identity that people sign in with when none is named."""
ANY_TENANT = "organizations"


class VaultKeeper:
    """Keeps what a sign-in needs again in a vault, which is opened when it is first asked: on a worker."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def vault(self) -> Vault:
        """The vault. Opening it may take the seconds a hung keyring is given."""
        from services.vault import Vault

        return Vault.open(self._folder)

    @property
    def standing(self) -> str:
        """How tokens are kept."""
        return self.vault.standing.removeprefix("tokens ")

    def secret(self, sign_in: SignIn) -> str | None:
        """The client secret or the passphrase of a sign-in. Raises NoKeyring when the keyring is shut."""
        return self.vault.get(_kind(sign_in), _client(sign_in))

    def keep_secret(self, sign_in: SignIn, value: str) -> bool:
        """Keep a secret; whether it lasts beyond this program."""
        return self.vault.keep(_kind(sign_in), _client(sign_in), value)

    def cache(self, sign_in: SignIn) -> Any:
        """The sealed token cache of the sign-in's application."""
        return self.vault.token_cache(_client(sign_in))

    def record(self, sign_in: SignIn) -> str:
        """The record of the account that signed in so, as text."""
        found = self.vault.record(_name(sign_in))
        return found.serialize() if found is not None else ""

    def keep_record(self, sign_in: SignIn, record: str) -> None:
        """Keep a record, and ask the keyring for the key of its tokens while the user is there to answer."""
        from services.sign_in_records import record_of

        if not self.vault.is_lasting:
            self.vault.unlock()
        self.vault.keep_record(_name(sign_in), record_of(record))

    def forget(self, sign_in: SignIn) -> None:
        """Remove secrets, tokens and the record. Raises ServiceError or OSError for what could not be removed."""
        self.vault.forget(_client(sign_in), _name(sign_in))


def _client(sign_in: SignIn) -> Client:
    from services.vault import Client

    return Client(sign_in.cloud, sign_in.tenant or ANY_TENANT, sign_in.client_id or DEVELOPERS)


def _kind(sign_in: SignIn) -> Kind:
    return "certificate passphrase" if sign_in.method == "certificate" else "client secret"


def _name(sign_in: SignIn) -> str:
    """The name of a sign-in among the records: one for each profile and way."""
    return f"{sign_in.name or 'default'}/{sign_in.method}/{_client(sign_in).name}"
