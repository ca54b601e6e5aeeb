"""An experiment's trends stand in its detail: they follow the cursor, and are there offline."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

from app.derived.trends import bucket_of
from app.tables import RUNS
from cache.query import parse
from services.emulator.world import World
from tests.journeys.stage import WIDE, Stage, session_of, staged


def counted(stage: Stage, name: str) -> Counter[str]:
    """The runs of an experiment in the cache that the bars show, without the deck."""
    session = stage.deck.desk.session
    today = session.now().replace(hour=0, minute=0, second=0, microsecond=0)
    where = parse(f'parent:none experiment="{name}"', RUNS, now=session.now())
    runs = [seen.record for seen in session.store.records("runs", session.scope, where)]
    return Counter(bucket_of(run.status) for run in runs if run.created and run.created >= today - timedelta(days=29))


async def test_bars_and_weeks_of_the_experiment_under_the_cursor_come_from_the_cache(seen: tuple[Path, World]) -> None:
    folder, world = seen
    async with staged(folder, size=WIDE, pane="experiments", session=session_of(folder, None), world=world) as stage:
        await stage.counted()
        for _ in range(2):
            await stage.see("Runs of 30 days")
            await stage.see("median ran")
            assert stage.cursor is not None
            found = counted(stage, stage.cursor)
            assert found.total()
            for bucket, count in found.items():
                await stage.see(f"{count} {bucket}")
            await stage.press("j")
            name = stage.cursor
            await stage.until(lambda name=name: stage.deck.view.detail.key == name, f"the detail of {name}")
