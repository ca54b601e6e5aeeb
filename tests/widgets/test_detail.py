from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from textual.app import App, ComposeResult

from widgets.detail import Block, Detail, blocks_of, lay_out
from widgets.lines import line_text, say
from widgets.pane import Fact, Line, Look, Section, Span
from widgets.safe import Safe, plain, safe
from widgets.theme import DARK, palette, use_themes

LOOK = Look(now=datetime(2026, 11, 21, tzinfo=UTC))
TITLE: Line = (
    Span(plain("brave-elk-922"), "strong"),
    Span(plain("  ")),
    Span(plain("✗ failed"), "err", bold=True),
)
AGE = say(plain("9s"), "muted")
FACTS = Block(
    facts=(
        (plain("experiment"), say(plain("fraud"))),
        (plain("image"), say(plain("a very long image name that goes on and on and has to be wrapped"))),
    )
)
WHY = Block(say(plain("Why it failed"), "strong"), lines=((Span(plain("✗ "), "err"), Span(plain("out of memory"))),))


class Bench(App[None]):
    def __init__(self) -> None:
        super().__init__()
        use_themes(self, DARK)
        self.detail = Detail()

    def compose(self) -> ComposeResult:
        yield self.detail

    @property
    def lines(self) -> list[str]:
        return [self.detail.render_line(y).text.rstrip() for y in range(self.detail.size.height)]


def test_words_hang_under_the_words_after_a_sign_or_a_number() -> None:
    for sign in ("✗ ", "x ", "1 ", "12 "):
        line = (Span(Safe(sign)), Span(plain("check the path and the version of the input")))
        _, first, *rest = lay_out([Block(lines=(line,))], 30, 20)
        assert line_text(first).startswith(sign)
        assert [len(line_text(row)) - len(line_text(row).lstrip()) for row in rest] == [len(sign)]


def test_a_long_value_hangs_under_itself_and_an_address_breaks_behind_a_slash() -> None:
    address = plain("/subscriptions/0a4f1d2e-6b7c/resourceGroups/rg-ml-prod/workspaces/ml-prod")
    line = (Span(plain("data      "), "muted"), Span(address))
    _, *rows = [line_text(row) for row in lay_out([Block(lines=(line,))], 44, 20)]
    assert all(row[:10].strip() in ("data", "") and row.endswith("/") for row in rows[:-1])
    assert "".join(row[10:] for row in rows) == address


def many(count: int) -> Block:
    return Block(lines=tuple(say(Safe(f"line {number}")) for number in range(count)))


async def test_the_panel_looks_like_the_picture() -> None:
    app = Bench()
    async with app.run_test(size=(52, 20)):
        app.detail.show("k", TITLE, (FACTS, WHY), AGE)
        lines = app.lines
        assert lines[0] == "brave-elk-922  ✗ failed " + "─" * 23 + " 9s"
        assert lines[1:3] == ["", "experiment  fraud"]
        assert lines[3:6] == [
            "image       a very long image name that goes on",
            "            and on and has to be wrapped",
            "",
        ]
        assert lines[6].startswith("Why it failed ────")
        assert lines[7] == "✗ out of memory"


async def test_a_low_panel_spends_no_blank_rows() -> None:
    app = Bench()
    async with app.run_test(size=(52, 8)):
        app.detail.show("k", TITLE, (FACTS, WHY), AGE)
        assert "" not in app.lines[:5]


async def test_what_does_not_fit_is_counted_and_scrolled_to() -> None:
    app = Bench()
    async with app.run_test(size=(40, 8)) as pilot:
        app.detail.show("k", TITLE, (many(20),), AGE)
        app.detail.focus()
        await pilot.pause()
        assert app.lines[-1] == "… 14 more lines"
        await pilot.press("G")
        assert app.lines[-1] == "line 19"
        assert app.lines[0].startswith("brave-elk-922")
        await pilot.press("g", "j", "pagedown")
        assert app.lines[1] == "line 6"


async def test_the_same_row_again_keeps_the_place_and_repaints_only_what_differs() -> None:
    app = Bench()
    async with app.run_test(size=(40, 8)) as pilot:
        app.detail.show("k", TITLE, (many(20),), AGE)
        app.detail.focus()
        await pilot.press("j", "j")
        await pilot.pause()
        seen: list[Any] = []
        app.detail.refresh = lambda *regions, **options: seen.append([region.y for region in regions])  # type: ignore[method-assign]
        app.detail.show("k", TITLE, (many(20),), AGE)
        assert seen == []
        assert app.detail.top == 2
        app.detail.show("k", TITLE, (many(20),), say(plain("12s"), "muted"))
        assert seen == [[0]]
        app.detail.show("other", TITLE, (many(20),), AGE)
        assert app.detail.top == 0


async def test_the_focused_panel_has_an_accent_title() -> None:
    app = Bench()
    async with app.run_test(size=(40, 8)) as pilot:
        app.detail.show("k", TITLE, (FACTS,), AGE)
        await pilot.pause()
        app.detail.focus()
        await pilot.pause()
        first = next(iter(app.detail.render_line(0)))
        assert first.style is not None
        assert first.style.color == palette(DARK).style("accent").color


async def test_nothing_to_show_says_so() -> None:
    app = Bench()
    async with app.run_test(size=(40, 8)) as pilot:
        app.detail.show_nothing([say(plain("No run here yet."), "muted")])
        await pilot.pause()
        assert app.lines[0] == "No run here yet."
        assert app.detail.key is None


@pytest.mark.parametrize("width", [3, 10, 30, 90])
async def test_hostile_and_wide_values_fill_exactly_the_width(width: int) -> None:
    app = Bench()
    hostile = Block(facts=((plain("名前"), say(safe("\x1b[31m" + "名" * 40 + "\u202e\n" * 9))),))
    async with app.run_test(size=(width + 2, 30)):
        app.detail.show("k", TITLE, (hostile, FACTS, WHY), AGE)
        for y in range(30):
            strip = app.detail.render_line(y)
            assert sum(segment.cell_length for segment in strip) == width
            assert "\x1b" not in strip.text


def test_sections_without_anything_to_say_are_left_out() -> None:
    sections = (
        Section("", (Fact("name", lambda record, look: say(safe(record))), Fact("none", lambda record, look: None))),
        Section("Empty", (Fact("none", lambda record, look: None),)),
        Section("Free", (), lambda record, look: [say(plain("x"))]),
    )
    blocks = blocks_of(sections, "run", LOOK)
    assert [len(block.facts) + len(block.lines) for block in blocks] == [1, 1]
    assert blocks[1].title == say(plain("Free"), "strong")
    assert blocks[0].title == ()
