"""Reading the logs of a run: the failed one's traceback, a running one as it grows, all of it again offline."""

from __future__ import annotations

import re
from pathlib import Path

from services.emulator.faults import Fault
from services.emulator.world import World
from tests.journeys.stage import WIDE, session_of, staged


async def test_l_opens_the_log_with_the_traceback_and_all_of_it_is_there_offline(
    seen: tuple[Path, World], tmp_path: Path
) -> None:
    folder = seen[0]
    async with staged(seen, size=WIDE) as stage:
        await stage.settled()
        await stage.press("slash")
        await stage.type("status:failed kind:command")
        await stage.press("enter")
        await stage.counted()
        await stage.press("enter", "l")
        await stage.see("it holds the traceback")
        await stage.see("exited with status code 1")
        # A run that has ended has nothing to follow, and every log of the list tells its size.
        assert "following" not in stage.text
        assert re.search(r"user_logs/std_log\S* +\d[\d.]* k?B ", stage.text)
        key = stage.deck.run_view.key
        await stage.press("T")
        await stage.see("Traceback (most recent call last)")
        assert "user_logs/std_log" in stage.text
        assert "\x1b" not in stage.text
        await stage.press("escape", "escape")
        await stage.until(lambda: stage.deck.run_view.key == "", "the way back")
    async with staged(folder, session=session_of(folder, None), size=WIDE) as stage:
        await stage.press(":")
        await stage.type(f"run {key}")
        await stage.press("enter", "l")
        await stage.see("exited with status code 1")
        assert "it holds the traceback" in stage.text
        await stage.type("/exited")  # in one go: no letter of it is a key of the log
        await stage.see("/ exited")
        await stage.press("enter", "greater_than_sign")
        await stage.see("Never seen here")


async def test_logs_that_may_not_be_read_say_so_and_come_when_they_may(seen: tuple[Path, World]) -> None:
    async with staged(seen) as stage:
        await stage.settled()
        stage.faults.add(Fault(match="/details", status=403))
        await stage.press("enter", "l")
        await stage.see("The logs could not be read")
        stage.faults.clear()
        await stage.press("r")
        await stage.until(lambda: "could not be read" not in stage.text, "the logs")
