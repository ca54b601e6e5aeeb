"""What an Azure client is given so that it talks to the emulator: a transport, and a credential that proves nothing.

Pass `transport=in_process(world)` or `transport=over_loopback("http://127.0.0.1:8799")` to any azure-core client. Its
host names, its scopes and its insistence on https stay as they are.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from services.emulator import sign_ins
from services.emulator.tokens import access_claims, signed_by_nobody
from services.emulator.world import World, utc_now

if TYPE_CHECKING:
    from azure.core.credentials import AccessToken, AccessTokenInfo
    from azure.core.pipeline.transport import HttpTransport
    from requests.adapters import HTTPAdapter


def in_process(world: World) -> HttpTransport[Any, Any]:
    """Return a transport that answers from `world` in this process: no socket is opened."""
    from services.emulator.adapters import WorldAdapter

    return _transport(WorldAdapter(world))


def over_loopback(url: str) -> HttpTransport[Any, Any]:
    """Return a transport that sends every Azure host to the emulator at `url`, such as http://127.0.0.1:8799.

    Raises ValueError when `url` is not plain http to an address of this machine.
    """
    from services.emulator.adapters import LoopbackAdapter

    return _transport(LoopbackAdapter(loopback_base(url)))


def loopback_base(url: str) -> str:
    """Return `url` as scheme, address and port. `localhost` is taken as 127.0.0.1, without asking a resolver.

    Raises ValueError, with a sentence for the user, for anything that is not plain http to this machine.
    """
    try:
        parts = urlsplit(url if "//" in url else f"http://{url}")
        host = "127.0.0.1" if (parts.hostname or "").lower() == "localhost" else parts.hostname or ""
        port = parts.port
        is_loopback = ip_address(host).is_loopback
    except ValueError:
        is_loopback, host, port, parts = False, "", None, urlsplit("")
    if not is_loopback or parts.scheme != "http":
        raise ValueError(f"{url!r} is no emulator on this machine: give its address, such as http://127.0.0.1:8799")
    return f"http://{f'[{host}]' if ':' in host else host}:{port or 80}"


def _transport(adapter: HTTPAdapter) -> HttpTransport[Any, Any]:
    import requests
    from azure.core.pipeline import transport

    session = requests.Session()
    # No proxy, no .netrc, no company bundle: nothing of the environment may lead a request elsewhere.
    session.trust_env = False
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    # azure-core hands this class out lazily, so no checker knows its type.
    return cast(Any, transport).RequestsTransport(session=session, session_owner=False, use_env_settings=False)


class FakeCredential:
    """A credential the emulator accepts and Azure would not: its tokens can be read, but nobody signed them.

    `asked` counts the tokens given out: tests compare it with the number of rows. Safe on any thread.
    """

    def __init__(self, person: int = 1, *, clock: Callable[[], datetime] = utc_now, lifetime: float = 3_600.0) -> None:
        self._person = person
        self._clock = clock
        self._lifetime = lifetime
        self._lock = threading.Lock()
        self.asked = 0

    def get_token(self, *scopes: str, **kwargs: Any) -> AccessToken:
        """Return a token for the scopes; it lasts an hour unless the credential was made otherwise."""
        from azure.core.credentials import AccessToken

        return AccessToken(*self._token(scopes))

    def get_token_info(self, *scopes: str, options: Any = None) -> AccessTokenInfo:
        """Return the same token in azure-core's newer form."""
        from azure.core.credentials import AccessTokenInfo

        token, expires = self._token(scopes)
        return AccessTokenInfo(token, expires)

    def close(self) -> None:
        """Do nothing: there is nothing to close."""

    def _token(self, scopes: tuple[str, ...]) -> tuple[str, int]:
        with self._lock:
            self.asked += 1
        now = int(self._clock().timestamp())
        audience = scopes[0].removesuffix("/.default") if scopes else ""
        claims = access_claims(sign_ins.person(self._person), audience, now, lifetime=int(self._lifetime))
        return signed_by_nobody(claims), now + int(self._lifetime)
