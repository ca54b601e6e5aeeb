"""Named sign-ins: which of Azure's ways to prove who one is, chosen by the user and never guessed.

No chain of credentials is tried one after the other: then nobody could say who is signed in, or why it takes so long.
"""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

from services.clouds import CLOUDS, Cloud
from services.errors import NotSignedIn

Method = Literal[
    "azure cli", "browser", "device code", "workload identity", "managed identity", "certificate", "client secret"
]
METHODS: tuple[Method, ...] = get_args(Method)

PERSONAL: frozenset[Method] = frozenset({"browser", "device code"})
"""Methods that ask a person, and remember the account with a record of azure-identity."""
SECRETIVE: frozenset[Method] = frozenset({"client secret"})
"""Methods that cannot do without a secret."""


class SignIn(msgspec.Struct, frozen=True, kw_only=True):
    """One way to sign in, as chosen. It holds no secret: `certificate` is the path of a PEM or PFX file."""

    method: Method = "azure cli"
    tenant: str = ""
    """Id or domain; empty is the account's own."""
    cloud: str = "public"
    """public, usgov or china."""
    client_id: str = ""
    """The application; empty for a person is Microsoft's own for developers."""
    certificate: str = ""
    name: str = ""
    """The profile it belongs to; empty is none."""

    @property
    def azure(self) -> Cloud:
        """The cloud it is for."""
        return CLOUDS[self.cloud]


class DeviceCode(msgspec.Struct, frozen=True):
    """What a person types where: `code` at `url`, until `expires` (epoch seconds). The URL is Microsoft's own."""

    code: str
    url: str
    expires: float


_NEEDS: dict[Method, tuple[str, ...]] = {
    "certificate": ("tenant", "client_id", "certificate"),
    "client secret": ("tenant", "client_id"),
}
_WORDS = {"tenant": "the tenant", "client_id": "the client id of the application", "certificate": "a certificate file"}


def check(sign_in: SignIn) -> None:
    """Raise NotSignedIn, naming what is missing, for a sign-in that cannot work as it is."""
    if sign_in.cloud not in CLOUDS:
        raise NotSignedIn(f"There is no cloud {sign_in.cloud!r}", do=f"choose {', '.join(CLOUDS)}")
    missing = [_WORDS[name] for name in _NEEDS.get(sign_in.method, ()) if not getattr(sign_in, name)]
    if missing:
        article = "an" if sign_in.method[0] in "aeiou" else "a"
        raise NotSignedIn(f"Signing in with {article} {sign_in.method} needs {' and '.join(missing)}", do="name it")
