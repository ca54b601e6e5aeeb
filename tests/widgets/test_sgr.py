from __future__ import annotations

import pyte
from hypothesis import given
from hypothesis import strategies as st
from rich.style import Style

from widgets.sgr import lean
from widgets.theme import DARK, palette

COLOURS = palette(DARK)
STYLES = [
    COLOURS.style("text"),
    COLOURS.style("muted"),
    COLOURS.style("err", "cursor", bold=True),
    COLOURS.style("accent", bold=True, underline=True),
    Style(reverse=True),
    Style(italic=True, color="red"),
    Style(color="bright_blue", bgcolor="color(42)", strike=True),
    Style(),
]
words = st.text(alphabet="ab │━", min_size=1, max_size=5)
pieces = st.one_of(
    st.tuples(st.sampled_from(STYLES), words).map(lambda pair: pair[0].render(pair[1])),
    st.tuples(st.integers(1, 6), st.integers(1, 20)).map(lambda at: f"\x1b[{at[0]};{at[1]}H"),
    st.sampled_from(
        ["\n", "\x1b[K", "\x1b[2J", "\x1b[?25l", "\x1b[1m", "\x1b[22m", "\x1b[49m", "\x1b[0m", "\x1b[m", "plain"]
    ),
)


def seen(*frames: str) -> list[list[tuple[object, ...]]]:
    screen = pyte.Screen(20, 6)
    stream = pyte.Stream(screen)
    for frame in frames:
        stream.feed(frame)
    return [[tuple(screen.buffer[y][x]) for x in range(20)] for y in range(6)]


@given(st.lists(pieces, max_size=30), st.lists(pieces, max_size=10))
def test_the_picture_is_the_same(first: list[str], second: list[str]) -> None:
    frames = ["".join(first) + "\x1b[0m", "".join(second) + "\x1b[0m"]
    assert seen(*map(lean, frames)) == seen(*frames)


def test_a_line_of_words_takes_half_the_bytes() -> None:
    tones = ("err", "muted", "text", "muted", "accent", "text")
    line = "".join(COLOURS.style(tone).render(f"{tone} word ") for tone in tones)
    assert len(lean(line)) < 0.7 * len(line)


def test_strings_for_the_terminal_are_left_alone() -> None:
    for text in ("\x1b]52;c;eA==\x1b\\", "\x1b[?2026h", "", "words", "\x1b[38m", "\x1b[38;2;1m"):
        assert lean(text) == text or text.endswith("m")
