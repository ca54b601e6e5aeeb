from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from textual.content import Content

from tests.hostile import HOSTILE
from widgets.drawn_lines import content, contents, strip
from widgets.line_cut import change_line, fold, slice_line
from widgets.lines import blank, ends, fit_line, line_text, line_width, say, spaced, titled, wrap_line
from widgets.pane import Line, Span
from widgets.safe import Safe, plain, safe
from widgets.theme import DARK, palette

COLOURS = palette(DARK)
spans = st.builds(Span, st.text(max_size=14).map(safe), st.sampled_from(["text", "err", "muted"]))
lines = st.lists(spans, max_size=5).map(tuple)


@given(lines, st.integers(0, 40), st.booleans(), st.booleans())
def test_a_fitted_line_is_exactly_as_wide_as_asked(line: Line, width: int, right: bool, middle: bool) -> None:
    shown = fit_line(line, width, is_right=right, in_middle=middle)
    assert line_width(shown) == width
    assert line_width(line) <= width or width == 0 or "…" in line_text(shown)


@given(lines, lines, st.integers(0, 60))
def test_titles_and_ends_never_overflow(left: Line, right: Line, width: int) -> None:
    assert line_width(ends(left, right, width)) <= max(width, 0)
    assert line_width(titled(left, right, width)) <= width


@given(lines, st.integers(4, 30), st.integers(0, 2))
@example((Span(safe("0")), Span(safe("00000000⿰")), Span(safe("⿰000"))), 4, 0)
def test_wrapping_loses_no_word(line: Line, width: int, indent: int) -> None:
    rows = wrap_line(line, width, indent=indent)
    assert all(line_width(row) <= width for row in rows)
    words = "".join(line_text(row) for row in rows)
    assert words.replace(" ", "") == line_text(line).replace(" ", "")


@given(lines, st.integers(0, 30), st.integers(0, 30))
def test_a_slice_is_what_stands_in_those_cells(line: Line, start: int, width: int) -> None:
    piece = slice_line(line, start, width)
    assert line_width(piece) <= width
    if line_text(line).isascii():
        assert line_text(piece) == line_text(line)[start : start + width]


@given(st.text(max_size=60).map(safe), st.integers(1, 20))
def test_folding_keeps_everything(text: Safe, width: int) -> None:
    starts = fold(text, width)
    pieces = [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]
    assert "".join(pieces) == text


def test_a_part_of_a_line_can_be_changed() -> None:
    line = change_line(
        (Span(plain("abc")), Span(plain("def"), "err")), 2, 4, lambda span: span._replace(underline=True)
    )
    assert [(span.text, span.underline) for span in line] == [("ab", False), ("c", True), ("d", True), ("ef", False)]


def test_words_break_at_blanks_and_hang_under_each_other() -> None:
    rows = wrap_line(say(plain("one two three four")), 9, indent=2)
    assert [line_text(row).rstrip() for row in rows] == ["one two", "  three", "  four"]


def test_parts_stand_two_cells_apart() -> None:
    assert line_text(spaced([say(plain("a")), (), say(plain("b"))])) == "a  b"
    assert (
        line_text(titled(say(plain("Title"), "strong"), say(plain("9s")), 20)) == "Title ──────────── 9s"[:17] + " 9s"
    )


@pytest.mark.parametrize("draw", [content, lambda line, colours: strip(line, 9, colours)])
def test_a_bare_text_is_refused(draw: Any) -> None:
    with pytest.raises(TypeError):
        draw("[red]x", COLOURS)


def test_markup_and_control_characters_are_only_text() -> None:
    for text in HOSTILE:
        shown = content(say(safe(text)), COLOURS)
        assert isinstance(shown, Content)
        assert shown.plain == safe(text)
        assert all(not getattr(span.style, "meta", None) for span in shown.spans)


def test_what_did_not_come_through_the_door_is_sent_through_it() -> None:
    bare: Any = "\x1b]0;x\x07"
    assert strip((Span(bare),), 9, COLOURS).text == "␛]0;x␇   "


def test_lines_of_content_keep_their_styles() -> None:
    both = contents([say(plain("a"), "err"), (blank(2), Span(plain("b"), "strong"))], COLOURS)
    assert both.plain == "a\n  b"
    assert [(span.start, span.end) for span in both.spans] == [(0, 1), (2, 4), (4, 5)]


def test_a_text_without_end_is_measured_no_more_often_than_it_has_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    from widgets import lines
    from widgets import safe as door

    measured = 0

    def counted(text: str) -> int:
        nonlocal measured
        measured += len(text)
        return door_width(text)

    door_width = door.cell_width
    text = door.safe("名" * 100_000)
    monkeypatch.setattr(door, "cell_width", counted)
    monkeypatch.setattr(lines, "cell_width", counted)
    rows = lines.wrap_line(lines.say(text), 40)
    assert len(rows) > 200
    assert measured < 150 * len(text)  # the whole rest for every row would be twice that
    measured = 0
    door.clip(text, 30)
    assert measured < 2_000
