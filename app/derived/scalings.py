"""When autoscale last gave or took instances of each deployment, as the activity log tells it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from services.activity import Event
from services.parsing import id_part

_ACTION = re.compile(r"insights/autoscalesettings/scale(?:up|down)(?:result)?/action$", re.IGNORECASE)
_SAID = re.compile(
    r"resource '(?P<target>[^']{1,600})' "
    r"from (?P<before>\d{1,5}) instances? count to (?P<after>\d{1,5}) instances? count",
    re.IGNORECASE,
)


class Scaling(NamedTuple):
    """One scale action: when, from how many instances to how many, and whether it went well (None: not said)."""

    at: datetime
    before: int
    after: int
    is_failed: bool | None


def last_scalings(events: Iterable[Event]) -> dict[str, Scaling]:
    """The newest scale action by `endpoint/deployment` in lower case; `events` may be of anything."""
    found: dict[str, Scaling] = {}
    for event in events:
        said = _SAID.search(event.description or "") if _ACTION.search(event.operation or "") else None
        if said is None:
            continue
        endpoint, name = (id_part(said["target"], kind) for kind in ("onlineEndpoints", "deployments"))
        if not (endpoint and name):
            continue
        state = (event.status or "").lower()
        is_failed = True if state == "failed" else False if state in ("succeeded", "accepted") else None
        key = f"{endpoint}/{name}".lower()
        if key not in found or event.at > found[key].at:
            found[key] = Scaling(event.at, int(said["before"]), int(said["after"]), is_failed)
    return found
