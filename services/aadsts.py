"""What Azure's sign-in service says with its AADSTS codes, as sentences with the next step.

Codes: https://learn.microsoft.com/entra/identity-platform/reference-error-codes. The texts come from the token
endpoint, from `az` and from WWW-Authenticate headers alike.
"""

from __future__ import annotations

import re
from base64 import b64decode

from services.errors import NotSignedIn
from services.sentences import tidy

HERE = "sign in again (L, or `amldeck sign-in`)"
WITH_AZ = "run `az login`"
"""The two ways to sign in again: in amldeck, and in az where its sign-in is used."""

_MFA = ("The tenant asks for a second factor (MFA)", "{again} and answer it")
_POLICY = "the device code may be what the policy blocks: try the browser, from a device your company manages"

SAID: dict[int, tuple[str, str]] = {
    50076: _MFA,
    50079: ("The tenant asks you to set up a second factor (MFA)", "{again} and follow the page"),
    50074: _MFA,
    50158: ("A conditional access policy asks for more than this sign-in gave", f"{{again}}; {_POLICY}"),
    53000: ("A conditional access policy asks for a device that complies with your company's rules", f"{_POLICY}"),
    53003: ("A conditional access policy blocks this sign-in", f"{_POLICY}; an administrator sees which one it is"),
    70043: ("The sign-in has expired: the tenant asks for a new one every so often", "{again}"),
    700082: ("The sign-in has expired, because it was not used for a long time", "{again}"),
    700081: ("The sign-in has expired: it reached its longest lifetime", "{again}"),
    50173: ("The sign-in was revoked, as after a changed password", "{again}"),
    50078: ("The second factor (MFA) has expired", "{again} and answer it"),
    50020: ("This account is not of that tenant", "name the tenant it is invited to: {tenant}"),
    90072: ("This account is not known in that tenant", "{again} with another account, or have it invited as a guest"),
    65001: ("Nobody has consented to the application in this tenant", "ask an administrator of the tenant to consent"),
    65004: ("The consent was declined", "{again} and accept what the page asks for"),
    50105: ("The account is not assigned to the application", "ask an administrator of the tenant to assign it"),
    7000215: (
        "The client secret is wrong",
        "{again} with the secret's value, which is not its id, as it was shown when it was made",
    ),
    7000222: ("The client secret has expired", "have a new one made for the application, then {again}"),
    700027: ("The certificate is not one of the application's", "register it with the application, or choose another"),
    700024: ("The assertion is not valid now: its time is over, or a clock is wrong", "check this machine's clock"),
    700016: ("The tenant does not know the application", "check client id and tenant"),
    700211: ("The application trusts no federated identity of this issuer", "check its federated credentials"),
    700213: ("The application trusts no federated identity of this subject", "check its federated credentials"),
    70016: ("The device code was not used yet", "type it on the page, then wait"),
    70018: ("The device code was declined on the page, or is not the right one", "{again} and type the new code"),
    70019: ("The device code has expired", "{again} and type the new code"),
    70020: ("The device code has expired", "{again} and type the new code"),
    90002: ("The tenant was not found", "check its name or id: {tenant}"),
    900023: ("That is not the name or id of a tenant", "check it: {tenant}"),
    50034: ("The account does not exist in that tenant", "check its name, and the tenant: {tenant}"),
    50053: ("The account is locked after too many tries", "wait some minutes, then {again}"),
    50055: ("The password has expired", "change it in a browser, then {again}"),
    50057: ("The account is disabled", "ask an administrator of the tenant to enable it"),
    50126: ("Name or password is wrong", "{again}"),
    500011: ("The tenant does not know the service", "check that the tenant has a subscription of Azure: {tenant}"),
    500133: ("The assertion is not valid now: its time is over, or a clock is wrong", "check this machine's clock"),
    50011: ("The application does not allow this way to sign in: the redirect is not registered", "try another way"),
    7000218: ("The application is not allowed to sign people in from a program", "try without a client id"),
    900144: ("The request for a token was not complete", "check tenant and client id"),
}  # fmt: skip
"""What is the case, and what to do, by code. `{again}` and `{tenant}` name the command that fits."""

