"""One export: which rows, into which file, how far it has come; cancelled between two rows."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.exports import forms
from app.exports.columns import Taken
from app.exports.files import new_file
from app.exports.notes import Notes
from app.exports.parquet import require_parquet, write_parquet
from widgets import format as fmt
from widgets.safe import Safe, safe

FORMS = ("csv", "json", "ndjson", "parquet")
"""Every form of an export; also the ending of its file."""
_TEXT: dict[str, Callable[..., None]] = {
    "csv": forms.write_csv,
    "json": forms.write_json,
    "ndjson": forms.write_ndjson,
}
_LOOK_EVERY = 512


class Left(Exception):
    """Somebody does not want the file any more."""


@dataclass(slots=True)
class Progress:
    """How far an export is: written on its thread, read on any."""

    total: int | None = None
    done: int = 0
    cancelled: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)

    def leave(self, seconds: float) -> None:
        """Have no file after all; wait so long at most until what was written is gone again."""
        self.cancelled.set()
        self.ended.wait(seconds)

    def counted(self, records: Iterator[Any]) -> Iterator[Any]:
        """The records, counted as they pass. Raises Left."""
        for number, record in enumerate(records, 1):
            yield record
            self.done = number
            if number % _LOOK_EVERY == 0 and self.cancelled.is_set():
                raise Left


@dataclass(frozen=True, slots=True)
class Export:
    """What goes into a file. `records` begins to read when it is called; `noun` is what the rows are called."""

    form: str
    path: Path
    columns: Sequence[Taken]
    records: Callable[[], Iterator[Any]]
    notes: Notes | None
    noun: str
    is_forced: bool = False


def take(export: Export, progress: Progress) -> Safe:
    """Write the file and say what is where. Reads every row: for a worker. Raises NoParquet, OSError, Left."""
    try:
        if export.form == "parquet":
            require_parquet()
        with new_file(export.path, is_forced=export.is_forced) as part:
            _write(export, progress.counted(export.records()), part)
    finally:
        progress.ended.set()
    size = fmt.size(export.path.stat().st_size)
    return Safe(f"{fmt.count(progress.done)} {safe(export.noun)} in {safe(str(export.path))} ({size})")


def _write(export: Export, records: Iterator[Any], part: Path) -> None:
    if export.form == "parquet":
        write_parquet(export.columns, records, part, export.notes)
        return
    with open(part, "w", encoding="utf-8", newline="") as file:
        _TEXT[export.form](export.columns, records, file.write, export.notes)


def trouble(path: Path, error: OSError) -> Safe:
    """Why there is no file, and what to do, as a sentence."""
    if isinstance(error, FileExistsError):
        return Safe(f"{safe(str(path))} is there already, and was left as it is: choose another name.")
    why = safe(error.strerror or str(error), 200)
    return Safe(f"Nothing was written to {safe(str(path))}: {why}. Name another folder, or make room.")
