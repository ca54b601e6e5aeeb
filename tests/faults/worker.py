"""A process that uses a demo's cache, for the tests of many: `python -m tests.faults.worker WHAT FOLDER …`."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
import sys
import time
from pathlib import Path

from app.__main__ import main
from cache.files import NAME
from cache.intent import Asked, Intent
from services.emulator.world import World
from tests.app.acting import Acting
from tests.journeys.stage import staged
from tests.scale import some

TOLD = ("is locked", "Another program", "could not be written")
"""What a screen would say of a cache that others keep busy."""

KILLS, VERB_KILLS = some(40), some(12)
RUNS = "300"
"""How many runs the demo has that is read again and again: a few seconds' worth."""

GREEN = "/onlineEndpoints/fraud-score/deployments/green"


def deck(folder: Path, seconds: float) -> None:
    """A deck nobody sees, which somebody walks through and refreshes; say what its screen says of a busy cache."""

    async def walk() -> None:
        end = time.monotonic() + seconds
        async with staged(folder / "demo", world=World(runs=150)) as stage:
            while time.monotonic() < end:
                for key in ("1", "3", "j", "G", "r", "0", "5", "r"):
                    await stage.press(key)
                    if any(word in stage.text for word in TOLD):
                        print("told:", [line for line in stage.lines if any(word in line for word in TOLD)])

    asyncio.run(walk())


def sync(folder: Path, seconds: float) -> None:
    """Read everything into the cache, again and again."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        code = main(["sync", "--demo", "--demo-runs", RUNS, "--fresh", "--cache", str(folder)])
        if code not in (0, 3):  # 3: another process has asked for more than the budget allows
            print("sync ended with", code)


def read(folder: Path, seconds: float) -> None:
    """Ask the cache, again and again; say what went wrong."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for pane in ("runs", "compute", "pulse"):
            if code := main([pane, "--demo", "--offline", "--json", "--limit", "50", "--cache", str(folder)]):
                print("reading ended with", code, file=sys.stderr)


def kill(folder: Path, seconds: float, rounds: int = KILLS) -> None:
    """Kill a sync at random moments, `rounds` times; say how many rows each left, or what is wrong with the file.

    The children are forks of this process, which knows all modules and has no cache open.
    """
    import azure.core.pipeline.transport  # noqa: F401
    import requests  # noqa: F401

    dice = random.Random(7)
    for round_ in range(rounds + 1):
        child = os.fork()
        if child == 0:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            os._exit(main(["sync", "--demo", "--demo-runs", RUNS, "--fresh", "--cache", str(folder)]))
        if round_ == 0:
            os.waitpid(child, 0)  # the first one comes to its end: then there are rows to lose
            continue
        time.sleep(dice.uniform(0.02, seconds))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        print(sound(folder / "demo" / NAME), flush=True)


def kill_asking(folder: Path, seconds: float) -> None:
    """Kill what carries out verbs after a few intents, again and again; say every intent that was on the disk."""
    dice = random.Random(7)
    for _ in range(VERB_KILLS):
        hearing, saying = os.pipe()
        child = os.fork()
        if child == 0:
            os.dup2(saying, 1)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            ask(folder)
        os.close(saying)
        with os.fdopen(hearing) as told:
            begun = [told.readline() for _ in range(dice.randrange(1, 6))]
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            said = [*begun, *(line for line in told if len(line) == len(begun[0]))]
        assert all(said), "A process ended by itself."
        print("".join(said), end="", flush=True)


def ask(folder: Path) -> None:
    """Carry out verbs until killed; say each intent once it is on the disk, which is before it is sent."""
    acting = Acting(folder)
    acting.session.unlock(3_600)
    acting.actor.resume()  # what the process before left open
    begin = acting.session.intents.begin

    def begun(asked: Asked) -> Intent:
        intent = begin(asked)
        print(intent.id, flush=True)
        return intent

    acting.session.intents.begin = begun  # type: ignore[method-assign]
    for number in range(10**6):
        change = acting.actor.plan("scale", GREEN, {"instances": str(3 + number % 2)})
        ended = acting.carry_out(change)
        assert ended.outcome == "done", ended.said
    os._exit(1)


def sound(path: Path) -> str:
    """`ok` and how many runs the file has, or what is wrong with it."""
    if not path.exists():
        return "ok 0"
    db = sqlite3.connect(path, timeout=30)
    try:
        verdict = db.execute("PRAGMA integrity_check").fetchone()[0]
        has_runs = db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'runs'").fetchone()[0]
        return f"{verdict} {db.execute('SELECT count(*) FROM runs').fetchone()[0] if has_runs else 0}"
    finally:
        db.close()


if __name__ == "__main__":
    {"deck": deck, "sync": sync, "read": read, "kill": kill, "ask": kill_asking}[sys.argv[1]](
        Path(sys.argv[2]), float(sys.argv[3])
    )
