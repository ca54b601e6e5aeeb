"""A log with its list: beside it where there is room, away for full screen, and two keys to another."""

from tests.widgets.chrome import Bench, Heard
from widgets.line_list import LineList
from widgets.listed_log import ListedLog
from widgets.log_view import LogView


async def test_the_list_stands_beside_the_log_where_there_is_room_and_goes_for_full_screen() -> None:
    log, heard = ListedLog(), Heard()
    async with Bench(log).run_test(size=(160, 20), message_hook=heard) as pilot:
        listed, shown = log.query_one(LineList), log.query_one(LogView)
        await pilot.pause()
        assert listed.region.right < shown.region.x
        await pilot.resize_terminal(80, 20)
        await pilot.pause()
        assert listed.region.bottom <= shown.region.y
        shown.focus()
        await pilot.press("f")
        await pilot.pause()
        assert not listed.display
        assert log.clear_innermost()
        assert listed.display
        assert not log.clear_innermost(), "then there is nothing left to put away"
        await pilot.press("greater_than_sign", "less_than_sign")
        await pilot.pause()
        assert [message.by for message in heard.of(ListedLog.Other)] == [1, -1]
