"""Tokens as Azure's sign-in service writes them: they can be read, but nobody signed them."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any, cast

from services.emulator.samples import TENANT
from services.emulator.sign_ins import Account

LIFETIME = 3_600
"""Seconds an access token lasts."""


def access_claims(account: Account, audience: str, now: int, *, lifetime: int = LIFETIME) -> dict[str, Any]:
    """Return the claims of an access token (version 1.0, as ARM's) for a person or an application. `now` in seconds."""
    claims: dict[str, Any] = {
        "aud": audience, "iss": f"https://sts.windows.net/{TENANT}/", "iat": now, "nbf": now, "exp": now + lifetime,
        "oid": account.object_id, "tid": TENANT, "ver": "1.0",
    }  # fmt: skip
    if account.is_application:
        claims |= {"appid": account.client_id, "idtyp": "app", "idp": claims["iss"]}
        return claims
    claims |= {"name": account.name, "scp": "user_impersonation", "appid": account.client_id, "idtyp": "user"}
    if account.home:
        # A guest has no upn here: the directory it comes from is named instead.
        return {**claims, "unique_name": account.upn, "email": account.upn,
                "idp": f"https://sts.windows.net/{account.home}/"}  # fmt: skip
    return {**claims, "upn": account.upn, "unique_name": account.upn}


def id_claims(account: Account, now: int, nonce: str | None, host: str, *, lifetime: int = LIFETIME) -> dict[str, Any]:
    """Return the claims of an id token (version 2.0): who signed in, for the program that asked."""
    claims = {
        "aud": account.client_id, "iss": f"https://{host}/{TENANT}/v2.0", "iat": now, "nbf": now, "exp": now + lifetime,
        "name": account.name, "oid": account.object_id, "preferred_username": account.upn, "sub": account.object_id,
        "tid": TENANT, "ver": "2.0",
    }  # fmt: skip
    return claims if nonce is None else {**claims, "nonce": nonce}


def client_info(account: Account) -> str:
    """Return the `client_info` of an answer: which account in which tenant, for the cache of the program."""
    return encoded({"uid": account.object_id, "utid": account.home or TENANT})


def signed_by_nobody(claims: dict[str, Any]) -> str:
    """Return claims as a token."""
    return ".".join(encoded(part) for part in ({"typ": "JWT", "alg": "none"}, claims, {"signed": "by nobody"}))


def encoded(part: dict[str, Any]) -> str:
    """Return a JSON object as tokens hold it."""
    return base64.urlsafe_b64encode(json.dumps(part, separators=(",", ":")).encode()).rstrip(b"=").decode()


def parts_of(token: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return the head and the claims of a token, None for what is no token."""
    pieces = token.split(".")
    if len(pieces) != 3:
        return None
    head, claims = _decoded(pieces[0]), _decoded(pieces[1])
    return (head, claims) if head is not None and claims is not None else None


def _decoded(piece: str) -> dict[str, Any] | None:
    try:
        found = json.loads(base64.urlsafe_b64decode(piece + "=" * (-len(piece) % 4)))
    except (ValueError, binascii.Error):
        return None
    return cast(dict[str, Any], found) if isinstance(found, dict) else None
