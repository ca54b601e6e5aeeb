"""The JSON Schema says what the loader takes: every key, every value, and the documented example."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from importlib import resources
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from app.settings import read_settings
from app.settings.fields import keys_of
from app.settings.schema import settings_schema
from app.settings.shape import Command, Profile, Settings, WorkspaceSettings
from app.settings.writing import as_toml

SCHEMA = settings_schema()
VALIDATOR = Draft202012Validator(SCHEMA)
EXAMPLE = resources.files("app.settings").joinpath("example.toml").read_text(encoding="utf-8")
TABLES: tuple[type[Any], ...] = (Settings, Profile, WorkspaceSettings, Command)


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    json.dumps(SCHEMA)


def test_the_documented_example_is_right_by_the_schema_and_by_the_loader() -> None:
    VALIDATOR.validate(tomllib.loads(EXAMPLE))
    settings = read_settings(EXAMPLE, "example.toml")
    assert settings.problems == ()
    assert settings.is_pinned_read_only("ml-prod", "")


def test_the_example_shows_every_key() -> None:
    found = tomllib.loads(EXAMPLE)
    shown = {
        Settings: set(found),
        Profile: {key for profile in found["profiles"].values() for key in profile},
        WorkspaceSettings: {key for one in found["workspaces"].values() for key in one},
        Command: {key for command in found["commands"] for key in command},
    }
    assert shown == {kind: set(keys_of(kind)) for kind in TABLES}


@pytest.mark.parametrize("kind", TABLES, ids=lambda kind: kind.__name__)
def test_schema_and_loader_know_the_same_keys_each_with_a_description(kind: type[Any]) -> None:
    table = SCHEMA["$defs"][kind.__name__]
    assert set(table["properties"]) == set(keys_of(kind))
    assert table["additionalProperties"] is False
    assert all(found.get("description") for found in table["properties"].values())
    assert table.get("required", []) == [name for name, key in keys_of(kind).items() if key.is_required]


def _places() -> Iterator[tuple[str, str]]:
    """Every key there is, as `table, key`, and some there are not."""
    for kind in TABLES:
        for key in [*keys_of(kind), "colour", "password", "name", "problems", "is_unreadable"]:
            yield kind.__name__, key


VALUES: tuple[Any, ...] = (
    "dark", "unicode", "ml-prod", "https://ml.azure.com", "http://x", "", "azure cli", "certificate", "public", "a b",
    "11111111-2222-3333-4444-555555555555", 3, 1.5, True, [], ["ls"], ["ls", 3], {}, {"x": 1}, {"x": {}}, [{}],
)  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_schema_and_loader_agree_on_every_key_with_every_kind_of_value(value: Any) -> None:
    for table, key in _places():
        document = _document(table, {key: value})
        problems = [problem for problem in _loaded(document) if not _is_beyond_a_schema(problem)]
        assert VALIDATOR.is_valid(document) is (problems == []), (document, problems)


def _document(table: str, entry: dict[str, Any]) -> dict[str, Any]:
    command = {"name": "x", "run": ["y"], **entry}
    return {
        "Settings": entry,
        "Profile": {"profiles": {"work": entry}},
        "WorkspaceSettings": {"workspaces": {"ml-prod": entry}},
        "Command": {"commands": [command]},
    }[table]


def _loaded(document: dict[str, Any]) -> tuple[str, ...]:
    text = "".join(f"{key} = {_inline(value)}\n" for key, value in document.items())
    assert tomllib.loads(text) == document
    return read_settings(text, "config.toml").problems


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{key}" = {_inline(found)}' for key, found in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    return json.dumps(value)


def _is_beyond_a_schema(problem: str) -> bool:
    """What joins two places of the file: no schema of its keys can say that."""
    return any(text in problem for text in ("there is no profile", " signs in by ", "names no pane with"))


def test_what_is_shown_can_be_read_back() -> None:
    settings = read_settings(EXAMPLE, "example.toml")
    assert read_settings(as_toml(settings), "shown") == settings
    assert read_settings(as_toml(Settings()), "shown") == Settings()


@given(st.text(min_size=1, max_size=40).filter(lambda text: not any(0xD800 <= ord(c) <= 0xDFFF for c in text)))
def test_any_text_comes_back_and_nothing_unprintable_goes_out(text: str) -> None:
    shown = as_toml(Settings(workspace=text, profiles={text: Profile(name=text, workspace=text)}))
    assert all(character.isprintable() or character == "\n" for character in shown)
    found = tomllib.loads(shown)
    assert found["workspace"] == text
    assert found["profiles"][text]["workspace"] == text
