"""The note at the top of an export: what the rows are, which filter they passed, and how old what they say is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import msgspec

from app.source_state import SourceState
from widgets import format as fmt
from widgets.safe import safe


class Age(msgspec.Struct, frozen=True):
    """When a source of the rows was last read whole, and what has stood in the way since."""

    source: str
    read_at: datetime | None
    age_seconds: float | None
    problem: str | None = None


class Notes(msgspec.Struct, frozen=True, kw_only=True):
    """What a file of rows says about itself. `workspace` is an ARM id; `is_demo` marks invented rows."""

    amldeck: str
    """What the rows are: `runs`."""
    made_at: datetime
    workspace: str | None
    filter: str
    order: str
    columns: tuple[str, ...]
    rows: int
    rows_that_match: int
    """More than `rows` where a limit was asked for."""
    rows_without_filter: int | None
    is_marked: bool = False
    """The rows are those that were marked, not all that match."""
    is_demo: bool = False
    sources: tuple[Age, ...] = ()


def ages_of(states: Iterable[SourceState], now: datetime) -> tuple[Age, ...]:
    """How old what these sources gave is."""
    return tuple(
        Age(
            state.name,
            state.last_ok,
            None if state.last_ok is None else (now - state.last_ok).total_seconds(),
            None if state.problem is None else state.problem.sentence,
        )
        for state in states
        if not state.is_derived
    )


def note_lines(notes: Notes) -> Iterator[str]:
    """The note as lines of text, for a form that has no place of its own for it."""
    match, total = notes.rows_that_match, notes.rows_without_filter
    limit = f", the first of {match:,} that match" if match != notes.rows else ""
    of = limit or (f" of {total:,}" if total not in (None, match) else "")
    yield f"{notes.amldeck} of amldeck, made {stamp(notes.made_at)}" + (", invented (demo)" if notes.is_demo else "")
    yield f"workspace: {safe(notes.workspace or 'none')}"
    yield f"rows: {notes.rows:,}{of}" + (", those that were marked" if notes.is_marked else "")
    yield f"filter: {safe(notes.filter) or 'none'}"
    yield f"order: {safe(notes.order) or 'none'}"
    for age in notes.sources:
        trouble = f"; {safe(age.problem)}" if age.problem else ""
        if age.read_at is None or age.age_seconds is None:
            yield f"source {age.source}: never read{trouble}"
        else:
            yield f"source {age.source}: read {stamp(age.read_at)}, {fmt.elapsed(age.age_seconds)} before{trouble}"


def stamp(at: datetime) -> str:
    """A moment as exports write it: ISO 8601 in UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
