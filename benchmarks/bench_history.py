"""A million runs beside a local MLflow server with the same runs: `python -m benchmarks.bench_history`, Linux only.

One command builds all of it in a folder (an hour and 3 GB the first time), measures both sides in turns, prints each
figure with its goal, and writes the table into the README. Theirs goes over loopback HTTP to SQLite, ours is read
from the cache in process, or from outside through a terminal where it says so; ours holds 10 and 100 times their runs.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from app.exports.columns import all_columns
from app.exports.taking import Export, Progress, take
from app.links import DEMO
from app.session import Session
from app.tables import RUNS, TABLES
from benchmarks import bench_sync, screen
from benchmarks.history import cache_of
from benchmarks.mlflow_peer import MLflow
from cache.query import parse
from cache.store import Store
from services.run import Run
from tests.terminal.harness import REPOSITORY

PAGE = 50
QUESTIONS: tuple[tuple[str, str, str, str, str, float], ...] = (
    ("newest page", "", "-created", "", "attributes.start_time DESC", 1.0),
    ("page of the failed", "status=Failed", "-created", "attributes.status = 'FAILED'", "", 5.0),
    ("page by name, text", "fox", "-created", "attributes.run_name ILIKE '%fox%'", "", 50.0),
    ("page by parameter", "param.optimizer=lion", "-created", "params.optimizer = 'lion'", "", 50.0),
    ("page by metric above", "metric.auc>0.97", "-created", "metrics.auc > 0.97", "", 50.0),
    ("page of three conditions", "status=Failed user:person07 param.optimizer=lion", "-created",
     "attributes.status = 'FAILED' and attributes.user_id = 'person07@example.com' and params.optimizer = 'lion'", "",
     50.0),
    ("sorted by name", "", "name", "", "attributes.run_name ASC", 150.0),
    ("sorted by a metric", "", "-metric.auc", "", "metrics.auc DESC", 150.0),
    ("sorted by duration", "", "-duration", "", "attributes.end_time DESC", 150.0),
)  # fmt: skip
"""Name, our filter and order, MLflow's, and the milliseconds the first page of ours may take."""
WORDS = ("fox", "lark", "brave", "heron")


@dataclass(slots=True)
class Figure:
    """One line: ours, the goal, and what theirs takes by how many runs they hold."""

    name: str
    ours: float
    goal: float
    unit: str = "ms"
    theirs: dict[int, float] = field(default_factory=dict[int, float])

    @property
    def is_met(self) -> bool:
        """Whether ours is within the goal; more is better where it is a rate."""
        return self.ours >= self.goal if self.unit.endswith("/s") else self.ours <= self.goal


def median(work: Callable[[], object], rounds: int = 5) -> float:
    """Milliseconds some work takes, the median."""
    times: list[float] = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - began))
    return statistics.median(times)


def first_page(store: Store, scope: str, text: str, order: str) -> None:
    """The first page of a filter and an order, as the deck gets it: at once, on a thread, or when counted."""
    view = store.view(RUNS.name, scope, parse(text, RUNS, now=store_now()), order)
    for look in (view.peek, view.prepare):
        if view.window(0, PAGE):
            return
        look()
    view.window(0, PAGE)


def store_now() -> datetime:
    """The moment filters are about."""
    return datetime.now(UTC)


def in_process(session: Session, folder: Path) -> list[Figure]:
    """What the cache gives without a screen."""
    store, scope = session.store, session.scope
    found = [Figure(name, median(lambda t=text, o=order: first_page(store, scope, t, o)), goal)
             for name, text, order, _, _, goal in QUESTIONS]  # fmt: skip
    rollup = median(lambda: store.counts(RUNS.name, scope, "experiment"), 3)
    return [*found, Figure("runs by experiment, counted", rollup, 5.0), export_rate(session, folder), sync_rate()]


def sync_rate() -> Figure:
    """How many runs a second come from a server on this machine, and what azure-ai-ml lists from the same one."""
    found = bench_sync.measured(bench_sync.RUNS_THERE)
    name = f"runs from a server into the cache (azure-ai-ml lists {found.theirs[1]:,.0f} jobs/s, {found.ratio:.1f} ×)"
    return Figure(name, found.ours[1], bench_sync.GOAL, "rows/s")


def export_rate(session: Session, folder: Path) -> Figure:
    """How many rows a second go into a CSV file with every field."""
    path, numbers = folder / "all.csv", session.store.numbers(RUNS.name, session.scope, None, "-created", 50_000)
    export = Export("csv", path, all_columns(Run), lambda: (
        seen.record for seen in session.store.numbered(RUNS.name, numbers)), None, "runs", True)  # fmt: skip
    began = time.perf_counter()
    take(export, Progress())
    rate = len(numbers) / (time.perf_counter() - began)
    path.unlink()
    return Figure("rows exported", rate, 10_000.0, "rows/s")


