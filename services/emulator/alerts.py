"""Alerts of the emulated account: the rules that watch it, what they raised, and what people said of that.

Nothing is remembered but what people said: what fired, and when it was over, is worked out from the world.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from services.emulator.dice import Dice, guid
from services.emulator.flows import minute_of
from services.emulator.places import Place
from services.emulator.samples import UPNS
from services.emulator.ticks import DAY, HOUR, MINUTE
from services.emulator.world import World

CHANGED = "Microsoft.AlertsManagement/alerts/changestate/action"
KEPT_FOR = 30 * DAY
RAISED_AFTER = 6 * MINUTE
"""A window of five minutes, and what it takes until its last minute is measured."""
RESOLVED_AFTER = 7 * MINUTE
LATE = 2 * MINUTE
WINDOW = 5
FAILING = 0.05


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One alert rule. `on` is the path of what it watches below the workspace, `groups` whom it tells."""

    name: str
    on: str = ""
    metric: str
    above: float
    severity: int
    groups: tuple[str, ...] = ()
    is_log: bool = False
    is_on: bool = True
    about: str = ""


class Raised(msgspec.Struct, frozen=True, kw_only=True):
    """One alert. `resolved` is None while it fires; `said` is its state, set `by` somebody; `at` is its last change."""

    id: str
    rule: Rule
    fired: int
    resolved: int | None = None
    said: str = "New"
    by: str = "System"
    at: int


_ONCALL = ("ag-ml-oncall",)
_TOLD = {"geo-rank": ()}
"""Endpoints whose rule nobody gave an action group."""


def _failing(endpoint: str) -> Rule:
    return Rule(
        name=f"{endpoint}-failing-requests", on=f"/onlineEndpoints/{endpoint}", metric="RequestsPerMinute", above=5,
        severity=1, groups=_TOLD.get(endpoint, _ONCALL),
        about=f"More than five requests a minute of {endpoint} fail",
    )  # fmt: skip


SLOW = Rule(name="fraud-score-p95", on="/onlineEndpoints/fraud-score", metric="RequestLatency_P95", above=400,
            severity=2, groups=(*_ONCALL, "ag-risk"), about="Card payments wait")  # fmt: skip
UNUSABLE = Rule(name="unusable-nodes", metric="Unusable Nodes", above=0, severity=3, groups=("ag-platform",),
                about="A cluster has nodes that cannot be used")  # fmt: skip

RULES: dict[str, tuple[Rule, ...]] = {
    "ml-prod": (
        *map(_failing, ("churn", "embed", "fraud-score", "geo-rank", "nlu-intent", "ocr-batch")), SLOW, UNUSABLE,
        Rule(name="failed-runs", metric="Failed Runs", above=25, severity=3, is_on=False),
        Rule(name="container-restarts", metric="", above=3, severity=2, groups=_ONCALL, is_log=True,
             about="Containers of endpoints start again and again"),
    ),
}  # fmt: skip
"""The rules of a workspace, in the order they are listed."""


def raised(world: World, place: Place, now: int) -> list[Raised]:
    """Return what the rules of a workspace raised within 30 days, newest first, as people left it."""
    if place.name not in RULES:
        return []
    found = [*_usual(place, now), *_of_incident(world, place, now)]
    kept = [_as_left(world, one) for one in found if now - KEPT_FOR <= one.fired <= now]
    return sorted(kept, key=lambda one: (-one.fired, one.id))


def _usual(place: Place, now: int) -> Iterator[Raised]:
    """Yield what fires in a quiet month too: slow mornings that went by, and nodes that stay unusable."""
    for day in range(now // DAY - 30, now // DAY):
        if day % 3 == 0:
            dice = Dice("alert", place.name, SLOW.name, day)
            fired = day * DAY + 9 * HOUR + int(dice.between(0, 0, 50) * MINUTE)
            resolved = fired + int(dice.between(1, 20, 70) * MINUTE)
            closed = resolved + int(dice.between(2, 5, 300) * MINUTE)
            one = Raised(id=guid("alert", place.name, SLOW.name, day), rule=SLOW, fired=fired, resolved=resolved,
                         at=resolved)  # fmt: skip
            yield replace(one, said="Closed", by=UPNS[day % 4], at=closed) if closed <= now and day % 2 else one
    fired, number = unusable_since(now) + RAISED_AFTER, now // DAY
    yield Raised(id=guid("alert", place.name, UNUSABLE.name, number), rule=UNUSABLE, fired=fired, said="Acknowledged",
                 by=UPNS[4], at=fired + 38 * MINUTE)  # fmt: skip


def unusable_since(now: int) -> int:
    """Return since when a cluster has nodes that cannot be used."""
    return (now // DAY - 2) * DAY + 13 * HOUR + 11 * MINUTE


def _of_incident(world: World, place: Place, now: int) -> Iterator[Raised]:
    """Yield what tells of the scenario that is played: some minutes after its onset, until somebody mended it."""
    incident = world.changes.incident
    if incident is None or place.name != incident.place.name or incident.scenario.code is None:
        return
    endpoint, fired = incident.scenario.endpoint, incident.onset + RAISED_AFTER
    rule = next((one for one in RULES[place.name] if one.name == _failing(endpoint).name), None)
    if rule is None:
        return
    key = guid("alert", place.name, rule.name, incident.onset)
    one = Raised(id=key, rule=rule, fired=fired, at=fired)
    mended = [made.at for made in world.changes.made if f"/onlineendpoints/{endpoint}".lower() in made.resource.lower()
              and made.action != CHANGED]  # fmt: skip
    over = max(mended, default=now) + RESOLVED_AFTER
    is_over = over <= now and not _fails(world, place, endpoint, now)
    yield replace(one, resolved=over, at=over) if is_over else one


def _fails(world: World, place: Place, endpoint: str, now: int) -> bool:
    """Return whether too many of the requests of the last minutes that are measured failed."""
    last = (now - LATE) // MINUTE * MINUTE
    minutes = [minute_of(world, place, endpoint, last - count * MINUTE) for count in range(1, WINDOW + 1)]
    flows = [flow for minute in minutes if minute is not None for flow in minute.flows]
    whole = sum(flow.requests for flow in flows)
    return whole > 0 and sum(flow.requests for flow in flows if flow.code >= 400) / whole > FAILING


def _as_left(world: World, one: Raised) -> Raised:
    """Return an alert as somebody set it since."""
    for made in reversed(world.changes.made):
        if made.action == CHANGED and made.resource.endswith(f"/{one.id}"):
            return replace(one, said=str(made.body["newState"]), by=made.caller, at=max(one.at, made.at))
    return one
