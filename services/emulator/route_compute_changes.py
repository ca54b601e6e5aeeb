"""Writes on compute instances: start, stop, restart, and when to stop by itself."""

from __future__ import annotations

import re
from functools import partial

from msgspec.structs import replace

from services.emulator.answers import Response
from services.emulator.changes import STARTING_FOR, STOPPING_FOR, InstanceChange
from services.emulator.fleet import Instance
from services.emulator.overlays import instance_state, instances_of
from services.emulator.route_compute import get_compute
from services.emulator.routing import Ask, Route, Write
from services.emulator.ticks import HOUR, MINUTE
from services.emulator.writing import Task, accepted, done, refusal

_ALLOWED = {"Start": ("Stopped",), "Stop": ("Running",), "Restart": ("Running",)}
"""In which states an instance takes an operation."""


def _instance(ask: Ask) -> Instance:
    """Return the instance of the path. Raises Refusal: 404 without such a compute, 400 for one of another kind."""
    name = ask.parts["compute"]
    for one in instances_of(ask.world.changes, ask.place, ask.now):
        if one.name == name:
            return one
    get_compute(ask)
    raise ask.wrong(f"Compute {name} is not a ComputeInstance: it cannot be started, stopped or restarted.")


def operate(ask: Ask, operation: str) -> Response:
    """Answer 202 and begin; an instance that is in another state than the operation wants is a 409."""
    instance = _instance(ask)
    state = instance_state(instance, ask.now)
    if state not in _ALLOWED[operation]:
        message = (
            f"Cannot {operation.lower()} compute instance {instance.name}: it is in state {state}, allowed states are "
            f"{', '.join(_ALLOWED[operation])}."
        )
        raise refusal(ask, 409, message, "Conflict", "InvalidComputeInstanceState")
    _change(ask, instance, operation=operation, at=ask.now)
    return accepted(ask, Task("compute"), {})


def _change(ask: Ask, instance: Instance, **changed: object) -> None:
    key = (ask.place.name, instance.name)
    before = ask.world.changes.instances.get(key, InstanceChange())
    ask.world.changes.instances[key] = replace(before, **changed)


_PERIOD = re.compile(r"PT?(?:(?P<days>\d+)D)?T?(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?")
SHORTEST, LONGEST = 15 * MINUTE, 72 * HOUR


def set_idle_shutdown(ask: Ask) -> Response:
    """Answer 200: the instance stops by itself after this long without use, 15 minutes to 3 days; null is never."""
    instance, body = _instance(ask), ask.request.json()
    given = body.get("idleTimeBeforeShutdown")
    if given is not None and not SHORTEST <= _ticks(str(given)) <= LONGEST:
        message = (
            f"Idle time before shutdown '{given}' is not valid: it must be a period in ISO 8601 between 15 minutes and "
            "3 days."
        )
        raise refusal(ask, 400, message, "BadArgument", "ArgumentInvalid")
    _change(ask, instance, idle_shutdown="" if given is None else str(given))
    return done(ask, None, body)


def _ticks(period: str) -> int:
    """Return the length of an ISO 8601 period of days, hours and minutes; 0 for anything else."""
    found = _PERIOD.fullmatch(period)
    if found is None:
        return 0
    days, hours, minutes = (int(found[name] or 0) for name in ("days", "hours", "minutes"))
    return days * 24 * HOUR + hours * HOUR + minutes * MINUTE


_C = "{ws}/computes/{compute}"
_VERBS = (("Start", STARTING_FOR), ("Stop", STOPPING_FOR), ("Restart", STARTING_FOR))

ROUTES = (
    *(
        Route("POST", "arm", f"{_C}/{name.lower()}", partial(operate, operation=name),
              write=Write(f"computes/{name.lower()}/action", f"{name}s compute instance", ticks))
        for name, ticks in _VERBS
    ),
    Route("POST", "arm", f"{_C}/updateIdleShutdownSetting", set_idle_shutdown,
          write=Write("computes/updateIdleShutdownSetting/action", "Updates idle shutdown setting")),
)  # fmt: skip
