"""The keys of a table as the structs define them, and what a value has to be, in words."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple, cast, get_type_hints

from msgspec import inspect

from app.settings.shape import UNWRITTEN


class Key(NamedTuple):
    """One key of a table."""

    name: str
    annotation: Any
    type: inspect.Type
    is_required: bool


@cache
def keys_of(kind: type[Any]) -> dict[str, Key]:
    """Return the keys a table of this struct may have, in the order of the struct."""
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    hints = get_type_hints(kind, include_extras=True)
    found = [Key(field.name, hints[field.name], field.type, field.required) for field in info.fields]
    return {key.name: key for key in found if not any(note == UNWRITTEN for note in _notes(key.type))}


def _layers(kind: inspect.Type) -> Iterator[inspect.Type]:
    """A type from its outermost note to the bare one, without the None that stands for a missing key."""
    while True:
        yield kind
        if isinstance(kind, inspect.Metadata):
            kind = kind.type
        elif isinstance(kind, inspect.UnionType):
            kind = next(one for one in kind.types if not isinstance(one, inspect.NoneType))
        else:
            return


def _notes(kind: inspect.Type) -> Iterator[dict[str, Any]]:
    for layer in _layers(kind):
        if isinstance(layer, inspect.Metadata) and layer.extra:  # pyright: ignore[reportUnknownMemberType]
            yield cast("dict[str, Any]", layer.extra)  # pyright: ignore[reportUnknownMemberType]


def bare(kind: inspect.Type) -> inspect.Type:
    """Return a type without notes and without None."""
    return list(_layers(kind))[-1]


def wants_of(kind: inspect.Type) -> str:
    """Return how "… has to …" goes on for a text that does not fit; empty when any text fits."""
    return next((str(note["wants"]) for note in _notes(kind) if "wants" in note), "")


def why_wrong(name: str, kind: inspect.Type, value: object) -> str:
    """Return the sentence for a value that a key cannot have."""
    wanted = bare(kind)
    shown = repr(value) if len(repr(value)) <= 60 else repr(value)[:59] + "…"
    if isinstance(wanted, inspect.LiteralType):
        if isinstance(value, str):
            return f"{name} = {shown} is not known; it can be {', '.join(map(str, wanted.values))}."
        return f'{name} has to be text in quotes, as in {name} = "{wanted.values[0]}".'
    if isinstance(wanted, inspect.BoolType):
        return f"{name} has to be true or false, without quotes."
    if isinstance(wanted, inspect.VarTupleType):
        return f'{name} has to be a list of texts, as in {name} = ["one", "two"]{_and(wants_of(kind))}.'
    if isinstance(value, str):
        return f"{name} = {shown} has to {wants_of(kind)}."
    return f"{name} has to be text in quotes."


def _and(wants: str) -> str:
    return f", and has to {wants}" if wants else ""
