"""The tail of a container's log, as getLogs gives it: one instance, chosen by the service, as one text."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from services.emulator.container_rows import SERVER, Happening, Line, happenings, is_written, lines_of
from services.emulator.endpoints import Deployment, Endpoint, created_at
from services.emulator.flows import Minute, minute_of
from services.emulator.instances import instance_ids, is_running
from services.emulator.places import Place
from services.emulator.ticks import HOUR, MINUTE, SECOND, stamp

if TYPE_CHECKING:
    from services.emulator.world import World

USUAL_TAIL, LONGEST_TAIL = 500, 5_000
KEPT = 3 * HOUR
"""A container keeps no more of its log than this."""
_TOLD = 6
"""How many of the newest events stand before the log."""

_STAGES = ("SystemSetup", "UserContainerImagePull", "ModelDownload", "UserContainerStart")


def server_log(world: World, place: Place, endpoint: Endpoint, deployment: Deployment, tail: int) -> str:
    """Return the state of the first instance, its newest events, and the last `tail` lines of its server."""
    name = instance_ids(place, endpoint.name, deployment)[0]
    minutes = list(_back(world, place, endpoint.name, deployment))
    is_there = bool(minutes) and is_running(deployment, minutes[0])
    lines = list(islice(_newest(world, place, minutes, deployment.name, name), tail)) if is_there else []
    events = list(islice(_events(world, place, minutes, deployment.name, name), _TOLD))
    if not events and not is_there:
        at = deployment.changed or created_at(deployment.days, deployment.owner, world.now())
        events = [Happening(at, deployment.name, name, "Failed", "Failed to pull image: manifest unknown")]
    told = [f"Kind: Pod, Name: {one.name}, Type: {_kind(one)}, Time: {stamp(one.at, 'Z')}, Message: {one.text}"
            for one in reversed(events)]  # fmt: skip
    state = "\n".join(f"{stage}: {state}" for stage, state in _stages(deployment, minutes[0] if minutes else None))
    log = "\n".join(reversed([line.text for line in lines]))
    happened = "\n".join((*told, ""))
    return f"Instance status:\n{state}\n\nContainer events:\n{happened}\nContainer logs:\n{log}\n"


def initializer_log(world: World, place: Place, endpoint: Endpoint, deployment: Deployment, tail: int) -> str:
    """Return what fetched the model when the instance was made; nothing where none could be."""
    now = world.now()
    minute = minute_of(world, place, endpoint.name, now // MINUTE * MINUTE)
    if minute is None or not is_running(deployment, minute):
        return ""
    at = deployment.changed or created_at(deployment.days, deployment.owner, now)
    lines = (f"Downloading model {deployment.model} of {endpoint.name}", "Download done")
    told = [
        f"{stamp(at + number * 9 * SECOND, 'Z')} | storage-initializer | {line}" for number, line in enumerate(lines)
    ]
    return "\n".join(told[-tail:]) + "\n"


def _back(world: World, place: Place, endpoint: str, deployment: Deployment) -> Iterator[Minute]:
    """Yield the minutes of an endpoint, newest first, back to where the container was made or its log begins."""
    now = world.now() // MINUTE * MINUTE
    for at in range(now, now - KEPT, -MINUTE):
        minute = minute_of(world, place, endpoint, at)
        if minute is not None:
            yield minute
            if is_written(world, place, minute, deployment):
                return


def _newest(world: World, place: Place, minutes: list[Minute], deployment: str, instance: str) -> Iterator[Line]:
    now = world.now()
    for minute in minutes:
        for line in reversed(lines_of(world, place, minute)):
            is_mine = line.deployment == deployment and line.instance == instance
            if is_mine and line.container == SERVER and line.at <= now:
                yield line


def _events(world: World, place: Place, minutes: list[Minute], deployment: str, instance: str) -> Iterator[Happening]:
    now = world.now()
    for minute in minutes:
        for one in reversed(happenings(world, place, minute)):
            if one.deployment == deployment and one.instance == instance and one.at <= now:
                yield one


def _kind(one: Happening) -> str:
    return "Normal" if one.name in ("Pulled", "Created", "Started") else "Warning"


def _stages(deployment: Deployment, minute: Minute | None) -> Iterator[tuple[str, str]]:
    """Yield how far an instance came: what follows on a failure was never begun."""
    story = minute.trouble_of(deployment.name).story if minute else ""
    fails = {"crash loop": "UserContainerStart"}.get(story, "")
    if minute is not None and not is_running(deployment, minute):
        fails = "UserContainerImagePull"
    for stage in _STAGES:
        yield stage, "Failed" if stage == fails else "Succeeded"
        if stage == fails:
            return
