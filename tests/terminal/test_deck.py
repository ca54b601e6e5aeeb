"""The real deck in a real terminal: it paints first, answers, and leaves nothing behind."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.terminal.demo import SLOW, START, is_open, names, rows
from tests.terminal.harness import NARROW, WIDE, Terminal

pytestmark = [pytest.mark.pty, pytest.mark.slow]


def test_the_demo_opens_from_nothing_and_leaves_the_terminal_clean(tmp_path: Path) -> None:
    with Terminal([*START, "demo", "--cache", tmp_path]) as terminal:
        terminal.wait_for("ml-prod", SLOW)
        terminal.type("q")
        assert terminal.wait_end() == 0
        assert terminal.trouble() == []


@pytest.mark.parametrize("size", [NARROW, WIDE])
def test_the_rows_of_last_time_are_there_before_textual_is(demo: Path, size: tuple[int, int]) -> None:
    with Terminal([*START, "--offline", "demo", "--cache", demo], size) as terminal:
        terminal.wait_until(lambda: rows(terminal) != [], "a row")
        assert "saved" in terminal.lines[0]
        assert b"\x1b[?2004h" not in terminal.output


def test_the_deck_opens_on_the_rows_that_were_painted(demo: Path) -> None:
    with Terminal([*START, "--offline", "demo", "--cache", demo]) as terminal:
        terminal.wait_until(lambda: "saved" in terminal.text and "? keys" in terminal.lines[-1], "the first paint")
        painted = names(terminal)
        terminal.wait_until(lambda: is_open(terminal), "the deck's own header")
        terminal.wait_quiet()
        # Offline says so in a row of its own, so the last ones may differ; a run may have come as the picture was made.
        assert len(painted) > 5
        assert [name for name in names(terminal) if name in painted][:4] == painted[:4]


def test_the_painted_rows_stay_until_the_deck_has_its_own(demo: Path) -> None:
    with Terminal([*START, "--offline", "demo", "--cache", demo]) as terminal:
        terminal.wait_until(lambda: "saved" in terminal.text and "? keys" in terminal.lines[-1], "the first paint")
        fewest = len(names(terminal))
        while not is_open(terminal) or terminal.read(0.3):
            terminal.read(0.05)
            fewest = min(fewest, len(names(terminal)))
        assert fewest > 0


def test_a_key_pressed_while_it_starts_is_answered(demo: Path) -> None:
    with Terminal([*START, "--offline", "demo", "--cache", demo]) as terminal:
        terminal.wait_for("saved")
        terminal.type("?")
        terminal.wait_for("Keys in Runs", SLOW)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_deck_told_to_end_leaves_the_terminal_clean(demo: Path, number: signal.Signals) -> None:
    with Terminal([*START, "demo", "--cache", demo]) as terminal:
        terminal.wait_until(lambda: is_open(terminal), "the deck", SLOW)
        terminal.send_signal(number)
        assert terminal.wait_end() == 128 + number
        assert terminal.trouble() == []


@pytest.mark.parametrize("size", [(60, 24), (60, 10), (20, 5)])
def test_a_small_terminal_gets_a_usable_screen_or_a_sentence(demo: Path, size: tuple[int, int]) -> None:
    with Terminal([*START, "--offline", "demo", "--cache", demo], size) as terminal:
        terminal.wait_until(lambda: b"\x1b[?2004h" in terminal.output, "Textual", SLOW)
        terminal.wait_quiet(0.5, SLOW)
        assert terminal.text.strip()
        terminal.type("q")
        assert terminal.wait_end() == 0
        assert terminal.trouble() == []


def test_an_idle_deck_writes_nothing_for_two_seconds(demo: Path) -> None:
    with Terminal([*START, "--offline", "demo", "--cache", demo]) as terminal:
        terminal.wait_until(lambda: is_open(terminal), "the deck", SLOW)
        # Ages may be repainted every ten seconds, so not every stretch of two is quiet.
        terminal.wait_quiet(2.0, 20)


def test_a_changed_size_is_followed(demo: Path) -> None:
    with Terminal([*START, "--offline", "demo", "--cache", demo]) as terminal:
        terminal.wait_until(lambda: is_open(terminal), "the deck", SLOW)
        terminal.resize(*WIDE)
        terminal.wait_until(lambda: len(terminal.lines[0]) > NARROW[0], "a header as wide as the terminal")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--emulator", "https://example.com"], "this machine"),
        (["--nonsense"], "nonsense"),
    ],
)
def test_a_wrong_command_line_is_answered_with_a_sentence_that_stays(
    demo: Path, arguments: list[str], says: str
) -> None:
    with Terminal([*START, "--cache", demo, *arguments]) as terminal:
        assert terminal.wait_end(SLOW) == 2
        assert terminal.trouble() == []
        assert says in terminal.output.rpartition(b"\x1b[?1049l")[2].decode()
