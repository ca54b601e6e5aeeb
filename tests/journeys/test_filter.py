"""The filter follows the typing, says what it does not understand, and clears a layer at a time."""

from pathlib import Path

from services.emulator.world import World
from tests.journeys.stage import staged


async def test_rows_follow_the_typing_and_escape_clears_a_layer_at_a_time(seen: tuple[Path, World]) -> None:
    async with staged(seen) as stage:
        await stage.settled()
        count, total = stage.deck.view.keeper.count, stage.deck.view.keeper.total
        await stage.press("/")
        await stage.type("status:failed")
        await stage.counted()
        failed = stage.deck.view.keeper.count
        assert failed is not None
        assert count is not None
        assert 0 < failed < count
        assert f"{failed} of {total}" in stage.lines[2]
        assert "enter keep" in stage.lines[-1]

        await stage.press("enter")
        assert stage.query == "parent:none status:failed"
        await stage.press("escape")
        await stage.counted()
        assert stage.query == "parent:none"
        await stage.press("escape")
        await stage.counted()
        assert (stage.query, stage.deck.view.keeper.count) == ("", total)


async def test_escape_while_typing_brings_the_filter_from_before_back(seen: tuple[Path, World]) -> None:
    async with staged(seen) as stage:
        await stage.settled()
        await stage.press("/")
        await stage.type("zzz")
        await stage.press("escape")
        await stage.counted()
        assert stage.query == "parent:none"


async def test_what_is_not_understood_is_named_and_the_rest_applies(seen: tuple[Path, World]) -> None:
    async with staged(seen) as stage:
        await stage.settled()
        await stage.press("/")
        await stage.type("status:failed statu:x")
        await stage.counted()
        await stage.see("There is no field statu")
        assert stage.deck.view.problems[0].start == len("parent:none status:failed ")
        row = stage.deck.view.row
        assert row is not None
        assert row.record.status == "Failed"


async def test_completion_offers_fields_then_values_seen(seen: tuple[Path, World]) -> None:
    async with staged(seen) as stage:
        await stage.settled()
        await stage.press("/")
        await stage.type("expe")
        await stage.press("tab")
        assert stage.deck.view.line.bar.text.endswith("experiment:")
        await stage.type("fr")
        await stage.deck.workers.wait_for_complete()
        await stage.press("backspace", "r")
        await stage.press("tab")
        assert stage.deck.view.line.bar.text.endswith("experiment:fraud")


async def test_nothing_found_counts_what_each_condition_costs_and_a_digit_drops_one(seen: tuple[Path, World]) -> None:
    async with staged(seen) as stage:
        await stage.settled()
        await stage.press("/")
        await stage.type("status:failed qqqq")
        await stage.press("enter")
        await stage.see("No run matches all three conditions")
        await stage.until(lambda: bool(stage.deck.view.drops), "the counts without each condition")
        assert stage.deck.view.drops[0].condition == "qqqq"
        assert "1-3 drop a condition" in stage.lines[-1]
        assert "esc   clear the filter" in stage.text or "esc  clear the filter" in stage.text

        await stage.press("1")
        await stage.counted()
        assert stage.query == "parent:none status:failed"
        assert stage.deck.view.keeper.count


async def test_problems_only_and_back(seen: tuple[Path, World]) -> None:
    async with staged(seen) as stage:
        await stage.settled()
        await stage.press("!")
        await stage.counted()
        assert "status=Failed,NotResponding" in stage.query
        await stage.press("!")
        assert stage.query == "parent:none"


async def test_an_order_is_chosen_from_a_list_and_turned_round(seen: tuple[Path, World]) -> None:
    async with staged(seen) as stage:
        await stage.settled()
        await stage.press("s")
        await stage.type("ran")
        await stage.press("enter")
        await stage.counted()
        assert stage.deck.view.table.order == "-duration"
        await stage.press("I")
        await stage.counted()
        assert stage.deck.view.table.order == "duration"


async def test_columns_can_be_hidden_and_stay_hidden(seen: tuple[Path, World]) -> None:
    async with staged(seen) as stage:
        await stage.settled()
        assert "created" in stage.lines[3]
        await stage.press("c")
        await stage.type("created")
        await stage.press("enter", "escape")
        await stage.counted()
        assert "created" not in stage.lines[3]
    async with staged(seen) as stage:
        await stage.settled()
        assert "created" not in stage.lines[3]
