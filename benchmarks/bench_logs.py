"""Logs: the last line of a 1 GB file on the screen, a search through it, and 50,000 lines a second followed.

`python -m benchmarks.bench_logs [MEGABYTES]`. Beside `less +G` where there is one, in the same run.
"""

from __future__ import annotations

import asyncio
import os
import pty
import select
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from textual.app import App, ComposeResult

from cache.log_search import Finds, finder
from cache.log_text import LogText
from widgets.lines import say
from widgets.log_view import LogView
from widgets.safe import plain
from widgets.theme import DARK, use_themes

LINE = "2026-11-21 10:{:02}:{:02},{:03} INFO     train: step {:>9} loss=0.3985 auc=0.8406 samples/s=312.4\n"
LAST = "2026-11-21 11:00:00,000 CRITICAL train: the very last line\n"
RATE = 50_000
SECONDS = 5.0


class Deck(App[None]):
    """A log view and nothing else; it ends when its last line was drawn."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        use_themes(self, DARK)
        self.text = LogText(path)
        self.view = LogView()

    def compose(self) -> ComposeResult:
        yield self.view

    def on_mount(self) -> None:
        self.view.show(say(plain("a.log")), self.text, lambda typed: Finds(self.text, finder(typed)))
        self.view.focus()


def write_log(path: Path, megabytes: int) -> int:
    """A log of so many megabytes; how many lines it has."""
    block = "".join(LINE.format(at // 60_000 % 60, at // 1000 % 60, at % 1000, at) for at in range(100_000)).encode()
    lines, left = 0, megabytes * 1_000_000
    with path.open("wb") as file:
        while left > 0:
            file.write(block)
            left, lines = left - len(block), lines + 100_000
        file.write(LAST.encode())
    return lines + 1


async def last_line(path: Path) -> float:
    """Seconds from `show` to the last line on the screen, in a deck that runs."""
    app = Deck(path)
    async with app.run_test(size=(160, 45)) as pilot:
        await pilot.pause()
        fresh = LogText(path)
        started = time.perf_counter()
        app.view.show(say(plain("a.log")), fresh, lambda typed: Finds(fresh, finder(typed)))
        shown = app.view.render_line(app.view.size.height - 1).text
        took = time.perf_counter() - started
        assert "the very last line" in shown, shown
    return took


def search(path: Path, words: str) -> tuple[float, int]:
    """Seconds to search the whole file, and how many lines were found."""
    finds = Finds(LogText(path), finder(words))
    started = time.perf_counter()
    while finds.advance(0.05):
        pass
    return time.perf_counter() - started, finds.count


async def following(path: Path) -> tuple[float, float]:
    """The share of a core the view takes while RATE lines a second are added, and the worst wait for the event loop."""
    path.write_bytes(b"")
    command = [sys.executable, "-c", WRITER, str(path), str(RATE), str(SECONDS)]
    app, worst = Deck(path), 0.0
    async with app.run_test(size=(160, 45)) as pilot:
        await pilot.pause()
        writer = subprocess.Popen(command)
        cpu, started = time.process_time(), time.perf_counter()
        while writer.poll() is None:
            before = time.perf_counter()
            await asyncio.sleep(0.05)
            worst = max(worst, time.perf_counter() - before - 0.05)
            app.view.grown()
        cpu, took = time.process_time() - cpu, time.perf_counter() - started
    return cpu / took, worst


WRITER = """
import sys, time
path, rate, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
line = "2026-11-21 10:00:00,000 INFO     train: step {:>9} loss=0.3985 auc=0.8406 samples/s=312.4\\n"
block = "".join(line.format(at) for at in range(rate // 20)).encode()
with open(path, "ab", buffering=0) as file:
    start = time.perf_counter()
    for tick in range(int(seconds * 20)):
        file.write(block)
        time.sleep(max(0.0, start + (tick + 1) / 20 - time.perf_counter()))
"""


def less_to_end(path: Path) -> float | None:
    """Seconds until `less +G` shows the last line in a terminal; None where there is no less."""
    if shutil.which("less") is None:
        return None
    ours, theirs = pty.openpty()
    started, seen = time.perf_counter(), b""
    env = {**os.environ, "LESS": "", "TERM": "xterm"}
    process = subprocess.Popen(["less", "-n", "+G", str(path)], stdin=theirs, stdout=theirs, stderr=theirs, env=env)
    while b"the very last line" not in seen and time.perf_counter() - started < 60:
        if select.select([ours], [], [], 0.5)[0]:
            seen += os.read(ours, 65_536)
    took = time.perf_counter() - started
    process.kill()
    process.wait()
    os.close(ours)
    os.close(theirs)
    return took


def main() -> None:
    """Measure and print."""
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.log"
        lines = write_log(path, megabytes)
        print(f"{megabytes:,} MB, {lines:,} lines, load {os.getloadavg()[0]:.1f}")
        shown = statistics.median(asyncio.run(last_line(path)) for _ in range(3))
        less = less_to_end(path)
        beside = f", less {less * 1000:.0f} ms (with its start)" if less is not None else ""
        print(f"last line on the screen     {shown * 1000:8.1f} ms   (budget 300 ms){beside}")
        for words in ("very last", "~step +\\d*777 loss", "CRITICAL"):
            took, count = search(path, words)
            print(f"search {words!r:<22} {took:8.2f} s    {count:,} lines, {megabytes / took:,.0f} MB/s")
        text, started = LogText(path), time.perf_counter()
        while text.count(0.05):
            pass
        print(f"count of lines              {time.perf_counter() - started:8.2f} s    {text.lines:,}")
        share, worst = asyncio.run(following(Path(folder) / "b.log"))
        print(
            f"{RATE:,} lines/s followed     {100 * share:8.1f} % CPU (budget 40 %), longest wait {1000 * worst:.0f} ms"
        )


if __name__ == "__main__":
    main()
