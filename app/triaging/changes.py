"""Changes around an endpoint, for its triage: what the activity log says, with what the cache saw change behind it.

The log names who wrote an endpoint and when, but not what the write did. The cache knows how the record was before and
after, but only when it looked. Put together, one line says both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from app.rows import ACTIVITY_LOG, Operation
from app.tables import OPERATIONS
from cache.history import Past
from cache.query import parse
from cache.store import Store
from services.parsing import id_part
from services.triage_facts import Change

LOOKED_LATE = timedelta(minutes=30)
"""How long after a write its effect may have been read, and be taken for that write's."""

_WRITE = "microsoft.machinelearningservices/workspaces/onlineendpoints/write"
_DEPLOYMENT_WRITE = "microsoft.machinelearningservices/workspaces/onlineendpoints/deployments/write"

_TOLD = ("traffic", "mirror", "model", "environment", "instances", "instance_type", "request_timeout",
         "max_concurrent", "auth_mode", "public_access")  # fmt: skip
"""Fields of endpoints and deployments whose change is told."""


class Seen:
    """How one record changed while the cache looked: `(when it was read, what it did)`, oldest first."""

    def __init__(self, past: Iterable[Past], record: Any) -> None:
        self.resource: str = record.id
        self._steps: list[tuple[datetime, str]] = []
        after = record
        for entry in reversed(list(past)):
            told = told_of(entry.changes, after)
            if told:
                self._steps.append((entry.at, told))
            after = _before(after, entry.changes)
        self._steps.reverse()

    def take(self, at: datetime) -> str | None:
        """What a write that began at a moment did, which no later write is told to have done then."""
        found = next((step for step in self._steps if at <= step[0] <= at + LOOKED_LATE), None)
        if found is not None:
            self._steps.remove(found)
        return found[1] if found is not None else None

    def rest(self) -> list[tuple[datetime, str]]:
        """What changed without any write in the log."""
        return self._steps


def told_of(before: Mapping[str, Any], after: Any) -> str:
    """`blue 100 → 0, green 0 → 100`, `model fraud:41 → fraud:42`: what of a record is told of a change."""
    said: list[str] = []
    for name in _TOLD:
        if name in before and hasattr(after, name):
            said += _shifts(before[name], getattr(after, name), "mirror " if name == "mirror" else "") if name in (
                "traffic", "mirror"
            ) else [f"{name.replace('_', ' ')} {_text(before[name])} → {_text(getattr(after, name))}"]  # fmt: skip
    return ", ".join(said)


def _shifts(before: Any, after: Any, prefix: str) -> list[str]:
    old, new = dict(before or {}), dict(after or {})
    names = dict.fromkeys((*old, *new))
    return [f"{prefix}{name} {old.get(name, 0):g} → {new.get(name, 0):g}" for name in names
            if old.get(name, 0) != new.get(name, 0)]  # fmt: skip


def _text(value: Any) -> str:
    return "unknown" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _before(record: Any, changes: Mapping[str, Any]) -> Any:
    from msgspec.structs import fields, replace

    names = {field.name for field in fields(record)}
    return replace(record, **{name: value for name, value in changes.items() if name in names})


def changes_of(store: Store, scope: str, endpoint: str, since: datetime, until: datetime) -> list[Change]:
    """All changes in a stretch of time, newest first; those of this endpoint and its deployments with what they did.

    Reads operations by time, and the history of the endpoint and each of its deployments. For a worker.
    """
    seen = _seen(store, scope, endpoint)
    query = parse(f'from="{ACTIVITY_LOG}"', OPERATIONS, now=until)
    operations: list[Operation] = []
    for row in store.records("operations", scope, query, "-at"):
        if row.record.at < since:
            break
        if row.record.at < until:
            operations.append(row.record)
    found = [_change(one, _told(one, endpoint, seen)) for one in reversed(operations)]
    found += list(_unlogged(seen, endpoint, since, until))
    return sorted(found, key=lambda one: one.at, reverse=True)


def _seen(store: Store, scope: str, endpoint: str) -> dict[str, Seen]:
    made: dict[str, Seen] = {}
    own = store.get("endpoints", scope, endpoint)
    if own is not None:
        made[""] = Seen(store.history("endpoints", scope, endpoint), own.record)
    for row in store.records("deployments", scope):
        if row.record.endpoint.lower() == endpoint.lower():
            made[row.record.name.lower()] = Seen(store.history("deployments", scope, row.record.id), row.record)
    return made


def _told(one: Operation, endpoint: str, seen: Mapping[str, Seen]) -> str | None:
    """What a write did; what Azure said of another operation."""
    operation = (one.operation or "").lower()
    is_own = (id_part(one.resource, "onlineEndpoints") or "").lower() == endpoint.lower()
    if is_own and operation in (_WRITE, _DEPLOYMENT_WRITE):
        deployment = (id_part(one.resource, "deployments") or "").lower() if operation == _DEPLOYMENT_WRITE else ""
        if deployment in seen and (told := seen[deployment].take(one.at)) is not None:
            return told
    return one.description


def _change(one: Operation, detail: str | None) -> Change:
    return Change(
        id=one.id, at=one.at, ended=one.ended, operation=one.operation or "", title=one.title, resource=one.resource,
        status=one.status, who=one.caller_name or one.caller, is_app=one.is_app, detail=detail,
    )  # fmt: skip


def _unlogged(seen: Mapping[str, Seen], endpoint: str, since: datetime, until: datetime) -> Iterator[Change]:
    for deployment, one in seen.items():
        tail = f"/deployments/{deployment}" if deployment else ""
        for at, told in one.rest():
            if since <= at < until:
                yield Change(
                    id=f"history/{deployment or endpoint}/{at.isoformat()}", at=at, detail=told, origin="history",
                    operation=_DEPLOYMENT_WRITE if deployment else _WRITE, title="Seen changed",
                    resource=f"/onlineEndpoints/{endpoint}{tail}",
                )  # fmt: skip
