"""The rows of a view as a file: the JSON and CSV of the command line, in UTC, with the record's field names."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from app.cli.output import write_csv, write_json
from app.finding import Finder
from widgets import format as fmt
from widgets.pane import Pane
from widgets.safe import Safe, safe

FORMATS = ("csv", "json")
PAGE = 500


def export_rows(finder: Finder, pane: Pane[Any], text: str, order: str, form: str, folder: Path, now: datetime) -> Safe:
    """Write all rows that match to a new private file, and say where. Reads all of them: for a worker."""
    path = folder / f"amldeck-{pane.name}-{now:%Y%m%dT%H%M%SZ}.{form}"
    found = finder.rows(pane, text, order)
    found.prepare()
    return export_records(pane.record, _records(found), path, form, Safe(f"{fmt.count(found.count())} {pane.noun}"))


def export_records(record: type[Any], records: Iterable[Any], path: Path, form: str, what: Safe) -> Safe:
    """Write records to a new private file, and say what is where."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(handle, "w", encoding="utf-8", newline="") as file:
            if form == "json":
                write_json(records, file.write)
            else:
                write_csv(record, records, file.write)
    except OSError as error:
        return safe(f"Nothing was written to {path}: {error.strerror}.")
    return safe(f"{what} in {path} ({fmt.size(path.stat().st_size)})")


def _records(found: Any) -> Iterator[Any]:
    offset = 0
    while page := found.window(offset, PAGE):
        yield from (row.record for row in page)
        offset += len(page)
