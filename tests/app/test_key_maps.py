"""Key maps: presets, keys of one's own, where two want one key, and where the chosen keys are shown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from textual import on
from textual.app import App, ComposeResult
from textual.binding import Binding

from app import states
from app.doing.keys import bindings
from app.foot import footer
from app.help import NOTES
from app.help import choices as help_choices
from app.here import Here
from app.key_map import DEFAULT, KEYS, KeyMap, clashes, key_map
from app.key_presets import PRESETS
from app.keys import ACTIONS
from app.palette import actions
from app.panes import PANES
from app.settings import read_settings
from app.settings.schema import settings_schema
from app.settings.writing import as_toml
from app.source_state import Problem, SourceState
from tests.app.commanding import Command
from widgets.bound_keys import side_keymap
from widgets.chart_board import ChartBoard
from widgets.file_tree import FileTree
from widgets.lines import line_text
from widgets.log_view import LogView
from widgets.outline import Drawn, Item, Outline
from widgets.pane import Look
from widgets.raw_view import RawView
from widgets.safe import plain
from widgets.table_keys import SIDE_KEYS
from widgets.theme import DARK, use_themes

RUNS = next(pane for pane in PANES if pane.name == "runs")
NOW = datetime(2026, 11, 20, tzinfo=UTC)
HERE = Here(pane=RUNS, has_row=True, row_count=3)


SIDES = {one.id for one in SIDE_KEYS}


@pytest.mark.parametrize("preset", PRESETS)
def test_in_a_preset_no_key_means_two_things_and_none_is_a_panes_own(preset: str) -> None:
    keys = key_map(preset).keys
    assert list(clashes(preset, {id: keys[id] for id in keys}, PANES)) == []
    taken = {key for id, found in keys.items() if id not in SIDES for key in found}
    assert not taken & {drill.key for pane in PANES for drill in pane.drills if not drill.part} - {"enter"}
    assert not any(key.isdigit() for key in taken)


def test_in_the_vim_preset_h_and_l_are_left_and_right_and_what_had_them_has_others() -> None:
    keys = key_map("vim")
    for id in ("columns", "log", "raw", "chart"):
        assert (keys.first(f"{id}_left"), keys.first(f"{id}_right")) == ("h", "l")
    assert (keys.first("fold"), keys.first("unfold")) == ("h", "l")
    assert {"h", "l"} <= set(keys.of("file_open"))
    assert ("h" in keys.of("focus_previous"), "l" in keys.of("focus_next")) == (True, True)
    deck = {id for id, found in keys.keys.items() if {"h", "l"} & set(found) and id not in SIDES}
    assert deck == {"columns_left", "columns_right", "focus_previous", "focus_next"}
    assert (keys.first("children"), keys.first("logs")) == ("H", "L")
    hints = {hint.word: hint.key for hint in footer(HERE, keys)}
    assert hints["children"] == "H"
    assert side_keymap(keys.keys)["side.fold"] == "h,left"
    assert side_keymap(DEFAULT.keys) == {}


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
        ('refresh = ["E"]', "E was the key of a pane, deployments in Endpoints, which lost it."),
        ('refresh = ["3"]', "3 opens a pane and still does."),
        ('refrsh = ["f5"]', "nothing is called 'refrsh'; did you mean refresh?"),
        ('refresh = ["hyper+x"]', "keys.refresh has to be a list of texts"),
        ("refresh = 3", "keys.refresh has to be a list of texts"),
        ('refresh = ["//"]', "// is no key: only filter_all can be typed so."),
        ('refresh = ["m"]', "m was the key of metrics, which lost it; write metrics to give it others."),
        ('fold = ["x"]\nunfold = ["x"]', "keys.unfold: x is given to fold too, which has it."),
    ],
)
def test_what_is_wrong_with_a_key_is_a_sentence(keys: str, said: str) -> None:
    (problem,) = read_settings(f"[keys]\n{keys}\n", "config.toml").problems
    assert said in problem


def test_a_key_given_back_is_no_clash() -> None:
    text = 'key_map = "vim"\n[keys]\nrefresh = ["d"]\ndescribe = ["f"]\nsuspend = []\n'
    settings = read_settings(text, "config.toml")
    assert settings.problems == ()
    keys = key_map(settings.key_map, settings.keys)
    assert (keys.of("refresh"), keys.of("describe"), keys.of("suspend")) == (("d",), ("f",), ())
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


def test_the_filter_of_all_panes_can_have_a_key_and_is_called_after_the_key_of_the_filter() -> None:
    assert DEFAULT.name("filter_all") == "//"
    assert key_map("default", {"filter": ["f"]}).name("filter_all") == "f/"
    own = key_map("default", {"filter_all": ["f4"]})
    assert own.name("filter_all") == "f4"
    assert "f4" in {binding.key for binding in bindings(own)}
    assert "//" not in {binding.key for binding in bindings()}


def test_what_has_no_key_is_called_by_its_name_in_the_palette() -> None:
    assert key_map("default", {"refresh": []}).said("{refresh} tries again") == "“refresh” in the palette tries again"


UNUSUAL = key_map("default", {id: [f"f{number}"] for number, id in enumerate(KEYS, start=1)})
"""No key is what it is by default."""
ALL_KEYS = {key for preset in PRESETS for id in KEYS for key in key_map(preset).written(id)} - {"a", "C"}
"""But for an article, and what stands for Contributor."""


@pytest.mark.parametrize("keys", [UNUSUAL, *map(key_map, PRESETS)], ids=["unusual", *PRESETS])
def test_no_sentence_where_there_is_nothing_to_show_names_a_key_that_is_not_bound(keys: KeyMap) -> None:
    bound = {key for id in KEYS for key in keys.written(id)}
    named = [word for text in sentences(keys) for word in re.findall(r"(?<!\S)[^\s,;.:]+|(?<!\S)/+(?!\S)", text)]
    assert {word for word in named if word in ALL_KEYS} <= bound
    assert len(bound & set(named)) > 8


def sentences(keys: KeyMap) -> Iterator[str]:
    """What is said in the place of rows, in every pane and for every reason, and why a key does nothing."""
    look = Look(NOW)
    for pane in PANES:
        first = SourceState((pane.sources or ("runs",))[0], "Runs", 60.0, last_ok=NOW)
        shown = [states.empty(pane, first, plain("ml-prod"), look, keys)]
        for kind in ("offline", "throttled", "signed out", "broken", "forbidden"):
            problem = Problem(kind, "Azure said no.", NOW, is_retryable=True)
            card = states.card(pane, {first.name: replace(first, problem=problem)}, None, look, keys)
            shown += [card.body] if card is not None else []
        yield from (line_text(line) for lines in shown for line in lines)
        for here in (Here(pane=pane), Here(pane=pane, is_opened=True, has_row=True)):
            yield from (keys.said(why) for action in ACTIONS if (why := action.why_not(here)))
        yield keys.said(pane.help)
    drops = [states.Without(plain("x=1"), ""), states.Without(plain("y=1"), "", is_everywhere=True)]
    for lines in (states.no_match(RUNS, drops, 7, look, keys), states.homeless(keys, is_online=True),
                  states.unread(RUNS, None, keys, has_refresher=True, is_paused=True)):  # fmt: skip
        yield from map(line_text, lines)
    yield from (keys.said(words) for _, words in NOTES)


def test_every_left_and_right_of_the_table_is_one_of_a_widget_and_every_widgets_is_in_the_table() -> None:
    made = [one for widget in (LogView, RawView, ChartBoard, Outline, FileTree) for one in widget.BINDINGS]
    assert {one.id for one in made if isinstance(one, Binding) and (one.id or "").startswith("side.")} == {
        f"side.{id}" for id in SIDES
    }


async def test_a_widget_answers_to_the_left_and_right_of_the_map() -> None:
    class Tree(App[None]):
        def compose(self) -> ComposeResult:
            yield Outline()

        @on(Outline.Chosen)
        def _chosen(self, event: Outline.Chosen) -> None:
            chosen.append(event.what)

    chosen: list[str] = []
    deck = Tree()
    use_themes(deck, DARK)
    deck.set_keymap(side_keymap(key_map("vim").keys))
    async with deck.run_test() as pilot:
        deck.query_one(Outline).show(lambda width: Drawn((), (Item("a", ()),)))
        deck.query_one(Outline).focus()
        await pilot.press("h", "l", "L", "left")
        assert chosen == ["fold", "unfold", "logs", "fold"]
