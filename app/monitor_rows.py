"""Rows about what watches models: schedules with what the cached runs say of them."""

from __future__ import annotations

from datetime import datetime

import msgspec


class ScheduleRow(msgspec.Struct, frozen=True, kw_only=True):
    """One schedule, with its last run and what that measured."""

    id: str
    name: str
    title: str | None = None
    is_on: bool | None = None
    standing: str
    """failing (a signal), failed (its last run), late, fine, off, or unknown."""
    action: str | None = None
    due: str | None = None
    gap: float | None = None
    """Most seconds between two times it is due."""
    late: float | None = None
    """Seconds it should have run before now; None where it is not late, or nobody can tell."""
    last_run: str | None = None
    last_name: str | None = None
    last_status: str | None = None
    last_at: datetime | None = None
    endpoint: str | None = None
    deployment: str | None = None
    model: str | None = None
    watches: tuple[str, ...] = ()
    """Its signals, a line for each metric: `drift: DataDrift, PSI of Numerical at most 0.2`."""
    passed: int = 0
    failing: tuple[str, ...] = ()
    """The metrics that passed their limit in the last run, each with its value."""
    emails: tuple[str, ...] | None = None
    compute: str | None = None
    experiment: str | None = None
    state: str | None = None
    description: str | None = None
    starts: datetime | None = None
    ends: datetime | None = None
    created: datetime | None = None
    created_by: str | None = None
    tags: dict[str, str | None] = {}
