"""Rows are grouped with roll-ups and counted by value, under the filter that stands; enter shows a group's rows."""

from collections import Counter
from pathlib import Path

from services.emulator.world import World
from tests.journeys.stage import Stage, staged


def rows(stage: Stage) -> list:
    found = stage.deck.view.keeper.found
    assert found is not None
    return [row.record for row in found.window(0, 1_000)]


async def test_a_group_counts_the_rows_of_the_filter_and_opens_into_them(seen: tuple[Path, World]) -> None:
    async with staged(seen) as stage:
        await stage.settled()
        await stage.press("/")
        await stage.type("status=failed,completed")
        await stage.press("enter")
        await stage.counted()
        runs = rows(stage)
        name, size = Counter(run.experiment for run in runs).most_common(1)[0]
        failed = sum(run.status == "Failed" for run in runs if run.experiment == name)
        hours = round(sum(run.duration or 0 for run in runs if run.experiment == name) / 3600)
        await stage.press("#")
        await stage.type("experiment")
        await stage.see("experiment_id")
        await stage.press("enter")
        await stage.see("values of experiment")
        line = next(line for line in stage.lines if "▌" in line and name in line and "%" in line)
        shown = line[line.rindex("▌") + 1 :].split()
        assert shown[:3] == [name, str(size), str(failed) if failed else "·"]
        assert shown[3] == f"{(size - failed) / size * 100:.0f}"
        assert shown[5] == f"{hours:,}"
        await stage.press("enter")
        await stage.counted()
        assert stage.query.endswith(f"experiment={name}")
        assert stage.deck.view.keeper.count == size


async def test_the_values_of_a_tag_are_counted_and_the_rows_without_it_too(seen: tuple[Path, World]) -> None:
    async with staged(seen) as stage:
        await stage.settled()
        whole = stage.deck.view.keeper.count
        await stage.press("F")
        await stage.type("tag.debug")
        await stage.see("tag.debug")
        await stage.until(lambda: "Nothing matches" not in stage.text, "the tags that were seen")
        await stage.press("enter")
        await stage.see("of tag.debug")
        await stage.type("unknown")
        await stage.press("enter")
        await stage.counted()
        assert stage.query.endswith("tag.debug:none")
        found = rows(stage)
        assert 0 < len(found) < (whole or 0)
        assert all("debug" not in run.tags for run in found)
