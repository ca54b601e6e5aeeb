"""The keyrings we trust, by class: those of the operating system, which keep what they hold encrypted.

`keyring.get_keyring()` is never asked: it takes whatever is installed, also one that writes plain files, and a chain
of several. What is not in VETTED is not used, even when the user's environment names it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import closing
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

import msgspec


class Vetted(msgspec.Struct, frozen=True):
    """One backend of the keyring library that may be used."""

    module: str
    class_name: str
    title: str
    """What users call it."""
    is_locked: Callable[[Any], bool] | None = None
    """Tells without asking the user whether reading would ask them; None when that cannot be told."""
    unlock: Callable[[Any, float], None] | None = None
    """Asks the user, for so many seconds; None leaves it to the library, which waits without limit."""


class NotUsable(Exception):
    """A backend that does not work here; its text says why, in a few words."""


def _is_service_locked(backend: Any) -> bool:
    """Whether the default collection is locked, or is yet to be made, which asks for a password as well."""
    import secretstorage

    with closing(secretstorage.dbus_init()) as bus:
        try:
            return bool(_collection(bus, backend).is_locked())
        except secretstorage.ItemNotFoundException:
            return True


def _unlock_service(backend: Any, seconds: float) -> None:
    """Have the prompt shown, and closed over when nobody answers it: the library would wait for good.

    A collection that is yet to be made is left to the library. Raises what secretstorage raises, or TimeoutError.
    """
    import secretstorage

    with closing(secretstorage.dbus_init()) as bus:
        try:
            collection = _collection(bus, backend)
        except secretstorage.ItemNotFoundException:
            return
        if collection.is_locked() and collection.unlock(timeout=seconds):
            raise secretstorage.PromptDismissedException("dismissed")


def _collection(bus: Any, backend: Any) -> Any:
    import secretstorage
    from secretstorage.collection import DEFAULT_COLLECTION

    return secretstorage.Collection(bus, getattr(backend, "preferred_collection", DEFAULT_COLLECTION))


def _is_wallet_closed(backend: Any) -> bool:
    dbus: Any = import_module("dbus")  # of the distribution: no package of ours brings it
    wallet = dbus.SessionBus().get_object(backend.bus_name, backend.object_path)
    return not wallet.isOpen(wallet.networkWallet(dbus_interface="org.kde.KWallet"), dbus_interface="org.kde.KWallet")


VETTED: tuple[Vetted, ...] = (
    Vetted("keyring.backends.macOS", "Keyring", "the macOS Keychain"),
    Vetted("keyring.backends.Windows", "WinVaultKeyring", "the Windows Credential Manager"),
    Vetted("keyring.backends.SecretService", "Keyring", "the Secret Service", _is_service_locked, _unlock_service),
    Vetted("keyring.backends.libsecret", "Keyring", "the Secret Service (libsecret)"),
    Vetted("keyring.backends.kwallet", "DBusKeyring", "KWallet", _is_wallet_closed),
)
"""In the order they are tried."""

_HERE = {"darwin": VETTED[:1], "win32": VETTED[1:2]}


def candidates() -> tuple[Vetted, ...]:
    """Return the backends there may be on this platform."""
    return _HERE.get(sys.platform, VETTED[2:])


def vetted_as(backend: object) -> Vetted | None:
    """Return what a backend is trusted as; None for every other, also for a subclass of a trusted one."""
    kind = type(backend)
    names = (kind.__module__, kind.__qualname__)
    return next((vetted for vetted in VETTED if (vetted.module, vetted.class_name) == names), None)


def load(vetted: Vetted) -> Any:
    """Return a backend that works here. May hang. Raises NotUsable with the reason."""
    try:
        kind = getattr(import_module(vetted.module), vetted.class_name)
        kind.priority  # noqa: B018  # raises where the backend does not work
        backend = kind()
    except ImportError as error:
        raise NotUsable(f"{vetted.title} needs {error.name or 'a package that is not installed'}") from error
    except RuntimeError as error:
        raise NotUsable(f"{vetted.title}: {str(error).splitlines()[0][:200]}") from error
    if vetted_as(backend) is None:
        raise NotUsable(f"{vetted.title} was replaced by another class")
    return backend


def distrusted() -> list[str]:
    """Return the names of installed packages with backends that are not used, without loading any of them."""
    ours = {vetted.module.partition(".")[0] for vetted in VETTED}
    found = {point.dist.name for point in entry_points(group="keyring.backends") if point.dist is not None}
    return sorted(found - ours)
