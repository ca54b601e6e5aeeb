"""How much a machine was used, hour by hour, as it is kept: CPU, memory, GPU, requests and capacity. No I/O.

Where nothing was measured there is None, which is not zero.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

Points = tuple[float | None, ...]


class Utilization(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured on one thing: a value for each stretch of `grain` seconds from `since` on, the oldest first."""

    id: str
    """`deployment/endpoint/name`, `compute/name` or `run/id`, in lower case."""
    kind: str
    name: str
    since: datetime
    until: datetime
    grain: float
    cpu: Points = ()
    """Per cent, averages, as all that follows but requests and capacity."""
    memory: Points = ()
    gpu: Points = ()
    gpu_memory: Points = ()
    requests: Points = ()
    """A minute, averaged over the minutes in which there were any."""
    capacity: Points = ()
    """Above 0 where instances were held."""


def known(points: Points) -> list[float]:
    """Return what was measured."""
    return [one for one in points if one is not None]


def covered(points: Points) -> float:
    """Return which part of the time was measured, from 0 to 1."""
    return len(known(points)) / len(points) if points else 0.0


def high(points: Points) -> float | None:
    """Return the value that 95 of 100 measured ones do not exceed; None where nothing was measured."""
    found = sorted(known(points))
    return found[max(0, -(-len(found) * 95 // 100) - 1)] if found else None
