"""From the key that opens an endpoint to the verdict, among many: `python -m benchmarks.bench_triage [ENDPOINTS]`.

A deck in this process over the emulator in this process, so the emulator's own work is in every time; what is asked and
written is counted, and that does not depend on the machine. Linux: bytes are what this process handed to the system.
"""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import msgspec

from app.cli.triage import SOURCES
from app.triaging.view import TriageView
from services.emulator.endpoints import ENDPOINTS
from services.emulator.world import World
from tests.journeys.stage import WIDE, Stage, staged

MANY, BROKEN = 100, "fraud-score"
PATIENCE = 300.0


def add_endpoints(many: int) -> None:
    """Have the emulated workspace hold so many endpoints: copies of one that stands well."""
    own = ENDPOINTS["ml-prod"]
    usual = next(one for one in own if one.name == "churn")
    copies = (msgspec.structs.replace(usual, name=f"churn-{number:03}") for number in range(many - len(own)))
    ENDPOINTS["ml-prod"] = (*own, *copies)


def written() -> int:
    """Bytes this process has handed to the system to write."""
    said = Path("/proc/self/io")
    return int(re.findall(r"wchar: (\d+)", said.read_text())[0]) if said.exists() else 0


def kinds(stage: Stage) -> Counter[str]:
    """The calls so far by what they ask for: the last words of their paths, names left out."""
    paths = (one.path.replace(BROKEN, "*") for one in stage.world.log.entries())
    return Counter("/".join(re.sub(r"churn-\d+|[0-9a-f-]{36}", "*", path).split("/")[-2:]) for path in paths)


async def until(is_so: Callable[[], bool]) -> float:
    """Seconds until something holds, looked at every two milliseconds."""
    started = time.perf_counter()
    while not is_so():
        assert time.perf_counter() - started < PATIENCE, "waited in vain"
        await asyncio.sleep(0.002)
    return time.perf_counter() - started


async def opened(stage: Stage, title: str) -> None:
    """Press enter on the broken endpoint and say when its verdict stood there, and what that took."""
    view = stage.deck.part(TriageView)
    stage.world.log.clear()
    before, started = written(), time.perf_counter()
    stage.deck.simulate_key("enter")
    await until(lambda: view.judged is not None)
    shown = time.perf_counter() - started
    await until(lambda: view.judged is not None and view.judged.found.verdict.is_unhealthy)
    found = time.perf_counter() - started
    await until(lambda: "Suspects" in stage.text and not any(state.is_reading for state in view.states()))
    whole = time.perf_counter() - started
    calls = sum(kinds(stage).values())
    print(f"{title:24}{shown * 1000:>8.0f}{found * 1000:>10.0f}{whole * 1000:>10.0f} ms{calls:>7} calls"
          f"{(written() - before) / 1024:>9,.0f} KiB")  # fmt: skip
    stage.deck.simulate_key("escape")
    await until(lambda: stage.deck.view.opened is None)


async def measure(many: int, folder: Path) -> None:
    """Fill a cache, then open the endpoint twice: before its own signals were ever read, and after."""
    add_endpoints(many)
    async with staged(folder, size=WIDE, pane="endpoints", world=World(runs=50, scenario="bad-deployment")) as stage:
        await until(lambda: all(stage.deck.desk.states[name].last_ok for name in SOURCES))
        await until(lambda: not any(state.is_reading for state in stage.deck.desk.states.values()))
        asked = kinds(stage)
        print(f"{many} endpoints read with {sum(asked.values())} calls; those that ask for each or for many at once:")
        for kind, count in asked.most_common(4):
            print(f"  {count:>5} {kind}")
        await stage.press("slash")
        await stage.type(f"name={BROKEN}")
        await stage.press("enter")
        await stage.until(lambda: stage.cursor == BROKEN, "the endpoint under the cursor")
        print(f"{'':24}{'verdict':>8}{'the true':>10}{'all of it':>10}")
        await opened(stage, "never looked at")
        await opened(stage, "looked at before")


def main() -> int:
    """Measure and print it."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else MANY, Path(folder)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
