"""Lines of a large file by the byte, and searching it, beside a plain reading of the whole."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cache.log_search import BadPattern, Finds, finder, first_match
from cache.log_text import LogText

LINES = st.lists(
    st.one_of(st.text("abcxyz ", max_size=80), st.just("x" * 70_000), st.just("")), max_size=60
)  # fmt: skip


def written(path: Path, lines: list[str], *, has_end: bool) -> tuple[LogText, list[str], list[int]]:
    data = "\n".join(lines) + ("\n" if has_end else "")
    path.write_text(data)
    real = data.split("\n")
    if real[-1] == "":
        real.pop()
    starts, at = [], 0
    for line in real:
        starts.append(at)
        at += len(line) + 1
    return LogText(path), real, starts


@given(LINES, st.booleans(), st.integers(0, 59), st.integers(1, 30))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_lines_are_found_forwards_and_backwards_and_numbered(
    tmp_path: Path, lines: list[str], has_end: bool, at: int, by: int
) -> None:
    text, real, starts = written(tmp_path / "a.log", lines, has_end=has_end)
    assert [line.start for line in text.lines_from(0, 1000)] == starts
    while text.count(0.01):
        pass
    assert text.lines == len(real)
    if starts:
        at %= len(starts)
        assert text.start_before(starts[at], by) == starts[max(0, at - by)]
        assert text.start_before(text.size) == text.last_start == starts[-1]
        assert text.number_of(starts[at]) == at
        assert text.line_start(starts[at] + len(real[at]) // 2) == starts[at]
        assert text.next_start(starts[at]) == (starts[at + 1] if at + 1 < len(starts) else None)
    text.close()
    assert text.lines_from(0, 5) == []


@given(LINES, st.booleans(), st.sampled_from(["abc", "ABC", "~a[bc]x$", "~^x+", "ä"]))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_search_finds_what_a_plain_reading_finds(tmp_path: Path, lines: list[str], has_end: bool, words: str) -> None:
    text, real, starts = written(tmp_path / "a.log", lines, has_end=has_end)
    plainly = re.compile(words[1:] if words[0] == "~" else re.escape(words), re.IGNORECASE)
    wanted = [start for start, line in zip(starts, real, strict=True) if plainly.search(line)]
    finds = Finds(text, finder(words))
    while finds.advance(0.0001):
        pass
    assert list(finds.starts) == wanted
    assert finds.count == len(wanted)
    assert first_match(text, finder(words)) == (wanted[0] if wanted else None)
    text.close()


def test_what_is_added_is_taken_in_counted_and_searched_once(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"one\nabc de")
    text = LogText(path)
    finds = Finds(text, finder("abc"))
    while finds.advance(1) or text.count(1):
        pass
    assert (text.lines, finds.count) == (2, 1)
    with path.open("ab") as file:
        file.write(b"f\nabc\n")
    assert text.look()
    assert not text.look()
    assert not finds.is_done
    while finds.advance(1) or text.count(1):
        pass
    assert (text.lines, finds.count, list(finds.starts)) == (3, 2, [4, 12])
    text.close()


def test_an_expression_that_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadPattern, match=r"The expression has a \( without its \)\."):
        finder("~(")


def test_where_a_match_stands_is_told_in_characters(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"")
    text = LogText(path)
    assert Finds(text, finder("fehler")).spans("größer Fehler, fehler") == [(7, 13), (15, 21)]
    assert Finds(text, finder("~ö|$")).spans("größer") == [(2, 3)]
    text.close()


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"x")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(OSError, match="link"):
        LogText(tmp_path / "link")
