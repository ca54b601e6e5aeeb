"""How soon there is something to read, and how soon it answers: `python -m benchmarks.bench_start`.

Every command is started in a terminal of its own, in turns, so that a busy moment hits all of them. Times are medians
in milliseconds from exec; the ratio is what to compare, the times are of this machine.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.terminal.harness import REPOSITORY, WIDE, Terminal

ROUNDS = 9
DECK = [sys.executable, "-c", "import sys; from app.launch import main; sys.exit(main())", "demo", "--cache"]
EMPTY_APP = "from textual.app import App\nclass A(App):\n    BINDINGS = [('q', 'quit')]\nA().run()"


@dataclass(frozen=True)
class Case:
    """A command, and the bytes that say it has come to the point that is measured."""

    name: str
    command: list[str]
    is_there: Callable[[Terminal], bool]
    peer: str = ""
    limit: float = 0.0


def textual_is_up(terminal: Terminal) -> bool:
    """Textual asks for synchronized output when it listens, and its first frame ends with the cursor put home."""
    up = terminal.output.partition(b"\x1b[?2026$p")[2]
    return len(up) > 2000 and b"\x1b[?2004h" in up


def cases(cache: Path, kept: str) -> list[Case]:
    """Ours and its peers; what is not installed is left out."""
    python = sys.executable
    deck = [*DECK, str(cache)]
    found = [
        Case("python", [python, "-c", "print('hello')"], lambda t: "hello" in t.text),
        Case("empty Textual app", [python, "-c", EMPTY_APP], textual_is_up),
        Case("amldeck: rows", deck, lambda t: kept in t.text, peer="lazygit", limit=0.7),
        Case("amldeck: answers", deck, textual_is_up, peer="empty Textual app", limit=1.4),
    ]
    for name in ("tig", "lazygit"):
        if program := shutil.which(name):
            found.append(Case(name, [program], lambda t: len(t.text.split()) > 20))
    return found


def measure(case: Case) -> float:
    """Milliseconds from exec until the case is there."""
    with Terminal(case.command, WIDE, cwd=REPOSITORY) as terminal:
        terminal.wait_until(lambda: case.is_there(terminal), case.name, 60)
        return terminal.chunks[-1][0] * 1000


def keep_a_screen(cache: Path) -> str:
    """Open the demo once, so that there is a screen to start from; gives a word that only its rows have."""
    with Terminal([*DECK, str(cache)], WIDE) as terminal:
        terminal.wait_for("ml-prod", 60)
        terminal.wait_quiet(1.0, 60)
        terminal.type("3")
        terminal.wait_quiet(1.0, 60)
        word = max(terminal.lines[8].split(), key=len)
        terminal.type("q")
        terminal.wait_end()
    return word


def main() -> int:
    """Print the table; 1 when a budget is missed."""
    with tempfile.TemporaryDirectory() as folder:
        found = cases(Path(folder), keep_a_screen(Path(folder)))
        times: dict[str, list[float]] = {case.name: [] for case in found}
        for _ in range(ROUNDS):
            for case in found:
                times[case.name].append(measure(case))
    medians = {name: statistics.median(values) for name, values in times.items()}
    missed = 0
    for case in found:
        line = f"{case.name:20} {medians[case.name]:8.1f} ms"
        if case.peer in medians:
            ratio = medians[case.name] / medians[case.peer]
            missed += ratio > case.limit
            line += f"   {ratio:.2f} × {case.peer} (budget {case.limit})"
        print(line)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
