"""What a test measured, beside its goal: one table of them all at the end of the run.

A figure beyond its goal fails its test. Reports carry figures from the workers of xdist to where the table is printed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Figure = Callable[[str, str, str, bool], None]
"""Called with the promise, what was found, the goal, and whether it is met."""

PROPERTY = "figure"


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Figure:
    """Note a figure of this test, and fail it unless the goal is met."""

    def note(promise: str, found: str, goal: str, is_met: bool) -> None:
        request.node.user_properties.append((PROPERTY, [promise, found, goal, is_met]))
        assert is_met, f"{promise}: {found}; the goal is {goal}"

    return note


def figures_of(terminalreporter: Any) -> list[tuple[str, str, str, bool]]:
    """Return all figures of a run, by promise."""
    return sorted(
        tuple(told)
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, [])
        if getattr(report, "when", "") == "call"
        for name, told in getattr(report, "user_properties", ())
        if name == PROPERTY
    )


def write_figures(terminalreporter: Any) -> None:
    """Print the table; nothing when no test of this run measured anything."""
    rows = figures_of(terminalreporter)
    if not rows:
        return
    terminalreporter.write_sep("=", f"{len(rows)} figures, {sum(row[3] for row in rows)} within their goals")
    heads = ("promise", "found", "goal")
    widths = [max(len(row[at]) for row in (heads, *rows)) for at in range(3)]
    for row in (heads, *rows):
        cells = "  ".join(text.ljust(width) for text, width in zip(row[:3], widths, strict=True))
        terminalreporter.write_line(cells if row is heads else f"{cells}  {'ok' if row[3] else 'BEYOND'}")
