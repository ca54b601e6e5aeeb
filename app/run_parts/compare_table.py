"""The lines of a comparison as rows of a table, and what is said where there is no comparison."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.cards import muted, strong
from app.exporting import write_records
from app.key_map import KeyMap
from app.side_by_side import Told, told
from services.comparison import Comparison
from services.run import Run
from widgets.lines import NO_LINE
from widgets.pane import Line, Row
from widgets.safe import Safe, safe


@dataclass(frozen=True, slots=True)
class Side:
    """The lines of a comparison as rows of a table: few, and all there."""

    rows: tuple[Row, ...]

    def count(self) -> int | None:
        """How many."""
        return len(self.rows)

    def window(self, offset: int, size: int) -> Sequence[Row]:
        """Some of them."""
        return self.rows[offset : offset + size]

    def locate(self, key: str) -> int | None:
        """Where one stands."""
        return next((place for place, row in enumerate(self.rows) if row.key == key), None)


def why_not(run: Run, keys: KeyMap, *, are_marked: bool) -> list[Line]:
    """Why there is nothing to compare, and what would help."""
    if are_marked:
        return [
            strong("These runs are not in the cache any more"),
            muted(keys.said("Mark others in Runs, then press {compare}.")),
        ]
    experiment = safe(run.experiment or "its experiment", 60)
    return [
        strong("There is no good run to compare with"), NO_LINE,
        muted(f"No run of {experiment} before this one that completed has been seen."),
        muted(keys.said("Mark 2 to 20 runs in Runs with {mark}, then press {compare}.")),
    ]  # fmt: skip


def exported(comparison: Comparison, now: datetime, *, is_all: bool) -> Safe:
    """Write the comparison to a new file, and say where. For a worker."""
    records = told(comparison, is_all=is_all)
    path = Path(os.getcwd()) / f"amldeck-compare-{now:%Y%m%dT%H%M%SZ}.csv"
    return write_records(Told, records, path, f"rows of {len(comparison.runs)} runs compared")
