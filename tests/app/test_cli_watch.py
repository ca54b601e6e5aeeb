"""`amldeck watch`: a line for each event, and how it ended as an exit code."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli import watch
from app.rows import EndpointHealth
from app.watching import Watcher
from services.emulator.serve import serving
from services.watching import Watch
from tests.app.commanding import Command, cached, put
from tests.services.emulated import Emulated


@pytest.fixture(scope="module")
def emulated() -> Emulated:
    return Emulated(runs=300)


@pytest.fixture(scope="module")
def url(emulated: Emulated) -> Iterator[str]:
    with serving(emulated.world) as address:
        yield address


@pytest.fixture
def amldeck(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(tmp_path, capsys)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """It looks again at once: nothing is won by waiting."""
    monkeypatch.setattr(watch, "EVERY", 0.05)


@pytest.mark.parametrize(
    ("status", "code", "word"), [("Completed", 0, "completed after"), ("Failed", 4, "failed after")]
)
def test_a_run_that_has_ended_is_said_at_once_and_a_program_gets_the_event(
    amldeck: Command, emulated: Emulated, url: str, tmp_path: Path, status: str, code: int, word: str
) -> None:
    run, kept = emulated.run(status=status)["runId"], tmp_path / "event.json"
    write = f"import pathlib, sys; pathlib.Path({str(kept)!r}).write_bytes(sys.stdin.buffer.read()); sys.exit(3)"
    said = amldeck.alone("--emulator", url, "-w", "ml-prod", "--cache", str(tmp_path), "watch", "run", run, "--json",
                   "--until", "20s", "--exec", sys.executable, "-c", write)  # fmt: skip
    (event,) = [json.loads(line) for line in said.out.splitlines()]
    assert (event["kind"], event["thing"], event["is_last"], said.code) == ("end", run, True, code)
    assert word in event["sentence"]
    assert json.loads(kept.read_bytes()) == event
    assert "it ends." in said.err
    assert "ended with exit code 3." in said.err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("run", "nobody_42"), 1, "nobody_42"),
        (("endpoint", "nobody", "--until", "1s"), 1, "There are "),
        (("endpoint", "fraud-score", "--exec", "no-such-program", "-x"), 2, "there is no program 'no-such-program'"),
        (("spend", "100"), 2, "Write an amount"),
        (("spend", "1EUR", "--until", "1s"), 1, "Costs here are in USD"),
        (("endpoint", "fraud-score", "--errors", "5"), 2, "Write a share"),
        (("run", "x", "--offline"), 1, "leave --offline out"),
    ],
)
def test_what_cannot_be_watched_is_a_sentence_and_a_code(
    amldeck: Command, url: str, words: tuple[str, ...], code: int, said: str
) -> None:
    found = amldeck("--emulator", url, "-w", "ml-prod", "watch", *words)
    assert (found.code, found.out) == (code, "")
    assert said in found.err


def test_how_a_watched_endpoint_stands_is_narrated(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with cached(tmp_path) as session:
        put(session, "endpoint_health", EndpointHealth(id="bad", state="failing", is_unhealthy=True, failed=0.3),
            EndpointHealth(id="good", state="healthy"))  # fmt: skip
        watcher = Watcher(session, is_kept=False)
        for name in ("bad", "good", "new"):
            watcher.add(Watch(kind="state", thing=name, name=name, since=session.now()))
        watcher.look()
        watch.say_standing(watcher)
    assert capsys.readouterr().err.splitlines() == [
        "endpoint bad is failing: 30 % of its requests fail.",
        "endpoint good is in no trouble, as far as was measured.",
        "endpoint new does not tell yet how it answers.",
    ]
