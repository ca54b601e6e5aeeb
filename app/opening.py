"""Opening a session: whose cache, and which way to Azure, the demo or an emulator; nothing is connected yet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from app.links import (
    DEMO,
    EMULATOR,
    Account,
    azure_link,
    demo_transport,
    emulated_link,
    emulator_transport,
    loopback,
    no_transport,
)
from app.safekeeping import InMemory, Keeper
from app.session import Mode, Session, utc_now
from app.settings import vault_folder
from app.sign_ins import last_account, remembered_link
from app.tables import TABLES
from app.vault_keeper import VaultKeeper
from cache.store import Store
from services.records import WorkspaceRef
from services.sign_in import SignIn

RUNS, SEED = 4000, 7
"""The demo's workspace: how many runs, and of which world."""
PLAYED = "bad-deployment"
"""What goes wrong in the demo when nobody says: an endpoint breaks, as endpoints do."""
NO_PROFILE = SignIn()


def open_session(
    mode: Mode,
    folder: Path,
    *,
    emulator: str = "",
    runs: int = RUNS,
    seed: int = SEED,
    is_demo: bool = False,
    scenario: str = "",
    wanted: SignIn = NO_PROFILE,
    now: Callable[[], datetime] = utc_now,
) -> Session:
    """Open the cache in `folder` and prepare the way to Azure, the demo or an emulator; nothing is connected yet.

    `is_demo` and `emulator` say whose rows an offline session shows, `scenario` what goes wrong in the demo (empty:
    PLAYED), `wanted` how a profile signs in. Raises NotLoopback.
    """
    at = loopback(emulator) if emulator else ""
    store = Store.open(folder, TABLES, now=now)
    keeper: Keeper = InMemory()
    if mode == "demo" or (mode == "offline" and is_demo):
        account, transport = DEMO, demo_transport(runs, seed, now, scenario or PLAYED)
        link = emulated_link(account, transport, now)
    elif at:
        account, transport = Account(EMULATOR, at, DEMO.user), emulator_transport(at)
        link = remembered_link(at, keeper, transport, wanted) or emulated_link(account, transport, now)
    else:
        account, transport = last_account(store), no_transport
        keeper = VaultKeeper(vault_folder())
        link = remembered_link("", keeper, transport, wanted) or azure_link
    session = Session(store, mode=mode, account=account, link=None if mode == "offline" else link,
                      transport=transport, keeper=keeper, profile=wanted.name, now=now)  # fmt: skip
    session.workspace = _last_workspace(store)
    return session


def _last_workspace(store: Store) -> WorkspaceRef | None:
    from app.studio_url import BadAddress, parse_workspace

    try:
        return parse_workspace(store.recall("workspace") or "").ref
    except BadAddress:
        return None