_SPOKEN: tuple[tuple[str, str, str], ...] = (
    ("authorization_declined", "The sign-in was declined on the page", "{again} if that was not meant"),
    ("access_denied", "The sign-in was declined on the page", "{again} if that was not meant"),
    ("expired_token", *SAID[70020]),
    ("authorization_pending", *SAID[70016]),
    ("Timed out waiting for user to authenticate", *SAID[70020]),
    ("seconds for the user to authenticate", "Nobody signed in on the page in the browser in time", "{again}"),
    ("Failed to open a browser", "No browser could be opened", "sign in with a device code"),
    ("tenant name or GUID is correct", *SAID[90002]),
)
"""What is said without a code, by the protocol (RFC 8628) and by azure-identity."""

_CODE = re.compile(r"AADSTS(\d{4,8})")


def code_of(text: str) -> int | None:
    """Return the AADSTS code in a text: the first that has a sentence here, else the first."""
    codes = [int(found) for found in _CODE.findall(text)]
    return next((code for code in codes if code in SAID), codes[0] if codes else None)


def explained(text: str, *, is_az: bool | None = None) -> NotSignedIn | None:
    """Return what a text of the sign-in service means, None when it holds nothing of the kind.

    `is_az` says whose sign-in it is; None reads it from the text, where az speaks of `az login`.
    """
    code = code_of(text)
    is_az = is_az if is_az is not None else "az login" in text or text.lstrip().startswith("ERROR: ")
    if code in SAID:
        what, do = SAID[code]
    elif code is not None:
        what, do = _described(text, code), "{again}"
    else:
        found = next((row for row in _SPOKEN if row[0] in text), None)
        if found is None:
            return None
        _, what, do = found
    error = NotSignedIn(what, do=_step(do, is_az=is_az), code=f"AADSTS{code}" if code else None)
    return error


def again(*, is_az: bool) -> str:
    """Return how to sign in again."""
    return WITH_AZ if is_az else HERE


def _step(do: str, *, is_az: bool) -> str:
    tenant = "`az login --tenant TENANT`" if is_az else "`amldeck sign-in --tenant TENANT`"
    return do.format(again=again(is_az=is_az), tenant=tenant)


def _described(text: str, code: int) -> str:
    """The service's own description of a code that has no sentence here, with the code for whoever looks it up."""
    said = text[text.index(f"AADSTS{code}") :].removeprefix(f"AADSTS{code}").lstrip(": ")
    sentence = tidy(re.split(r"\s(?:Trace ID|Correlation ID|Timestamp):|[\r\n]|\"\s*[,}]", said)[0]).rstrip(". ")
    return f"{sentence or 'The sign-in was refused'} (AADSTS{code})"


_CLAIMS = re.compile(r'\bclaims="?(?P<claims>[A-Za-z0-9+/=_-]{8,4096})')


def of_challenge(header: str) -> NotSignedIn | None:
    """Return what a WWW-Authenticate header asks for beyond the token that was sent; None when it asks for no more.

    Continuous access evaluation: https://learn.microsoft.com/entra/identity-platform/claims-challenge.
    """
    found = _CLAIMS.search(header)
    if found is None and "insufficient_claims" not in header:
        return None
    wanted = _decoded(found["claims"]) if found else ""
    if '"acrs"' in wanted:
        return NotSignedIn("A conditional access policy asks for a stronger sign-in here", do=HERE)
    if '"nbf"' in wanted:
        return NotSignedIn("Azure has revoked this sign-in, as after a changed password or place", do=HERE)
    return NotSignedIn("Azure asks for a new sign-in here", do=HERE)


def _decoded(claims: str) -> str:
    text = claims.replace("-", "+").replace("_", "/")
    try:
        return b64decode(text + "=" * (-len(text) % 4)).decode("utf-8", "replace")
    except ValueError:
        return ""
