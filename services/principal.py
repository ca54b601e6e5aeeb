"""Whom a token names: the object id that role assignments know, and what to call it."""

from __future__ import annotations

import base64
import binascii
from typing import Any, cast

import msgspec


class Principal(msgspec.Struct, frozen=True, kw_only=True):
    """A person or an application of one tenant, as the claims of a token name it. Nothing of it is verified here."""

    id: str
    """The object id, in lower case."""
    tenant: str | None = None
    name: str | None = None
    """The display name."""
    login: str | None = None
    """The user name of a person, None for an application."""
    is_app: bool = False


def principal_of(token: str) -> Principal | None:
    """Return whom a token names; None when it cannot be read or names no object id. The token is not kept."""
    claims = claims_of(token)
    object_id = _text(claims, "oid") or _text(claims, "sub")
    if object_id is None:
        return None
    login = _text(claims, "upn") or _text(claims, "preferred_username") or _text(claims, "unique_name")
    kind = _text(claims, "idtyp")
    is_app = kind == "app" if kind else login is None and _text(claims, "appid") is not None
    return Principal(
        id=object_id.lower(), tenant=_text(claims, "tid"), name=_text(claims, "name"), login=login, is_app=is_app
    )


def claims_of(token: str) -> dict[str, Any]:
    """Return the claims inside a token; none when it is no JWT."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        claims = msgspec.json.decode(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, msgspec.DecodeError, ValueError):
        return {}
    return cast("dict[str, Any]", claims) if isinstance(claims, dict) else {}


def _text(claims: dict[str, Any], name: str) -> str | None:
    value = claims.get(name)
    return value if isinstance(value, str) and value else None
