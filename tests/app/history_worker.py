"""A process that reads a history again and again, killed at one write after the other: `python -m … FOLDER`.

Its children are forks of a process that knows all modules and has no cache open. It says a line for each child: how
many requests it made for pages of runs, children and metrics, and whether it came to its end.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from services.emulator.request_log import Logged
from services.emulator.world import World
from tests.app.history import PACE, SWEEPS, WHOLE, Desk, Time, world_of

PARTS = ("runs:query", "/children", "runs/search")


SECONDS = 100
"""Between two of them: the lease of the one that was killed is over."""


def small_world(time: Time) -> World:
    """Few runs, on several pages of each kind."""
    return world_of(PACE, SWEEPS, runs=800, clock=time)


def killed_at(write: Callable[..., Any], left: list[int]) -> Callable[..., Any]:
    """The same write, but for the one at which this process is killed: before it in odd, after it in even ones."""

    def counted(*arguments: Any, **named: Any) -> Any:
        left[0] -= 1
        if left[0] == 0 and left[1] % 2:
            os.kill(os.getpid(), signal.SIGKILL)
        given = write(*arguments, **named)
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return given

    return counted


def read(folder: Path, number: int, round_: int, told: int) -> None:
    """Read all of it, killed at write `number`, at a time of its own. Each request is told at once."""
    time = Time()
    world = small_world(time)
    time.go(seconds=SECONDS * round_)
    add = world.log.add

    def noted(entry: Logged) -> None:
        add(entry)
        os.write(told, b"".join(f"{part}\n".encode() for part in PARTS if part in entry.path))

    world.log.add = noted  # type: ignore[method-assign]
    with Desk(folder, world, time) as desk:
        store, left = desk.store, [number, number]
        for name in ("put", "fill", "finish"):
            setattr(store, name, killed_at(getattr(store, name), left))
        desk.read(*WHOLE)
    os.write(told, b"end\n")


def main(folder: Path) -> None:
    """Kill at write 1, 2, 4, 6 … until one comes to its end before it is killed."""
    import azure.core.pipeline.transport  # noqa: F401
    import requests  # noqa: F401

    number, round_, said = 0, 0, b""
    while b"end" not in said and number < 100:
        number += 1 if number < 2 else 2
        round_ += 1
        reader, told = os.pipe()
        if os.fork() == 0:
            os.close(reader)
            read(folder, number, round_, told)
            os._exit(0)
        os.close(told)
        said = b""
        while piece := os.read(reader, 65_536):
            said += piece
        os.close(reader)
        status = os.waitstatus_to_exitcode(os.wait()[1])
        if status not in (0, -signal.SIGKILL):
            sys.exit(f"the reader ended with {status}")
        print(*(said.decode().split().count(part) for part in (*PARTS, "end")), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
