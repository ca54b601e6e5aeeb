"""The JSON Schema of the settings file, for editors and `amldeck config validate`'s readers: made from the structs."""

from __future__ import annotations

from typing import Any

import msgspec

from app.key_map import KEYS, WORDS
from app.settings.fields import keys_of
from app.settings.shape import Command, Profile, Settings, SyncSettings, WatchSettings, WorkspaceSettings

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_TABLES: tuple[type[Any], ...] = (Settings, Profile, WorkspaceSettings, SyncSettings, WatchSettings, Command)


def settings_schema() -> dict[str, Any]:
    """Return the schema. Like the loader it knows no key but those of the structs."""
    schema = msgspec.json.schema(Settings)
    for kind in _TABLES:
        table = schema["$defs"][kind.__name__]
        keys = keys_of(kind)
        table["properties"] = {name: _of_toml(found) for name, found in table["properties"].items() if name in keys}
        table["additionalProperties"] = False
    _name_actions(schema["$defs"]["Settings"]["properties"]["keys"])
    return {"$schema": DIALECT, "title": "amldeck's config.toml", **schema}


def _name_actions(keys: dict[str, Any]) -> None:
    """Say which ids there are, and what each of them does: an editor completes them."""
    named = keys["additionalProperties"]
    keys["properties"] = {id: {**named, "description": WORDS[id]} for id in KEYS}
    keys["additionalProperties"] = False


def _of_toml(found: dict[str, Any]) -> dict[str, Any]:
    """A property as TOML has it: it knows no null, a key is left out instead."""
    kinds = [kind for kind in found.get("anyOf", ()) if kind != {"type": "null"}]
    rest = {name: value for name, value in found.items() if not (name == "default" and value is None)}
    if len(kinds) == 1:
        rest.pop("anyOf")
        return {**kinds[0], **rest}
    if isinstance(found.get("enum"), list) and None in found["enum"]:
        rest["enum"] = [value for value in found["enum"] if value is not None]
    return rest
