from __future__ import annotations

import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hostile import HOSTILE, MARKUP
from widgets.safe import LIMIT, MARKS_KEPT, Safe, cell_width, clip, clip_middle, join, plain, safe, safe_lines

nasty = st.sampled_from(
    "\x00\x07\x1b\x7f\x9b\n\r\t\u00ad\u200b\u200d\u202e\u2028\u2066\ufe0f\ufeff\ud800\u0301\u034f\u3164"
    "❤👩🏽名é—[]/\\ ax\U000e0041\U000e0100"
)
texts = st.text(max_size=60) | st.text(alphabet=nasty, max_size=60) | st.text(st.characters(), max_size=40)


def is_visible(text: str) -> bool:
    """No character that a terminal would act upon, or that would hide."""
    joins = {"\u200d", "\ufe0e", "\ufe0f"}
    return all(char in joins or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp") for char in text)


def test_the_corpus_is_as_large_as_it_has_to_be() -> None:
    assert len(set(HOSTILE)) >= 93


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[:24])
def test_no_hostile_text_survives(text: str) -> None:
    shown = safe(text)
    assert type(shown) is Safe
    assert is_visible(shown)
    assert safe(str(shown)) == shown
    assert len(shown) <= LIMIT
    shown.encode()


@given(texts, st.integers(0, 70))
def test_cleaning_twice_changes_nothing_and_the_length_is_kept(text: str, limit: int) -> None:
    shown = safe(text, limit)
    assert is_visible(shown)
    assert len(shown) <= limit
    assert safe(str(shown), limit) == shown
    assert safe(str(shown)) == shown


@given(st.text(st.characters(categories=("L", "N", "P", "S")), max_size=60))
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert safe(text) == "".join(char for char in text)


def test_marks_say_what_was_there() -> None:
    assert safe("\x1b[31m\x00\x7f\x9b\u202e\u200b") == "␛[31m␀␡⟨U+009B⟩⟨U+202E⟩⟨U+200B⟩"
    assert safe("a\nb\r\nc\rd\te") == "a⏎b⏎c␍d e"
    assert safe("\ud800") == "⟨U+D800⟩"


def test_markup_is_only_text() -> None:
    assert all(safe(text) == text for text in MARKUP)


def test_accents_do_not_smear_over_other_lines() -> None:
    shown = safe("e" + "\u0301" * 500 + "x")
    assert shown == "e" + "\u0301" * MARKS_KEPT + "x"
    assert safe("\u0301x") == "◌\u0301x"


def test_emoji_stay_whole_and_loose_joiners_are_shown() -> None:
    for text in ("👩‍👩‍👧‍👦", "👍🏽", "🏳️‍🌈", "❤️‍🔥", "✈️"):
        assert safe(text) == text
    assert safe("x\u200dy") == "x⟨U+200D⟩y"


def test_what_is_cut_says_so() -> None:
    assert safe("a" * 100_000) == "a" * (LIMIT - 1) + "…"
    assert safe("abcdef", 3) == "ab…"
    assert safe("abc", 3) == "abc"
    assert safe("abc", 0) == ""
    assert safe("e" + "\u0301" * 100_000).endswith("…")


def test_other_values_are_written_as_they_print() -> None:
    assert (safe(7), safe(None), safe(b"a\xff\x1b"), safe([1])) == ("7", "None", "a\\xff␛", "[1]")


def test_lines_are_split_and_each_is_safe() -> None:
    assert safe_lines("a\n\tb\r\n\x1b") == ["a", "    b", "␛"]
    assert safe_lines("") == [""]
    assert join([plain("a"), plain("b")], plain(", ")) == "a, b"


def test_cells_are_counted_as_a_terminal_does() -> None:
    assert [cell_width(text) for text in ("abc", "名前", "✗ – ≈ │ ■ ●", "é", "e\u0301")] == [3, 4, 11, 1, 1]


@given(texts, st.integers(-2, 40))
def test_clipped_text_fits_and_says_that_it_was_cut(text: str, width: int) -> None:
    whole = safe(text)
    for cut in (clip(whole, width), clip_middle(whole, width)):
        assert cell_width(cut) <= max(0, width)
        assert cut == whole or width <= 0 or "…" in cut


def test_a_clipped_name_keeps_the_end_that_tells_it_apart() -> None:
    assert clip_middle(plain("fraud-scoring-931"), 11) == "fraud-…-931"
    assert clip(plain("fraud-scoring-931"), 11) == "fraud-scor…"


def test_the_door_needs_no_textual_and_no_rich() -> None:
    code = "import sys, widgets.safe as s; s.safe('\\x1b'); print([m for m in ('textual', 'rich') if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout.strip() == "[]"
