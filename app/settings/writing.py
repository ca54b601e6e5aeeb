"""Settings as a TOML text that can be read back, with every default written out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import msgspec

from app.settings.fields import keys_of
from app.settings.shape import Settings


def as_toml(settings: Settings) -> str:
    """Return the effective settings as TOML. Whatever cannot be printed is escaped, so a terminal may show it."""
    return "\n".join(_table(settings)).strip("\n") + "\n"


def _table(record: msgspec.Struct) -> Iterator[str]:
    values = {name: getattr(record, name) for name in keys_of(type(record))}
    tables = {name: value for name, value in values.items() if _is_tables(value)}
    keys = cast("dict[str, tuple[str, ...]]", tables.pop("keys", {}))
    for name, value in values.items():
        if value is not None and not _is_tables(value):
            yield f"{name} = {_value(value)}"
    if keys:
        yield from ("", "[keys]", *(f"{_text(id)} = {_value(wanted)}" for id, wanted in keys.items()))
    for name, value in tables.items():
        entries: list[tuple[str, msgspec.Struct]]
        if isinstance(value, dict):
            named = cast("dict[str, msgspec.Struct]", value)
            entries = [(f"[{name}.{_text(key)}]", entry) for key, entry in named.items()]
        else:
            entries = [(f"[[{name}]]", entry) for entry in cast("tuple[msgspec.Struct, ...]", value)]
        for header, entry in entries:
            yield from ("", header, *_table(entry))


def _is_tables(value: object) -> bool:
    if isinstance(value, tuple):
        return any(isinstance(one, msgspec.Struct) for one in cast("tuple[object, ...]", value))
    return isinstance(value, dict)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return f"[{', '.join(map(_value, cast('tuple[object, ...]', value)))}]"
    return _text(str(value))


def _text(text: str) -> str:
    return '"' + "".join(map(_character, text)) + '"'


def _character(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"
