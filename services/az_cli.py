"""The Azure CLI as a way to sign in: the account it knows, and the tokens it gives.

Nothing is asked through a shell, nothing waits for long, and no secret is kept by us.
"""

from __future__ import annotations

import shutil
import subprocess
from typing import Any

import msgspec

from services.errors import NotSignedIn
from services.failures import signed_out

TOKEN_TIMEOUT = 30
"""Seconds the CLI may take for a token: a cold start of az alone takes several."""


class AzAccount(msgspec.Struct, frozen=True, kw_only=True):
    """The account `az` is signed in with, and its chosen subscription."""

    user: str
    tenant: str
    subscription: str
    subscription_name: str | None = None
    cloud: str | None = None
    """AzureCloud, AzureUSGovernment or AzureChinaCloud."""
    is_service_principal: bool = False


class _User(msgspec.Struct):
    name: str | None = None
    type: str | None = None


class _Shown(msgspec.Struct, rename="camel"):
    id: str
    tenant_id: str
    name: str | None = None
    environment_name: str | None = None
    user: _User | None = None


def az_credential(tenant: str | None = None) -> Any:
    """Return a credential that asks `az` for tokens, one process for each. Wrapped by Connection, once per hour.

    Asking it raises what azure-identity raises; Connection tells it as NotSignedIn.
    """
    from azure.identity import AzureCliCredential

    return AzureCliCredential(tenant_id=tenant or "", process_timeout=TOKEN_TIMEOUT)


def az_account(timeout: float = 5.0) -> AzAccount | None:
    """Return the account `az` is signed in with; None when it shows one without subscription or tenant.

    Raises NotSignedIn, with the next step, when az is missing, signed out, or silent for `timeout` seconds.
    """
    program = shutil.which("az")
    if program is None:
        raise NotSignedIn("The Azure CLI (az) is not installed", do="install it, then run `az login`")
    try:
        done = subprocess.run(
            [program, "account", "show", "--output", "json", "--only-show-errors"],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise signed_out(error, is_az=True) from error
    except OSError as error:
        raise NotSignedIn("The Azure CLI (az) cannot be started", do="try `az account show` in a terminal") from error
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip() or "az login"
        raise signed_out(RuntimeError(said), is_az=True)
    return _account(done.stdout)


def _account(shown: bytes) -> AzAccount | None:
    try:
        found = msgspec.json.decode(shown, type=_Shown)
    except (msgspec.MsgspecError, ValueError) as error:
        raise NotSignedIn("The Azure CLI (az) answered in a way that cannot be read", do="run `az login`") from error
    if not found.id or not found.tenant_id:
        return None
    user = found.user or _User()
    return AzAccount(
        user=user.name or "unknown",
        tenant=found.tenant_id,
        subscription=found.id,
        subscription_name=found.name,
        cloud=found.environment_name,
        is_service_principal=(user.type or "").lower() == "serviceprincipal",
    )
