"""The way to Azure of a session: made on the first refresh, kept, and replaced when somebody signs in anew."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from app.links import Account, Link, Transport, no_transport
from app.safekeeping import InMemory, Keeper
from services.errors import NotSignedIn, Unreachable
from services.sign_in import SignIn
from services.write_lock import WriteLock

if TYPE_CHECKING:
    from services.connection import Connection


class WayIn:
    """At most one connection, whoever asks for it. Safe on any thread; `use` is told whose each new one is."""

    def __init__(
        self,
        link: Callable[[], Link] | None,
        lock: WriteLock,
        use: Callable[[Account], None],
        transport: Transport = no_transport,
        keeper: Keeper | None = None,
        profile: str = "",
    ) -> None:
        self.profile = profile
        """The profile whose sign-in this is; empty for none."""
        self.transport = transport
        """Makes what a sign-in leaves through: Azure, or the emulator this session is of."""
        self.keeper = keeper or InMemory()
        self.sign_in: SignIn | None = None
        """The sign-in behind the connection; None before there is one, and for the demo's own person."""
        self.connection: Connection | None = None
        self._link = link
        self._lock = lock
        self._use = use
        self._failure: NotSignedIn | None = None
        self._connecting = threading.Lock()

    @property
    def is_online(self) -> bool:
        """Whether there is a way to Azure at all."""
        return self._link is not None

    def connect(self) -> Connection:
        """The connection, made when there is none. Slow (imports, `az`): for workers. Raises ServiceError."""
        if self._link is None:
            raise Unreachable("Nothing is asked of Azure here", do="start without --offline, on no bundle")
        with self._connecting:
            if self._failure is not None:
                raise self._failure
            if self.connection is not None:
                return self.connection
            try:
                link = self._link()
            except NotSignedIn as failure:
                self._failure = failure
                raise
            return self._taken(link)

    def go_on_with(self, link: Link) -> None:
        """Use another sign-in from now on; calls on the connection before end. For workers."""
        with self._connecting:
            before, self._failure = self.connection, None
            self._taken(link)
            self._link = lambda: link
        if before is not None:
            before.close()

    def sign_out(self) -> None:
        """Go on with nobody until somebody signs in."""
        with self._connecting:
            before, self.connection, self.sign_in = self.connection, None, None
            self._failure = NotSignedIn("Nobody is signed in", do="sign in, here or with `amldeck sign-in`")
        if before is not None:
            before.close()

    def forget_failure(self) -> None:
        """Ask who is signed in again at the next `connect`."""
        self._failure = None

    def close(self) -> None:
        """Close the connection."""
        if self.connection is not None:
            self.connection.close()

    def _taken(self, link: Link) -> Connection:
        link.connection.lock = self._lock
        self.connection, self.sign_in = link.connection, link.sign_in
        self._use(link.account)
        return link.connection
