"""Columns are chosen, moved, made of params, sorted by, kept for the next start, and given back by one key."""

from pathlib import Path

from app.settings import Settings
from services.emulator.world import World
from tests.journeys.stage import WIDE, Stage, staged


def titles(stage: Stage) -> list[str]:
    return [column.title for column in stage.deck.view.table.sheet.columns]


async def test_a_param_becomes_a_column_that_sorts_and_is_there_at_the_next_start(seen: tuple[Path, World]) -> None:
    async with staged(seen, size=WIDE) as stage:
        await stage.settled()
        own = titles(stage)
        await stage.press("c")
        await stage.type("param.lr")
        await stage.see("· param.lr")
        await stage.press("enter", "escape")
        await stage.counted()
        assert titles(stage) == [*own, "lr"]
        await stage.press("s")
        await stage.type("lr")
        await stage.press("enter")
        await stage.counted()
        assert stage.deck.view.table.order == "-param.lr"
        found = stage.deck.view.keeper.found
        assert found is not None
        rates = [float(row.record.params["lr"]) for row in found.window(0, 40) if "lr" in row.record.params]
        assert rates
        assert rates == sorted(rates, reverse=True)
    async with staged(seen, size=WIDE) as stage:
        await stage.settled()
        assert titles(stage) == [*own, "lr"]
        await stage.press("s")
        await stage.type("metric.accu")
        await stage.see("▌ metric.accuracy")
        await stage.press("enter")
        await stage.counted()
        assert stage.deck.view.table.order == "-metric.accuracy"
        assert titles(stage) == [*own, "lr", "accuracy"]
        best = stage.deck.view.table.rows_shown[0].record.metrics
        assert best["accuracy"] > 0.9


async def test_a_column_is_moved_with_two_keys_and_one_brings_the_panes_own_back(seen: tuple[Path, World]) -> None:
    async with staged(seen, settings=Settings(theme="dark", glyphs="ascii")) as stage:
        await stage.settled()
        own = titles(stage)
        await stage.press("s")
        await stage.see("oldest first")
        assert "largest first" in stage.text
        await stage.press("escape", "c")
        await stage.see("v experiment")
        assert "✓" not in stage.text
        await stage.type("user")
        await stage.press("<", "<")
        assert titles(stage).index("user") == own.index("user") - 2
        await stage.press(">")
        assert titles(stage).index("user") == own.index("user") - 1
        await stage.press("\\", "escape")
        await stage.counted()
        assert titles(stage) == own
        assert stage.deck.desk.chosen == {}


async def test_what_differs_becomes_columns_by_one_key_and_the_same_key_takes_them_back(
    seen: tuple[Path, World],
) -> None:
    async with staged(seen, size=WIDE) as stage:
        await stage.settled()
        own = titles(stage)
        await stage.press("D")
        await stage.see("What differs among the")
        rows = stage.deck.view.table.rows_shown
        new = [column.field for column in stage.deck.desk.columns(stage.deck.view.pane)[len(own) :]]
        assert 0 < len(new) <= 6
        params = [name.removeprefix("param.") for name in new if name.startswith("param.")]
        assert params
        assert all(len({row.record.params.get(name) for row in rows} - {None}) > 1 for name in params)
    async with staged(seen, size=WIDE) as stage:
        await stage.settled()
        assert len(titles(stage)) == len(own) + len(new)
        await stage.press("D")
        await stage.see("gone again")
        assert titles(stage) == own
        await stage.press("space", "j", "space", "D")
        await stage.see("the 2 marked rows")
    async with staged(seen, pane="quotas") as stage:
        await stage.settled()
        await stage.press("D")
        await stage.see("no params, tags or metrics to compare")
