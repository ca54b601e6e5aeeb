"""In which form an answer comes, which columns it has, and which file it goes into, as a command line asks for it."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from app.cli.errand import QueryFailed
from app.cli.suggest import names_of_fields
from app.exporting import Shown
from app.exports.columns import NoColumn, Taken, columns_named
from app.exports.parquet import NoParquet, require_parquet
from app.exports.taking import FORMS, Export, Progress, take, trouble
from app.session import Session
from cache.query import Query
from cache.table import Table
from widgets import format as fmt
from widgets.pane import Column, Look, Pane
from widgets.safe import Safe, safe

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS: tuple[tuple[tuple[str, ...], dict[str, Any]], ...] = (
    (("--json", "form"), {"flag_value": "json", "help": "A list of objects, keys are field names."}),
    (("--ndjson", "form"), {"flag_value": "ndjson", "help": "An object a line."}),
    (("--csv", "form"), {"flag_value": "csv", "help": "Comma-separated, a column for each field."}),
    (("--parquet", "form"), {"flag_value": "parquet", "help": "Parquet, into -o FILE; needs pyarrow."}),
    (("--table", "form"), {"flag_value": "table", "default": "table", "help": "The pane's columns (the default)."}),
    (("--columns",), {"metavar": "NAMES", "default": "", "help": "These fields only: name,user,metric.auc."}),
    (("-o", "--output", "file"), {"metavar": "FILE", "default": "", "help": "Into a new private file, by its ending: "
                                  ".csv .json .ndjson .parquet."}),
    (("--notes/--no-notes", "has_notes"), {"default": True, "help": "In a file: begin with filter, time and ages."}),
    (("--force", "is_forced"), {"is_flag": True, "help": "Replace the file when it is there."}),
)  # fmt: skip


def form_options(table: Table | None) -> Callable[[F], F]:
    """Let a command take the options of this module, for `wanted`."""

    def add(command: F) -> F:
        for names, settings in reversed(_OPTIONS):
            more: dict[str, Any] = {"shell_complete": names_of_fields(table)} if names == ("--columns",) else {}
            command = click.option(*names, **settings, **more)(command)
        return command

    return add


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for: names of columns, all when there are none, and the file with its form."""

    names: tuple[str, ...] = ()
    file: str = ""
    form: str = ""
    has_notes: bool = True
    is_forced: bool = False

    @property
    def is_file(self) -> bool:
        """Whether the answer goes into a file."""
        return bool(self.file)

    def columns(self, table: Table) -> tuple[Taken, ...] | None:
        """The columns that were named; None when none was. Raises click.UsageError."""
        try:
            return columns_named(table, self.names) if self.names else None
        except NoColumn as error:
            raise click.UsageError(f"There is no column {safe(error, 100)!r}: --columns takes fields.") from error

    def write(self, session: Session, table: Table, shown: Shown, where: Query, count: int) -> Safe:
        """Write the first `count` rows that match into the file, and say what is where. Raises QueryFailed."""
        path, store = Path(os.path.expanduser(self.file)), session.store
        numbers = store.numbers(table.name, session.scope, where, shown.order, count)
        notes = shown.notes(session, len(numbers)) if self.has_notes else None
        export = Export(self.form, path, shown.columns,
                        lambda: (seen.record for seen in store.numbered(table.name, numbers)),
                        notes, shown.pane.noun, self.is_forced)  # fmt: skip
        try:
            return take(export, Progress(len(numbers)))
        except OSError as error:
            force = " Or let --force replace it." if isinstance(error, FileExistsError) else ""
            raise QueryFailed(f"{trouble(path, error)}{force}") from error


ON_STDOUT = Wanted()


def wanted(form: str, *, columns: str, file: str, has_notes: bool, is_forced: bool) -> Wanted:
    """What these options mean. Raises click.UsageError before anything is asked of anybody."""
    ending = file.rpartition(".")[2].lower()
    kind = form if form != "table" else ending
    if file and kind not in FORMS:
        raise click.UsageError(f"Into which form? Name one, or end the file in one of .{', .'.join(FORMS)}.")
    if not file and form == "parquet":
        raise click.UsageError("Parquet is no text: name its file with -o FILE.")
    if not file and (is_forced or not has_notes):
        raise click.UsageError("--force and --no-notes are about a file: name it with -o FILE.")
    if kind == "parquet":
        try:
            require_parquet()
        except NoParquet as error:
            raise click.UsageError(str(error)) from error
    names = tuple(name.strip() for name in columns.split(",") if name.strip())
    return Wanted(names, file, kind, has_notes, is_forced)


def with_columns(pane: Pane[Any], columns: Sequence[Taken]) -> Pane[Any]:
    """The pane with these columns in this order: its own where it has one for the field, plain words for the rest."""
    own = {column.field: column for column in pane.columns}
    return dataclasses.replace(pane, columns=tuple(own.get(one.name) or _column(one) for one in columns))


def _column(taken: Taken) -> Column[Any]:
    def cell(record: Any, look: Look) -> Any:
        value = taken.value(record)
        if isinstance(value, dict):
            pairs = cast("dict[str, Any]", value).items()
            value = ", ".join(f"{name}={fmt.metric(one) if isinstance(one, float) else one}" for name, one in pairs)
        return fmt.words(fmt.metric(value) if isinstance(value, float) else value)

    return Column(taken.name, cell, 12, taken.name, is_right=taken.kind in ("int", "float"))
