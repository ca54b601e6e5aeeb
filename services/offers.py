"""Which ways to sign in are offered here, in which order, and why: from the environment alone, nothing is tried."""

from __future__ import annotations

import shutil
from collections.abc import Mapping

import msgspec

from services.sign_in import Method

ENDPOINTS = ("IDENTITY_ENDPOINT", "MSI_ENDPOINT")
"""What hosts of Azure other than virtual machines set for their managed identity."""


class Offer(msgspec.Struct, frozen=True):
    """One way to sign in. `why` is half a sentence; `can` is False when this machine lacks something for it."""

    method: Method
    why: str
    can: bool = True


def is_remote(environ: Mapping[str, str]) -> bool:
    """Return whether this session came through ssh."""
    return bool(environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"))


def has_display(environ: Mapping[str, str], platform: str) -> bool:
    """Return whether a browser opened here would be seen by who sits at the keyboard. `platform` as sys.platform."""
    if is_remote(environ):
        return False
    if platform in ("win32", "darwin") or "WSL_DISTRO_NAME" in environ:
        return True
    return bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def has_az(environ: Mapping[str, str]) -> bool:
    """Return whether the Azure CLI is on the path."""
    return shutil.which("az", path=environ.get("PATH", "")) is not None


def offers(environ: Mapping[str, str], platform: str) -> tuple[Offer, ...]:
    """Return every method once, the most fitting first; those that cannot work here come last, with the reason."""
    made = (_az(environ), *_personal(environ, platform), _workload(environ), _managed(environ), *_APPS)
    return tuple(sorted(made, key=lambda offer: not offer.can))


def _az(environ: Mapping[str, str]) -> Offer:
    if has_az(environ):
        return Offer("azure cli", "az is here; amldeck keeps no secret")
    return Offer("azure cli", "az is not installed", can=False)


def _personal(environ: Mapping[str, str], platform: str) -> tuple[Offer, Offer]:
    if has_display(environ, platform):
        return (
            Offer("browser", "the page opens in your browser"),
            Offer("device code", "a code to type on any device"),
        )
    where = "over ssh" if is_remote(environ) else "no display here"
    return (
        Offer("device code", f"{where}: a code for any browser"),
        Offer("browser", f"{where}: no browser can be opened", can=False),
    )


def _workload(environ: Mapping[str, str]) -> Offer:
    if environ.get("AZURE_FEDERATED_TOKEN_FILE"):
        return Offer("workload identity", "this pod has an identity, no secret")
    return Offer("workload identity", "no AZURE_FEDERATED_TOKEN_FILE here", can=False)


def _managed(environ: Mapping[str, str]) -> Offer:
    if any(environ.get(name) for name in ENDPOINTS):
        return Offer("managed identity", "this machine has an identity, no secret")
    return Offer("managed identity", "the identity of a machine of Azure")


_APPS = (
    Offer("certificate", "an application; better than a secret"),
    Offer("client secret", "an application; kept in the keyring only"),
)
