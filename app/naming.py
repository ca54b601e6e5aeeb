"""People by their names in a change that is shown: Azure's computes name whose they are by object id alone."""

from __future__ import annotations

import msgspec

from app.costing import with_cost
from app.machine_rows import ComputeRow
from cache.store import Store
from services.change import Change
from services.compute_record import BELONGS


def as_shown(store: Store, scope: str, change: Change) -> Change:
    """The change with what the cache adds to it: names of people, and what a job would cost. For workers."""
    return with_cost(store, scope, with_names(store, scope, change))


def with_names(store: Store, scope: str, change: Change) -> Change:
    """The change with the owner of its compute by name, where the cache knows one; else as it is. For workers."""
    if not any(note.label == BELONGS for note in change.notes):
        return change
    seen = store.get("compute_rows", scope, change.name)
    name = seen.record.user_name if seen is not None and isinstance(seen.record, ComputeRow) else None
    if not name:
        return change
    notes = (msgspec.structs.replace(note, text=name) if note.label == BELONGS else note for note in change.notes)
    return msgspec.structs.replace(change, notes=tuple(notes))
