"""Whether a token is good for an emulated service: its end, its tenant, and what it is for."""

from __future__ import annotations

from services.emulator.answers import Refusal, challenge, gateway_error
from services.emulator.samples import TENANT
from services.emulator.ticks import SECOND, datetime_of
from services.emulator.tokens import parts_of

NO_TOKEN = "Authentication failed. The 'Authorization' header is missing."
INVALID = "The access token is invalid."
_OF_LOGS = ("https://api.loganalytics.", "https://metrics.monitor.azure.", "https://storage.azure.com")


def check_token(token: str | None, kind: str, now: int) -> None:
    """Raise the Refusal (401, with its challenge) of a missing, foreign or expired token. `now` in ticks."""
    if token is None:
        raise _refused("AuthenticationFailed", NO_TOKEN)
    parts = parts_of(token)
    if parts is None:
        raise _refused("InvalidAuthenticationToken", INVALID)
    claims = parts[1]
    if claims.get("tid") != TENANT:
        issuer = claims.get("iss", "-")
        raise _refused(
            "InvalidAuthenticationTokenTenant",
            f"The access token is from the wrong issuer '{issuer}'. It must match the tenant "
            f"'https://sts.windows.net/{TENANT}/' associated with this subscription. Please use the authority (URL) "
            f"'https://login.windows.net/{TENANT}' to get the token.",
        )
    if kind == "arm" and str(claims.get("aud", "")).startswith(_OF_LOGS):
        message = f"The access token has been obtained for wrong audience or resource '{claims['aud']}'."
        raise _refused("InvalidAuthenticationTokenAudience", message)
    ends = int(claims.get("exp", 0))
    if ends <= now // SECOND:
        message = (
            f"The access token expiry UTC time '{_spoken(ends * SECOND)}' is earlier than current UTC time "
            f"'{_spoken(now)}'."
        )
        raise _refused("ExpiredAuthenticationToken", message)


def _refused(code: str, message: str) -> Refusal:
    return Refusal(gateway_error(401, code, message, challenge(message)))


def _spoken(at: int) -> str:
    """Return a time as ARM writes it in this one message: 5/13/2024 6:05:58 PM."""
    moment = datetime_of(at)
    return f"{moment.month}/{moment.day}/{moment.year} {moment.hour % 12 or 12}:{moment:%M:%S %p}"
