"""The sign-ins that were made, remembered without a secret: which one `amldeck` goes on with when none is named.

One small file in the config folder, 0600: the way, tenant, cloud and account, by where it leads and by profile.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from app.links import DEMO, EMULATOR, NOBODY, Account, Link, Transport
from app.safekeeping import Keeper
from app.settings import Profile, config_folder
from cache.store import Store
from services.errors import NotSignedIn
from services.sign_in import PERSONAL, SignIn

if TYPE_CHECKING:
    from services.identity import Identity
    from services.signing import SignedIn

NAME = "chosen-sign-ins.json"


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """A sign-in that was made, and whose it was."""

    sign_in: SignIn
    user: str
    tenant: str


def _path() -> Path:
    return config_folder() / NAME


def _read() -> dict[str, Chosen]:
    try:
        return msgspec.json.decode(_path().read_bytes(), type=dict[str, Chosen])
    except (OSError, msgspec.MsgspecError, ValueError):
        return {}


def _write(chosen: dict[str, Chosen]) -> None:
    """Replace the file as a whole. Raises OSError."""
    path = _path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{NAME}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.json.encode(chosen))
        os.replace(name, path)
    except OSError:
        with suppress(OSError):
            os.unlink(name)
        raise


def recall(place: str, profile: str = "") -> Chosen | None:
    """The sign-in to go on with at a place (empty is Azure) for a profile (empty is none); None when there is none."""
    return _read().get(_key(place, profile))


def remember(place: str, chosen: Chosen) -> bool:
    """Go on with this sign-in next time; whether that could be written."""
    try:
        _write({**_read(), _key(place, chosen.sign_in.name): chosen})
    except OSError:
        return False
    return True


def forget(place: str, profile: str = "") -> Chosen | None:
    """Go on with none next time; what was forgotten. Raises OSError."""
    kept = _read()
    gone = kept.pop(_key(place, profile), None)
    if gone is not None:
        _write(kept)
    return gone


def _key(place: str, profile: str) -> str:
    return f"{place or 'azure'}/{profile}"


def place_of(account: Account) -> str:
    """Where sign-ins of an account's session are good: empty for Azure, `demo`, or an emulator's address."""
    if account.cloud == EMULATOR:
        return account.tenant
    return DEMO.cloud if account.cloud == DEMO.cloud else ""


def account_of(place: str, identity: Identity) -> Account:
    """Whose rows a sign-in leads to. Rows of the demo and of emulators stay with them."""
    user = identity.user or identity.object_id or "unknown"
    if place == DEMO.cloud:
        return Account(DEMO.cloud, DEMO.tenant, user)
    if place:
        return Account(EMULATOR, place, user)
    return Account(identity.cloud, identity.tenant or "-", user)


def last_account(store: Store) -> Account:
    """Whose rows a cache was last used for; nobody's in a new one."""
    try:
        return msgspec.json.decode(store.recall("account") or "", type=Account)
    except msgspec.MsgspecError:
        return NOBODY


def link_of(made: SignedIn, place: str, transport: Any = None) -> Link:
    """The way to Azure of a sign-in that was just made."""
    from services.connection import Connection

    connection = Connection(made.credential, cloud=made.sign_in.azure, transport=transport)
    return Link(connection, account_of(place, made.identity), made.sign_in)


def sign_in_of(profile: Profile) -> SignIn:
    """The sign-in a profile of the settings means."""
    return SignIn(
        method=profile.sign_in, tenant=profile.tenant or "", cloud=profile.cloud, client_id=profile.client_id or "",
        certificate=profile.certificate or "", name=profile.name,
    )  # fmt: skip


def remembered_link(place: str, keeper: Keeper, transport: Transport, wanted: SignIn) -> Callable[[], Link] | None:
    """Return what goes on with the sign-in of a profile, or with the one made last; in silence or with NotSignedIn.

    None when it is the Azure CLI's: whoever is signed in there now is meant.
    """
    chosen = recall(place, wanted.name)
    if wanted.name and not place and (chosen is None or chosen.sign_in != wanted):
        # The settings were changed since: they say how to sign in, and nobody has signed in so yet.
        chosen = Chosen(sign_in=wanted, user=wanted.client_id or f"profile {wanted.name}", tenant=wanted.tenant)
    if chosen is None or chosen.sign_in.method == "azure cli":
        return None
    return lambda: _resumed(chosen, place, keeper, transport)


def _resumed(chosen: Chosen, place: str, keeper: Keeper, transport: Transport) -> Link:
    from services.signing import resumed

    sign_in = chosen.sign_in
    record = keeper.record(sign_in)
    if sign_in.method in PERSONAL and not record:
        raise NotSignedIn(
            f"The sign-in of {chosen.user} is over, or was kept in memory only",
            do="sign in again, here or with `amldeck sign-in`",
        )
    made = resumed(sign_in, secret=keeper.secret, transport=transport(), cache=keeper.cache(sign_in), record=record)
    return link_of(made, place, transport())
