"""The dialog behind help, palette and the choosers."""

from pathlib import Path
from typing import Any

from textual.app import App
from textual.widgets import Static

import app
from app.help import KEY_CELLS, PRIVACY
from app.help import choices as help_choices
from app.here import Here
from app.keys import ACTIONS
from app.palette import choices as palette_choices
from app.palette import workspaces
from app.panes import PANES
from app.screens.menu import Menu
from services.records import WorkspaceRef
from services.workspaces import Workspace
from widgets.choices import Choice
from widgets.lines import line_text, say
from widgets.picker import Picker
from widgets.safe import Safe, plain
from widgets.theme import DARK, use_themes

RUNS = next(pane for pane in PANES if pane.name == "runs")
PULSE = next(pane for pane in PANES if pane.name == "pulse")


class Stage(App[None]):
    ENABLE_COMMAND_PALETTE = False
    CSS_PATH = str(Path(app.__file__).parent / "deck.tcss")

    def __init__(self) -> None:
        super().__init__()
        use_themes(self, DARK)
        self.given: list[Any] = []


async def test_a_menu_gives_the_picked_id() -> None:
    stage = Stage()
    async with stage.run_test(size=(80, 24)) as pilot:
        stage.push_screen(
            Menu(plain("Sort"), [Choice("a", say(plain("name"))), Choice("b", say(plain("age")))]), stage.given.append
        )
        await pilot.press("down", "enter")
        await pilot.pause()
        assert stage.given == ["b"]


async def test_escape_leaves_without_a_choice() -> None:
    stage = Stage()
    async with stage.run_test(size=(80, 24)) as pilot:
        stage.push_screen(Menu(plain("Sort"), [Choice("a", say(plain("name")))]), stage.given.append)
        await pilot.press("escape")
        await pilot.pause()
        assert stage.given == [None]


async def test_a_menu_that_toggles_stays_open() -> None:
    picked: list[str] = []

    def toggle(id: str) -> list[Choice]:
        picked.append(id)
        return [Choice("a", say(plain("✓ name")))]

    stage = Stage()
    async with stage.run_test(size=(80, 24)) as pilot:
        stage.push_screen(Menu(plain("Columns"), [Choice("a", say(plain("name")))], toggle=toggle), stage.given.append)
        await pilot.press("enter", "enter", "escape")
        await pilot.pause()
        assert (picked, stage.given) == (["a", "a"], [None])


def test_help_lists_every_action_once_and_says_why_some_cannot_be() -> None:
    found = help_choices(Here(pane=RUNS), PANES)
    ids = [choice.id for choice in found]

    for action in ACTIONS:
        if action.id != "open":  # the key of `snooze` means something else outside Pulse
            assert ids.count(action.id) == (action.id != "snooze")
    in_pulse = [choice.id for choice in help_choices(Here(pane=PULSE), PANES)]
    assert (in_pulse.count("snooze"), in_pulse.count("undo")) == (1, 0)
    raw = next(choice for choice in found if choice.id == "raw")
    assert raw.why_not == "No row is under the cursor."
    assert "drill:E" in ids


def test_help_lists_a_key_once_under_one_title_and_writes_out_what_is_too_long_for_its_line() -> None:
    found = help_choices(Here(pane=RUNS, has_row=True), PANES)
    titles = [str(choice.group) for choice in found]
    runs = [title for at, title in enumerate(titles) if not at or titles[at - 1] != title]
    assert len(runs) == len(set(runs))
    keys = [
        line_text(choice.line)[:KEY_CELLS].strip() for choice in found if choice.group.startswith(("The row", "Look"))
    ]
    assert len(keys) == len(set(keys))
    compare = next(choice for choice in found if choice.id == "part:compare")
    assert compare.note == "Compare: what differs from the last good run, or between the marked ones"
    assert not next(choice for choice in found if choice.id == "part:children").note


async def test_a_note_that_is_longer_than_its_rows_ends_with_a_mark() -> None:
    stage = Stage()
    async with stage.run_test(size=(80, 24)) as pilot:
        long = Safe("a word after another " * 12)
        stage.push_screen(Menu(plain("Keys"), [Choice("a", say(plain("name")), note=long)], note_rows=2))
        await pilot.pause()
        note = str(stage.screen.query_one("#note", Static).content)
        assert note.count("\n") == 1
        assert note.endswith("…")


def test_help_says_that_nothing_is_sent_home() -> None:
    assert PRIVACY == "amldeck sends no telemetry"
    assert any("stays in its cache" in line_text(choice.line) for choice in help_choices(Here(pane=RUNS), PANES))


def test_the_palette_holds_panes_workspaces_actions_and_themes() -> None:
    known = [Workspace(id="/subscriptions/s/…/ml-prod", name="ml-prod", subscription="s", resource_group="rg")]
    ids = [choice.id for choice in palette_choices(Here(pane=RUNS), PANES, known, None)]

    assert {"pane:deployments", "ws:/subscriptions/s/…/ml-prod", "sort", "theme:light"} <= set(ids)
    assert len(ids) == len(set(ids))


def test_the_chosen_workspace_is_marked() -> None:
    ref = WorkspaceRef("S", "Rg", "ml-prod")
    known = [
        Workspace(id=ref.key, name="ml-prod", subscription="S", resource_group="Rg"),
        Workspace(id="/other", name="other", subscription="S", resource_group="Rg"),
    ]
    assert [line_text(choice.line) for choice in workspaces(known, ref)] == ["✓ ml-prod", "  other"]


async def test_a_second_click_on_its_way_to_a_menu_that_is_closing_is_nothing() -> None:
    stage = Stage()
    async with stage.run_test(size=(80, 24)) as pilot:
        menu = Menu(plain("Sort"), [Choice("a", say(plain("name")))])
        stage.push_screen(menu, stage.given.append)
        await pilot.pause()
        for _ in range(2):
            menu.post_message(Picker.Picked(Choice("a", say(plain("name")))))
        menu.action_leave()
        await pilot.pause()
        menu.action_leave()
        await pilot.pause()
        assert len(stage.given) == 1
        assert stage.is_running
