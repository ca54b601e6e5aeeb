"""Whether a name leads into a private network: then no answer means "not from here", not "broken"."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from services.calls import Call, subject
from services.errors import PRIVATE, PrivateOnly, Unreachable

Resolve = Callable[[str], Sequence[str]]


def resolve(host: str) -> tuple[str, ...]:
    """Return the addresses a name has from here, none when it has none."""
    try:
        return tuple(str(found[4][0]) for found in socket.getaddrinfo(host, 443, proto=socket.IPPROTO_TCP))
    except (OSError, UnicodeError):
        return ()


def is_private(addresses: Sequence[str]) -> bool:
    """Return whether all of them, and at least one, are of a private network (not of this machine)."""
    found = [ipaddress.ip_address(address.partition("%")[0]) for address in addresses]
    return bool(found) and all(one.is_private and not one.is_loopback for one in found)


def explained(error: Unreachable, call: Call, ask: Resolve | None) -> Unreachable:
    """Return a failure to connect as PrivateOnly when its host's name leads into a private network.

    `ask` None asks nobody; behind a proxy nobody is asked either, because there the proxy resolves the name.
    """
    if ask is None or type(error) is not Unreachable or error.status is not None or _has_proxy(call.url):
        return error
    host = urlsplit(call.url).hostname or ""
    if not is_private(ask(host)):
        return error
    return PrivateOnly(f"{host} has only a private address and does not answer", on=subject(call), do=PRIVATE)


def _has_proxy(url: str) -> bool:
    from requests.utils import get_environ_proxies

    return bool(get_environ_proxies(url))
