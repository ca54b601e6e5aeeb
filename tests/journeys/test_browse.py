"""From an experiment to one of its runs, to its document, and all the way back."""

from datetime import UTC, datetime
from pathlib import Path

from services.emulator.world import World
from tests.journeys.stage import RUNS, WIDE, staged
from widgets.raw_view import RawView


async def test_drilling_in_and_coming_back_keeps_filter_order_and_cursor(seen: tuple[Path, World]) -> None:
    async with staged(seen, pane="experiments") as stage:
        await stage.settled()
        await stage.press("/")
        await stage.type("e")
        await stage.press("enter")
        await stage.press(">", ">", "j", "j")
        await stage.counted()
        left = (stage.query, stage.deck.view.table.order, stage.cursor)

        await stage.press("enter")
        await stage.counted()
        assert stage.pane == "runs"
        assert stage.query == f'experiment="{left[2]}" parent:none'
        assert f"Experiments › {left[2]} › Runs" in stage.header
        assert stage.deck.view.keeper.count

        await stage.press("j", "d")
        await stage.see("experiment")
        await stage.press("v")
        await stage.until(lambda: bool(stage.deck.screen.query(RawView)), "the raw view")
        assert '"runNumber"' in stage.text

        await stage.press("escape", "escape", "escape")
        await stage.counted()
        assert (stage.query, stage.deck.view.table.order, stage.cursor) == left


async def test_every_pane_opens_and_remembers_its_own_filter_order_and_cursor(seen: tuple[Path, World]) -> None:
    async with staged(seen, size=WIDE) as stage:
        await stage.settled()
        await stage.press("5")
        await stage.counted()
        await stage.press("/")
        await stage.type("ci")
        await stage.press("enter", "j")
        await stage.counted()
        compute = (stage.query, stage.cursor)
        for digit, name in (("1", "Pulse"), ("2", "Experiments"), ("4", "Models"), ("6", "Endpoints"), ("7", "Costs"),
                            ("8", "Activity"), ("0", "Sync"), ("3", "Runs")):  # fmt: skip
            await stage.press(digit)
            await stage.counted()
            assert name in stage.header
            assert stage.deck.view.keeper.count
        await stage.press("5")
        await stage.counted()
        assert (stage.query, stage.cursor) == compute


async def test_last_view_and_history(seen: tuple[Path, World]) -> None:
    async with staged(seen) as stage:
        await stage.settled()
        await stage.press("4", "5", "6")
        await stage.press("-")
        assert stage.pane == "compute"
        await stage.press("-")
        assert stage.pane == "endpoints"
        await stage.press("[", "[", "[")
        assert stage.pane == "compute"
        await stage.press("]")
        assert stage.pane == "endpoints"


async def test_q_goes_back_and_quits_at_the_top(seen: tuple[Path, World]) -> None:
    async with staged(seen, pane="endpoints") as stage:
        await stage.settled()
        await stage.press("E")
        await stage.counted()
        assert stage.pane == "deployments"
        await stage.press("q")
        assert stage.pane == "endpoints"
        await stage.press("q")
        await stage.pilot.pause()
        assert stage.deck.return_code == 0
        assert not stage.deck.is_running


async def test_pulse_leads_to_what_needs_attention(seen: tuple[Path, World]) -> None:
    async with staged(seen, pane="pulse") as stage:
        await stage.settled()
        await stage.until(lambda: bool(stage.deck.view.keeper.count), "something that needs attention")
        row = stage.deck.view.row
        assert row is not None
        assert row.record.endpoint is not None
        await stage.press("enter")
        await stage.until(lambda: stage.deck.view.opened is not None, "its triage")
        assert stage.deck.view.opened is not None
        assert stage.deck.view.opened.key == row.record.endpoint
        await stage.press("escape", "slash")
        await stage.type("pane=compute")
        await stage.press("enter")
        await stage.until(lambda: (stage.cursor or "").startswith("compute"), "something of another kind")
        row = stage.deck.view.row
        assert row is not None
        await stage.press("enter")
        await stage.counted()
        assert stage.pane == row.record.pane
        assert stage.query == row.record.query
        assert stage.deck.view.keeper.count


async def test_the_detail_follows_the_cursor(seen: tuple[Path, World]) -> None:
    async with staged(seen) as stage:
        await stage.settled()
        await stage.press("j", "j")
        await stage.until(lambda: stage.deck.view.detail.key == stage.cursor, "the detail of the row")


async def test_the_cursor_starts_on_the_first_row_while_rows_arrive(tmp_path: Path) -> None:
    # A world that stands still: a run that begins later would rightly stand above the cursor.
    now = datetime.now(UTC)
    async with staged(tmp_path, world=World(runs=300, clock=lambda: now), reads=RUNS) as stage:
        await stage.settled()

        def is_on_the_first() -> bool:
            found = stage.deck.view.keeper.found
            return found is not None and stage.cursor == found.window(0, 1)[0].key

        await stage.until(is_on_the_first, "the cursor on the first row")
