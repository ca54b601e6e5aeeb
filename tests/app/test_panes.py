"""Every pane keeps the promises the deck, the help and the command line rely on."""

from __future__ import annotations

import types
import typing
import unicodedata
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from app.panes import PANES
from services.records import Money, WorkspaceRef
from widgets.pane import Look, Pane, width_of

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
HOSTILE = "\x1b]52;c;aGk=\x07[@click=app.quit]x[/] \u202eevil\u2066 \x9b31m $(rm -rf ~) `id`"
WORKSPACE = WorkspaceRef("0000", "group", "ml-prod")

every_pane = pytest.mark.parametrize("pane", PANES, ids=lambda pane: pane.name)


def _value(kind: Any) -> Any:
    """A value of an annotated type: hostile text, large numbers, a moment three hours ago."""
    if isinstance(kind, types.UnionType):
        return _value(next(arm for arm in typing.get_args(kind) if arm is not type(None)))
    origin = typing.get_origin(kind)
    if origin is typing.Literal:
        return typing.get_args(kind)[0]
    if origin is dict:
        return {HOSTILE: _value(typing.get_args(kind)[1]), "plain": _value(typing.get_args(kind)[1])}
    if origin is tuple:
        return (_value(typing.get_args(kind)[0]),) * 2
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind is not Money:
        return full(kind)
    known = {str: HOSTILE, int: 12345, float: 0.25, bool: True, datetime: NOW - timedelta(hours=3)}
    return Money(Decimal("1234.5"), HOSTILE) if kind is Money else known[kind]


def full(record: type[msgspec.Struct]) -> Any:
    """A record with every field filled, every text hostile."""
    hints = typing.get_type_hints(record)
    return record(**{name: _value(hints[name]) for name in record.__struct_fields__})


def bare(record: type[msgspec.Struct]) -> Any:
    """A record with nothing but what it cannot be without."""
    hints = typing.get_type_hints(record)
    needed = [field.name for field in msgspec.structs.fields(record) if field.required]
    return record(**{name: "x" if hints[name] is str else _value(hints[name]) for name in needed})


def _spans(pane: Pane[Any], record: Any, look: Look) -> list[Any]:
    found = [span for column in pane.columns for span in column.cell(record, look)]
    found += list(pane.head(record, look)) if pane.head else []
    for section in pane.sections:
        for fact in section.facts:
            found += list(fact.cell(record, look) or ())
        for line in section.lines(record, look) if section.lines else ():
            found += list(line)
    return found


def test_names_and_digits_are_unique() -> None:
    names = [pane.name for pane in PANES]
    digits = [pane.digit for pane in PANES if pane.digit]
    assert len(set(names)) == len(names)
    assert len(set(digits)) == len(digits)
    assert all(pane.digit for pane in PANES if pane.in_tabs)


@every_pane
@pytest.mark.parametrize("look", [Look(now=NOW), Look(now=NOW, is_ascii=True), Look(now=NOW, is_local=True)])
def test_a_hostile_record_draws_nothing_but_printable_text(pane: Pane[Any], look: Look) -> None:
    for span in _spans(pane, full(pane.record), look):
        assert not [sign for sign in span.text if unicodedata.category(sign) in ("Cc", "Cf", "Cs")], span.text


@every_pane
def test_a_record_of_which_azure_says_nothing_still_draws(pane: Pane[Any]) -> None:
    spans = _spans(pane, bare(pane.record), Look(now=NOW))
    assert spans
    assert "None" not in " ".join(span.text for span in spans)


@every_pane
def test_under_ascii_glyphs_our_own_words_are_ascii(pane: Pane[Any]) -> None:
    record = bare(pane.record)
    for column in pane.columns[:1]:
        text = "".join(span.text for span in column.cell(record, Look(now=NOW, is_ascii=True)))
        assert text.isascii() or text == "–"


@every_pane
def test_every_field_it_names_is_a_field_of_its_record(pane: Pane[Any]) -> None:
    fields = set(pane.record.__struct_fields__)
    named = {column.field for column in pane.columns} | {column.sort for column in pane.columns}
    named |= {fact.field for section in pane.sections for fact in section.facts} | {pane.order.lstrip("-")}
    assert named - {""} <= fields


@every_pane
def test_what_must_stay_fits_sixty_columns(pane: Pane[Any]) -> None:
    must = [column for column in pane.columns if column.rank == 1]
    assert must
    assert width_of(must) + 3 <= 60


@every_pane
def test_drills_lead_to_panes_that_exist_with_keys_of_their_own(pane: Pane[Any]) -> None:
    names = {other.name for other in PANES} | {""}
    assert {drill.pane for drill in pane.drills} <= names
    keys = [drill.key for drill in pane.drills]
    assert len(set(keys)) == len(keys)


@every_pane
def test_it_says_what_would_fill_it_and_what_it_is(pane: Pane[Any]) -> None:
    assert pane.empty.endswith(".")
    assert pane.help
    assert pane.noun


@every_pane
def test_commands_to_copy_quote_foreign_names_for_the_shell(pane: Pane[Any]) -> None:
    if pane.reference is None or pane.reference.az is None:
        return
    import shlex

    command = pane.reference.az(full(pane.record), WORKSPACE)
    assert command is not None
    assert HOSTILE in shlex.split(command) or HOSTILE in " ".join(shlex.split(command))
    assert shlex.split(command)[:2] == ["az", "ml"]


@every_pane
def test_the_column_first_sorted_by_has_room_for_its_arrow(pane: Pane[Any]) -> None:
    for column in pane.columns:
        if pane.order and (column.sort or column.field) == pane.order.lstrip("-"):
            assert column.width >= len(column.title) + 2
