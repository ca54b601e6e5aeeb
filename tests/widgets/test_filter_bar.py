from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual.app import App, ComposeResult

from widgets.editing import LONGEST, Editing
from widgets.filter_bar import FilterBar, Problem
from widgets.filter_clauses import paint
from widgets.lines import line_text, say
from widgets.pane import Span
from widgets.safe import Safe, plain, safe
from widgets.theme import DARK, MONO, palette, use_themes

WORDS = ("status:", "started<", "status:failed", "status:running")


def complete(word: Safe) -> Sequence[Safe]:
    return [Safe(each) for each in WORDS if each.startswith(word) and word]


class Bench(App[None]):
    BINDINGS = [("j", "note('j')", ""), ("ctrl+x", "note('x')", "")]  # noqa: RUF012

    def __init__(self, theme: str = DARK) -> None:
        super().__init__()
        use_themes(self, theme)
        self.bar = FilterBar(complete)
        self.said: list[tuple[str, str]] = []
        self.noted: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.bar

    def action_note(self, key: str) -> None:
        self.noted.append(key)

    def on_filter_bar_changed(self, message: FilterBar.Changed) -> None:
        self.said.append(("changed", message.text))

    def on_filter_bar_submitted(self, message: FilterBar.Submitted) -> None:
        self.said.append(("submitted", message.text))

    def on_filter_bar_cancelled(self, message: FilterBar.Cancelled) -> None:
        self.said.append(("cancelled", message.text))

    @property
    def line(self) -> str:
        return self.bar.render_line(0).text


def count() -> tuple[Span, ...]:
    return (Span(plain("7"), "strong"), Span(plain(" of 41,208"), "muted"))


async def test_the_bar_looks_like_the_picture() -> None:
    app = Bench()
    async with app.run_test(size=(80, 4)):
        app.bar.show(plain("status:failed created<14d !debug"), (), count())
        assert app.line.startswith("/ status:failed created<14d !debug   ")
        assert app.line.endswith("   7 of 41,208")
        styles = {segment.text: segment.style for segment in app.bar.render_line(0)}
        assert styles["created"].color == palette(DARK).style("muted").color
        assert styles["<"].color == palette(DARK).style("accent").color
        assert styles["14d"].bold


def test_each_part_of_a_clause_has_its_tone() -> None:
    spans = [(span.text, span.tone, span.bold) for span in paint(plain("metric.auc>=0.9 plain | !x tag:'a b'"))]
    assert spans == [
        ("metric.auc", "muted", False), (">=", "accent", False), ("0.9", "strong", True), (" ", "text", False),
        ("plain", "text", False), (" ", "text", False), ("|", "accent", False), (" ", "text", False),
        ("!", "accent", False), ("x", "text", False), (" ", "text", False),
        ("tag", "muted", False), (":", "accent", False), ("'a b'", "strong", True),
    ]  # fmt: skip


@given(st.text(max_size=80), st.integers(-5, 90), st.integers(-5, 90))
def test_painting_keeps_every_character(raw: str, start: int, end: int) -> None:
    text = safe(raw)
    assert line_text(paint(text, [Problem(start, end, plain("no"))])) == text


def test_a_bad_clause_is_underlined_and_the_rest_is_not() -> None:
    line = paint(plain("a:1 b:2"), [Problem(4, 7, plain("no field b"))])
    assert "".join(span.text for span in line if span.underline) == "b:2"


async def test_typing_posts_every_change_and_enter_keeps_it() -> None:
    app = Bench()
    async with app.run_test(size=(80, 4)) as pilot:
        app.bar.edit()
        await pilot.press("a", "b", "left", "j", "enter")
        assert app.said == [
            ("changed", "a"),
            ("changed", "ab"),
            ("changed", "ab"),
            ("changed", "ajb"),
            ("submitted", "ajb"),
        ]
        assert app.noted == []
        assert (app.bar.text, app.bar.is_editing) == ("ajb", False)


