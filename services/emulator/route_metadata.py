"""The metadata service of a virtual machine, at 169.254.169.254: tokens of its managed identity.

Shape: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token.
"""

from __future__ import annotations

from services.emulator.answers import Json, Refusal, ok
from services.emulator.routing import Ask, Route
from services.emulator.sign_ins import machine
from services.emulator.ticks import SECOND
from services.emulator.tokens import access_claims, signed_by_nobody


def _refused(error: str, description: str) -> Refusal:
    return Refusal(ok({"error": error, "error_description": description}, status=400))


def _token(ask: Ask) -> Json:
    if ask.request.headers.get("metadata", "").lower() != "true":
        raise _refused("bad_request_102", "Required metadata header not specified")
    resource = ask.query("resource")
    if not resource:
        raise _refused("invalid_request", "Required audience parameter not specified")
    found = machine(ask.query("client_id") or "")
    if found is None or not ask.world.login.policy.has_identity:
        raise _refused("invalid_request", "Identity not found")
    now, lifetime = ask.now // SECOND, ask.world.login.policy.lifetime
    claims = access_claims(found, resource, now, lifetime=lifetime)
    return {
        "access_token": signed_by_nobody(claims), "client_id": found.client_id, "expires_in": str(lifetime),
        "expires_on": str(now + lifetime), "ext_expires_in": str(lifetime), "not_before": str(now),
        "resource": resource, "token_type": "Bearer",
    }  # fmt: skip


ROUTES = (Route("GET", "metadata", "/metadata/identity/oauth2/token", _token, needs_token=False),)
