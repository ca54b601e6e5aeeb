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
        return Offer("azure cli", "az is installed: its sign-in is used, and amldeck keeps no secret")
    return Offer("azure cli", "az is not installed", can=False)


def _personal(environ: Mapping[str, str], platform: str) -> tuple[Offer, Offer]:
    if has_display(environ, platform):
        return (
            Offer("browser", "there is a display here: the sign-in page opens in your browser"),
            Offer("device code", "a code to type on another device, such as a telephone"),
        )
    where = "this is an ssh session" if is_remote(environ) else "there is no display here"
    return (
        Offer("device code", f"{where}: type a code in any browser; some tenants block it"),
        Offer("browser", f"{where}, so no browser can be opened", can=False),
    )


def _workload(environ: Mapping[str, str]) -> Offer:
    if environ.get("AZURE_FEDERATED_TOKEN_FILE"):
        return Offer("workload identity", "AZURE_FEDERATED_TOKEN_FILE is set: this pod has an identity, no secret")
    return Offer("workload identity", "AZURE_FEDERATED_TOKEN_FILE is not set", can=False)


def _managed(environ: Mapping[str, str]) -> Offer:
    if any(environ.get(name) for name in ENDPOINTS):
        return Offer("managed identity", "this machine of Azure names an identity of its own, no secret")
    return Offer("managed identity", "on a machine of Azure with an identity of its own; it is looked for, 1 s")


_APPS = (
    Offer("certificate", "an application with a certificate file; better than a secret"),
    Offer("client secret", "an application with a secret, which is kept in the system's keyring only"),
)
