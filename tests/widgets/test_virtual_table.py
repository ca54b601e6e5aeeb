from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.strip import Strip

from tests.hostile import HOSTILE
from widgets.format import age
from widgets.pane import Cell, Column, Look, Row, Span
from widgets.safe import plain, safe
from widgets.table_layout import lay_out
from widgets.table_marks import MOST
from widgets.table_sheet import TableSheet
from widgets.table_window import Window
from widgets.theme import DARK, MONO, palette, use_themes
from widgets.virtual_table import Place, VirtualTable

NOW = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)
LOOK = Look(now=NOW)


@dataclass(frozen=True)
class Run:
    name: str
    status: str
    started: datetime
    loss: float | None


def status(run: Run, look: Look) -> Cell:
    if run.status == "failed":
        return (Span(plain("✗"), "err"), Span(plain(" failed"), "err"))
    return (Span(plain("✓"), "ok"), Span(plain(" completed"), "muted"))


def words(field: str) -> Any:
    return lambda run, look: (Span(safe(getattr(run, field))),)


def loss(run: Run, look: Look) -> Cell:
    return (Span(plain("–"), "muted"),) if run.loss is None else (Span(safe(f"{run.loss:.3f}")),)


COLUMNS: tuple[Column[Run], ...] = (
    Column("status", status, 12, field="status", rank=1),
    Column("run", words("name"), 12, field="name", rank=1, grows=True),
    Column("started", lambda run, look: (Span(age(run.started, look.now)),), 9, field="started", is_right=True, rank=2),
    Column("loss", loss, 6, field="loss", is_right=True, rank=3),
    Column("plain", lambda run, look: (Span(plain("x")),), 6, rank=9),
)


def run_at(index: int) -> Run:
    state = "failed" if index % 3 == 0 else "completed"
    return Run(f"run-{index}", state, NOW - timedelta(minutes=index + 1), None if index % 5 == 0 else index / 7)


class Synthetic:
    """Any number of rows, made when asked for."""

    def __init__(self, length: int) -> None:
        self.length = length
        self.windows: list[tuple[int, int]] = []

    def count(self) -> int | None:
        return self.length

    def window(self, offset: int, size: int) -> Sequence[Row]:
        self.windows.append((offset, size))
        return [Row(f"k{i}", run_at(i), NOW) for i in range(offset, min(offset + size, self.length))]

    def locate(self, key: str) -> int | None:
        index = int(key[1:])
        return index if index < self.length else None


class Listed:
    """Rows from a list that a test changes; `counted` False answers like a view that is still being counted."""

    def __init__(self, runs: Sequence[Run], *, counted: bool = True) -> None:
        self.runs = list(runs)
        self.counted = counted

    def count(self) -> int | None:
        return len(self.runs) if self.counted else None

    def window(self, offset: int, size: int) -> Sequence[Row]:
        return [Row(run.name, run, NOW) for run in self.runs[offset : offset + size]]

    def locate(self, key: str) -> int | None:
        if not self.counted:
            return None
        return next((index for index, run in enumerate(self.runs) if run.name == key), None)


