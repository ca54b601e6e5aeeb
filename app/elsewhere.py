"""What needs attention in other workspaces, as the cache last knew it. Nothing is asked of Azure for them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from app.session import ref_of
from services.attention import Attention
from services.putting_away import SNOOZED

if TYPE_CHECKING:
    from app.handed import Reading

LOOKED_AT = timedelta(days=7)
"""A workspace nobody has looked at for longer is none of ours: what it was like then helps nobody."""
MOST = 100
"""Lines of one workspace, the worst."""


def of_other_workspaces(reading: Reading) -> Iterator[Attention]:
    """Yield what needs attention in the other workspaces of the account that were looked at here lately.

    Each line says whose it is, and when that workspace was last looked through. What is snoozed there stays there.
    """
    own = reading.workspace.key if reading.workspace is not None else ""
    if not own or not reading.scope.endswith(own):
        return
    account, store = reading.scope.removesuffix(own), reading.store
    looked = {scope: state.last_ok for scope, state in store.source_by_scope("attention").items()}
    if not any(scope.startswith(f"{account}/") for scope in looked if scope != reading.scope):
        return
    for seen in store.records("workspaces", account, order="name"):
        ref = ref_of(seen.record)
        as_of = looked.get(f"{account}{ref.key}")
        if ref.key == own or as_of is None or reading.now - as_of > LOOKED_AT:
            continue
        for line in store.records("attention", f"{account}{ref.key}", order="-rank", limit=MOST):
            if line.record.workspace is None and line.record.state != SNOOZED:
                yield msgspec.structs.replace(
                    line.record, id=f"{ref.key}/{line.key}", workspace=ref.name, workspace_id=ref.id, as_of=as_of
                )
