"""Pages of an experiment's runs, filtered and in order, at the cost of a page and not of the history behind it."""

from __future__ import annotations

import base64
import heapq
from collections.abc import Callable, Iterator
from typing import NamedTuple

from services.emulator.filters import Clause, Value, parse_filter
from services.emulator.given import FIRST
from services.emulator.ledger import Ledger
from services.emulator.plans import Plan
from services.emulator.run_facts import is_archived
from services.emulator.run_marks import run_type
from services.emulator.runbook import RunBook

FIELDS = {
    "createdutc": "time", "starttimeutc": "time", "endtimeutc": "time", "lastmodifiedutc": "time", "status": "text",
    "runtype": "text", "parentrunid": "text", "runid": "text", "hidden": "flag",
}  # fmt: skip

MOST = 500
"""The largest page; more is given as this many."""

LOOKED_AT = 5_000
"""A page that had to pass over this many runs ends early, with a token to go on: no query costs more."""


class Query(NamedTuple):
    """What `runs:query` was asked."""

    clauses: tuple[Clause, ...] = ()
    order: str = "createdutc"
    is_ascending: bool = False
    top: int = 50
    after: tuple[int, int] | None = None
    """The key and the number of the last run of the page before."""


class Found(NamedTuple):
    """One page: its runs and the token of the next, None on the last."""

    plans: list[Plan]
    token: str | None


def parse_query(filter_text: str | None, order: str | None, top: object, token: str | None) -> Query:
    """Return the query. Raises ValueError with the sentence the answer shows."""
    field, _, way = (order or "CreatedUtc desc").strip().partition(" ")
    way = way.strip().lower() or "asc"
    if field.lower() not in ("createdutc", "starttimeutc", "lastmodifiedutc") or way not in ("asc", "desc"):
        raise ValueError(f"Cannot order by {order!r}: CreatedUtc, StartTimeUtc or LastModifiedUtc, asc or desc.")
    if top is not None and (not isinstance(top, int) or isinstance(top, bool) or top < 1):
        raise ValueError(f"top must be a number from 1 on, not {top!r}.")
    size = min(top, MOST) if isinstance(top, int) else 50
    return Query(parse_filter(filter_text, FIELDS), field.lower(), way == "asc", size, _read_token(token))


def find_runs(book: RunBook, ledger: Ledger, query: Query, now: int) -> Found:
    """Return one page of an experiment's runs."""
    plans: list[Plan] = []
    key = _key(query.order, now)
    for looked, plan in enumerate(_in_order(book, ledger, query, key, now), start=1):
        if not plan.is_unborn and all(
            clause.holds(value_of(book, plan, clause.field, now)) for clause in query.clauses
        ):
            plans.append(plan)
        if len(plans) == query.top or looked >= LOOKED_AT:
            return Found(plans, None if _is_last(book, plan, ledger, query, now) else _token(key(plan), plan.index))
    return Found(plans, None)


def _is_last(book: RunBook, plan: Plan, ledger: Ledger, query: Query, now: int) -> bool:
    """Return whether nothing can follow; by other times than the creation only an empty page tells."""
    if query.order != "createdutc" or book.given(ledger, now):
        return False
    low, high = _range(ledger, query, now)
    return plan.index == (high if query.is_ascending else low)


def value_of(book: RunBook, plan: Plan, field: str, now: int) -> Value:
    """Return what a filter compares."""
    match field:
        case "createdutc":
            return plan.created
        case "starttimeutc":
            return plan.started if plan.has_started(now) else None
        case "endtimeutc":
            return plan.ended if plan.has_ended(now) else None
        case "lastmodifiedutc":
            return plan.modified(now)
        case "status":
            return plan.status(now)
        case "parentrunid":
            return book.run_id(plan.parent) if plan.parent else None
        case "runid":
            return book.run_id(plan)
        case "hidden":
            return is_archived(plan)
        case _:
            return run_type(plan)["runType"]


def _key(order: str, now: int) -> Callable[[Plan], int]:
    if order == "createdutc":
        return lambda plan: plan.created
    if order == "starttimeutc":
        return lambda plan: plan.started if plan.has_started(now) else plan.created
    return lambda plan: plan.modified(now)


