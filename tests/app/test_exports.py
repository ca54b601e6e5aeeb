"""Rows as files: exact and typed, harmless to spreadsheets, whole or not there, and never over another file."""

from __future__ import annotations

import csv
import json
import os
import stat
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.exports.columns import NoColumn, all_columns, columns_named
from app.exports.files import new_file
from app.exports.notes import Age, Notes
from app.exports.taking import FORMS, Export, Left, Progress, take
from cache.table import Table
from services.records import Money

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str = "thing"
    at: datetime | None = None
    price: Money | None = None
    share: float | None = None
    nodes: int | None = None
    is_new: bool | None = None
    tags: dict[str, str | None] = {}
    metrics: dict[str, float] = {}
    users: tuple[str, ...] = ()


TABLE = Table(name="things", record=Thing, aliases={"who": "users"})
THINGS = (
    Thing(id="a", name="=1+1", at=NOW, price=Money(Decimal("1.10"), "EUR"), share=0.5, nodes=3, is_new=True,
          tags={"team": "growth", "none": None}, metrics={"auc": 0.9}, users=("ana", "li")),
    Thing(id="b", name="a # b, \"c\"\n"),
)  # fmt: skip
NOTES = Notes(
    amldeck="things", made_at=NOW, workspace="/subscriptions/s/w", filter="name:a\nb", order="-at",
    columns=("id",), rows=2, rows_that_match=2, rows_without_filter=7,
    sources=(Age("runs", NOW - timedelta(minutes=3), 180.0), Age("costs", None, None, "Azure is away.")),
)  # fmt: skip


def taken(path: Path, form: str, notes: Notes | None = NOTES, columns: Any = None) -> Path:
    columns = columns or all_columns(Thing)
    take(Export(form, path, columns, lambda: iter(THINGS), notes, "things"), Progress())
    return path


def test_csv_begins_with_what_it_is_and_skipping_comments_gives_every_cell_back(tmp_path: Path) -> None:
    text = taken(tmp_path / "a.csv", "csv").read_text()
    notes = [line for line in text.splitlines() if line.startswith("# ")]
    assert notes == [
        "# things of amldeck, made 2026-11-21T12:00:00Z",
        "# workspace: /subscriptions/s/w",
        "# rows: 2 of 7",
        "# filter: name:a⏎b",
        "# order: -at",
        "# source runs: read 2026-11-21T11:57:00Z, 3m before",
        "# source costs: never read; Azure is away.",
    ]
    first, second = csv.DictReader(text.splitlines(keepends=True)[len(notes) :])
    assert (first["name"], first["price"], first["price_currency"], first["is_new"]) == ("'=1+1", "1.10", "EUR", "true")
    assert (second["name"], second["at"]) == ('a # b, "c"⏎', "")
    assert '"a # b' in text


def test_json_is_the_note_and_a_list_and_json_lines_the_same_line_by_line(tmp_path: Path) -> None:
    whole = json.loads(taken(tmp_path / "a.json", "json").read_text())
    lines = [json.loads(line) for line in taken(tmp_path / "a.ndjson", "ndjson").read_text().splitlines()]
    assert lines == [{"about": whole["about"]}, *whole["rows"]]
    assert whole["about"]["filter"] == "name:a\nb"
    assert whole["about"]["sources"][0]["age_seconds"] == 180.0
    assert whole["rows"][0]["price"] == {"amount": "1.10", "currency": "EUR"}
    assert json.loads(taken(tmp_path / "b.json", "json", None).read_text()) == whole["rows"]


def test_parquet_keeps_types_amounts_and_the_note(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed: pip install 'amldeck[parquet]'")
    table = parquet.read_table(taken(tmp_path / "a.parquet", "parquet"))
    first, second = table.to_pylist()
    assert (first["at"], first["price"], first["price_currency"]) == (NOW, Decimal("1.10"), "EUR")
    assert (first["tags"], first["metrics"], first["users"], first["name"]) == (
        [("team", "growth"), ("none", None)], [("auc", 0.9)], ["ana", "li"], "=1+1")  # fmt: skip
    assert (second["at"], second["share"], second["nodes"], second["is_new"]) == (None, None, None, None)
    assert json.loads(table.schema.metadata[b"amldeck"])["filter"] == "name:a\nb"


def test_columns_are_fields_aliases_and_names_within_pairs(tmp_path: Path) -> None:
    columns = columns_named(TABLE, ["who", "metric.auc", "tag.team"])
    text = taken(tmp_path / "a.csv", "csv", None, columns).read_text()
    assert text.splitlines() == ["users,metric.auc,tag.team", '"[""ana"",""li""]",0.9,growth', "[],,"]
    with pytest.raises(NoColumn, match="metric"):
        columns_named(TABLE, ["id", "metric."])


@pytest.mark.parametrize("form", FORMS)
def test_what_is_left_half_way_leaves_nothing(tmp_path: Path, form: str) -> None:
    progress = Progress()

    def records() -> Iterator[Thing]:
        for number in range(2000):
            if number == 700:
                progress.cancelled.set()
            yield THINGS[1]

    if form == "parquet":
        pytest.importorskip("pyarrow")
    with pytest.raises(Left):
        take(Export(form, tmp_path / "x", all_columns(Thing), records, NOTES, "things"), progress)
    assert list(tmp_path.iterdir()) == []
    assert progress.ended.is_set()


def test_nothing_is_overwritten_unless_that_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("mine")
    with pytest.raises(FileExistsError), new_file(path):
        raise AssertionError("begun")
    with new_file(path, is_forced=True) as part:
        part.write_text("new")
    assert (path.read_text(), len(list(tmp_path.iterdir()))) == ("new", 1)


def test_a_file_that_appears_meanwhile_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a"

    def write_while_somebody_else_does() -> None:
        with new_file(path) as part:
            part.write_text("new")
            path.write_text("theirs")

    with pytest.raises(FileExistsError):
        write_while_somebody_else_does()
    assert (path.read_text(), len(list(tmp_path.iterdir()))) == ("theirs", 1)


@pytest.mark.skipif(sys.platform == "win32", reason="links and permissions of POSIX")
def test_a_file_is_private_under_any_umask_and_never_written_through_a_link(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with new_file(tmp_path / "a") as part:
            part.write_text("x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600
    (tmp_path / "link").symlink_to(tmp_path / "target")
    with pytest.raises(FileExistsError), new_file(tmp_path / "link"):
        pass
    with new_file(tmp_path / "link", is_forced=True) as part:
        part.write_text("y")
    assert not (tmp_path / "target").exists()
    assert not (tmp_path / "link").is_symlink()
