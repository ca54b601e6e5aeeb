"""While the world moves, the cursor stays on its row; while the service hangs, the keys do not."""

import time
from pathlib import Path

from app.deck import Deck
from app.source_state import Refreshed
from services.emulator.faults import Fault
from services.emulator.world import World, utc_now
from tests.journeys.stage import RUNS, WIDE, session_of, staged

STALL = 300.0
"""Seconds a call hangs: a deck that waited for one would be far slower than any machine is."""


async def test_a_refresh_that_brings_new_rows_keeps_the_cursor_on_its_row(seen: tuple[Path, World]) -> None:
    async with staged(seen) as stage:
        await stage.settled()
        await stage.press("j", "j", "j")
        here = stage.cursor
        store, scope = stage.deck.desk.session.store, stage.deck.desk.session.scope
        found = stage.deck.view.keeper.found
        assert found is not None
        first = store.get("runs", scope, found.window(0, 1)[0].key)
        assert first is not None
        newer = [_newer(first.record, number) for number in range(5)]
        store.put("runs", scope, newer, [b"{}"] * 5, provenance=first.provenance)
        stage.deck.post_message(Deck.Told(Refreshed("runs", None, stage.deck.desk.states["runs"])))
        # At least: the world moves, and a run that begins meanwhile is one more.
        await stage.until(lambda: stage.deck.view.table.place.index >= 8, "five rows above")
        assert stage.cursor == here


def _newer(run, number: int):
    import msgspec

    return msgspec.structs.replace(run, id=f"new-{number}", name=f"new-{number}")


async def test_a_service_stalled_for_minutes_holds_up_no_key(seen: tuple[Path, World]) -> None:
    async with staged(seen, size=WIDE) as stage:
        stage.faults.add(Fault(stall=STALL))
        await stage.counted()
        await stage.press("r")
        await stage.until(
            lambda: any(state.is_reading for state in stage.deck.desk.states.values()), "a read that hangs"
        )
        began = time.monotonic()
        keys = ["j"] * 30 + ["4", "5", "6", "7", "8", "0", "3", "G", "g", "s", "escape", "?", "escape", "v", "escape"]
        await stage.press(*keys)
        await stage.press("/")
        await stage.type("status:failed")
        await stage.press("enter")
        await stage.counted()
        # Far below the stall: no key waited for a call, whatever this machine is busy with.
        assert time.monotonic() - began < STALL / 5
        assert any(state.is_reading for state in stage.deck.desk.states.values())
        assert stage.deck.view.keeper.count
        assert "runs " in stage.header
        assert "…" in stage.header


async def test_quitting_does_not_wait_for_a_call_that_hangs(seen: tuple[Path, World]) -> None:
    async with staged(seen) as stage:
        stage.faults.add(Fault(stall=STALL))
        await stage.press("r")
        await stage.until(
            lambda: any(state.is_reading for state in stage.deck.desk.states.values()), "a read that hangs"
        )
        began = time.monotonic()
        await stage.press("ctrl+q")
        await stage.pilot.pause()
        assert not stage.deck.is_running
    assert time.monotonic() - began < STALL / 5


async def test_pausing_and_going_on(seen: tuple[Path, World]) -> None:
    async with staged(seen) as stage:
        await stage.settled()
        await stage.press("p")
        await stage.see("= paused")
        assert stage.notice == "Paused: nothing is fetched until p."
        await stage.press("p")
        await stage.see("● live")


async def test_rows_arrive_while_the_first_read_goes_on(tmp_path: Path) -> None:
    born = utc_now()
    async with staged(tmp_path, world=World(runs=1500, clock=lambda: born), reads=RUNS) as stage:
        await stage.until(lambda: bool(stage.deck.view.keeper.count), "the first page of rows")
        await stage.press("j")
        await stage.settled()
        assert stage.deck.view.keeper.total == 1500


async def test_an_offline_start_shows_what_was_seen_with_its_age(seen: tuple[Path, World]) -> None:
    session = session_of(seen[0], None)
    async with staged(seen, session=session) as stage:
        await stage.counted()
        assert "■ offline" in stage.header
        assert "of 300 cached" in stage.text
        await stage.press("r")
        assert stage.notice == "Started with --offline: nothing is fetched."
        await stage.press("enter", "escape", "5", "/")
        await stage.type("gpu")
        await stage.counted()
        assert stage.deck.view.keeper.count == 1
