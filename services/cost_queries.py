"""What is asked of Cost Management, and the grid of columns and rows that it answers with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import msgspec

from services.calls import Answer, Call, subject
from services.errors import Forbidden, Malformed, NotFound, Refused
from services.records import Money, Stop, WorkspaceRef

if TYPE_CHECKING:
    from services.connection import Connection

API = "2025-03-01"

NO_DATA = "Azure gives no cost data for this offer"
INSTEAD = "what runs is estimated by list prices instead: see Compute, Endpoints and the cost of runs"

CostKind = Literal["ActualCost", "AmortizedCost"]
"""As billed, or with what was paid ahead for reservations spread over the days that used them."""


class Grouping(NamedTuple):
    """What rows are told apart by: a dimension, or the values of one tag. A query takes two at most."""

    name: str
    type: Literal["Dimension", "TagKey"] = "Dimension"


class Column(msgspec.Struct, frozen=True):
    """One column of an answer."""

    name: str
    type: str | None = None


class Grid(msgspec.Struct, frozen=True):
    """Columns, and rows in their order."""

    columns: list[Column]
    rows: list[msgspec.Raw]


class Result(msgspec.Struct, frozen=True):
    """The answer of a query."""

    properties: Grid


_read = msgspec.json.Decoder(Result).decode
_cells = msgspec.json.Decoder(list[msgspec.Raw]).decode


def scope_of(ref: WorkspaceRef) -> str:
    """Return the cheapest scope that holds a workspace and what belongs to it: its resource group."""
    return f"/subscriptions/{ref.subscription}/resourceGroups/{ref.resource_group}"


def subscription_of(ref: WorkspaceRef) -> str:
    """Return the scope of the subscription a workspace is in."""
    return f"/subscriptions/{ref.subscription}"


def cost_call(connection: Connection, scope: str, what: str, body: Mapping[str, Any]) -> Call:
    """Return a POST to Cost Management: `what` is query or forecast."""
    call = connection.arm(f"{scope}/providers/Microsoft.CostManagement/{what}", API)
    return msgspec.structs.replace(call, method="POST", body=dict(body))


_NO_DATA = re.compile(
    r"offer type|supports only Enterprise|CostDisabled|not supported for (?:the |this )?(?:subscription|offer)|"
    r"sponsorship|indirect (?:customer|agreement)",
    re.IGNORECASE,
)


def cost_pages(connection: Connection, call: Call, stop: Stop) -> Iterator[Answer]:
    """Yield the pages of an answer. Raises ServiceError; Refused, in our words, for an offer without cost data."""
    try:
        yield from connection.pages(call, stop=stop)
    except (Refused, NotFound, Forbidden) as problem:
        if _NO_DATA.search(f"{problem.code} {problem.what}") is None:
            raise
        raise Refused(NO_DATA, on=subject(call), do=INSTEAD, status=problem.status, code=problem.code) from problem


def cost_answers(
    connection: Connection, ref: WorkspaceRef, what: str, body: Mapping[str, Any], stop: Stop
) -> Iterator[Answer]:
    """Yield the pages of an answer for the resource group of a workspace.

    Where that may not be asked, the subscription is, filtered by the group: the route of the answer says which it was.
    Raises ServiceError, the group's own refusal when neither may be asked.
    """
    try:
        yield from cost_pages(connection, cost_call(connection, scope_of(ref), what, body), stop)
    except Forbidden as refused:
        wide = {**body, "dataset": {**body["dataset"], "filter": _within(ref)}}
        try:
            yield from cost_pages(connection, cost_call(connection, subscription_of(ref), what, wide), stop)
        except Forbidden:
            raise refused from None


def _within(ref: WorkspaceRef) -> dict[str, Any]:
    return {"dimensions": {"name": "ResourceGroupName", "operator": "In", "values": [ref.resource_group]}}


def is_of_subscription(route: str) -> bool:
    """Whether an answer came from the subscription, because the resource group refused."""
    return "/resourcegroups/" not in route.lower()


def check_period(start: datetime, end: datetime, now: datetime | None = None) -> None:
    """Raise ValueError for a period no query may have: Azure answers one in the future for the year before."""
    if start > end:
        raise ValueError("a cost query cannot start after its end")
    if now is not None and start.date() > now.date():
        raise ValueError("a cost query cannot start in the future")


def daily(kind: str, start: datetime, end: datetime, grouping: Sequence[Grouping]) -> dict[str, Any]:
    """Return the body of a query by day, both days included, and by what `grouping` says (two at most)."""
    return {
        "type": kind,
        "timeframe": "Custom",
        "timePeriod": {"from": f"{start:%Y-%m-%d}T00:00:00Z", "to": f"{end:%Y-%m-%d}T23:59:59Z"},
        "dataset": {
            "granularity": "Daily",
            "aggregation": {"totalCost": {"name": "PreTaxCost", "function": "Sum"}},
            "grouping": [{"type": one.type, "name": one.name} for one in grouping],
        },
    }


def as_items(answer: Answer) -> Answer:
    """Return an answer of columns and rows as one of objects by column name, under `value`; numbers as written.

    A row of another width stays as it is. Raises Malformed when there are no columns and rows.
    """
    try:
        grid = _read(answer.body).properties
    except msgspec.MsgspecError as problem:
        raise Malformed("The answer holds no columns and rows", on=subject(answer.call)) from problem
    names = [msgspec.json.encode(name) for name in _each_its_own(column.name for column in grid.columns)]
    items = b",".join(_as_object(names, row) for row in grid.rows)
    return msgspec.structs.replace(answer, body=b'{"value":[' + items + b"]}")


def _each_its_own(names: Iterable[str]) -> Iterator[str]:
    """Yield names that differ: two tags come as TagKey, TagValue, TagKey, TagValue, the second of them as TagKey2."""
    seen: dict[str, int] = {}
    for name in names:
        number = seen[name.lower()] = seen.get(name.lower(), 0) + 1
        yield name if number == 1 else f"{name}{number}"


def _as_object(names: list[bytes], row: msgspec.Raw) -> bytes:
    try:
        cells = _cells(row)
    except msgspec.MsgspecError:
        return bytes(row)
    if len(cells) != len(names):
        return bytes(row)
    return b"{" + b",".join(name + b":" + bytes(cell) for name, cell in zip(names, cells, strict=True)) + b"}"


def row_of(document: bytes) -> dict[str, Any]:
    """Return a row by its column names in lower case. Raises msgspec.MsgspecError when it is none."""
    return {name.lower(): value for name, value in msgspec.json.decode(document, type=dict[str, Any]).items()}


def text_in(row: Mapping[str, Any], name: str) -> str | None:
    """Return the text of a column, None where there is none."""
    value = row.get(name)
    return value if isinstance(value, str) else None


def cost_in(row: Mapping[str, Any]) -> Money | None:
    """Return the cost of a row in its own currency; the USD columns count only where there is no other."""
    names = [name for name in row if "cost" in name and isinstance(row[name], int | float)]
    names.sort(key=lambda name: name.endswith("usd"))
    if not names:
        return None
    currency = "USD" if names[0].endswith("usd") else text_in(row, "currency") or ""
    return Money(Decimal(repr(row[names[0]])), currency)
