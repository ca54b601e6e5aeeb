"""What autoscale did, for the activity log: by night one instance less for a while, told as the engine tells it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from services.emulator.autoscale import AUTOSCALE, Scaled
from services.emulator.operations import Kind, Operation, stream
from services.emulator.places import Place
from services.emulator.ticks import DAY, HOUR, MINUTE

Json = dict[str, Any]

ENGINE = "Microsoft.Insights/autoscaleSettings"
_ACTION = "Microsoft.Insights/AutoscaleSettings"
DOWN, UP = f"{_ACTION}/Scaledown/Action", f"{_ACTION}/Scaleup/Action"
_DOWN_AT, _UP_AT = 2 * HOUR + 40 * MINUTE, 3 * HOUR


def _scaling(place: Place) -> Scaled | None:
    """Return the setting that scales by night: the first one that is on and leaves room below what is usual."""
    return next((one for one in AUTOSCALE.get(place.name, ()) if one.is_on and one.low < one.usual), None)


def streams_of(place: Place, before: int, since: int) -> list[Iterator[Operation]]:
    """Return the scale actions of a workspace, newest first; nothing where autoscale does nothing."""
    one = _scaling(place)
    return [] if one is None else [stream(place, "autoscale", partial(_action, one), 2 / DAY, before, since)]


def _action(one: Scaled, number: int) -> tuple[Kind, int, int | None]:
    """Return one scale action by its number: two a night, down and up again."""
    day, is_up = divmod(number, 2)
    action, at = (UP, _UP_AT) if is_up else (DOWN, _DOWN_AT)
    return Kind(action, action, f"~microsoft.insights/autoscalesettings/{one.name}", "POST"), day * DAY + at, None


def is_night(now: int) -> bool:
    """Return whether autoscale has taken instances away and not yet given them back."""
    return _DOWN_AT <= now % DAY < _UP_AT


def instances_by_night(place: Place, endpoint: str, deployment: str) -> int | None:
    """Return how many instances a deployment is left with by night; None where autoscale takes none."""
    one = _scaling(place)
    return one.low if one is not None and (one.endpoint, one.deployment) == (endpoint, deployment) else None


def told(document: Json, operation: Operation) -> Json:
    """Return an event of the log as the engine writes it, where it is one of a scale action."""
    one = _scaling(operation.place)
    if one is None or operation.kind.action not in (UP, DOWN):
        return document
    before, after = (one.low, one.usual) if operation.kind.action == UP else (one.usual, one.low)
    target = f"{operation.place.id}/onlineEndpoints/{one.endpoint}/deployments/{one.deployment}"
    said = (f"The autoscale engine attempting to scale resource '{target}' from {before} instances count to {after} "
            "instances count.")  # fmt: skip
    return {
        **document, "caller": ENGINE, "description": said,
        "claims": {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/spn": ENGINE},
        "category": {"value": "Autoscale", "localizedValue": "Autoscale"},
        "eventName": {"value": "AutoscaleAction", "localizedValue": "AutoscaleAction"},
        "properties": {"Description": said, "ResourceName": target, "OldInstancesCount": str(before),
                       "NewInstancesCount": str(after)},
    }  # fmt: skip
