"""What azure-identity sends through: to the login host of the chosen cloud and nowhere else, never for long.

azure-identity asks the login host where to get tokens and believes the answer, so refresh tokens, secrets and
assertions would follow an answer to any host. Here they do not, and a wait that the user gave up ends.
"""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec

from services.clouds import Cloud
from services.errors import ForeignHost, NotSignedIn, foreign
from services.limits import Limits
from services.offers import ENDPOINTS
from services.records import Stop, never
from services.sign_in import SignIn
from services.translating import translate
from services.transport import requests_transport, until

METADATA = "169.254.169.254"
"""The address of a virtual machine's own metadata service, the same in every cloud and reachable from nowhere else."""
TOTAL = 30.0
"""Seconds one request to a login host may take, all in all."""
CONNECT = 10.0
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "device_authorization_endpoint")

DEVICE_PAGES = frozenset({
    "microsoft.com", "www.microsoft.com", "login.microsoft.com", "aka.ms", "login.microsoftonline.com",
    "login.microsoftonline.us", "microsoft.us", "login.partner.microsoftonline.cn", "login.chinacloudapi.cn",
})  # fmt: skip
"""Hosts a person may be sent to with a device code: https://microsoft.com/devicelogin and its like in each cloud."""


class Cancelled(NotSignedIn):
    """The user gave up waiting for a sign-in."""


class LoginTransport:
    """An azure-core transport around another one. `hosts` are bare names; `stop` is asked before every request."""

    def __init__(
        self, inner: Any, hosts: frozenset[str], *, stop: Stop = never, is_plain_allowed: bool = False
    ) -> None:
        self._inner = inner
        self._hosts = hosts
        self._stop = stop
        self._is_plain_allowed = is_plain_allowed

    def send(self, request: Any, **options: Any) -> Any:
        """Send a request and return its response. Raises ForeignHost before anything leaves, Cancelled when stopped."""
        if self._stop():
            raise Cancelled("Signing in was cancelled")
        must_be_login_host(request.url, self._hosts, is_plain_allowed=self._is_plain_allowed)
        options["connection_timeout"] = min(options.get("connection_timeout") or CONNECT, CONNECT)
        options["read_timeout"] = min(options.get("read_timeout") or TOTAL, TOTAL)
        with until(TOTAL):
            response = self._inner.send(request, **options)
        if request.url.partition("?")[0].endswith("/.well-known/openid-configuration"):
            self._check_endpoints(response)
        return response

    def _check_endpoints(self, response: Any) -> None:
        """Refuse a login host that names a foreign place for tokens, or for the page a browser is to open."""
        try:
            told = msgspec.json.decode(response.content, type=dict[str, Any])
        except (msgspec.MsgspecError, ValueError):
            return  # MSAL says itself that it cannot be read
        for name in _ENDPOINTS:
            if isinstance(url := told.get(name), str):
                must_be_login_host(url, self._hosts)

    def open(self) -> None:
        """Open the transport inside."""
        self._inner.open()

    def close(self) -> None:
        """Leave the transport inside open: other credentials may share it."""

    def sleep(self, seconds: float) -> None:
        """Wait not at all: the refresher has its own pace for trying again."""

    def __enter__(self) -> LoginTransport:
        return self

    def __exit__(self, *details: object) -> None:
        return None


def must_be_login_host(url: str, hosts: frozenset[str], *, is_plain_allowed: bool = False) -> None:
    """Raise ForeignHost unless `url` leads to one of `hosts` over https; over http only where that is allowed."""
    from services.guards import oddity

    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if is_plain_allowed and host in hosts:
        return
    if why := oddity(url):
        raise foreign(url, why=why)
    if host not in hosts:
        raise foreign(url, why="it is not the login host of the chosen cloud")


def page_of(url: str) -> str:
    """Return the address of the page for a device code. Raises NotSignedIn unless it is one of Microsoft's own."""
    try:
        must_be_login_host(url, DEVICE_PAGES)
    except ForeignHost as error:
        raise NotSignedIn(
            f"The login host sends you to a page that is not Microsoft's ({error.what})",
            do="do not type the code anywhere; something between here and Azure answers in its place",
        ) from error
    return url


def login_transport(cloud: Cloud, inner: Any = None, *, stop: Stop = never) -> LoginTransport:
    """Return the transport to the login host of `cloud`; `inner` is an emulator's or a test's."""
    inner = inner if inner is not None else requests_transport(Limits())
    return LoginTransport(inner, frozenset({cloud.login}), stop=stop)


def metadata_transport(inner: Any = None, *, stop: Stop = never) -> LoginTransport:
    """Return the transport to the identity service of this machine: IMDS, or the one its environment names."""
    named = (urlsplit(os.environ.get(name, "")).hostname for name in ENDPOINTS)
    hosts = frozenset({METADATA, *(host.lower() for host in named if host)})
    inner = inner if inner is not None else _direct(requests_transport(Limits()))
    return LoginTransport(inner, hosts, stop=stop, is_plain_allowed=True)


def _direct(transport: Any) -> Any:
    """Never through a proxy: the address means this machine, and a proxy's machine is another."""
    transport.session.trust_env = False
    return transport


def look_at_login_host(sign_in: SignIn, transport: LoginTransport) -> None:
    """Ask the login host where its pages are, and refuse foreign ones. Raises ServiceError when it does not answer."""
    from azure.core.exceptions import AzureError
    from azure.core.rest import HttpRequest

    tenant = quote(sign_in.tenant or "organizations", safe="")
    url = f"https://{sign_in.azure.login}/{tenant}/v2.0/.well-known/openid-configuration"
    try:
        transport.send(HttpRequest("GET", url), stream=False)
    except AzureError as error:
        raise translate(error) from error


def has_metadata_service(transport: LoginTransport, seconds: float = 1.0) -> bool:
    """Return whether this machine has a metadata service, in `seconds` at most: elsewhere the address just hangs.

    A request without the Metadata header is answered with 400, which is answer enough.
    """
    from azure.core.exceptions import AzureError
    from azure.core.rest import HttpRequest

    request = HttpRequest(
        "GET", f"http://{METADATA}/metadata/identity/oauth2/token", params={"api-version": "2018-02-01"}
    )
    try:
        transport.send(request, connection_timeout=seconds, read_timeout=seconds, stream=False)
    except (AzureError, OSError):
        return False
    return True