async def test_esc_brings_the_filter_from_before_back() -> None:
    app = Bench()
    async with app.run_test(size=(80, 4)) as pilot:
        app.bar.show(plain("old"))
        app.bar.edit()
        await pilot.press("x", "ctrl+x", "escape")
        assert app.said[-1] == ("cancelled", "old")
        assert app.noted == ["x"]
        assert app.line.startswith("/ old ")


async def test_arrows_bring_earlier_filters_back_and_then_the_draft() -> None:
    app = Bench()
    async with app.run_test(size=(80, 4)) as pilot:
        for text in ("one", "two"):
            app.bar.edit(plain(""))
            await pilot.press(*text, "enter")
        app.bar.edit(plain(""))
        await pilot.press("d", "up", "up", "up")
        assert app.bar.text == "one"
        await pilot.press("down", "down")
        assert app.bar.text == "d"


async def test_tab_completes_the_word_at_the_caret() -> None:
    app = Bench()
    async with app.run_test(size=(80, 4)) as pilot:
        app.bar.edit(plain("x "))
        await pilot.press("s", "t")
        assert "status:  started<  status:failed" in app.line
        await pilot.press("tab", "tab")
        assert app.bar.text == "x started<"
        await pilot.press("shift+tab")
        assert app.bar.text == "x status:"
        await pilot.press("f", "tab")
        assert app.bar.text == "x status:failed"


async def test_pasted_control_characters_become_visible() -> None:
    app = Bench()
    async with app.run_test(size=(80, 4)) as pilot:
        app.bar.edit()
        app.bar.post_message(events.Paste("a\x1b]52;c;eA==\x07\nb\u202e"))
        await pilot.pause()
        assert app.bar.text == "a␛]52;c;eA==␇ b⟨U+202E⟩"


async def test_the_reason_of_a_bad_clause_stands_beside_it() -> None:
    app = Bench()
    async with app.run_test(size=(80, 4)) as pilot:
        app.bar.edit()
        await pilot.press(*"b:2")
        app.bar.show(plain("b:2"), [Problem(0, 3, plain("no field b"))], count())
        assert "b:2" in app.line
        assert "no field b" in app.line
        app.bar.show(plain("b:"), [Problem(0, 2, plain("too late"))], count())
        assert "too late" not in app.line


@pytest.mark.parametrize("width", [1, 3, 10, 40])
@pytest.mark.parametrize("theme", [DARK, MONO])
async def test_a_long_filter_follows_the_caret_and_fills_the_line_exactly(width: int, theme: str) -> None:
    app = Bench(theme)
    async with app.run_test(size=(width + 2, 4)) as pilot:
        app.bar.show(plain("status:failed and much more than there is room for 名前"), (), count())
        for keys in ((), ("end",), ("home",), ("right", "right")):
            assert app.bar.render_line(0).cell_length == width
            if not app.bar.is_editing:
                app.bar.edit()
            await pilot.press(*keys)


async def test_showing_the_same_again_repaints_nothing() -> None:
    app = Bench()
    async with app.run_test(size=(80, 4)) as pilot:
        app.bar.show(plain("a"), (), count())
        await pilot.pause()
        seen: list[Any] = []
        app.bar.refresh = lambda *regions, **options: seen.append(regions)  # type: ignore[method-assign]
        app.bar.show(plain("a"), (), count())
        assert seen == []
        app.bar.show(plain("a"), (), say(plain("8")))
        assert len(seen) == 1


KEYS = [
    "left",
    "right",
    "home",
    "end",
    "backspace",
    "delete",
    "ctrl+w",
    "ctrl+u",
    "ctrl+k",
    "up",
    "down",
    "alt+b",
    "alt+f",
]


@given(st.lists(st.sampled_from(KEYS) | st.text(max_size=5).map(lambda text: "+" + text), max_size=40))
def test_the_caret_never_leaves_the_text_whatever_is_typed(keys: list[str]) -> None:
    line = Editing()
    line.begin(plain("start here"), [plain("x y"), plain("z")])
    for key in keys:
        if key.startswith("+"):
            line.insert(key[1:])
        else:
            assert line.press(key)
        assert 0 <= line.at <= len(line.text) <= LONGEST
        assert line.text == safe(str(line.text))
        assert 0 <= line.word_start() <= line.at
