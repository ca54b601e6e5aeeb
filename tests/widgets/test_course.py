"""The course of a signal: usual as a line, unusual as an area, no spike and no gap lost."""

from __future__ import annotations

import pytest

from widgets.chart_raster import Dots
from widgets.course import Mark, column_of, course, index_of, strip
from widgets.lines import line_text, line_width
from widgets.pane import Line
from widgets.safe import Safe


def tones(lines: list[Line]) -> set[str]:
    return {span.tone for line in lines for span in line if span.text.strip()}


@pytest.mark.parametrize("dots", ["braille", "block", "ascii"])
@pytest.mark.parametrize(("width", "height"), [(70, 3), (64, 1), (7, 2)])
def test_a_course_takes_the_room_it_is_given(dots: Dots, width: int, height: int) -> None:
    lines = course([0.1] * 20 + [5.0] * 10, width, height, unusual_from=20, dots=dots)
    assert [line_width(line) for line in lines] == [width] * height


def test_what_is_usual_is_a_line_and_what_is_not_an_area_up_to_the_top() -> None:
    lines = course([1.0] * 10 + [8.0] * 10, 20, 2, unusual_from=10)
    assert tones(course([1.0] * 10, 20, 2)) == {"muted"}
    assert line_text(lines[0])[10:] == line_text(lines[1])[10:] == "█" * 10
    assert lines[0][-1].tone == "err"


def test_one_spike_among_thousands_of_values_is_drawn() -> None:
    values = [0.0] * 5000
    values[4321] = 9.0
    top = line_text(course(values, 40, 3, unusual_from=0)[0])
    assert top.strip() == "█"
    assert top.index("█") == column_of(4321, 5000, 40)


def test_a_moment_without_a_value_is_empty_and_not_zero() -> None:
    text = line_text(course([1.0] * 10 + [None] * 10 + [1.0] * 10, 30, 1)[0])
    assert text[10:20].strip() == ""
    assert " " not in text[:10] + text[20:]


def test_stems_stand_only_where_nothing_is_drawn() -> None:
    low, high = [line_text(row) for row in reversed(course([0.0] * 10, 10, 2, least_top=1.0, stems={4: "line"}))]
    assert high == "    ┊     "
    assert "┊" not in low


def test_marks_stand_on_the_strip_under_their_moment() -> None:
    marks = [Mark(0, Safe("◇"), "muted"), Mark(15, Safe("◆"), "run"), Mark(29, Safe("▲"), "err")]
    text = line_text(strip(marks, 30, 60))
    assert (text[0], text[30], text[58]) == ("◇", "◆", "▲")
    assert len(text) == 60


@pytest.mark.parametrize(("count", "width"), [(30, 60), (60, 60), (61, 60), (5000, 40)])
def test_a_column_and_its_first_value_belong_together(count: int, width: int) -> None:
    for column in range(width):
        at = index_of(column, count, width)
        assert column_of(at, count, width) >= column or at == count - 1
