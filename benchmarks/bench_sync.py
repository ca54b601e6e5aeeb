"""Runs from a server on this machine into the cache, beside azure-ai-ml: `python -m benchmarks.bench_sync [RUNS]`.

Ours is the whole way: azure-core's pipeline, run history's pages, redaction, records, rows, documents and the index of
words. Theirs is what they offer for the same: `ml_client.jobs.list()`, entities kept nowhere. Both ask a server that
only repeats what it was asked before, so neither waits for an answer to be made up.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from app.tables import RUNS
from cache.store import Store
from services.connection import Connection
from services.emulator.transport import FakeCredential, over_loopback
from services.experiments import list_experiments
from services.records import WorkspaceRef
from services.runs import list_runs
from services.workspaces import list_workspaces

SCOPE, WORKSPACE = "benchmark", "ml-prod"
GOAL, GOAL_RATIO = 15_000, 10.0
RUNS_THERE = 5_000
EMULATOR = "import sys; from app.launch import main; sys.exit(main())"


@contextmanager
def served(*words: str) -> Generator[str]:
    """A server in a process of its own; gives the address it prints."""
    with subprocess.Popen([sys.executable, *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().decode().strip()
        finally:
            process.terminate()


def connection(url: str) -> Connection:
    """One of ours to the server."""
    return Connection(FakeCredential(), transport=over_loopback(url))


def workspace(url: str) -> WorkspaceRef:
    """The workspace that is read."""
    for page in list_workspaces(connection(url)):
        for found in page.records:
            if found.name == WORKSPACE:
                return WorkspaceRef(found.subscription, found.resource_group, found.name)
    raise LookupError(WORKSPACE)


def ours(url: str, ref: WorkspaceRef) -> int:
    """Read every run of every experiment into a fresh cache; gives how many."""
    azure = connection(url)
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(Path(folder), [RUNS])
        for page in list_experiments(azure, ref):
            for experiment in page.records:
                for runs in list_runs(azure, ref, experiment.name):
                    store.put(RUNS.name, SCOPE, runs.records, runs.documents, provenance=runs.provenance)
        view = store.view(RUNS.name, SCOPE)
        view.prepare()
        store.close()
        return view.count() or 0


def theirs(url: str, ref: WorkspaceRef) -> int:
    """List every job as azure-ai-ml's entities; gives how many."""
    from azure.ai.ml import MLClient

    client: Any = MLClient(
        FakeCredential(), ref.subscription, ref.resource_group, ref.name, transport=over_loopback(url),
        enable_telemetry=False, show_progress=False,
    )  # fmt: skip
    return sum(1 for _ in client.jobs.list())


def rate(work: Callable[[], int]) -> tuple[int, float, float]:
    """How many it gave, and how many a second by the clock and by the processor; the second time it is done."""
    work()
    clock, processor = time.perf_counter(), time.process_time()
    count = work()
    return count, count / (time.perf_counter() - clock), count / (time.process_time() - processor)


class Rates(NamedTuple):
    """How many there were, and how many a second by the clock and by the processor, of both."""

    ours: tuple[int, float, float]
    theirs: tuple[int, float, float]

    @property
    def ratio(self) -> float:
        """How many times as fast ours is, by the clock."""
        return self.ours[1] / self.theirs[1]


def measured(runs: int) -> Rates:
    """Both, in a world of that many runs."""
    with served("-c", EMULATOR, "emulator", "--port", "0", "--runs", str(runs)) as made, \
            served("-m", "benchmarks.replay", made) as url:  # fmt: skip
        ref = workspace(url)
        return Rates(rate(lambda: ours(url, ref)), rate(lambda: theirs(url, ref)))


def main() -> int:
    """Measure both and print them."""
    found = measured(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS_THERE)
    for name, (count, clock, processor) in (("amldeck", found.ours), ("azure-ai-ml", found.theirs)):
        print(f"{name:12}{count:>8,} {clock:>8,.0f} a second, {processor:>8,.0f} a second of processor")
    print(f"{found.ratio:.1f} times as fast (goal {GOAL_RATIO:g}); {found.ours[1] / GOAL:.0%} of {GOAL:,} a second")
    return 0


if __name__ == "__main__":
    sys.exit(main())