def on_screen(cache: Path) -> list[Figure]:
    """What a terminal sees."""
    seen = screen.measured(cache)
    rows, answers = screen.starts(cache)
    return [
        Figure("rows on the screen after start", rows, 30.0),
        Figure("deck answers after start", answers, 300.0),
        Figure("cursor key to frame, p95", seen["cursor"], 5.0),
        Figure("page, home, end to frame, p95", seen["page"], 16.0),
        Figure("letter of a filter to its echo, p95", seen["echo"], 16.0),
        Figure("letter of a filter to rows and count, p95", seen["filter"], 50.0),
        Figure("other sort to rows and count, p95", seen["sort"], 150.0),
        Figure("bytes of a cursor key", seen["cursor bytes"], 600.0, "B"),
        Figure("memory", seen["memory"], 85.0, "MiB"),
        Figure("idle processor", seen["idle cpu"], 0.2, "%"),
        Figure("idle output", seen["idle bytes"], 0.0, "B/s "),
    ]


def beside(folder: Path, session: Session, count: int, figures: dict[str, Figure]) -> None:
    """Measure MLflow with the newest `count` of the runs, for each figure it has an answer to."""
    newest = session.store.records(RUNS.name, session.scope, None, "-created", count)
    with MLflow(folder, count) as peer:
        peer.fill(seen.record for seen in newest)
        for name, _, _, where, order, _ in QUESTIONS:
            asked = order or "attributes.start_time DESC"
            figures[name].theirs[count] = median(lambda w=where, o=asked: peer.search(w, o, PAGE), 3)
        letters = [word[:end] for word in WORDS for end in range(1, len(word) + 1)]
        typed = [median(lambda part=part: peer.search(f"attributes.run_name ILIKE '%{part}%'"), 1) for part in letters]
        figures["letter of a filter to rows and count, p95"].theirs[count] = screen.p95(typed)
        began = time.perf_counter()
        figures["rows exported"].theirs[count] = len(peer.search(most=10_000)) / (time.perf_counter() - began)
        figures["memory"].theirs[count] = peer.memory()
        listing = [str(peer.programs / "mlflow"), "runs", "list", "--experiment-id", "1"]
        env = {"MLFLOW_TRACKING_URI": peer.uri, "PATH": str(peer.programs), "HOME": str(folder)}
        figures["rows on the screen after start"].theirs[count] = median(
            lambda: subprocess.run(listing, env=env, capture_output=True, check=True), 3
        )


def table(figures: list[Figure], counts: list[int], rows: int) -> list[str]:
    """The figures as lines of Markdown."""
    heads = ["", f"amldeck, {rows:,} runs", "goal", *(f"MLflow, {count:,} runs" for count in counts), "ratio"]
    lines = ["| " + " | ".join(heads) + " |", "|---" + "|---:" * (len(heads) - 1) + "|"]
    for figure in figures:
        theirs = [figure.theirs.get(count) for count in counts]
        last = theirs[-1] if theirs else None
        fastest = max(figure.ours, 1e-9)
        is_rate = figure.unit.endswith("rows/s")
        ratio = "–" if last is None else f"{fastest / last if is_rate else last / fastest:,.1f} ×"
        goal = "" if figure.is_met else " (missed)"
        cells = [figure.name, f"{_number(figure.ours)} {figure.unit}", f"{figure.goal:,g} {figure.unit}{goal}",
                 *("–" if one is None else f"{_number(one)} {figure.unit}" for one in theirs), ratio]  # fmt: skip
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2g}" if value < 10 else f"{value:.0f}"


START, END = "<!-- figures of `make bench-history` -->", "<!-- end of figures -->"


def write_readme(lines: list[str], path: Path = REPOSITORY / "README.md") -> None:
    """Put the table between its marks. Raises ValueError when the README has none."""
    text = path.read_text(encoding="utf-8")
    before, after = text.index(START) + len(START), text.index(END)
    path.write_text(text[:before] + "\n\n" + "\n".join(lines) + "\n\n" + text[after:], encoding="utf-8")


def say(text: str) -> None:
    """Narrate: it takes long, and what was measured so far is worth seeing."""
    print(text, file=sys.stderr, flush=True)


def main() -> int:
    """Build, measure, print, and write the README."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=REPOSITORY / "build" / "bench")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--peer", type=int, nargs="*", default=[10_000, 100_000])
    parser.add_argument("--dry", action="store_true", help="leave the README alone")
    wanted = parser.parse_args()
    home = cache_of(wanted.folder, wanted.rows)
    say("Measuring the deck through a terminal.")
    figures = on_screen(home)
    session = Session(Store.open(home / "demo", TABLES), mode="demo", account=DEMO)
    session.workspace = session.default_workspace
    say("Measuring the cache.")
    figures += in_process(session, wanted.folder)
    for count in wanted.peer:
        say("\n".join(table(figures, wanted.peer, wanted.rows)))
        say(f"Measuring MLflow with {count:,} runs.")
        beside(wanted.folder, session, count, {figure.name: figure for figure in figures})
    session.close()
    lines = table(figures, wanted.peer, wanted.rows)
    print("\n".join(lines))
    if not wanted.dry:
        write_readme(lines)
    return 0


if __name__ == "__main__":
    sys.exit(main())
