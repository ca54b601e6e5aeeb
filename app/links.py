"""The ways to Azure: signed in as `az` is, into the demo, or to an emulator on this machine; and whose rows come there.

Nothing of azure is imported before a link is made, which takes a worker.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from services.clouds import CLOUDS as CLOUDS
from services.errors import NotSignedIn

if TYPE_CHECKING:
    from services.connection import Connection


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
    """A connection and whose it is."""

    connection: Connection
    account: Account


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
    return Link(connection, Account(name, account.tenant, account.user))


def demo_link(runs: int, seed: int, now: Callable[[], datetime]) -> Callable[[], Link]:
    """Return what makes an emulated account in this process, and connects to it."""

    def link() -> Link:
        from services.connection import Connection
        from services.emulator.transport import FakeCredential, in_process
        from services.emulator.world import World

        world = World(seed=seed, runs=runs, clock=now)
        return Link(Connection(FakeCredential(clock=now), transport=in_process(world), now=now), DEMO)

    return link


def emulator_link(at: str) -> Callable[[], Link]:
    """Return what connects to the emulator at `at`, as `loopback` gives it."""

    def link() -> Link:
        from services.connection import Connection
        from services.emulator.transport import FakeCredential, over_loopback

        connection = Connection(FakeCredential(), transport=over_loopback(f"http://{at}"))
        return Link(connection, Account(EMULATOR, at, DEMO.user))

    return link
