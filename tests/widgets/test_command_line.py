"""Typed commands complete, are remembered and can be left."""

from tests.widgets.chrome import Bench, Heard
from widgets.command_line import CommandLine
from widgets.field import Field
from widgets.safe import Safe

COMMANDS = ["runs", "costs", "compute", "ws ml-prod", "ws ml-research"]


def complete(text: str) -> list[Safe]:
    return [Safe(command) for command in COMMANDS if command.startswith(text)]


async def test_it_is_hidden_until_opened_and_after_enter() -> None:
    line, heard = CommandLine(complete), Heard()
    async with Bench(line).run_test(message_hook=heard) as pilot:
        assert not line.display
        line.open()
        await pilot.press("r", "u", "n", "s", "enter")
        assert [message.text for message in heard.of(CommandLine.Submitted)] == ["runs"]
        assert not line.display


async def test_tab_walks_through_the_completions() -> None:
    line = CommandLine(complete)
    async with Bench(line).run_test() as pilot:
        line.open()
        await pilot.press("c", "tab")
        assert line.query_one(Field).value == "costs"
        await pilot.press("tab")
        assert line.query_one(Field).value == "compute"
        await pilot.press("tab")
        assert line.query_one(Field).value == "costs"
        await pilot.press("shift+tab")
        assert line.query_one(Field).value == "compute"


async def test_arrows_recall_earlier_lines() -> None:
    line = CommandLine(complete)
    async with Bench(line).run_test() as pilot:
        for command in ("runs", "costs"):
            line.open(Safe(command))
            await pilot.press("enter")
        line.open()
        await pilot.press("up")
        assert line.query_one(Field).value == "costs"
        await pilot.press("up")
        assert line.query_one(Field).value == "runs"
        await pilot.press("down", "down")
        assert line.query_one(Field).value == ""


async def test_escape_and_an_empty_line_leave_it() -> None:
    line, heard = CommandLine(complete), Heard()
    async with Bench(line).run_test(message_hook=heard) as pilot:
        line.open()
        await pilot.press("r", "escape")
        line.open()
        await pilot.press("space", "enter")
        assert len(heard.of(CommandLine.Closed)) == 2
        assert heard.of(CommandLine.Submitted) == []


async def test_pasted_control_characters_become_marks() -> None:
    from textual import events

    line = CommandLine(complete)
    async with Bench(line).run_test() as pilot:
        line.open()
        line.query_one(Field).post_message(events.Paste("ru\x1b]52;c;QUJD\x07ns\u202e\nrm"))
        await pilot.pause()
        assert line.query_one(Field).value == "ru␛]52;c;QUJD␇ns⟨U+202E⟩"
