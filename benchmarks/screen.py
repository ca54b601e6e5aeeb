"""The deck measured from outside, through a pseudo terminal: what a key brings, and when. Nothing of it is in process.

A frame is what stands between two marks of synchronized output; it has come when its last byte has been read.
"""

from __future__ import annotations

import os
import select
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.mlflow_peer import pss
from tests.terminal.harness import WIDE, Terminal

DECK = (sys.executable, "-c", "import sys; from app.launch import main; sys.exit(main())", "demo", "--offline",
        "--cache")  # fmt: skip
FRAME_END = b"\x1b[?2026l"
TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


class Deck(Terminal):
    """A deck whose bytes are read and not drawn: drawing them here would be measured as the deck's own time."""

    is_drawn = False

    def __init__(self, cache: Path) -> None:
        super().__init__([*DECK, cache], WIDE)

    def _show(self, chunk: bytes) -> None:
        if self.is_drawn:
            super()._show(chunk)

    def key(self, keys: str, quiet: float = 0.12, patience: float = 20.0) -> Answer:
        """Press keys and read until nothing comes for `quiet` seconds."""
        self.read_all()
        before = len(self.chunks)
        pressed = time.perf_counter() - self.started
        self.type(keys)
        end = time.monotonic() + patience
        while time.monotonic() < end and (self.read(quiet) or len(self.chunks) == before):
            pass
        return Answer([(at - pressed, chunk) for at, chunk in self.chunks[before:]])

    def read_all(self) -> None:
        """Take in what is there already."""
        while select.select([self._master], [], [], 0)[0] and self.read(0):
            pass

    def cpu_seconds(self) -> float:
        """Seconds of processor the deck has taken so far (Linux)."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory(self) -> float:
        """MiB it takes, shared pages divided among those that share them (Linux)."""
        return pss(self.process.pid)


class Answer:
    """What came after a key: chunks with the seconds since it was pressed."""

    def __init__(self, chunks: Sequence[tuple[float, bytes]]) -> None:
        text = b"".join(chunk for _, chunk in chunks)
        self.bytes = len(text.partition(FRAME_END)[0])
        """Bytes of the first frame."""
        ends = [at for at, chunk in chunks if FRAME_END in chunk] or [at for at, _ in chunks]
        self.first = 1000 * ends[0] if ends else 0.0
        """Milliseconds until the first frame was there."""
        self.last = 1000 * ends[-1] if ends else 0.0
        """Milliseconds until the last one was, before it was quiet."""


def p95(values: Sequence[float]) -> float:
    """What 95 of 100 stay under."""
    return statistics.quantiles(values, n=20)[-1] if len(values) > 1 else values[0]


def measured(cache: Path, rounds: int = 60) -> dict[str, float]:
    """Milliseconds, bytes and MiB of a deck on this cache, by name; needs Linux for the last."""
    found: dict[str, float] = {}
    with Deck(cache) as deck:
        deck.wait_until(lambda: b"\x1b[?2004h" in deck.output, "the deck", 120)
        deck.wait_quiet(1.5, 120)
        deck.key("3", quiet=1.5)
        moves = [deck.key("j") for _ in range(rounds)]
        found["cursor"] = p95([one.first for one in moves])
        found["cursor bytes"] = statistics.median(one.bytes for one in moves)
        pages = [deck.key(key) for key in ("\x1b[6~", "\x04", "G", "g", "\x1b[6~", "\x1b[6~", "G", "\x1b[5~") * 4]
        found["page"] = p95([one.first for one in pages])
        typed = [answer for word in ("brave-elk", "cuda mem", "team risk", "person07") for answer in _typed(deck, word)]
        found["echo"] = p95([one.first for one in typed])
        found["filter"] = p95([one.last for one in typed])
        found["filter median"] = statistics.median(one.last for one in typed)
        sorts = [deck.key(key, quiet=0.5) for key in (">", ">", "I", ">", ">", "<", "I")]
        found["sort"] = p95([one.last for one in sorts])
        found["memory"] = deck.memory()
        deck.read_all()
        time.sleep(2.0)
        deck.read_all()
        began, at, before = deck.cpu_seconds(), time.monotonic(), len(deck.output)
        deck.listen(10.0)
        found["idle cpu"] = 100 * (deck.cpu_seconds() - began) / (time.monotonic() - at)
        found["idle bytes"] = (len(deck.output) - before) / 10
        deck.type("q")
        deck.wait_end(60)  # the screen is kept for the next start
    return found


def _typed(deck: Deck, word: str) -> list[Answer]:
    """A filter typed letter by letter, and cleared again."""
    deck.key("/")
    answers = [deck.key(letter) for letter in word]
    deck.key("\x1b", quiet=0.5)
    deck.key("\x1b", quiet=0.5)
    return answers


def starts(cache: Path, rounds: int = 9) -> tuple[float, float]:
    """Medians of milliseconds from exec until there are rows, and until Textual answers."""
    rows: list[float] = []
    answers: list[float] = []
    for _ in range(rounds):
        with Deck(cache) as deck:
            deck.wait_until(lambda: b"\x1b[?2026$p" in deck.output, "Textual", 120)
            # What is painted before Textual asks anything is the screen as it was left.
            painted = [at for at, chunk in deck.chunks if len(chunk) > 500 and b"\x1b[?2026$p" not in chunk]
            deck.wait_until(lambda: FRAME_END in deck.output, "a frame", 120)
            answers.append(1000 * deck.chunks[-1][0])
            rows.append(1000 * painted[0] if painted else answers[-1])
            deck.type("q")
            deck.wait_end(60)
    return statistics.median(rows), statistics.median(answers)
