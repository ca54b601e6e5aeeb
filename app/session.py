"""What the deck and the commands are handed: the cache, the way to Azure, and which workspace is looked at.

The way to Azure is made on the first refresh, in its worker: before that nothing of azure is imported and nobody has
been asked to sign in. Rows are kept apart by cloud, tenant, account and workspace; see `Session.scope`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

import msgspec

from app.history.depth import Depth
from app.links import DEMO, EMULATOR, NOBODY, Account, Link, Transport, no_transport
from app.safekeeping import Keeper
from app.way_in import WayIn
from cache.intents import Intents
from cache.store import Store
from services.records import WorkspaceRef
from services.workspaces import Workspace
from services.write_lock import WriteLock

if TYPE_CHECKING:
    from services.connection import Connection

Mode = Literal["azure", "demo", "emulator", "offline"]


def utc_now() -> datetime:
    """Return the time as aware UTC."""
    return datetime.now(UTC)


class Bundled(msgspec.Struct, frozen=True):
    """Which endpoint an incident bundle is of, and when it was written: `now` of its session."""

    endpoint: str
    at: datetime


def nothing_is_pinned(name: str, arm_id: str) -> bool:
    """Pin no workspace."""
    return False


class Session:
    """One cache, at most one connection, and the chosen workspace. Safe to read from any thread.

    `mode` is "offline" when the network is never touched; `demo_mode` tells invented rows from real ones then, too.
    """

    def __init__(
        self,
        store: Store,
        *,
        mode: Mode,
        account: Account = NOBODY,
        link: Callable[[], Link] | None = None,
        transport: Transport = no_transport,
        keeper: Keeper | None = None,
        profile: str = "",
        now: Callable[[], datetime] = utc_now,
        notes: tuple[str, ...] = (),
    ) -> None:
        self.store = store
        self.mode: Mode = mode
        self.now = now
        self.notes = (*store.notes, *notes)
        """What the user should know about how this began, a sentence each."""
        self.workspace: WorkspaceRef | None = None
        self.bundle: Bundled | None = None
        """The incident bundle that is shown; None for a cache of one's own."""
        self.depth = Depth()
        """How much of the past is read."""
        self.account = account
        self.lock = WriteLock()
        """Shut unless the user unlocked writing; every connection of this session is behind it."""
        self.is_pinned: Callable[[str, str], bool] = nothing_is_pinned
        """Whether the settings pin a workspace read-only, by its name and ARM id."""
        self.has_test_calls = mode == "demo"
        """Whether the settings let endpoints be called; in the demo nothing is billed."""
        self.way = WayIn(link, self.lock, self._use, transport, keeper, profile)
        self._intents: Intents | None = None
        self._opening = threading.Lock()
        self._is_closed = False

    @property
    def connection(self) -> Connection | None:
        """The connection once there is one; None before the first refresh, and offline."""
        return self.way.connection

    @property
    def is_online(self) -> bool:
        """Whether refreshing is possible at all."""
        return self.way.is_online

    @property
    def account_scope(self) -> str:
        """Where rows of the account as a whole are kept: its workspaces."""
        return self.account.scope

    @property
    def scope(self) -> str:
        """Where rows of the chosen workspace are kept; the account's own scope while none is chosen."""
        return self.scope_of(self.workspace) if self.workspace else self.account_scope

    def scope_of(self, workspace: WorkspaceRef) -> str:
        """Where rows of a workspace are kept."""
        return f"{self.account_scope}{workspace.key}"

    def choose(self, workspace: WorkspaceRef, *, is_remembered: bool = True) -> None:
        """Look at another workspace from now on, and next time too. Have the refresher `reset` afterwards."""
        self.workspace = workspace
        self.relock()
        if is_remembered and not self.store.is_read_only:
            self.store.remember("workspace", workspace.id)

    @property
    def default_workspace(self) -> WorkspaceRef | None:
        """The workspace the demo and the emulator open with; None for a real account."""
        if self.account.cloud not in (DEMO.cloud, EMULATOR):
            return None
        from services.emulator.places import PLACES

        first = PLACES[0]
        return WorkspaceRef(first.subscription, first.group, first.name)

    def known_workspaces(self) -> Iterator[Workspace]:
        """The workspaces of the account, as cached, by name."""
        return (seen.record for seen in self.store.records("workspaces", self.account_scope, order="name"))

    def connect(self) -> Connection:
        """The connection, made when there is none. Slow (imports, `az`): for workers. Raises ServiceError.

        Signing in may show that another account is meant than last time: then `account` and `scope` change.
        """
        return self.way.connect()

    def forget_failure(self) -> None:
        """Ask who is signed in again at the next `connect`: the user says it is worth a try."""
        self.way.forget_failure()

    @property
    def intents(self) -> Intents:
        """What was asked of Azure, opened when first wanted. Syncs the disk: for workers."""
        with self._opening:
            if self._intents is None:
                path = self.store.path
                # Without a file the cache is in memory, and what is asked of Azure could not be kept.
                self._intents = Intents.open(path.parent, self.now) if path else Intents.nowhere()
            return self._intents

    @property
    def read_only_because(self) -> str | None:
        """Why writing cannot be unlocked here, as a sentence; None when it can. For workers."""
        if self.bundle is not None:
            return "An incident bundle is shown: it is only read."
        if not self.is_online:
            return "Started with --offline: nothing is sent to Azure."
        if self.workspace is None:
            return "No workspace is chosen, so there is nothing to unlock."
        if self.is_pinned(self.workspace.name, self.workspace.id):
            return f"{self.workspace.name} is pinned read-only in the settings: `amldeck config path` says where."
        return self.intents.refusal or None

    def unlock(self, seconds: float) -> None:
        """Let changes of the chosen workspace leave for a while; it locks again by itself. Nothing where it may not."""
        if self.workspace is not None and self.read_only_because is None:
            self.lock.open(self.workspace.id, seconds)

    def relock(self) -> None:
        """Let nothing be changed any more."""
        self.lock.close()

    def close(self) -> None:
        """Close the connection and the cache. Whoever still connects finds the session closed."""
        self._is_closed = True
        self.relock()
        self.way.close()
        with self._opening:
            if self._intents is not None:
                self._intents.close()
        self.store.close()

    def _use(self, account: Account) -> None:
        if self._is_closed:
            return
        if account != self.account:
            self.relock()
        self.account = account
        if not self.store.is_read_only:
            self.store.remember("account", msgspec.json.encode(account).decode())


def ref_of(workspace: Workspace) -> WorkspaceRef:
    """The address of a listed workspace."""
    return WorkspaceRef(workspace.subscription, workspace.resource_group, workspace.name)
