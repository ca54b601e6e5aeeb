"""What a filter and an order mean, said in plain Python: to hold the SQL against."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from cache.codec import micro_units, to_micros
from cache.patterns import finder
from cache.table import field_named, fields_of
from cache.tree import AnyOf, Contains, Equals, Has, Matches, Not, Query, Range, Term, Word
from tests.cache.examples import JOBS, Job

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)
_UPPER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def lower(text: str) -> str:
    """Lower case of ASCII alone."""
    return text.translate(_UPPER)


def passes(query: Query, job: Job, search: Sequence[str] = JOBS.search) -> bool:
    return all(holds(clause, job, search) for clause in query.clauses)


def holds(term: Term, job: Job, search: Sequence[str] = ()) -> bool:
    match term:
        case Word(text):
            return any(holds(Contains(name, text), job) for name in search)
        case Not(inner):
            return not holds(inner, job, search)
        case AnyOf(terms):
            return any(holds(inner, job, search) for inner in terms)
        case Has(field, reach):
            value = getattr(job, field)
            return reached(value, reach) is not None if reach else value not in (None, "", (), {})
        case Contains(field, text, reach):
            return any(inside(text, value) for value in texts(job, field, reach, with_names=True))
        case Matches(field, pattern, reach):
            found = finder(pattern)
            return any(found(value) for value in texts(job, field, reach, with_names=True))
        case Equals(field, text, reach):
            return any(same(text, value) for value in texts(job, field, reach))
        case Range():
            return within(term, number(getattr(job, term.field), term))


def inside(text: str, value: str) -> bool:
    value = value.partition("\0")[0]
    return lower(text) in lower(value) if text.isascii() else text.casefold() in value.casefold()


def same(text: str, value: str) -> bool:
    return lower(text) == lower(value) if text.isascii() else text.casefold() == value.casefold()


def texts(job: Job, field: str, reach: str, *, with_names: bool = False) -> Iterable[str]:
    value: Any = getattr(job, field)
    if value is None:
        return []
    if isinstance(value, tuple):
        return value
    if not isinstance(value, dict):
        return [value]
    if reach:
        found = [value[name] for name in value if lower(name) == lower(reach)]
    else:
        found = [*value.values(), *(value if with_names else ())]
    return [text for text in found if isinstance(text, str)]


def reached(pairs: dict[str, Any] | None, reach: str) -> Any:
    return next((name for name in pairs or {} if lower(name) == lower(reach)), None)


def number(value: Any, term: Range) -> list[float]:
    if value is None:
        return []
    if hasattr(value, "currency"):
        return [micro_units(value.amount)] if term.currency in ("", value.currency) else []
    if hasattr(value, "year"):
        return [to_micros(value)]
    if not isinstance(value, dict):
        return [value] if -(2**63) < value < 2**63 or isinstance(value, float) else []
    return [found for name, text in value.items() if lower(name) == lower(term.reach) for found in read(text)]


def read(value: Any) -> list[float]:
    """The number a pair counts as."""
    if isinstance(value, str):
        found = [float(value)] if _NUMBER.fullmatch(value) else []
    else:
        found = [float(value)] if value is not None else []
    return [number for number in found if abs(number) != float("inf")]


def within(term: Range, numbers: list[float]) -> bool:
    def fits(value: float) -> bool:
        above = term.low is None or value > term.low or (term.has_low and value == term.low)
        below = term.high is None or value < term.high or (term.has_high and value == term.high)
        return above and below

    return any(fits(value) for value in numbers)


def ordered(jobs: list[Job], order: str) -> list[str]:
    """Keys in order, unknown last both ways, ties by arrival in the same direction."""
    is_down = order.startswith("-")
    name, _, reach = order.removeprefix("-").partition(".")
    reach = spelled(jobs, name, reach)
    places = list(enumerate(jobs))
    known = [(place_of(job, name, reach), row, job.id) for row, job in places]
    segments: dict[int, list[tuple[Any, int, str]]] = {}
    for (segment, value), row, key in known:
        segments.setdefault(segment, []).append((value, row, key))
    return [
        key
        for segment in sorted(segments)
        for _, _, key in sorted(segments[segment], key=lambda p: p[:2], reverse=is_down)
    ]


def spelled(jobs: list[Job], name: str, reach: str) -> str:
    """The name of a pair as it is written: the very same, else the first that differs in case alone."""
    field = field_named(JOBS, name) if reach else None
    names = [found for job in jobs for found in getattr(job, field.name) or {}] if field else []
    return reach if reach in names else next((found for found in names if lower(found) == lower(reach)), reach)


def place_of(job: Job, name: str, reach: str) -> tuple[int, Any]:
    """In which part of the order a job stands, and by what."""
    field = field_named(JOBS, name)
    assert field is None or field in fields_of(Job).values()
    value = getattr(job, field.name) if field else None
    if field and field.kind == "pairs":
        value = value.get(reach) if value else None
        numbers = read(value)
        return (0, numbers[0]) if numbers else (1, lower(value)) if isinstance(value, str) else (2, ())
    if value is None or field is None:
        return 2, ()
    if field.kind == "texts":
        return 0, msgspec.json.encode(value).decode()
    if field.kind == "money":
        return 0, (value.currency, micro_units(value.amount))
    if field.kind == "int":
        return 0, (not -(2**63) < value < 2**63, value if -(2**63) < value < 2**63 else str(value))
    return 0, value if name == "id" or not isinstance(value, str) else lower(value)
