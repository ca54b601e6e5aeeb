"""`z` in Pulse: a line is put away with a reason, counted above, found again by a key, and brought back."""

from __future__ import annotations

from pathlib import Path

from services.emulator.world import World
from tests.journeys.stage import session_of, staged


async def test_a_line_is_snoozed_counted_shown_by_a_key_and_brought_back(seen: tuple[Path, World]) -> None:
    folder, _ = seen
    async with staged(folder, session=session_of(folder, None)) as stage:
        await stage.press("1")
        await stage.until(lambda: stage.pane == "pulse" and stage.cursor is not None, "a line in Pulse")
        first = stage.cursor
        await stage.press("z")
        await stage.see("Snooze for an hour")
        await stage.press("enter")
        await stage.see("Why? Empty will do")
        await stage.type("known")
        await stage.press("enter")
        await stage.until(lambda: "Snoozed until" in stage.notice, "the notice")
        await stage.see("1 snoozed")
        await stage.until(lambda: stage.cursor != first, "the line to be gone")
        assert "take back" not in stage.text

        await stage.press("M")
        await stage.until(lambda: stage.cursor == first, "the snoozed line")
        assert stage.query == "state=snoozed"
        await stage.see("known")
        await stage.press("z")
        await stage.see("Bring it back")
        await stage.press("enter")
        await stage.until(lambda: stage.cursor is None, "nothing to be snoozed any more")
        await stage.press("M")
        await stage.until(lambda: stage.cursor == first, "the line where it was")
        await stage.until(lambda: "snoozed" not in stage.lines[2], "no word of it above")

        await stage.press("*", "z")
        await stage.see("Seen by me")
        await stage.press("up", "enter")
        await stage.see("Why? Empty will do")
        await stage.press("enter")
        await stage.see("Nothing new needs attention")
