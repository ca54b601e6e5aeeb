"""Who a token is for: its claims, read and not verified, since that is Azure's to do. The token itself is not kept."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode
from datetime import UTC, datetime
from typing import Any, cast

import msgspec

from services.clouds import CLOUDS, Cloud
from services.sentences import tidy

_USER = ("upn", "preferred_username", "unique_name", "email")
LONGEST = 200
LARGEST = 65_536


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """The account behind a token. None means that the token does not say: not every token can be read."""

    user: str | None = None
    """The user's name in the tenant; the application's id for an application."""
    name: str | None = None
    tenant: str | None = None
    object_id: str | None = None
    app_id: str | None = None
    """The application the user signed in with, or the application itself."""
    home: str | None = None
    """The directory a guest comes from, where the token says so."""
    is_application: bool = False
    is_guest: bool = False
    cloud: str = "public"
    expires: datetime | None = None


def identity_of(token: str, expires_on: float, cloud: Cloud) -> Identity:
    """Return who an access token is for, as its claims say. Never raises: of an unreadable token the end alone."""
    claims = claims_of(token)
    said = {name: _text(claims.get(name)) for name in (*_USER, "name", "tid", "oid", "appid", "azp", "idp", "idtyp")}
    person = next((said[name] for name in _USER if said[name]), None)
    app_id = said["appid"] or said["azp"]
    home = _directory(said["idp"], said["tid"])
    return Identity(
        user=_plain_user(person) or app_id,
        name=said["name"],
        tenant=said["tid"],
        object_id=said["oid"],
        app_id=app_id,
        home=home,
        is_application=said["idtyp"] == "app" or (person is None and app_id is not None),
        is_guest=home is not None or "#ext#" in (person or "").lower(),
        cloud=next(name for name, known in CLOUDS.items() if known is cloud),
        expires=datetime.fromtimestamp(expires_on, UTC),
    )


def claims_of(token: str) -> dict[str, Any]:
    """Return the claims of a token; none when it cannot be read."""
    parts = token[:LARGEST].split(".")
    try:
        body = parts[1] + "=" * (-len(parts[1]) % 4)
        found = msgspec.json.decode(urlsafe_b64decode(body))
    except (IndexError, ValueError, binascii.Error, msgspec.DecodeError, RecursionError):
        return {}
    return cast(dict[str, Any], found) if isinstance(found, dict) else {}


def _text(value: object) -> str | None:
    return tidy(value)[:LONGEST] if isinstance(value, str) and value else None


def _directory(idp: str | None, tenant: str | None) -> str | None:
    """The directory that vouches for the user, when it is another than the tenant's own."""
    if idp is None:
        return None
    home = idp.removeprefix("https://sts.windows.net/").strip("/")
    return None if tenant is not None and home.lower() == tenant.lower() else home


def _plain_user(user: str | None) -> str | None:
    """`live.com#ana@example.com` and `ana_example.com#EXT#@host…`, as the tenant writes guests, made readable."""
    if user is None:
        return None
    if "#ext#" in user.lower():
        name = user[: user.lower().index("#ext#")]
        return "@".join(name.rsplit("_", 1)) if "_" in name else name
    return user.rpartition("#")[2] or user
