"""The bill opens from the cache at once, is split by key, and says when Azure may be asked again."""

from pathlib import Path

from services.emulator.world import World
from tests.journeys.stage import WIDE, staged

COSTS = ("workspaces", "costs", "cost_rows")


async def test_the_bill_opens_at_once_is_split_by_key(tmp_path: Path) -> None:
    async with staged(tmp_path, pane="costs", world=World(runs=20), reads=COSTS, size=WIDE) as stage:
        await stage.settled()
        await stage.see("Per day")
        assert "On course for $" in stage.lines[3], "charts stand above the rows where there is room"
        await stage.press("r")
        await stage.until(lambda: "the next reading is allowed in 14m" in stage.notice, "the countdown")
        await stage.press("T")
        await stage.see("Where it went")
        await stage.see("next allowed in 14m")
        assert "actual cost" in stage.text
        assert stage.header.count("costs ") == 1, "an age is said once"
        assert stage.lines[-1].startswith(" s split by")
        await stage.type("ssr")
        await stage.see("this month by service")
        assert "Virtual Machines" in stage.text
        await stage.until(lambda: stage.notice.startswith("Reading this bill now"), "the notice")
        asked = [one for one in stage.world.log.entries("costmanagement") if one.path.endswith("/query")]
        assert len(asked) == 1, "what was read a moment ago is not read again by key"
