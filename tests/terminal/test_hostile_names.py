"""Names that attack the terminal, in every text field of a run, on every screen that shows it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.driver import harmless
from tests.hostile import CONTROLS, SEQUENCES
from tests.terminal.demo import SLOW, START
from tests.terminal.harness import WIDE, Terminal

pytestmark = [pytest.mark.pty, pytest.mark.slow]

MARK = "zz"
PAYLOADS = [text for text in (*SEQUENCES, *CONTROLS) if not text.isprintable() and len(text) < 200]

# All a deck has to say to a terminal: colours, places, modes, the Kitty keyboard, questions, the pointer's shape.
OURS = re.compile(
    r"\x1b\[[0-9;]*[mHK]|\x1b\[\?[0-9;]+[hl]|\x1b\[[<>=][0-9;]*u|\x1b\[\?\d+\$p|\x1b\[2J|\x1b\]22;[a-z-]*\x07|\x1b\\|\r\n"
)
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def hostile(run: Any, payload: str, number: int) -> Any:
    """The same run with the payload in every text that is not an id or a state we know."""
    kept = {"status", "kind", "id"}
    texts = {
        name: f"{MARK}{payload}{number}"
        for name, value in msgspec.structs.asdict(run).items()
        if isinstance(value, str) and name not in kept
    }
    # Without a parent, so that the pane shows it whatever the newest run was.
    return msgspec.structs.replace(run, **{**texts, "parent": None}, id=f"{run.id}-{number}")


@pytest.fixture
def attacked(demo: Path) -> Path:
    """The demo's cache with one run for every payload, newer than all others."""
    from app.sources import TABLES
    from app.tables import RUNS
    from cache.store import Store
    from services.records import Provenance

    now = datetime.now(UTC)
    store = Store.open(demo / "demo", TABLES)
    paint = store.first_paint()
    assert paint is not None
    found = (row.record for row in store.records(RUNS.name, paint.scope, order="-created"))
    some = next(run for run in found if run.parent is None)  # the pane starts with those
    runs = [hostile(msgspec.structs.replace(some, created=now), text, n) for n, text in enumerate(PAYLOADS)]
    store.put(RUNS.name, paint.scope, runs, provenance=Provenance("test", None, now))
    store.close()
    return demo


def leaks(output: str) -> list[str]:
    """Payloads that came through as they are or were stopped only at the driver's door, and controls nobody meant."""
    # With their numbers: an edge may cut a name just before the sign that shows a control, and the deck's own follows.
    passed = [text for number, text in enumerate(PAYLOADS) if f"{MARK}{text}{number}" in output]
    stopped = [
        text for number, text in enumerate(PAYLOADS)
        if harmless(text) != text and f"{MARK}{harmless(text)}{number}" in output
    ]  # fmt: skip
    whole = output[: max(output.rfind("\x1b"), 0)]
    return [ascii(text) for text in (*passed, *stopped, *CONTROL.findall(OURS.sub("", whole)))]


def test_no_control_of_a_name_reaches_the_terminal(attacked: Path) -> None:
    with Terminal([*START, "--offline", "demo", "--cache", attacked], WIDE) as terminal:
        terminal.wait_until(lambda: MARK in terminal.text, "a hostile row", SLOW)
        for _ in range(1 + len(PAYLOADS) // 30):
            terminal.type("\x1b[6~")
            terminal.wait_quiet(0.2)
        for key in ("g", "j", "d", "\x1b", "i", "\x1b", "v", "\x1b", "G", "3", "0"):
            terminal.type(key)
            terminal.wait_quiet(0.2)
        terminal.type("q")
        terminal.wait_quiet(0.2)
        assert leaks(terminal.output.decode("utf-8", "replace")) == []


def test_the_first_paint_of_hostile_rows_is_harmless_too(attacked: Path) -> None:
    arguments = [*START, "--offline", "demo", "--cache", attacked]
    with Terminal(arguments, WIDE) as terminal:
        terminal.wait_until(lambda: MARK in terminal.text, "a hostile row", SLOW)
        terminal.wait_quiet(1.5, SLOW)
        terminal.type("q")
        terminal.wait_end()
    with Terminal(arguments, WIDE) as terminal:
        terminal.wait_for("saved")
        terminal.wait_for(MARK)
        assert leaks(terminal.output.decode("utf-8", "replace")) == []
