"""What containers say: lines of the console, and events of their lives. Read off the minutes, as the metrics are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from services.emulator.dice import Dice
from services.emulator.endpoints import Deployment
from services.emulator.flows import Minute
from services.emulator.instances import filled, instance_ids, is_running
from services.emulator.places import Place
from services.emulator.ticks import DAY, MINUTE, SECOND, clock_text, day_text
from services.emulator.traffic_rows import Request, requests_of

if TYPE_CHECKING:
    from services.emulator.world import World

SERVER, INITIALIZER = "inference-server", "storage-initializer"
IMAGE = "cr{place}.azurecr.io/azureml/azureml_{digits}"

_PERIOD = 3
"""A container that crashes comes back after so many minutes."""


class Line(NamedTuple):
    """One line of a container."""

    at: int
    deployment: str
    instance: str
    container: str
    text: str


class Happening(NamedTuple):
    """One event of a container's life."""

    at: int
    deployment: str
    instance: str
    name: str
    text: str


def image_of(place: Place, deployment: Deployment) -> str:
    """Return the image of a deployment's containers."""
    short = "".join(letter for letter in place.name if letter.isalnum())
    return IMAGE.format(place=short, digits=Dice("image", place.name, deployment.model, deployment.back).hex(32))


def lines_of(world: World, place: Place, minute: Minute) -> list[Line]:
    """Return what the containers of an endpoint wrote in one minute, oldest first."""
    found: list[Line] = []
    running = {one.name: one for one in minute.endpoint.deployments if is_running(one, minute)}
    instances = {name: instance_ids(place, minute.endpoint.name, one) for name, one in running.items()}
    for one in requests_of(world, minute):
        name = one.flow.deployment
        if name in running and (one.flow.model_code is not None or one.flow.code == 408):
            where = one.dice.pick(5, instances[name])
            # What is said of a minute stays in it, so that a minute can be read alone.
            found.extend(
                Line(min(max(at, minute.at), minute.at + MINUTE - 1), name, where, SERVER, text)
                for at, text in _of_request(minute, one)
            )
    for deployment in running.values():
        found.extend(_of_life(world, place, minute, deployment))
    found.sort(key=lambda line: line.at)
    return found


def _of_request(minute: Minute, one: Request) -> Iterator[tuple[int, str]]:
    """Yield what the server writes of one request: code that raises leaves its traceback before."""
    trouble, at = minute.trouble_of(one.flow.deployment), one.at + one.ms * SECOND // 1000
    if one.flow.code == 424:
        raised = trouble.raises if trouble.story == "raising" else ()
        text = f"Encountered Exception: {one.id}" if raised else f"Connection reset while answering {one.id}"
        yield at - 3 * SECOND // 1000, _said(at, "E", text)
        yield from ((at - 2 * SECOND // 1000, line) for line in raised)
    code = 200 if one.flow.code == 408 else one.flow.model_code
    yield at, _said(at, "I", f"POST /score {code} {one.ms}.{one.dice.whole(6, 1000):03}ms {one.id}")


def _said(at: int, level: str, text: str) -> str:
    return f"{day_text(at // DAY)} {clock_text(at)},{at % SECOND // 10_000:03} {level} [71] azmlinfsrv - {text}"


def _of_life(world: World, place: Place, minute: Minute, deployment: Deployment) -> Iterator[Line]:
    """Yield what a container writes when it starts, fails to, or is killed."""
    trouble = minute.trouble_of(deployment.name)
    for number, name in enumerate(instance_ids(place, minute.endpoint.name, deployment)):
        at = minute.at + (7 + 5 * number % 40) * SECOND
        if is_written(world, place, minute, deployment):
            yield Line(at, deployment.name, name, INITIALIZER, _said(at, "I", f"Downloading model {deployment.model}"))
            yield Line(
                at + 9 * SECOND, deployment.name, name, INITIALIZER, _said(at + 9 * SECOND, "I", "Download done")
            )
        if trouble.story == "crash loop" and (minute.at // MINUTE + number) % _PERIOD == 0:
            yield Line(at, deployment.name, name, SERVER, _said(at, "I", "Starting AzureML inference server"))
            yield from (Line(at + SECOND, deployment.name, name, SERVER, text) for text in trouble.raises)
            yield Line(at + 2 * SECOND, deployment.name, name, SERVER,
                       _said(at, "E", "Worker (pid:71) exited with code 3"))  # fmt: skip
        elif trouble.story == "out of memory" and filled(minute, number) == 0:
            yield Line(at, deployment.name, name, SERVER,
                       _said(at, "E", "Worker (pid:71) was sent SIGKILL! Perhaps out of memory?"))  # fmt: skip


def is_written(world: World, place: Place, minute: Minute, deployment: Deployment) -> bool:
    """Return whether this is the minute in which the containers of a deployment are made anew."""
    incident = world.changes.incident
    if incident is None or incident.cause is None or not incident.strikes(place, minute.endpoint.name):
        return False
    path = f"/deployments/{deployment.name}"
    return incident.cause.kind.on.endswith(path) and incident.cause.at // MINUTE * MINUTE == minute.at


def _is_missing(world: World) -> bool:
    """Return whether the image of what was written cannot be pulled."""
    incident = world.changes.incident
    return incident is not None and incident.scenario.trouble.story == "image pull"


def happenings(world: World, place: Place, minute: Minute) -> list[Happening]:
    """Return the events of an endpoint's containers in one minute, oldest first."""
    found: list[Happening] = []
    for deployment in minute.endpoint.deployments:
        story = minute.trouble_of(deployment.name).story
        image = image_of(place, deployment)
        for number, name in enumerate(instance_ids(place, minute.endpoint.name, deployment)):
            at = minute.at + (5 + 7 * number % 40) * SECOND
            parts = _events(minute, story, number, image)
            if is_written(world, place, minute, deployment):
                anew = () if _is_missing(world) else _anew(image)
                parts = (("Killing", f"Stopping container {SERVER}"), *anew)
            found.extend(
                Happening(at + step * 2 * SECOND, deployment.name, name, event, text)
                for step, (event, text) in enumerate(parts)
            )
    found.sort(key=lambda one: one.at)
    return found


def _anew(image: str) -> tuple[tuple[str, str], ...]:
    return (("Pulled", f'Container image "{image}" already present on machine'),
            ("Created", f"Created container {SERVER}"), ("Started", f"Started container {SERVER}"))  # fmt: skip


def _events(minute: Minute, story: str, number: int, image: str) -> tuple[tuple[str, str], ...]:
    turn = minute.at // MINUTE + number
    match story:
        case "crash loop" if turn % _PERIOD == 0:
            probe = 'Readiness probe failed: Get "http://10.0.0.9:5001/": dial tcp 10.0.0.9:5001: connection refused'
            return (*_anew(image), ("ReadinessProbeFailed", probe), _BACK_OFF)
        case "crash loop":
            return (_BACK_OFF,)
        case "out of memory" if filled(minute, number) == 0:
            return (("Killing", f"Container {SERVER} was OOMKilled: exit code 137"), _BACK_OFF, *_anew(image))
        case "image pull" if turn % 2 == 0:
            missing = f"manifest for {image}:latest not found: manifest unknown"
            return (("Failed", f'Failed to pull image "{image}": {missing}'), ("Failed", "Error: ErrImagePull"))
        case "image pull":
            return (("BackOff", f'Back-off pulling image "{image}"'), ("Failed", "Error: ImagePullBackOff"))
        case _:
            return ()


_BACK_OFF = ("BackOff", f"Back-off restarting failed container {SERVER}")