def _range(ledger: Ledger, query: Query, now: int) -> tuple[int, int]:
    """Return the first and the last number that can match: creation times are arithmetic, so they bound the search."""
    low, high = ledger.first, ledger.newest(now)
    for clause in query.clauses:
        if clause.field == "createdutc" and isinstance(clause.value, int):
            if clause.op in ("gt", "ge", "eq"):
                low = max(low, ledger.newest(clause.value - (clause.op != "gt")) + 1)
            if clause.op in ("lt", "le", "eq"):
                high = min(high, ledger.newest(clause.value - (clause.op == "lt")))
    return low, high


def _in_order(book: RunBook, ledger: Ledger, query: Query, key: Callable[[Plan], int], now: int) -> Iterator[Plan]:
    low, high = _range(ledger, query, now)
    after, given = query.after, book.given(ledger, now)
    if query.order == "createdutc":
        # Of two moments that are the same the submitted run is the later, as its number is the larger.
        if after and query.is_ascending:
            low = max(low, min(after[1], ledger.newest(after[0])) + 1)
        elif after:
            high = min(high, after[1] - 1 if after[1] < FIRST else ledger.newest(after[0]))
        numbers = range(low, high + 1) if query.is_ascending else range(high, low - 1, -1)
        return _woven((book.plan(ledger, index) for index in numbers), given, key, query)
    by_key = _ascending if query.is_ascending else _descending
    edited = book.edited(ledger, low, high)
    natural = (plan for plan in by_key(book, ledger, low, high, key, after) if plan.index not in edited)
    return _woven(natural, [*given, *(book.plan(ledger, index) for index in edited)], key, query)


def _woven(natural: Iterator[Plan], edited: list[Plan], key: Callable[[Plan], int], query: Query) -> Iterator[Plan]:
    """Yield runs in order, those that somebody changed or submitted among them: at any time, whatever their number."""
    if not edited:
        return natural

    def place(plan: Plan) -> tuple[int, int]:
        return key(plan), plan.index

    after, is_descending = query.after, not query.is_ascending
    rest = [one for one in edited if after is None or (place(one) < after if is_descending else place(one) > after)]
    rest.sort(key=place, reverse=is_descending)
    return heapq.merge(natural, rest, key=place, reverse=is_descending)


def _descending(
    book: RunBook, ledger: Ledger, low: int, high: int, key: Callable[[Plan], int], after: tuple[int, int] | None
) -> Iterator[Plan]:
    """Yield runs by another time than their creation: that time is at most one longest life later, so few wait."""
    waiting: list[tuple[int, int, Plan]] = []
    for index in range(min(high, ledger.newest(after[0])) if after else high, low - 1, -1):
        plan = book.plan(ledger, index)
        place = (key(plan), index)
        if after is None or place < after:
            heapq.heappush(waiting, (-place[0], -index, plan))
        while waiting and -waiting[0][0] >= plan.created + ledger.longest:
            yield heapq.heappop(waiting)[2]
    while waiting:
        yield heapq.heappop(waiting)[2]


def _ascending(
    book: RunBook, ledger: Ledger, low: int, high: int, key: Callable[[Plan], int], after: tuple[int, int] | None
) -> Iterator[Plan]:
    waiting: list[tuple[int, int, Plan]] = []
    for index in range(max(low, ledger.newest(after[0] - ledger.longest)) if after else low, high + 1):
        plan = book.plan(ledger, index)
        place = (key(plan), index)
        if after is None or place > after:
            heapq.heappush(waiting, (*place, plan))
        while waiting and waiting[0][0] <= plan.created:
            yield heapq.heappop(waiting)[2]
    while waiting:
        yield heapq.heappop(waiting)[2]


def _token(key: int, index: int) -> str:
    return base64.urlsafe_b64encode(f"{key}:{index}".encode()).decode()


def _read_token(token: str | None) -> tuple[int, int] | None:
    if not token:
        return None
    try:
        key, _, index = base64.urlsafe_b64decode(token).decode().partition(":")
        return int(key), int(index)
    except ValueError as error:
        raise ValueError("The continuation token is not one of this listing.") from error
