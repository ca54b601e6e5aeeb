"""The keys of the settings in a running deck."""

from pathlib import Path

from app.settings import Settings, read_settings
from services.emulator.world import World
from tests.journeys.stage import staged
from widgets.command_line import CommandLine


async def test_the_deck_answers_to_the_chosen_keys_also_in_the_table(seen: tuple[Path, World]) -> None:
    settings = Settings(theme="dark", key_map="lazygit", keys={"columns": ("C",), "help": ("f1", ",")})
    async with staged(seen, settings=settings) as stage:
        await stage.settled()
        assert "f1 keys" in stage.lines[-1]
        await stage.press(">")
        await stage.until(lambda: stage.position > 100, "the last row")
        await stage.press("<")
        await stage.until(lambda: stage.position < 10, "the first row, or the one it became as newer ones arrived")
        await stage.press("C")
        await stage.see("show or hide")
        await stage.press("escape")
        await stage.press("comma")
        await stage.see("Keys in Runs")


async def test_keys_that_clash_are_said_and_the_deck_starts_all_the_same(seen: tuple[Path, World]) -> None:
    settings = read_settings('theme = "dark"\n[keys]\nrefresh = ["d"]\n', "config.toml")
    async with staged(seen, settings=settings) as stage:
        assert "d was the key of describe" in stage.notice
        await stage.settled()
        await stage.press("d")
        assert "Fetching runs now" in stage.notice


async def test_what_is_typed_in_one_go_belongs_to_the_line_it_opens(seen: tuple[Path, World]) -> None:
    async with staged(seen, pane="runs") as stage:
        await stage.counted()
        await stage.type(":models")
        await stage.press("enter")
        await stage.until(lambda: stage.pane == "models", "the pane that was asked for")
        await stage.press("6", "enter")
        await stage.until(lambda: stage.deck.view.opened is not None, "the triage")
        await stage.type(":experiments")
        await stage.press("enter")
        await stage.until(lambda: stage.pane == "experiments", "the pane that was asked for from the triage")
        assert len(stage.deck.screen_stack) == 1


async def test_what_is_typed_in_one_go_belongs_to_the_filter_it_opens(seen: tuple[Path, World]) -> None:
    async with staged(seen, pane="runs", reads=()) as stage:
        await stage.counted()
        await stage.type("/sys")
        await stage.until(lambda: stage.query == "parent:none sys", "the filter that was typed")
        assert len(stage.deck.screen_stack) == 1
        await stage.press("escape")
        await stage.type("//churn")
        await stage.until(lambda: stage.deck.desk.everywhere == "churn", "the filter of all panes that was typed")
        assert stage.query == "parent:none"


async def test_the_command_line_keeps_the_keys_whatever_else_asks_for_them(seen: tuple[Path, World]) -> None:
    async with staged(seen, pane="runs") as stage:
        await stage.counted()
        table = stage.deck.view.table
        table.focus()
        stage.deck.do("command")
        line = stage.deck.part(CommandLine)
        for ask in (table.focus, lambda: stage.deck.screen.set_focus(None), lambda: stage.deck.run_view.take_focus()):
            ask()
            await stage.pilot.pause()
            assert line.has_focus_within
        await stage.press("escape")
        assert table.has_focus
