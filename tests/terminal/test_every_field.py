"""Attacks in every text of every record of every pane, in a real terminal: none moves, hides, crashes or acts."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from app.panes import PANES
from tests.figures import Figure
from tests.hostile import HOSTILE
from tests.scale import some
from tests.terminal.demo import SLOW, START
from tests.terminal.harness import WIDE, Terminal
from tests.terminal.leaks import controls, foreign
from tests.terminal.poison import TOKEN, poisoned
from widgets.pane import Pane

pytestmark = [pytest.mark.pty, pytest.mark.slow]

ROWS = 27
SIZE = (160, 36)
CASES = some(2_000)

CLICK = "\x1b[<0;{column};{row}M\x1b[<0;{column};{row}m"
ESCAPE = "\x1b"


def press(terminal: Terminal, key: str, gap: float = 0.05) -> None:
    """Press a key, wait for what it brings, and until that is all: an escape byte must not meet the next key."""
    before = len(terminal.chunks)
    terminal.type(key)
    with suppress(AssertionError):
        terminal.wait_until(lambda: len(terminal.chunks) > before, deadline=0.4)
    terminal.wait_quiet(gap)


def walk(terminal: Terminal, pane: Pane[Any]) -> None:
    """Open a pane and look at all of its rows, at the detail of some, and at what a row can open."""
    press(terminal, ":")
    terminal.wait_for("enter do it", SLOW)
    terminal.type(f"{pane.name}\r")
    terminal.wait_until(lambda: pane.title in terminal.lines[0], f"the pane {pane.title}", SLOW)
    terminal.wait_until(lambda: "enter do it" not in terminal.text, "the table's own keys", SLOW)
    terminal.wait_until(lambda: TOKEN.search(terminal.text) is not None, "a hostile row", SLOW)
    for key in ("G", "\x1b[5~", "\x1b[5~", "g", "j", "j") if pane.digit else ("G", "g"):
        press(terminal, key)
    for key in ("d", "v", "i", "Y", "s") if pane.digit else ("d",):  # the dialogs are those of all panes
        press(terminal, key)
        press(terminal, ESCAPE, 0.15)
    if pane.digit:  # one table for all panes
        click_names(terminal)


def click_names(terminal: Terminal) -> None:
    """Click on names: those that carry `[@click=…]` must not run it. The deck would end if one did."""
    for row, line in list(enumerate(terminal.lines, start=1))[5:-4:3]:
        for found in TOKEN.finditer(line):
            terminal.type(CLICK.format(column=found.end() + 2, row=row))
    press(terminal, ESCAPE, 0.2)
    terminal.wait_until(lambda: "? keys" in terminal.lines[-1], "the table", SLOW)


def test_no_field_of_any_pane_gets_through_to_the_terminal(tmp_path: Path, figure: Figure) -> None:
    poison = poisoned(tmp_path, ROWS, has_long=False)
    with Terminal([*START, "--offline", "demo", "--cache", tmp_path], SIZE, cwd=tmp_path) as terminal:
        terminal.wait_until(lambda: TOKEN.search(terminal.text) is not None, "a hostile row", SLOW)
        terminal.wait_until(lambda: "? keys" in terminal.lines[-1], "the deck", SLOW)
        panes = [pane for number, pane in enumerate(PANES) if pane.digit or number % (30 // some(30)) == 0]
        for pane in panes:
            walk(terminal, pane)
        assert terminal.process.poll() is None, terminal.text
        terminal.type("q")
        terminal.wait_quiet(0.2)
        output = terminal.output.decode("utf-8", "replace")
    seen = {found.group() for found in TOKEN.finditer(output)} & set(poison.given)
    given = [poison.given[mark] for mark in seen]
    passed = [text for text in given if controls(text) and text in output]
    found = [*foreign(output), *map(ascii, passed)]
    assert found == []
    assert not list(tmp_path.rglob("crash-*"))
    assert len(HOSTILE) >= 90
    figure("terminal: foreign control bytes, crashes, actions",
           f"{len(found)} in {len(seen):,} fields of {len(panes)} panes × {len(HOSTILE)} attacks",
           f"0 in {CASES:,} fields × 90 attacks", len(seen) >= CASES)  # fmt: skip


def test_texts_of_any_length_are_drawn_and_left(tmp_path: Path) -> None:
    poisoned(tmp_path, 2)
    with Terminal([*START, "--offline", "demo", "--cache", tmp_path], WIDE, cwd=tmp_path) as terminal:
        terminal.wait_until(lambda: "? keys" in terminal.lines[-1], "the deck", SLOW)
        terminal.type("3")
        terminal.wait_until(
            lambda: "Runs" in terminal.lines[0] and TOKEN.search(terminal.text) is not None, "rows", SLOW
        )
        terminal.wait_quiet(0.2, SLOW)
        terminal.type("q")
        assert terminal.wait_end(SLOW) == 0
        assert foreign(terminal.output.decode("utf-8", "replace")) == []
