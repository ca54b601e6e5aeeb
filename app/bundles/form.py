"""What an incident bundle is: a zip file of a few members with known names, and how large each may be.

Rows and series are JSON, a line each, of our own records. Nothing in it is a program, a database or a path.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from app.series_kinds import OF_ENDPOINTS
from cache.table import Table

FORMAT, VERSION = "amldeck incident bundle", 1
MANIFEST, SERIES, REPORT, DRAFT = "manifest.json", "series.jsonl", "report.json", "report.md"
TABLES_KEPT = (
    "endpoints", "deployments", "endpoint_rows", "endpoint_health", "operations", "diagnostics", "log_answers",
    "notes", "intents",
)  # fmt: skip
"""The tables of which rows are taken along; no others are looked at in a bundle."""
WITH_PAST = ("endpoints", "deployments")
"""Those whose rows are also kept as they were before: what changed, and time travel, rest on it."""
KINDS = OF_ENDPOINTS

MB = 2**20
MOST_FILE = 32 * MB
MOST_KEPT = 32 * MB
"""Bytes that are written, before they are packed."""
MOST_SUM = 64 * MB
"""Bytes that are unpacked."""
MOST_LINE = 256 * 1024
"""Bytes of one row: so much one text may have at most, too."""
MOST_ROWS = 20_000
"""Lines of one member."""
MOST_PAST = 50
"""Earlier states of one row."""
MOST_POINTS = 1_000_000

EARLIEST, LATEST = 2000, 2200
"""Years a moment may lie in: times before or after are no times of Azure, and break reckoning."""
LARGEST = 1e15
DEEPEST = 12


def member_of(table: str) -> str:
    """The member that holds the rows of a table."""
    return f"rows/{table}.jsonl"


MEMBERS = (MANIFEST, SERIES, REPORT, DRAFT, *map(member_of, TABLES_KEPT))


class KeptSource(msgspec.Struct, frozen=True, kw_only=True):
    """How a source stood: when it was last read, and what stood in its way."""

    name: str
    last_ok: datetime | None = None
    last_try: datetime | None = None
    problem_kind: str | None = None
    problem: str | None = None


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a bundle is of, when, by whom, from where, and what did not go in."""

    format: str
    version: int
    at: datetime
    endpoint: str
    subscription: str
    resource_group: str
    workspace: str
    amldeck: str = ""
    by: str | None = None
    sources: tuple[KeptSource, ...] = ()
    looked_up: dict[str, datetime] = {}
    """When each lookup of the triage was last made."""
    rows: dict[str, int] = {}
    left_out: tuple[str, ...] = ()
    """What there was no room for, or could not be written, as sentences."""


class Before(msgspec.Struct, frozen=True):
    """How a row was from a moment on."""

    at: datetime
    record: msgspec.Raw


class KeptRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One row with where it came from."""

    record: msgspec.Raw
    fetched_at: datetime
    route: str = ""
    api_version: str | None = None
    basis: str = "measured"
    method: str = "GET"
    is_gone: bool = False
    before: tuple[Before, ...] = ()
    """Oldest first; the newest is how it is now, when that is known to have been otherwise."""


class KeptSeries(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One series. A value that was not measured is null."""

    kind: str
    name: str
    part: str = ""
    unit: str = ""
    times: tuple[float | None, ...] = ()
    values: tuple[float | None, ...] = ()
    fetched_at: datetime | None = None


class BadBundle(Exception):
    """The file is not shown; the text is the sentence that says why."""


def record_of(table: Table, raw: msgspec.Raw | bytes) -> Any:
    """The record of a row. Raises ValueError for what is none, or holds values no answer of Azure does."""
    try:
        decode: Callable[..., Any] = msgspec.json.decode
        record = decode(raw, type=table.record)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ValueError("no record of this table") from error
    if not is_sane(record):
        raise ValueError("values that cannot be")
    return record


def is_sane(value: Any, depth: int = 0) -> bool:
    """Whether times are aware and of this age, numbers can be reckoned with, and nothing is bottomless."""
    if depth > DEEPEST:
        return False
    if isinstance(value, datetime):
        return value.tzinfo is not None and EARLIEST <= value.year <= LATEST
    if isinstance(value, Decimal):
        return value.is_finite() and value.adjusted() < 15
    if isinstance(value, int | float):
        return abs(value) <= LARGEST  # also false for what is no number
    if isinstance(value, msgspec.Struct):
        return all(is_sane(item, depth + 1) for item in msgspec.structs.astuple(value))
    if isinstance(value, dict):
        return all(is_sane(item, depth + 1) for item in value.values())  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, list | tuple):
        return all(is_sane(item, depth + 1) for item in value)  # pyright: ignore[reportUnknownVariableType]
    return True
