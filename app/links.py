"""The ways to Azure: signed in as `az` is, into the demo, or to an emulator on this machine; and whose rows come there.

Nothing of azure is imported before a link is made, which takes a worker.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from services.clouds import CLOUDS as CLOUDS
from services.errors import NotSignedIn
from services.sign_in import SignIn

if TYPE_CHECKING:
    from services.connection import Connection
    from services.emulator.world import World


class Account(msgspec.Struct, frozen=True):
    """Who is signed in where. Rows of two accounts never meet, since they may be allowed to see different things."""

    cloud: str
    tenant: str
    user: str

    @property
    def scope(self) -> str:
        """The beginning of every scope of this account."""
        return f"{self.cloud}/{self.tenant}/{self.user}".lower()


DEMO = Account("demo", "demo", "person01@example.com")
EMULATOR = "emulator"
NOBODY = Account("public", "-", "-")
"""The account before anybody has ever signed in: its scope holds no rows."""


class Link(msgspec.Struct, frozen=True):
    """A connection, whose it is, and the sign-in behind it; None for the demo's and the emulator's own."""

    connection: Connection
    account: Account
    sign_in: SignIn | None = None


class NotLoopback(ValueError):
    """An emulator address that is not on this machine."""


def loopback(address: str) -> str:
    """`127.0.0.1:8123` of an emulator's address. Raises NotLoopback for any other machine's."""
    try:
        parts = urlsplit(address if "://" in address else f"http://{address}")
        port = parts.port or 80
    except ValueError as error:
        raise NotLoopback(f"{address!r} is no address: {error}") from error
    if parts.hostname not in ("127.0.0.1", "localhost") or parts.scheme != "http":
        raise NotLoopback(f"{address!r} is not on this machine: an emulator's address is http://127.0.0.1:PORT")
    return f"127.0.0.1:{port}"


def azure_link() -> Link:
    """Sign in as `az` is, in the cloud it is set to. Raises NotSignedIn."""
    from services.az_cli import az_account, az_credential
    from services.connection import Connection

    account = az_account()
    if account is None:
        raise NotSignedIn("The account has no subscription", do="run `az login`, then try again")
    name = next((name for name, cloud in CLOUDS.items() if cloud.name == account.cloud), NOBODY.cloud)
    connection = Connection(az_credential(account.tenant), cloud=CLOUDS[name])
    return Link(connection, Account(name, account.tenant, account.user), SignIn(cloud=name, tenant=account.tenant))


Transport = Callable[[], Any]
"""Makes what requests leave through; None of it is the network itself."""


def no_transport() -> Any:
    """None: requests go to Azure."""
    return None


def demo_transport(runs: int, seed: int, now: Callable[[], datetime], scenario: str = "") -> Transport:
    """Return what leads to an emulated account in this process, always the same one."""

    @cache
    def world() -> World:
        from services.emulator.world import World

        made = World(seed=seed, runs=runs, clock=now, scenario=scenario)
        made.login.policy.interval = 1
        return made

    def transport() -> Any:
        from services.emulator.transport import in_process

        return in_process(world())

    return transport


def emulator_transport(at: str) -> Transport:
    """Return what leads to the emulator at `at`, as `loopback` gives it."""

    def transport() -> Any:
        from services.emulator.transport import over_loopback

        return over_loopback(f"http://{at}")

    return transport


def emulated_link(account: Account, transport: Transport, now: Callable[[], datetime]) -> Callable[[], Link]:
    """Return what connects to an emulated account as the person whose demo it is, without a sign-in."""

    def link() -> Link:
        from services.connection import Connection
        from services.emulator.transport import FakeCredential

        return Link(Connection(FakeCredential(clock=now), transport=transport(), now=now), account)

    return link
