from __future__ import annotations

import os
from typing import Any, get_args

import pytest
from textual.app import App, ComposeResult
from textual.filter import Monochrome, NoColor
from textual.widget import Widget

from widgets.drawn_lines import strip
from widgets.pane import Span, Tone
from widgets.safe import plain
from widgets.theme import DARK, LIGHT, MONO, THEMES, Ground, is_no_color, own_no_color, palette, use_themes

NAMES = (DARK, LIGHT, MONO)
TONES: tuple[Tone, ...] = get_args(Tone)
TEXT: tuple[Tone, ...] = ("strong", "text", "muted", "accent", "ok", "run", "warn", "err")
MARKS: tuple[Tone, ...] = ("edge", *(tone for tone in TONES if tone.startswith("series")))
GROUNDS: tuple[Ground, ...] = get_args(Ground)


def luminance(colour: str) -> float:
    """WCAG 2 relative luminance of `#rrggbb`."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("on", ["bg", "surface", "cursor"])
def test_every_text_tone_can_be_read_on_every_ground(name: str, on: Ground) -> None:
    colours = palette(name)
    weak = {tone: contrast(colours.colour(tone, on), colours.ground(on)) for tone in TEXT}
    assert {tone: ratio for tone, ratio in weak.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("on", ["bg", "surface", "cursor"])
def test_every_mark_can_be_seen_on_every_ground(name: str, on: Ground) -> None:
    colours = palette(name)
    weak = {tone: contrast(colours.colour(tone, on), colours.ground(on)) for tone in MARKS}
    assert {tone: ratio for tone, ratio in weak.items() if ratio < 3} == {}


@pytest.mark.parametrize("name", NAMES)
def test_notices_tabs_and_the_unlocked_header_can_be_read(name: str) -> None:
    colours = palette(name)
    used: list[tuple[Tone, Ground]] = [
        *((tone, "accentbg") for tone in ("accent", "muted", "text", "warn", "err")),
        *((tone, "warnbg") for tone in ("warn", "text", "strong", "accent")),
        *((tone, "errbg") for tone in ("err", "text", "strong", "muted", "ok")),
    ]  # type: ignore[list-item]
    weak = {(tone, on): contrast(colours.colour(tone, on), colours.ground(on)) for tone, on in used}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("name", NAMES)
def test_areas_can_be_seen(name: str) -> None:
    colours = palette(name)
    for tone in ("run", "warn", "err"):
        assert contrast(colours.colour(tone, is_area=True), colours.ground()) >= 3


def test_the_figures_are_those_of_the_design() -> None:
    dark, light = palette(DARK), palette(LIGHT)
    assert round(contrast(dark.colour("muted"), dark.ground()), 1) == 6.8
    assert round(contrast(dark.colour("muted", "cursor"), dark.ground("cursor")), 1) == 5.0
    assert round(contrast(light.colour("err"), light.ground()), 1) == 5.9
    assert round(contrast(light.colour("run", is_area=True), light.ground()), 1) == 3.6


@pytest.mark.parametrize("on", GROUNDS)
def test_without_colour_a_failure_is_the_most_visible_text(on: Ground) -> None:
    colours = palette(MONO)
    seen = {tone: contrast(colours.colour(tone, on), colours.ground(on)) for tone in TONES}
    assert seen["err"] == max(seen.values())
    assert colours.style("err", on).bold
    assert not colours.style("text", on).bold
    assert colours.style("warn", on).bold
    assert all(colours.colour(tone, on)[1:3] * 3 == colours.colour(tone, on)[1:] for tone in TONES)


def test_bars_are_brighter_than_text_on_a_light_screen() -> None:
    bar, word = Span(plain("━━╸"), "run"), Span(plain(" 31 %"), "run")
    colours = [segment.style.color.name for segment in strip((bar, word), 8, palette(LIGHT)) if segment.style]
    assert colours == ["#1990ab", "#0a6c84"]


def test_a_series_name_turns_strong_on_the_cursor_row() -> None:
    assert palette(LIGHT).colour("series3", "cursor") == palette(LIGHT).colour("strong")


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_every_token_is_a_theme_variable(theme: Any) -> None:
    tokens = {*TONES, *GROUNDS}
    assert tokens <= theme.variables.keys()
    assert theme.variables["err"] == palette(theme.name).tokens["err"]


class Probe(Widget):
    DEFAULT_CSS = "Probe { background: $warnbg; color: $series5; border: round $edge; }"


class Deck(App[None]):
    def __init__(self, environ: dict[str, str] | Any = os.environ) -> None:
        with own_no_color(environ) as is_mono:
            super().__init__()
        use_themes(self, MONO if is_mono else DARK)

    def compose(self) -> ComposeResult:
        yield Probe()


async def test_tokens_work_in_style_sheets_of_all_themes() -> None:
    app = Deck()
    async with app.run_test() as pilot:
        for name in NAMES:
            app.theme = name
            await pilot.pause()
            assert app.query_one(Probe).styles.background.hex.lower() == palette(name).ground("warnbg")
            assert app.query_one(Probe).styles.color.hex.lower() == palette(name).colour("series5")


async def test_textuals_own_grey_filter_stays_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = Deck()
    async with app.run_test() as pilot:
        await pilot.pause()
        assert app.theme == MONO
        assert not app.no_color
        assert not any(isinstance(each, Monochrome | NoColor) for each in app.get_line_filters())
        assert os.environ["NO_COLOR"] == "1"


def test_no_color_counts_when_it_says_something() -> None:
    assert is_no_color({"NO_COLOR": "1"})
    assert not is_no_color({"NO_COLOR": ""})
    assert not is_no_color({})
    environ = {"NO_COLOR": ""}
    with own_no_color(environ) as is_mono:
        assert (is_mono, "NO_COLOR" in environ) == (False, False)
    assert environ == {"NO_COLOR": ""}
