"""The instances behind a deployment: what they are called, and how each stands in a minute."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

from services.emulator.demand import demand_of
from services.emulator.dice import Dice, noise
from services.emulator.endpoints import Deployment
from services.emulator.flows import Minute
from services.emulator.places import Place
from services.emulator.sizes import size_of
from services.emulator.ticks import MINUTE

FULL = 4
"""After so many minutes the memory of an instance that leaks is full."""


class Standing(NamedTuple):
    """One instance in one minute, in percent; None is not measured. `state` is as DeploymentCapacity splits."""

    id: str
    state: str
    cpu: float | None = None
    memory: float | None = None
    disk: float | None = None
    gpu: float | None = None
    gpu_memory: float | None = None
    joules: float | None = None


def instance_ids(place: Place, endpoint: str, deployment: Deployment) -> tuple[str, ...]:
    """Return the names of a deployment's instances; a failed one that never ran has them too."""
    return tuple(_name(place.name, endpoint, deployment.name, one) for one in range(deployment.instances))


@lru_cache(512)
def _name(place: str, endpoint: str, deployment: str, number: int) -> str:
    dice = Dice("instance", place, endpoint, deployment, number)
    return f"{deployment}-{dice.hex(10)}-{dice.hex(15)[10:]}"


def is_running(deployment: Deployment, minute: Minute) -> bool:
    """Return whether a deployment's containers run at all: one that failed by itself never did."""
    story = minute.trouble_of(deployment.name).story
    return story != "image pull" and (deployment.state != "Failed" or bool(story))


def filled(minute: Minute, number: int) -> int:
    """Return for how many minutes an instance that leaks has been filling; 0 is the minute it is killed in."""
    return (minute.at // MINUTE + number) % FULL


def standings(place: Place, minute: Minute, deployment: Deployment) -> tuple[Standing, ...]:
    """Return how the instances of a deployment stand in a minute."""
    ids = instance_ids(place, minute.endpoint.name, deployment)
    if not is_running(deployment, minute):
        return tuple(Standing(one, "NotReady") for one in ids)
    story, kept = minute.trouble_of(deployment.name).story, demand_of(minute.endpoint.name).memory
    used = minute.used(deployment)
    return tuple(
        _standing(one, minute.at, deployment.size, story, filled(minute, number), used, kept)
        for number, one in enumerate(ids)
    )


# A question about seven metrics asks for the same minutes seven times.
@lru_cache(8_192)
def _standing(name: str, at: int, size: str, story: str, filling: int, used: float, kept: float) -> Standing:
    dice = Dice("standing", name, at)
    is_down = story == "crash loop" or (story == "out of memory" and filling == 0)
    work = 0.0 if is_down else min(1.0, used)
    memory = kept + 4 * noise(name) + dice.between(0, -1, 1)
    if story == "out of memory":
        memory = (18.0, 71.0, 88.0, 99.6)[filling] + dice.between(0, -0.6, 0.4)
    elif is_down:
        memory = 14 + dice.between(0, -2, 2)
    cpu = 6 + 78 * work + dice.between(1, 0, 6)
    disk = 31 + 8 * noise(f"{name}disk") + 2 * math.sin(at / MINUTE / 700)
    state = "NotReady" if is_down else "Ready"
    made = Standing(name, state, _percent(cpu), _percent(memory), _percent(disk))
    if not size_of(size).gpus:
        return made
    gpu = _percent(3 + 88 * work + dice.between(2, 0, 7))
    return made._replace(gpu=gpu, gpu_memory=_percent(memory + 8), joules=round(700 + 38 * gpu, 1))


def _percent(value: float) -> float:
    return round(min(100.0, value), 3)
