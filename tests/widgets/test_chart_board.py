"""The board of charts on a screen: one cursor through all charts, zoom, axes, and one chart alone."""

from __future__ import annotations

from math import exp

from tests.widgets.chrome import Bench, shown
from widgets.chart_board import ChartBoard
from widgets.chart_series import Figure, Group, Series
from widgets.lines import line_text
from widgets.safe import plain
from widgets.theme import DARK, MONO

START = 1_763_700_000.0


def logged(label: str, count: int = 200) -> Series:
    ys = [exp(-at / 60) for at in range(count)]
    steps = [at * 10.0 for at in range(count)]
    return Series(plain("run"), ys, steps=steps, times=[START + at * 30.0 for at in range(count)], start=START)


def measured(node: str) -> Series:
    ys = [50.0 + at % 7 for at in range(100)]
    return Series(plain("node 0"), ys, times=[START + at * 60.0 for at in range(100)], start=START, has_gaps=True)


GROUPS = (
    Group(
        plain(""),
        (Figure(plain("auc"), (logged("auc"),)), Figure(plain("loss"), (logged("loss"),))),
        has_large=True,
    ),
    Group(plain("System"), (Figure(plain("CPU"), (measured("0"), measured("1")), low=0, high=100),)),
)


def text(board: ChartBoard) -> str:
    return "\n".join(shown(board, y) for y in range(board.size.height))


async def test_one_cursor_goes_through_all_charts_and_reads_points_that_were_logged() -> None:
    board = ChartBoard()
    async with Bench(board).run_test(size=(100, 40)) as pilot:
        board.show(GROUPS)
        board.focus()
        assert "┊" not in text(board)
        await pilot.press("right", "right", "right")
        assert board.at is not None
        assert board.at % 10 == 0
        # Its line goes down through the plot, and where all charts are seen, through all of them.
        assert sum("┊" in row for row in text(board).split("\n")) > 15
        last = shown(board, board.size.height - 1)
        assert f"cursor step {board.at:,.0f}" in last
        assert "auc" in last
        assert "loss" in last


async def test_how_many_charts_are_not_seen_is_said_before_how_they_are_drawn() -> None:
    for width, said in ((110, "drawn as min and max"), (70, "smoothing off"), (50, "of 3 charts")):
        board = ChartBoard()
        async with Bench(board).run_test(size=(width, 18)) as pilot:
            board.show(GROUPS)
            await pilot.pause()
            last = shown(board, board.size.height - 1)
            assert "no cursor: ← and → set it" in last
            assert "of 3 charts" in last
            assert said in last


async def test_another_axis_keeps_the_cursor_on_its_point() -> None:
    board = ChartBoard()
    async with Bench(board).run_test(size=(100, 40)) as pilot:
        board.show(GROUPS)
        board.focus()
        await pilot.press("end", "left")
        step = board.at
        assert step is not None
        await pilot.press("x")
        assert board.view.axis == "relative"
        assert board.at == step / 10 * 30
        await pilot.press("x", "x")
        assert (board.view.axis, board.at) == ("step", step)


async def test_zoom_looks_closer_at_the_cursor_and_0_shows_all_again() -> None:
    board = ChartBoard()
    async with Bench(board).run_test(size=(100, 40)) as pilot:
        board.show(GROUPS)
        board.focus()
        await pilot.press("end", "+", "+")
        assert "1,990" in text(board)
        assert board.view.low is not None
        assert board.view.low > 1400
        low = board.view.low
        await pilot.press(*(["shift+left"] * 10))
        assert board.view.low < low, "the window goes with the cursor"
        await pilot.press("0")
        assert board.view.low is None


async def test_enter_shows_one_chart_alone_and_escape_all_again() -> None:
    board = ChartBoard()
    async with Bench(board).run_test(size=(100, 40)) as pilot:
        board.show(GROUPS)
        board.focus()
        await pilot.press("j", "enter")
        assert "loss" in shown(board, 0)
        assert "CPU" not in text(board)
        await pilot.press("escape")
        assert "CPU" in text(board)


async def test_what_is_new_while_running_leaves_view_and_cursor_and_a_cursor_at_the_end_follows() -> None:
    board = ChartBoard()
    async with Bench(board).run_test(size=(100, 40)) as pilot:
        board.show(GROUPS)
        board.focus()
        await pilot.press("end", "L", "m")
        longer = Group(plain(""), (Figure(plain("auc"), (logged("auc", 300),)),), has_large=True)
        board.show((longer,))
        assert board.at == 2990
        await pilot.press("left")
        before = board.at
        board.show((Group(plain(""), (Figure(plain("auc"), (logged("auc", 400),)),), has_large=True),))
        assert board.at == before
        assert (board.view.is_log, board.view.smoothing) == (True, 0.6)


async def test_without_colour_lines_carry_the_names_of_their_nodes() -> None:
    for theme, is_named in ((DARK, False), (MONO, True)):
        board = ChartBoard(dots="ascii" if is_named else "braille")
        async with Bench(board, theme).run_test(size=(100, 40)):
            board.show(GROUPS)
            assert ("node 0" in text(board)) == is_named
            if is_named:
                assert not set(text(board)) - set(map(chr, range(32, 127))) - {"\n", "─", "←", "→"}


async def test_a_group_without_charts_says_why() -> None:
    board = ChartBoard()
    async with Bench(board).run_test(size=(100, 20)) as pilot:
        board.show((Group(plain("Metrics"), note=plain("This run has logged no metrics yet.")),))
        board.focus()
        await pilot.press("right", "enter", "+", "x")
        assert "This run has logged no metrics yet." in text(board)
        assert line_text(()) == ""
