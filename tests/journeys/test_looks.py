"""Sizes, themes and NO_COLOR: usable everywhere, and failures are never the least visible text."""

from pathlib import Path

import pytest
from rich.color import ColorTriplet

from app.tables import TABLES
from cache.first_paint import FirstPaint
from cache.store import Store
from services.emulator.world import World
from tests.journeys.stage import staged


def kept_screen(seen: tuple[Path, World]) -> FirstPaint | None:
    store = Store.open(seen[0], TABLES)
    try:
        return store.first_paint()
    finally:
        store.close()


@pytest.mark.parametrize("size", [(80, 24), (160, 45), (60, 20), (100, 50), (40, 10)])
async def test_every_pane_fits_every_size(seen: tuple[Path, World], size: tuple[int, int]) -> None:
    async with staged(seen, size=size) as stage:
        await stage.settled()
        for digit in "1234567803":
            await stage.press(digit)
            await stage.counted()
            assert len(stage.lines) == size[1]
            assert all(len(line) <= size[0] for line in stage.lines)
            assert "? keys" in stage.lines[-1]


async def test_at_160_columns_the_detail_stands_beside_the_rows(seen: tuple[Path, World]) -> None:
    async with staged(seen, size=(160, 45)) as stage:
        await stage.settled()
        view = stage.deck.view
        assert view.detail.region.y == view.table.region.y
        assert 50 <= view.detail.region.width <= 54


async def test_at_80_columns_the_detail_stands_below_and_nothing_else_takes_its_rows(seen: tuple[Path, World]) -> None:
    async with staged(seen) as stage:
        await stage.settled()
        view = stage.deck.view
        assert view.detail.region.y > view.table.region.y
        assert view.detail.region.bottom == 23
        assert view.table.region.height >= 9


async def test_without_colour_failures_are_bold_and_nothing_is_coloured(
    seen: tuple[Path, World], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with staged(seen) as stage:
        await stage.settled()
        await stage.press("!")
        await stage.counted()
        assert stage.deck.theme == "amldeck-mono"
        strips = stage.deck.screen._compositor.render_strips(stage.deck.size)
        failed = []
        for strip in strips:
            for segment in strip:
                style = segment.style
                if style is None:
                    continue
                for color in (style.color, style.bgcolor):
                    triplet = color.get_truecolor() if color else ColorTriplet(0, 0, 0)
                    assert triplet.red == triplet.green == triplet.blue
                if "✗" in segment.text:
                    failed.append(style)
        assert failed
        assert any(style.bold for style in failed)


async def test_compact_gives_two_more_rows(seen: tuple[Path, World]) -> None:
    async with staged(seen) as stage:
        await stage.settled()
        before = stage.deck.view.region.height
        await stage.press("ctrl+e")
        assert stage.deck.view.region.height == before + 2


async def test_a_resize_keeps_the_row(seen: tuple[Path, World]) -> None:
    async with staged(seen) as stage:
        await stage.settled()
        await stage.press("j", "j", "j")
        here = stage.cursor
        await stage.pilot.resize_terminal(160, 45)
        await stage.pilot.pause()
        assert stage.cursor == here


async def test_marks_are_counted_and_cleared(seen: tuple[Path, World]) -> None:
    async with staged(seen, size=(160, 45)) as stage:
        await stage.settled()
        await stage.press("space", "j", "space")
        await stage.see("2 marked")
        await stage.press("\\")
        await stage.until(lambda: "marked" not in stage.text, "no marks")


async def test_the_way_it_was_left_is_there_at_the_next_start(seen: tuple[Path, World]) -> None:
    async with staged(seen, pane=None) as stage:
        await stage.settled()
        await stage.press("5", "/")
        await stage.type("ci")
        await stage.press("enter", ">")
        await stage.counted()
        order = stage.deck.view.table.order
        await stage.press("ctrl+q")
    async with staged(seen, pane=None) as stage:
        await stage.counted()
        assert (stage.pane, stage.query, stage.deck.view.table.order) == ("compute", "ci", order)


async def test_a_deck_that_is_never_calm_keeps_its_last_screen_when_it_is_left(
    seen: tuple[Path, World], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.drawing.KEEP_AFTER", 1_000.0)
    async with staged(seen) as stage:
        await stage.settled()
        await stage.press("5")
        await stage.counted()
        await stage.press("q")
    painted = kept_screen(seen)
    assert painted is not None
    assert painted.pane == "compute"
    assert any("cpu-ci" in line for line in painted.lines)


async def test_tab_goes_between_the_table_and_the_detail(seen: tuple[Path, World]) -> None:
    async with staged(seen) as stage:
        await stage.settled()
        view = stage.deck.view
        await stage.press("tab")
        assert view.detail.has_focus
        await stage.press("tab")
        assert view.table.has_focus
        await stage.press("shift+tab")
        assert view.detail.has_focus
        await stage.press("escape")
        assert view.table.has_focus


async def test_ctrl_c_says_how_to_quit_and_the_second_one_does(seen: tuple[Path, World]) -> None:
    async with staged(seen) as stage:
        await stage.settled()
        await stage.press("ctrl+c")
        assert "ctrl+c again quits" in stage.notice
        await stage.press("ctrl+c")
        await stage.pilot.pause()
        assert not stage.deck.is_running


async def test_a_click_on_tab_footer_and_heading_does_what_it_says(seen: tuple[Path, World]) -> None:
    async with staged(seen) as stage:
        await stage.settled()
        await stage.pilot.click(offset=(stage.lines[1].index("Compute") + 2, 1))
        await stage.until(lambda: stage.pane == "compute", "the pane that was clicked on")
        await stage.counted()
        await stage.pilot.click(offset=(20, 3))
        await stage.counted()
        assert stage.deck.view.table.order == "name"
        await stage.pilot.click(offset=(77, 23))
        await stage.see("Keys in Compute")
