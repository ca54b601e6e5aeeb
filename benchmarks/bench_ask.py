"""Asking a million runs: `python -m benchmarks.bench_ask FOLDER [ROWS]`. The cache is made in FOLDER and used again.

Filters are typed a letter at a time, as the deck asks for them: a page at once, else a page by a worker, then the
count. Sorts are asked for the same way. Times are in milliseconds: of the clock, and of the processor, which a busy
machine does not stretch.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from app.links import DEMO
from app.session import Session
from app.tables import RUNS, TABLES
from benchmarks.history import NOW, cache_of
from cache.query import parse
from cache.store import Store, View

PAGE = 45
TYPED = (
    "failed", "amber-fox-12", "out of memory", "cuda", "fraud-010", "person07", "adamw", "ML-4711", "lr", "optimizer",
    "status:failed nan", "tag.team:risk plucky", "name~^amber-(fox|elk)-9", "param.optimizer~lion|sgd", "zebra", "qq",
)  # fmt: skip
ORDERS = (
    "-created", "name", "experiment", "-duration", "compute", "user", "-nodes", "error_code", "-metric.auc",
    "param.optimizer", "tag.ticket",
)  # fmt: skip


class Took(NamedTuple):
    """How long the first page and the count took: milliseconds of the clock and of the processor."""

    page: float
    page_cpu: float
    count: float
    count_cpu: float
    rows: int
    counted: int


def ask(view: View) -> Took:
    """Ask as the deck does."""
    clock, cpu = time.perf_counter(), time.process_time()
    rows = view.window(0, PAGE)
    if not rows:
        view.peek()
        rows = view.window(0, PAGE)
    page, page_cpu = time.perf_counter() - clock, time.process_time() - cpu
    view.prepare()
    if not rows:
        rows = view.window(0, PAGE)
        page, page_cpu = time.perf_counter() - clock, time.process_time() - cpu
    count, count_cpu = time.perf_counter() - clock, time.process_time() - cpu
    return Took(page * 1000, page_cpu * 1000, count * 1000, count_cpu * 1000, len(rows), view.count() or 0)


def letters(text: str) -> Iterator[str]:
    """A filter as it is typed."""
    return (text[:end].strip() for end in range(1, len(text) + 1))


def of(values: list[float], share: float) -> float:
    """The value that this share of them stays under."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def say(what: str, took: Took) -> None:
    """One line."""
    print(
        f"{what:42} page {took.page:8.1f} (cpu {took.page_cpu:7.1f})   counted {took.count:8.1f} "
        f"(cpu {took.count_cpu:7.1f})   {took.counted:,} rows",
        flush=True,
    )


def filters(store: Store, scope: str) -> None:
    """Filters as they are typed, steps and trials left out as the deck does."""
    all_of_them: list[Took] = []
    for text in TYPED:
        for so_far in letters(text):
            took = ask(store.view("runs", scope, parse(f"parent:none {so_far}", RUNS, now=NOW), "-created"))
            all_of_them.append(took)
        say(text, all_of_them[-1])
    for name, values in (("clock", [one.page for one in all_of_them]), ("cpu", [one.page_cpu for one in all_of_them])):
        print(f"first page as typed, {name}: p50 {of(values, 0.5):.1f}, p95 {of(values, 0.95):.1f}, of {len(values)}")


def main() -> int:
    """Print the table."""
    folder, rows = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    store = Store.open(cache_of(folder, rows) / "demo", TABLES, now=lambda: NOW)
    session = Session(store, mode="demo", account=DEMO)
    assert session.default_workspace is not None
    scope = session.scope_of(session.default_workspace)
    print(f"{rows:,} runs, {store.size_bytes() / 2**20:,.0f} MiB")
    for order in ORDERS:
        say(f"all by {order}", ask(store.view("runs", scope, None, order)))
    filters(store, scope)
    store.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
