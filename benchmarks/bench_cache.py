"""A million cached rows: `python -m benchmarks.bench_cache [ROWS]`.

Pages, positions, sorts and filters of a view beside what plain SQL does over the same file and index in the same run:
paging by OFFSET, positions by counting what is before. Times are medians in milliseconds of this machine; the ratio is
what to compare.
"""

from __future__ import annotations

import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from cache.query import parse
from cache.store import Store, View
from tests.cache.examples import NOW, SCOPE, origin
from tests.cache.many import RUNS, filled, runs

ROUNDS = 25
PAGE = 40

# The best plain SQL there is: the same index, named, and nothing but it is read until the page is reached.
OFFSET = """
SELECT * FROM runs WHERE _row IN (
  SELECT _row FROM runs INDEXED BY runs__by__started WHERE _scope = 1 AND _gone = 0
  ORDER BY started DESC, _row DESC LIMIT 40 OFFSET ?)
"""
POSITION = """
SELECT count(*) FROM runs INDEXED BY runs__by__started WHERE _scope = 1 AND _gone = 0
AND started > (SELECT started FROM runs WHERE _scope = 1 AND _key = ?)
"""
FILTERS = ["", "status=failed", "experiment=exp-3", "duration<9", "status:failed", "fox-12345", "!status:completed"]
ORDERS = ["-started", "name", "-metric.auc", "-nodes"]


def milliseconds(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The median time of some work."""
    times: list[float] = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times)


def say(what: str, ours: float, peer: str = "", theirs: float = 0.0) -> None:
    """One line of the table."""
    beside = f"   {theirs:9.2f} {peer}   {theirs / ours:7.1f} times as long" if peer else ""
    print(f"{what:48} {ours:9.2f} ms{beside}")


def prepared(store: Store, text: str, order: str) -> tuple[View, float]:
    """A view that is counted, and how long that took."""
    view = store.view("runs", SCOPE, parse(text, RUNS, now=NOW), order)
    return view, milliseconds(view.prepare, 1)


def pages(store: Store, db: sqlite3.Connection) -> None:
    """Pages and positions by an index, beside plain SQL."""
    view, counted = prepared(store, "", "-started")
    count = view.count() or 0
    say("count and anchors, newest first", counted)
    any_page = random.Random(3)
    deep = milliseconds(lambda: db.execute(OFFSET, (count // 2,)).fetchall(), 3)
    say("a page anywhere", milliseconds(lambda: view.window(any_page.randrange(count), PAGE)), "by OFFSET", deep)
    say("the last page", milliseconds(lambda: view.window(count - PAGE, PAGE)))
    key = view.window(count // 2, 1)[0].key
    plain = milliseconds(lambda: db.execute(POSITION, (key,)).fetchall(), 3)
    say("the position of a key", milliseconds(lambda: view.locate(key)), "by counting", plain)


def filters(store: Store) -> None:
    """What every filter and order costs before the first page and until it is counted."""
    for order in ORDERS:
        for text in FILTERS:
            fresh = store.view("runs", SCOPE, parse(text, RUNS, now=NOW), order)
            first: list[int] = []
            early = milliseconds(lambda fresh=fresh, first=first: first.append(len(fresh.window(0, PAGE))), 1)
            view, counted = prepared(store, text, order)
            note = f"{first[0]} rows after {early:.1f} ms, {view.count():,} counted"
            say(f"{text or 'all'}  by {order}", counted)
            print(f"{'':48} {note}")


def main() -> int:
    """Print the table."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        filled(folder, rows).close()
        say(f"open a cache of {rows:,} runs", milliseconds(lambda: Store.open(folder, [RUNS]).close()))
        store = Store.open(folder, [RUNS], now=lambda: NOW)
        db = sqlite3.connect(folder / "amldeck.db")
        print(f"{store.size_bytes() / 2**20:.0f} MiB")
        pages(store, db)
        filters(store)
        say("count by status", milliseconds(lambda: store.counts("runs", SCOPE, "status"), 3))
        page = list(runs(500))
        say("put 500 unchanged", milliseconds(lambda: store.put("runs", SCOPE, page, provenance=origin()), 5))
        db.close()
        store.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
