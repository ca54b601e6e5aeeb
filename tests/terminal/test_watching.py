"""What a terminal gets when something watched has happened: a notification, a bell, and no byte of a hostile name."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from tests.terminal.demo import SLOW, START
from tests.terminal.harness import Terminal
from tests.terminal.leaks import foreign

pytestmark = pytest.mark.pty

NAME = "zz\x1b]0;title\x07\x9d52;c;aGk=\x9c\x07\x1b\\;\u202e\x1b[31mend"


def test_the_end_of_a_watched_run_rings_and_its_name_sends_nothing(demo: Path) -> None:
    from app.sources import TABLES
    from app.watching import Watcher
    from cache.store import Store
    from services.records import Provenance
    from services.watching import Watch
    from tests.journeys.stage import session_of

    now, folder = datetime.now(UTC), demo / "demo"
    store = Store.open(folder, TABLES)
    paint = store.first_paint()
    assert paint is not None
    some = next(row.record for row in store.records("runs", paint.scope, order="-created"))
    ended = msgspec.structs.replace(some, id="hostile", name=NAME, status="Completed", parent=None, ended=now)
    store.put("runs", paint.scope, [ended], provenance=Provenance("test", None, now))
    store.close()
    session = session_of(folder, None)
    session.choose(session.default_workspace or pytest.fail("no workspace"))
    Watcher(session).add(Watch(kind="end", thing="hostile", name=NAME, since=now))
    session.close()
    with Terminal([*START, "--offline", "demo", "--cache", demo]) as terminal:
        terminal.wait_until(lambda: b"\x1b]9;amldeck: run zz" in terminal.output, "a notification", SLOW)
        terminal.wait_quiet(0.3)
        terminal.type("q")
        terminal.wait_end()
        output = terminal.output.decode("utf-8", "replace")
    (said,) = re.findall(r"\x1b\]9;([^\x07]*)\x07", output)
    assert said.isprintable()
    assert "completed" in said
    rest = output.replace(f"\x1b]9;{said}\x07", "")
    assert foreign(rest) == [ascii("\x07")], "the bell, and nothing else"
