"""From what a view shows to a file: its rows, columns and order, its filter and the ages of its sources in the note."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.exports.columns import Taken, all_columns
from app.exports.files import new_file
from app.exports.notes import Notes, ages_of
from app.exports.parquet import NoParquet
from app.exports.taking import Export, Left, Progress, take, trouble
from app.exports.whole import NotSeen, whole, whole_text
from app.finding import Finder
from app.links import DEMO
from app.session import Session
from app.source_state import SourceState
from cache.errors import CacheError
from cache.table import Table
from widgets import format as fmt
from widgets.pane import Pane
from widgets.safe import Safe, plain, safe


@dataclass(frozen=True, slots=True)
class Shown:
    """A view at one moment: what of it an export takes. With `marked` keys those rows, else all that match."""

    pane: Pane[Any]
    text: str
    order: str
    columns: tuple[Taken, ...]
    states: tuple[SourceState, ...]
    total: int | None = None
    matching: int | None = None
    marked: tuple[str, ...] = ()

    def notes(self, session: Session, rows: int) -> Notes:
        """What the file says about itself."""
        return Notes(
            amldeck=self.pane.noun,
            made_at=session.now(),
            workspace=session.workspace.id if session.workspace else None,
            filter="" if self.marked else self.text,
            order=self.order,
            columns=tuple(column.name for column in self.columns),
            rows=rows,
            rows_that_match=rows if self.matching is None else self.matching,
            rows_without_filter=self.total,
            is_marked=bool(self.marked),
            is_demo=session.account == DEMO,
            sources=ages_of(self.states, session.now()),
        )


@dataclass(frozen=True, slots=True)
class Into:
    """Where to and how: `has_notes` puts the note into the file."""

    form: str
    path: Path
    has_notes: bool = True
    is_forced: bool = False


def write_shown(session: Session, finder: Finder, shown: Shown, into: Into, progress: Progress) -> Safe:
    """Write the file and say what is where, or why there is none. Reads every row: for a worker."""
    try:
        count, records = finder.every(shown.pane, shown.text, shown.order, shown.marked or None)
        progress.total = count
        notes = shown.notes(session, count) if into.has_notes else None
        noun = shown.pane.noun
        return take(Export(into.form, into.path, shown.columns, lambda: records, notes, noun, into.is_forced), progress)
    except (NoParquet, CacheError) as error:
        return safe(str(error))
    except OSError as error:
        return trouble(into.path, error)
    except Left:
        of = f" of {fmt.count(progress.total)}" if progress.total is not None else ""
        return Safe(f"Left after {fmt.count(progress.done)}{of} {shown.pane.noun}; no file was kept.")


def write_records(record: type, records: Iterable[Any], path: Path, noun: str) -> Safe:
    """Write records that are no rows of the cache to a CSV file, and say what is where. For a worker."""
    try:
        return take(Export("csv", path, all_columns(record), lambda: iter(records), None, noun), Progress())
    except OSError as error:
        return trouble(path, error)


def write_whole(session: Session, table: Table, key: str, states: Sequence[SourceState], path: Path) -> Safe:
    """Write everything about one row and say where, or why not. For a worker."""
    try:
        text = whole_text(whole(session, table, key, states))
        with new_file(path) as part:
            part.write_text(text, encoding="utf-8")
    except NotSeen:
        return plain("The cache has no such row any more.")
    except CacheError as error:
        return safe(str(error))
    except OSError as error:
        return trouble(path, error)
    return Safe(f"All about {safe(key, 60)} in {safe(str(path))} ({fmt.size(path.stat().st_size)})")


def states_for(pane: Pane[Any], states: Sequence[SourceState]) -> tuple[SourceState, ...]:
    """Those of the states that fill a pane; all of them for one that has no source of its own."""
    return tuple(state for state in states if not pane.sources or state.name in pane.sources)
