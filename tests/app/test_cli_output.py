"""Text that goes to a terminal or a spreadsheet is aligned, exact, and can do nothing by itself."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest

from app.cli.output import line_text, write_csv, write_json, write_table
from services.records import Money
from widgets import format as fmt
from widgets.pane import Column, Look, Pane, Span
from widgets.safe import cell_width, plain

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    """A record with a field of every kind."""

    id: str
    name: str = "thing"
    at: datetime | None = None
    price: Money | None = None
    share: float | None = None
    is_new: bool | None = None
    tags: dict[str, str | None] = {}
    users: tuple[str, ...] = ()


PANE: Pane[Thing] = Pane(
    name="things",
    title="Things",
    digit="",
    record=Thing,
    table="things",
    sources=(),
    order="name",
    empty="Nothing.",
    columns=(
        Column("name", lambda one, look: fmt.words(one.name, "err"), 8, "name", grows=True, rank=1),
        Column("share", lambda one, look: (Span(fmt.percent(one.share)),), 6, "share", is_right=True, rank=2),
        Column("id", lambda one, look: fmt.words(one.id, "muted"), 20, "id", rank=9),
    ),
)


def _text(write: object, *arguments: object, **options: object) -> str:
    out = io.StringIO()
    write(*arguments, out.write, **options)  # pyright: ignore
    return out.getvalue()


def _table(*things: Thing, width: int | None = None, is_coloured: bool = False) -> list[str]:
    return _text(
        lambda records, write: write_table(PANE, records, write, Look(NOW), width=width, is_coloured=is_coloured),
        list(things),
    ).splitlines()


def test_json_of_nothing_is_an_empty_list() -> None:
    assert json.loads(_text(write_json, [])) == []


def test_json_keeps_amounts_exact_times_in_utc_and_unknown_as_null() -> None:
    (found,) = json.loads(_text(write_json, [Thing(id="a", at=NOW, price=Money(Decimal("1.10"), "EUR"))]))
    assert found["at"] == "2026-11-21T12:00:00Z"
    assert found["price"] == {"amount": "1.10", "currency": "EUR"}
    assert found["share"] is None


def test_json_reads_back_as_it_was_though_it_holds_nothing_a_terminal_acts_on() -> None:
    name = "a\x1b]52;c;x\x07\x9b31m\u202eb\u2066\u200b\ufeff"
    text = _text(write_json, [Thing(id="a", name=name)])
    assert json.loads(text)[0]["name"] == name
    assert all(char == "\n" or (char.isprintable() and char.isascii()) for char in text)


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_csv_text_never_starts_as_a_formula(name: str) -> None:
    (row,) = csv.DictReader(
        io.StringIO(_text(lambda records, write: write_csv(Thing, records, write), [Thing(id="a", name=name)]))
    )
    assert row["name"].startswith("'")


def test_csv_numbers_and_amounts_stay_numbers() -> None:
    thing = Thing(id="a", share=-0.5, price=Money(Decimal("-3.20"), "EUR"), is_new=False, users=("ana", "li"))
    (row,) = csv.DictReader(io.StringIO(_text(lambda records, write: write_csv(Thing, records, write), [thing])))
    assert (row["share"], row["price"], row["price_currency"], row["is_new"]) == ("-0.5", "-3.20", "EUR", "false")
    assert json.loads(row["users"]) == ["ana", "li"]


def test_a_table_is_aligned_numbers_to_the_right() -> None:
    head, first, second = _table(Thing(id="a", name="long-name", share=0.5), Thing(id="bb", name="x", share=None))
    assert head == "name       share  id"
    assert first == "long-name   50 %  a"
    assert second == "x              –  bb"


def test_wide_characters_keep_the_columns_in_place() -> None:
    _, first, second = _table(Thing(id="a", name="模型模型"), Thing(id="b", name="plain"))
    assert cell_width(first[: first.index("–")]) == cell_width(second[: second.index("–")])


def test_a_narrow_terminal_loses_the_least_important_columns_first_and_cuts_visibly() -> None:
    head, line = _table(Thing(id="a", name="a name far too long for this", share=0.5), width=24)
    assert head.split() == ["name", "share"]
    assert max(cell_width(head), cell_width(line)) <= 24
    assert "…" in line


def test_colours_are_there_only_when_asked_for() -> None:
    assert "\x1b[1;31mthing\x1b[0m" in "\n".join(_table(Thing(id="a"), is_coloured=True))
    assert "\x1b" not in "\n".join(_table(Thing(id="a")))


def test_a_bare_string_is_refused() -> None:
    with pytest.raises(AssertionError):
        line_text((Span("not safe"),), is_coloured=False)  # pyright: ignore[reportArgumentType]
    assert line_text((Span(plain("safe")),), is_coloured=False) == "safe"
