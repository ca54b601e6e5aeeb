"""`//`: one filter for every pane, seen in each, with honest counts, and cleared by one key."""

from pathlib import Path

from services.emulator.world import World
from tests.journeys.stage import staged


async def test_two_slashes_filter_every_pane_that_understands_it_until_one_key_clears_it(
    seen: tuple[Path, World],
) -> None:
    async with staged(seen) as stage:
        await stage.settled()
        whole = stage.deck.view.keeper.count
        await stage.press("/", "/")
        await stage.type("experiment=geo")
        await stage.press("enter")
        await stage.counted()
        some = stage.deck.view.keeper.count
        assert (stage.query, stage.deck.desk.everywhere) == ("parent:none", "experiment=geo")
        assert some is not None
        assert whole is not None
        assert 0 < some < whole
        assert f"{some} of " in stage.text
        assert stage.lines[2].startswith(" // experiment=geo")

        await stage.press("2")
        await stage.counted()
        assert [stage.cursor, stage.deck.view.keeper.count] == ["geo", 1]
        assert "1 experiments" in stage.lines[3]
        await stage.press("5")
        await stage.counted()
        assert "not here: There is no field experiment" in stage.lines[2]
        assert stage.deck.view.keeper.count == stage.deck.view.keeper.total

        await stage.press("3", "X")
        await stage.counted()
        assert stage.deck.view.keeper.count == whole
        assert "//" not in stage.text
    async with staged(seen) as stage:
        await stage.settled()
        assert stage.deck.desk.everywhere == ""


async def test_an_empty_view_says_that_the_filter_of_all_panes_is_why_and_a_digit_drops_it(
    seen: tuple[Path, World],
) -> None:
    async with staged(seen) as stage:
        await stage.settled()
        await stage.press(":")
        await stage.type("filter -g qqqq")
        await stage.press("enter")
        await stage.until(lambda: bool(stage.deck.view.drops), "the counts without each condition")
        assert "// qqqq" in stage.text
        assert "clear the filter of all panes" in stage.text
        await stage.press(str([drop.is_everywhere for drop in stage.deck.view.drops].index(True) + 1))
        await stage.counted()
        assert (stage.deck.desk.everywhere, stage.query) == ("", "parent:none")
        assert stage.deck.view.keeper.count
