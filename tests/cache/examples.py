"""Records of every shape, and a store to keep them in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import msgspec

from cache.origins import Provenance
from cache.query import parse
from cache.store import Store, Table
from cache.table import Counted
from cache.tree import Query

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
SCOPE = "public/tenant/account/workspace"


class Money(msgspec.Struct, frozen=True):
    amount: Decimal
    currency: str


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """Every kind of field, each also unknown."""

    id: str
    name: str
    status: str | None = None
    stage: Literal["new", "old"] | None = None
    nodes: int | None = None
    duration: float | None = None
    is_archived: bool | None = None
    started: datetime | None = None
    cost: Money | None = None
    flavors: tuple[str, ...] = ()
    numbers: tuple[int, ...] | None = None
    tags: dict[str, str | None] = {}
    params: dict[str, str | None] | None = None
    metrics: dict[str, float] = {}


JOBS = Table(
    name="jobs",
    record=Job,
    indexes=(
        "name",
        "status",
        "nodes",
        "duration",
        "is_archived",
        "started",
        "cost",
        "id",
        "status+started",
        "stage+started",
    ),
    search=("name", "id", "flavors", "tags"),
    counted=(Counted(("status",), ("stage",), "duration"), Counted(("stage", "status"), (), "duration")),
    aliases={"dur": "duration", "created": "started"},
)

WORDED = msgspec.structs.replace(
    JOBS, name="worded", search=("name", "id", "status", "flavors", "tags", "params"), has_search_index=True
)
"""The same records with an index of words."""


def origin(at: datetime = NOW, route: str = "/jobs", api_version: str | None = "2024-10-01") -> Provenance:
    return Provenance(route, api_version, at)


def later(**span: float) -> datetime:
    return NOW + timedelta(**span)


@contextmanager
def opened(folder: Path, tables: Sequence[Table] = (JOBS,), now: datetime = NOW) -> Iterator[Store]:
    store = Store.open(folder, tables, now=lambda: now)
    try:
        yield store
    finally:
        store.close()


def put(store: Store, *records: Any, at: datetime = NOW, table: str = "jobs", scope: str = SCOPE) -> Any:
    documents = [msgspec.json.encode({"id": record.id, "is": "a document"}) for record in records]
    return store.put(table, scope, records, documents, provenance=origin(at))


def query(text: str, table: Table = JOBS) -> Query:
    found = parse(text, table, now=NOW)
    assert found.problems == ()
    return found


def keys(store: Store, text: str = "", order: str = "", *, table: Table = JOBS, **options: Any) -> list[str]:
    """The keys a view gives once it is prepared."""
    view = store.view(table.name, SCOPE, query(text, table), order, **options)
    view.prepare()
    count = view.count()
    assert count is not None
    found = [row.key for row in view.window(0, count + 10)]
    assert len(found) == count
    return found
