"""Key maps: presets, keys of one's own, where two want one key, and where the chosen keys are shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from app.foot import footer
from app.help import choices as help_choices
from app.key_map import KEYS, key_map
from app.key_presets import PRESETS
from app.keys import Here
from app.palette import actions
from app.panes import PANES
from app.settings import read_settings
from app.settings.schema import settings_schema
from app.settings.writing import as_toml
from tests.app.commanding import Command
from widgets.lines import line_text

RUNS = next(pane for pane in PANES if pane.name == "runs")
HERE = Here(pane=RUNS, has_row=True, row_count=3)


@pytest.mark.parametrize("preset", PRESETS)
def test_in_a_preset_no_key_means_two_things_and_none_is_a_panes_own(preset: str) -> None:
    keys = [key for id, found in key_map(preset).keys.items() if id != "sign_in" for key in found]
    ways = {drill.key for pane in PANES for drill in pane.drills} - {"enter"}
    assert len(keys) == len(set(keys))
    assert not set(keys) & ways
    assert not any(key.isdigit() for key in keys)


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_names_only_what_there_is(preset: str) -> None:
    assert PRESETS[preset].keys() <= KEYS.keys()


def test_several_keys_of_ones_own_replace_those_of_the_preset() -> None:
    keys = key_map("k9s", {"raw": ["v", "pgdn"], "refresh": ["f5", "R"]})
    assert (keys.of("raw"), keys.of("page_down")) == (("v", "pagedown"), ("ctrl+f",))
    assert keys.of("refresh") == ("f5", "R")
    assert keys.of("copy") == ("c",)


def test_a_key_that_was_anothers_is_said_and_the_new_owner_has_it() -> None:
    settings = read_settings('[keys]\nrefresh = ["d", "f5"]\n', "config.toml")
    assert settings.problems == (
        "config.toml, line 2: keys.refresh: d was the key of describe, which lost it; "
        "write describe to give it others.",
    )
    keys = key_map(settings.key_map, settings.keys)
    assert (keys.of("refresh"), keys.of("describe")) == (("d", "f5"), ())


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ('refresh = ["f5"]\npause = ["f5"]', "keys.pause: f5 is given to refresh too, which has it."),
        ('refresh = ["E"]', "E was the key of a pane, experiment in Runs, which lost it."),
        ('refresh = ["3"]', "3 opens a pane and still does."),
        ('refrsh = ["f5"]', "nothing is called 'refrsh'; did you mean refresh?"),
        ('refresh = ["hyper+x"]', "keys.refresh has to be a list of texts"),
        ("refresh = 3", "keys.refresh has to be a list of texts"),
    ],
)
def test_what_is_wrong_with_a_key_is_a_sentence(keys: str, said: str) -> None:
    (problem,) = read_settings(f"[keys]\n{keys}\n", "config.toml").problems
    assert said in problem


def test_a_key_given_back_is_no_clash() -> None:
    text = 'key_map = "vim"\n[keys]\nrefresh = ["d"]\ndescribe = ["Z"]\nsuspend = []\n'
    settings = read_settings(text, "config.toml")
    assert settings.problems == ()
    keys = key_map(settings.key_map, settings.keys)
    assert (keys.of("refresh"), keys.of("describe"), keys.of("suspend")) == (("d",), ("Z",), ())
    assert read_settings(as_toml(settings), "shown") == settings


def test_the_schema_knows_every_id_with_what_it_does() -> None:
    schema = settings_schema()
    named = schema["$defs"]["Settings"]["properties"]["keys"]["properties"]
    assert set(named) == set(KEYS)
    assert all(found["description"] for found in named.values())
    validator = Draft202012Validator(schema)
    assert validator.is_valid({"keys": {"refresh": ["f5"], "down": []}})
    assert not validator.is_valid({"keys": {"refrsh": ["f5"]}})
    assert not validator.is_valid({"keys": {"refresh": ["hyper+x"]}})


def test_footer_help_and_palette_show_the_chosen_keys() -> None:
    keys = key_map("default", {"filter": ["f"], "columns": ["f6", "C"], "sort": []})
    hints = {hint.word: hint.key for hint in footer(HERE, keys)}
    assert hints["filter"] == "f"
    assert "sort" not in hints
    lines = {choice.id: line_text(choice.line) for choice in help_choices(HERE, PANES, keys)}
    assert lines["columns"].startswith("f6 C ")
    rights = {choice.id: line_text(choice.right) for choice in actions(HERE, keys)}
    assert rights["columns"] == "f6"


def test_the_key_table_is_printed_with_the_keys_of_the_settings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AMLDECK_CONFIG", str(tmp_path))
    (tmp_path / "config.toml").write_text('key_map = "lazygit"\n[keys]\nrefresh = ["f5", "r"]\n')
    command = Command(tmp_path / "cache", capsys)
    lines = command("keys").out.splitlines()
    assert any(line.split()[:3] == ["refresh", "f5", "r"] for line in lines)
    found = {one["id"]: one["keys"] for one in json.loads(command("keys", "--json").out)}
    assert (found["refresh"], found["copy"], found["down"]) == (["f5", "r"], ["ctrl+o"], ["j", "down"])
    assert {one["id"]: one["keys"] for one in json.loads(command("keys", "--preset", "default", "--json").out)}[
        "copy"
    ] == ["y"]
