"""What an answer says of a field that not every answer says: nothing and less take nothing away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from cache.codec import Codec, Value
from cache.table import Field, Table


class Difference(NamedTuple):
    """A field whose value is another now; `cells` are the new ones by column. `is_learned`: it was not known before."""

    field: Field
    before: Any
    after: Any
    cells: dict[str, Value]
    is_learned: bool


def said(field: Field, before: Any, after: Any) -> Any:
    """What is known after an answer: pairs are joined and the newer value counts; what is not said stays."""
    if field.kind == "pairs":
        joined: dict[str, Any] = {**(before or {}), **(after or {})}
        return joined
    return before if after is None else after


def differences(
    table: Table, codec: Codec, old: Any, was: tuple[Value, ...], new: Any, given: list[Value]
) -> Iterator[Difference]:
    """The fields in which a record is another than its row. `was` and `given` are the cells of both."""
    for i, field in enumerate(codec.fields):
        places = codec.cells_of(field) if field.kind == "money" else (i,)
        if all(was[place] == given[place] for place in places):
            continue
        before, after = getattr(old, field.name), getattr(new, field.name)
        if field.name not in table.kept:
            yield Difference(field, before, after, {codec.columns[place]: given[place] for place in places}, False)
        elif (known := said(field, before, after)) != before:
            if field.kind == "money":
                cells = {codec.columns[place]: given[place] for place in places}
            else:
                cells = {field.name: codec.cell(field, known)}
            yield Difference(field, before, known, cells, not before)
