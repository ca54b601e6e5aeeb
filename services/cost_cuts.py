"""Costs cut another way than by resource and service: by meter, by meter subcategory, by the values of tags."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from services.calls import Answer
from services.cost_queries import (
    CostKind,
    Grouping,
    as_items,
    check_period,
    cost_answers,
    cost_in,
    daily,
    row_of,
    text_in,
)
from services.parsing import id_key, moment
from services.reading import read_page
from services.records import Money, Page, Stop, WorkspaceRef, never

if TYPE_CHECKING:
    from services.connection import Connection

TAG = "tag:"
"""What the cut by a tag begins with, before the tag's own key."""

PAIR = "pair:"
"""What the cut by two tags begins with, before `KEY/KEY`: no key of a tag holds a slash."""

RESOURCE, METER, SUBCATEGORY = "resource", "meter", "subcategory"

_GROUPINGS = {
    RESOURCE: (Grouping("ResourceId"), Grouping("ServiceName")),
    METER: (Grouping("Meter"), Grouping("MeterCategory")),
    SUBCATEGORY: (Grouping("ResourceId"), Grouping("MeterSubcategory")),
}
_COLUMNS = {
    RESOURCE: ("resourceid", "servicename"),
    METER: ("meter", "metercategory"),
    SUBCATEGORY: ("resourceid", "metersubcategory"),
}


class CutLine(msgspec.Struct, frozen=True, kw_only=True):
    """What one value of a cut was billed on one day. `cost` is None when the answer held no cost column."""

    id: str
    """`kind|cut|day|value|detail|currency`."""
    cut: str
    """resource, meter, subcategory, `tag:KEY`, or `pair:KEY/KEY`."""
    kind: str = "ActualCost"
    day: datetime
    """Midnight UTC of the usage date; the first day of the period when the line is a total of it."""
    is_total: bool = False
    value: str | None = None
    """An ARM id in lower case, the name of a meter, the value of the tag; None where the bill names none."""
    detail: str | None = None
    """The service, the meter's category or its subcategory; the value of the second tag."""
    cost: Money | None = None


def tag_keys_of(cut: str) -> tuple[str, ...]:
    """Return the keys of the tags a cut goes by; none for another cut."""
    if cut.startswith(TAG) and len(cut) > len(TAG):
        return (cut.removeprefix(TAG),)
    first, slash, second = cut.removeprefix(PAIR).partition("/")
    return (first, second) if cut.startswith(PAIR) and slash and first and second else ()


def grouping_of(cut: str) -> tuple[Grouping, ...]:
    """Return what a cut is told apart by. Raises ValueError for a cut there is none of."""
    if keys := tag_keys_of(cut):
        return tuple(Grouping(key, "TagKey") for key in keys)
    if cut not in _GROUPINGS:
        raise ValueError(f"costs cannot be cut by {cut}")
    return _GROUPINGS[cut]


def list_cut(
    connection: Connection,
    ref: WorkspaceRef,
    cut: str,
    *,
    kind: CostKind,
    start: datetime,
    end: datetime,
    now: datetime | None = None,
    stop: Stop = never,
) -> Iterator[Page[CutLine]]:
    """Yield what the resource group of a workspace was billed by day and cut, both days included.

    Raises ServiceError; ValueError for a cut there is none of, and for a period no query may have. A page a minute at
    most. Reads POST …/Microsoft.CostManagement/query.
    """
    check_period(start, end, now)
    for answer in cost_answers(connection, ref, "query", daily(kind, start, end, grouping_of(cut)), stop):
        yield read_cut(answer, cut, kind, start)


def read_cut(answer: Answer, cut: str, kind: CostKind, start: datetime) -> Page[CutLine]:
    """Return the lines of one page. Raises Malformed when the answer holds no columns and rows."""
    return read_page(as_items(answer), partial(parse_cut, cut=cut, kind=kind, start=start), basis="billed")


def parse_cut(document: bytes, *, cut: str, kind: CostKind, start: datetime) -> CutLine:
    """Return one line of a row by column name. Raises msgspec.MsgspecError or ValueError when it is no line."""
    row = row_of(document)
    day = moment(row.get("usagedate") or row.get("billingmonth"))
    if keys := tag_keys_of(cut):
        value, detail = [*_tag_values(row, keys), None][:2]
    else:
        first, second = _COLUMNS[cut]
        value, detail = text_in(row, first), text_in(row, second) or None
        value = id_key(value) if value and first == "resourceid" else value
    cost = cost_in(row)
    currency = cost.currency if cost else text_in(row, "currency") or ""
    on = f"{day or start:%Y-%m-%d}{'' if day else '+'}"
    return CutLine(
        id=f"{kind}|{cut}|{on}|{value or ''}|{detail or ''}|{currency}",
        cut=cut,
        kind=kind,
        day=day or start.replace(hour=0, minute=0, second=0, microsecond=0),
        is_total=day is None,
        value=value or None,
        detail=detail,
        cost=cost,
    )


def _tag_values(row: Mapping[str, Any], keys: Sequence[str]) -> list[str | None]:
    """Return the value of each tag. A key is told beside its value; untagged usage may name neither."""
    told = {(text_in(row, f"tagkey{place}") or "").lower(): text_in(row, f"tagvalue{place}") for place in ("", 2)}
    by_place = [text_in(row, "tagvalue"), text_in(row, "tagvalue2")]
    return [
        told.get(key.lower()) or text_in(row, key.lower()) or (by_place[at] if told.keys() == {""} else None) or None
        for at, key in enumerate(keys)
    ]