class Watched(VirtualTable):
    """A table that notes what it is asked to repaint and what it draws."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.regions: list[Region] = []
        self.whole = 0
        self.drawn: list[int] = []

    def refresh(self, *regions: Region, **options: Any) -> Any:
        if options.get("repaint", True):
            self.regions += regions
            self.whole += not regions
        return super().refresh(*regions, **options)

    def render_line(self, y: int) -> Strip:
        self.drawn.append(y)
        return super().render_line(y)

    def forget(self) -> None:
        self.regions, self.drawn, self.whole = [], [], 0


class Bench(App[None]):
    def __init__(self, rows: Any, theme: str = DARK, **show: Any) -> None:
        super().__init__()
        use_themes(self, theme)
        self.rows = rows
        self.options = show
        self.table = Watched(LOOK)
        self.said: list[Any] = []

    def compose(self) -> ComposeResult:
        yield self.table

    def on_mount(self) -> None:
        options = {"sort": "-started", **self.options}
        self.table.show(options.pop("columns", COLUMNS), self.rows, LOOK, **options)
        self.table.focus()

    def on_virtual_table_cursor_moved(self, message: VirtualTable.CursorMoved) -> None:
        self.said.append(message)

    def on_virtual_table_opened(self, message: VirtualTable.Opened) -> None:
        self.said.append(message)

    def on_virtual_table_sort_changed(self, message: VirtualTable.SortChanged) -> None:
        self.said.append(message)

    def on_virtual_table_sort_requested(self, message: VirtualTable.SortRequested) -> None:
        self.said.append(message)

    def on_virtual_table_marks_changed(self, message: VirtualTable.MarksChanged) -> None:
        self.said.append(message)

    def on_virtual_table_columns_changed(self, message: VirtualTable.ColumnsChanged) -> None:
        self.said.append(message)

    def heard(self, kind: type[Any]) -> list[Any]:
        return [message for message in self.said if isinstance(message, kind)]

    def text(self) -> list[str]:
        return [self.table.render_line(y).text for y in range(self.table.size.height)]


def cursor_line(app: Bench) -> str:
    return next(line for line in app.text() if line.startswith("▌"))


def style_of(strip: Strip, word: str) -> Any:
    return next(segment.style for segment in strip if word in segment.text)


async def test_the_heading_and_the_rows_stand_as_in_the_picture() -> None:
    app = Bench(Synthetic(30))
    async with app.run_test(size=(80, 12)) as pilot:
        await pilot.pause()
        lines = app.text()
        assert lines[0] == "   status        run                             ▼ started    loss  plain "[:78].ljust(78)
        assert lines[1] == "▌  ✗ failed      run-0                                  1m       –  x     "[:78].ljust(78)
        assert lines[2].startswith("   ✓ completed   run-1")
        assert "0.143" in lines[2]


async def test_a_million_rows_are_never_read() -> None:
    rows = Synthetic(1_000_000)
    app = Bench(rows)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("G")
        assert "run-999999" in cursor_line(app)
        await pilot.press("g", "pagedown", "ctrl+d", "k")
        assert sum(size for _offset, size in rows.windows) < 600
        assert "run-32" in cursor_line(app)


async def test_a_cursor_key_repaints_two_lines() -> None:
    app = Bench(Synthetic(1000))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app.table.forget()
        await pilot.press("j")
        await pilot.pause()
        assert sorted(region.y for region in app.table.regions) == [1, 2]
        assert (app.table.whole, sorted(app.table.drawn)) == (0, [1, 2])


async def test_a_refresh_that_brings_nothing_new_repaints_nothing() -> None:
    app = Bench(Listed([run_at(index) for index in range(50)]))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app.table.forget()
        app.table.rows_changed(None)
        app.table.rows_changed(set())
        app.table.rows_changed({"run-3"}, Listed([run_at(index) for index in range(50)]))
        await pilot.pause()
        assert (app.table.regions, app.table.whole, app.table.drawn) == ([], 0, [])


async def test_a_changed_record_repaints_its_line_only_and_tells_the_cursor_row() -> None:
    rows = Listed([run_at(index) for index in range(50)])
    app = Bench(rows)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("j")
        app.table.forget()
        rows.runs[1] = replace(rows.runs[1], status="failed")
        rows.runs[7] = replace(rows.runs[7], loss=0.5)
        app.table.rows_changed({"run-1", "run-7"})
        await pilot.pause()
        assert sorted(region.y for region in app.table.regions) == [2, 8]
        assert app.heard(VirtualTable.CursorMoved)[-1].record.status == "failed"


async def test_a_tick_repaints_only_ages_that_read_differently() -> None:
    app = Bench(Listed([run_at(0), run_at(1), replace(run_at(2), started=NOW - timedelta(days=3))]))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app.table.forget()
        app.table.tick(replace(LOOK, now=NOW + timedelta(seconds=10)))
        await pilot.pause()
        assert app.table.regions == []
        app.table.tick(replace(LOOK, now=NOW + timedelta(seconds=60)))
        await pilot.pause()
        assert sorted(region.y for region in app.table.regions) == [1, 2]
        assert " 2m " in app.text()[1]


async def test_the_cursor_stays_on_its_row_when_rows_come_above_it() -> None:
    rows = Listed([run_at(index) for index in range(100)])
    app = Bench(rows)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("pagedown", "pagedown", "k", "k")
        before = app.text().index(cursor_line(app))
        name = app.table.cursor_row.record.name
        rows.runs[:0] = [run_at(index) for index in range(500, 507)]
        app.table.rows_changed()
        await pilot.pause()
        assert name in cursor_line(app)
        assert app.text().index(cursor_line(app)) == before


async def test_new_rows_are_seen_when_the_screen_is_at_the_top() -> None:
    rows = Listed([run_at(index) for index in range(100)])
    app = Bench(rows)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        rows.runs[:0] = [run_at(500)]
        app.table.rows_changed()
        await pilot.pause()
        assert "run-500" in app.text()[1]
        assert "run-0" in cursor_line(app)


async def test_rows_that_flood_in_above_do_not_carry_an_untouched_cursor_away() -> None:
    rows = Listed([run_at(0)])
    app = Bench(rows)
    async with app.run_test(size=(80, 12)) as pilot:
        await pilot.pause()
        rows.runs[:0] = [run_at(index) for index in range(100, 500)]
        app.table.rows_changed()
        await pilot.pause()
        assert "run-100" in app.text()[1]
        assert "run-100" in cursor_line(app)


async def test_the_cursor_takes_the_next_row_when_its_own_is_gone() -> None:
    rows = Listed([run_at(index) for index in range(10)])
    app = Bench(rows)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("j", "j")
        del rows.runs[2]
        app.table.rows_changed()
        await pilot.pause()
        assert "run-3" in cursor_line(app)
        assert app.heard(VirtualTable.CursorMoved)[-1].key == "run-3"
        rows.runs.clear()
        app.table.rows_changed()
        await pilot.pause()
        assert app.heard(VirtualTable.CursorMoved)[-1].key is None


async def test_the_cursor_waits_for_its_row_while_rows_are_counted() -> None:
    rows = Listed([run_at(index) for index in range(50)])
    app = Bench(rows)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"jjjj")
        later = Listed([run_at(index) for index in range(20, 30)] + [run_at(4)], counted=False)
        app.table.rows_changed(rows=later)
        await pilot.pause()
        later.counted = True
        app.table.rows_changed()
        await pilot.pause()
        assert "run-4" in cursor_line(app)
        assert [message.key for message in app.heard(VirtualTable.CursorMoved)][-1] == "run-4"


async def test_uncounted_rows_can_be_walked_as_far_as_they_are_known() -> None:
    app = Bench(Listed([run_at(index) for index in range(70)], counted=False))
    async with app.run_test(size=(80, 12)) as pilot:
        for _ in range(12):
            await pilot.press("pagedown")
        assert "run-69" in cursor_line(app)


async def test_marks_stay_with_their_rows_and_ranges_reach_from_the_last_mark() -> None:
    rows = Listed([run_at(index) for index in range(30)])
    app = Bench(rows)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("j", "space", "j", "j", "V")
        assert app.table.marks == ("run-1", "run-2", "run-3")
        rows.runs.insert(0, run_at(99))
        app.table.rows_changed()
        await pilot.pause()
        assert [line[1] for line in app.text()[1:7]] == [" ", " ", "•", "•", "•", " "]
        await pilot.press("space", "backslash")
        assert app.table.marks == ()
        assert [message.count for message in app.heard(VirtualTable.MarksChanged)] == [1, 3, 2, 0]


async def test_marking_all_stops_at_a_sane_number_and_says_so() -> None:
    app = Bench(Synthetic(1_000_000))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("*")
        said = app.heard(VirtualTable.MarksChanged)[-1]
        assert (said.count, said.is_capped) == (MOST, True)


async def test_the_order_moves_along_the_columns_and_turns_round() -> None:
    app = Bench(Synthetic(10))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("I", ">", "<", "<", "s")
        assert [message.order for message in app.heard(VirtualTable.SortChanged)] == [
            "started",
            "-loss",
            "-started",
            "name",
        ]
        assert len(app.heard(VirtualTable.SortRequested)) == 1
        assert "run ▲" in app.text()[0]


async def test_the_mouse_moves_opens_marks_sorts_and_scrolls() -> None:
    app = Bench(Synthetic(100))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.click(Watched, offset=(20, 4))
        assert "run-3" in cursor_line(app)
        await pilot.click(Watched, offset=(20, 4), times=2)
        assert app.heard(VirtualTable.Opened)[-1].key == "k3"
        await pilot.click(Watched, offset=(1, 2))
        assert app.table.marks == ("k1",)
        await pilot.click(Watched, offset=(5, 0))
        assert app.heard(VirtualTable.SortChanged)[-1].order == "status"
        app.table.post_message(
            events.MouseScrollDown(app.table, 5, 5, 0, 1, 0, False, False, False, screen_x=5, screen_y=5)
        )
        await pilot.pause()
        assert "run-3" in app.text()[1]


def wide() -> tuple[Column[Run], ...]:
    more = tuple(
        Column(f"m{number}", lambda run, look: (Span(plain("1")),), 8, field=f"m{number}", is_right=True, rank=6)
        for number in range(9)
    )
    return COLUMNS[:4] + more


async def test_columns_that_do_not_fit_wait_at_the_right_and_come_by_key() -> None:
    app = Bench(Synthetic(10), columns=wide())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert app.table.columns_text == "columns 1–7 of 13 ›"
        await pilot.press("L", "right")
        assert app.table.columns_text == "‹ columns 1–2, 5–8 of 13 ›"
        assert app.text()[1].startswith("▌  ✗ failed      run-0")
        await pilot.press(*["L"] * 20)
        assert app.table.columns_text.endswith("–13 of 13")
        assert "m8" in app.text()[0]
        await pilot.press(*["H"] * 20)
        assert app.table.columns_text == "columns 1–7 of 13 ›"
        assert app.heard(VirtualTable.ColumnsChanged)[-1].text == app.table.columns_text


@pytest.mark.parametrize("width", [6, 20, 40, 80, 160])
async def test_every_line_is_exactly_as_wide_as_the_table(width: int) -> None:
    app = Bench(Listed([replace(run_at(1), name="名前" * 30), run_at(2)]), columns=wide())
    async with app.run_test(size=(width, 8)) as pilot:
        await pilot.pause()
        for y in range(8):
            strip = app.table.render_line(y)
            assert strip.cell_length == sum(segment.cell_length for segment in strip) == app.table.size.width


async def test_a_long_name_keeps_its_end() -> None:
    app = Bench(Listed([replace(run_at(1), name="fraud-scoring-with-a-very-long-name-931")]))
    async with app.run_test(size=(60, 8)) as pilot:
        await pilot.pause()
        assert "…" in app.text()[1]
        assert "-931 " in app.text()[1]


async def test_stale_rows_turn_muted_but_the_state_keeps_its_colour() -> None:
    app = Bench(Listed([run_at(0), run_at(1)]))
    async with app.run_test(size=(80, 8)) as pilot:
        await pilot.press("j")
        app.table.tick(replace(LOOK, is_stale=True))
        colours = palette(DARK)
        strip = app.table.render_line(1)
        assert style_of(strip, "✗ failed").color == colours.style("err").color
        assert style_of(strip, "run-0").color == colours.style("muted").color


async def test_under_no_colour_the_cursor_row_is_reversed_and_a_failure_is_bold() -> None:
    app = Bench(Listed([run_at(3), run_at(0)]), theme=MONO)
    async with app.run_test(size=(80, 8)) as pilot:
        await pilot.pause()
        failed, name = style_of(app.table.render_line(2), "✗ failed"), style_of(app.table.render_line(2), "run-0")
        assert failed.bold
        assert failed.color.triplet > name.color.triplet
        assert style_of(app.table.render_line(1), "run-3").bgcolor.name == "#d0d0d0"


async def test_a_theme_change_redraws_every_line() -> None:
    app = Bench(Synthetic(5))
    async with app.run_test(size=(80, 8)) as pilot:
        await pilot.pause()
        app.table.forget()
        app.theme = MONO
        await pilot.pause()
        assert set(app.table.drawn) == set(range(8))


async def test_words_about_an_empty_table_stand_under_its_heading() -> None:
    app = Bench(Listed([]))
    async with app.run_test(size=(80, 12)) as pilot:
        app.table.say_empty([(Span(plain("No run matches"), "strong"),)])
        await pilot.pause()
        assert app.text()[0].startswith("   status")
        assert app.text()[3].startswith("    No run matches")


async def test_words_stand_there_too_while_no_row_is_known_yet_and_go_when_there_is_one() -> None:
    app = Bench(Listed([], counted=False))
    async with app.run_test(size=(80, 12)) as pilot:
        app.table.say_empty([(Span(plain("Looking for the runs"), "muted"),)])
        await pilot.pause()
        assert app.text()[3].startswith("    Looking for the runs")
        app.table.show(COLUMNS, Listed([run_at(0)], counted=False), LOOK)
        await pilot.pause()
        assert "Looking" not in "".join(app.text())


async def test_a_reader_comes_back_to_the_same_place() -> None:
    app = Bench(Synthetic(1000))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("pagedown", "pagedown", "k", "space")
        place, seen = app.table.place, app.text()
        app.table.show(COLUMNS, Synthetic(5), LOOK)
        app.table.show(COLUMNS, Synthetic(1000), LOOK, sort="-started", place=place)
        await pilot.pause()
        assert app.text() == seen
        assert app.table.go_to("k500")
        assert not app.table.go_to("k5000")


async def test_a_place_given_before_the_first_frame_is_kept() -> None:
    app = Bench(Synthetic(1000), place=Place(key="k50", index=50, top=40))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "run-50" in cursor_line(app)
        assert app.text().index(cursor_line(app)) == 11


async def test_the_cursor_bar_is_quiet_when_keys_go_elsewhere() -> None:
    app = Bench(Synthetic(10))
    async with app.run_test(size=(80, 8)) as pilot:
        await pilot.pause()
        assert style_of(app.table.render_line(1), "▌").color == palette(DARK).style("accent").color
        app.set_focus(None)
        await pilot.pause()
        assert style_of(app.table.render_line(1), "▌").color == palette(DARK).style("edge").color


async def test_hostile_names_are_drawn_as_marks_and_do_nothing() -> None:
    app = Bench(Listed([replace(run_at(index), name=name) for index, name in enumerate(HOSTILE)]))
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in range(len(HOSTILE) // 20 + 1):
            for y in range(24):
                strip = app.table.render_line(y)
                assert strip.text == safe(strip.text)
                assert all(segment.style is not None and not segment.style.meta for segment in strip)
            await pilot.press("pagedown")


diffs = st.lists(st.permutations(range(8)).flatmap(lambda order: st.integers(0, 8).map(lambda size: order[:size])))


@given(diffs, st.lists(st.integers(-3, 9), min_size=12, max_size=12))
def test_the_cursor_stays_on_its_key_whatever_comes_and_goes(diffs: list[list[int]], moves: list[int]) -> None:
    sheet = TableSheet(LOOK)
    rows = Listed([run_at(index) for index in range(8)])
    sheet.columns, sheet.window = COLUMNS, Window(rows)
    sheet.fit(60, 5, palette(DARK))
    for order, move in zip(diffs, moves, strict=False):
        sheet.cursor.is_moved = True
        sheet.cursor.move(sheet.cursor.index + move, sheet.window.length, sheet.rows_high)
        sheet.settle()
        before = sheet.cursor.key
        rows.runs = [run_at(index) for index in order]
        sheet.follow()
        names = [run.name for run in rows.runs]
        assert sheet.cursor.key == (before if before in names else names[sheet.cursor.index] if names else None)
        assert sheet.cursor.top <= sheet.cursor.index < sheet.cursor.top + sheet.rows_high or not names


@given(st.integers(1, 200), st.integers(0, 20), st.lists(st.tuples(st.integers(1, 30), st.integers(1, 9)), max_size=14))
def test_columns_never_overlap_nor_leave_the_table(width: int, start: int, shapes: list[tuple[int, int]]) -> None:
    columns = [Column(f"c{at}", words("name"), cells, rank=rank) for at, (cells, rank) in enumerate(shapes)]
    layout = lay_out(columns, width, start)
    ends = [3, *(place.x + place.width + 2 for place in layout.placed)]
    assert all(place.x == end for place, end in zip(layout.placed, ends, strict=False))
    assert len(layout.placed) <= 1 or layout.placed[-1].x + layout.placed[-1].width <= max(width, 3 + shapes[0][0])
    assert bool(layout.placed) == bool(columns)


def test_the_name_grows_by_eighteen_cells_at_most_and_the_last_column_ends_at_the_edge() -> None:
    layout = lay_out(COLUMNS[:4], 60)
    assert layout.placed[-1].x + layout.placed[-1].width == 60
    assert [place.width for place in lay_out(COLUMNS[:4], 200).placed] == [12, 30, 9, 6]


def test_ranks_decide_who_stays() -> None:
    assert [place.column.title for place in lay_out(COLUMNS, 40).placed] == ["status", "run", "started"]
    assert [place.column.title for place in lay_out(COLUMNS, 18).placed] == ["status"]
