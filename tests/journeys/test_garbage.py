"""Looking for garbage is put off while the deck starts, and goes on once it stands."""

import gc
from pathlib import Path

from services.emulator.world import World
from tests.journeys.stage import staged


async def test_a_deck_that_stands_looks_for_garbage_again_but_not_among_what_was_imported(
    seen: tuple[Path, World],
) -> None:
    gc.disable()
    try:
        async with staged(seen) as stage:
            await stage.until(gc.isenabled, "the search for garbage")
            assert gc.get_freeze_count() > 10_000
    finally:
        gc.unfreeze()
        gc.enable()
