"""The way into a machine over SSH, as far as Azure says it, and the command for it. No key and no password is read."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import NamedTuple

from services.wire import Wire

_USER = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")


class Account(Wire):
    """The account on the nodes of a cluster (`userAccountCredentials`)."""

    admin_user_name: str | None = None


class Settings(Wire):
    """How an instance is signed in to (`sshSettings`)."""

    ssh_public_access: str | None = None
    admin_user_name: str | None = None
    ssh_port: int | None = None


class Addresses(Wire):
    """Where an instance is reached (`connectivityEndpoints`)."""

    public_ip_address: str | None = None


class WayIn(NamedTuple):
    """Who may sign in, and at which public address and port; None is not said, or not open."""

    user: str | None = None
    address: str | None = None
    port: int | None = None


def way_in(account: Account | None, settings: Settings | None, addresses: Addresses | None) -> WayIn:
    """Return the way into a cluster (its nodes have addresses of their own) or into an instance that is open."""
    if account is not None:
        return WayIn(account.admin_user_name)
    if settings is None or (settings.ssh_public_access or "").lower() != "enabled":
        return WayIn(settings.admin_user_name if settings else None)
    address = addresses.public_ip_address if addresses else None
    return WayIn(settings.admin_user_name, address, settings.ssh_port)


def ssh_command(user: str | None, address: str | None, port: int | None) -> str | None:
    """Return `ssh -p 50000 azureuser@203.0.113.9`; None unless user and address are known and can be nothing else.

    Both come from Azure: a name that begins with a dash would be an option.
    """
    if not user or not _USER.fullmatch(user) or not address or not _is_address(address):
        return None
    at = f"-p {port} " if port and port != 22 else ""
    return f"ssh {at}{user}@{address}"


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
