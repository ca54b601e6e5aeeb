"""Which change did it: every change before the onset, ranked by time, by what it touches and by the kind of failure.

A change that began after the onset is none, and neither is one that touches nothing the endpoint needs; each of those
is listed with the reason. Beside changes, two things that nobody did are weighed: more requests, and what happened
to the containers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime, timedelta
from statistics import median

import msgspec

from services.change_kinds import Sort, share_moved, sort_of
from services.failure_cause import Cause
from services.measured_traffic import told
from services.minutes import counts_of
from services.sayings import REASONS, minutes_said, title_of
from services.stretches import Incident
from services.triage_facts import Change, Facts

CLOCKS = timedelta(minutes=2)
"""How far the clocks of the activity log and of the metrics may differ, and how coarse a minute is."""
BACK = timedelta(hours=24)
"""How long before the onset changes are looked at."""
SAME = timedelta(minutes=5)
"""What two sources tell of the same resource within so long is one change."""
LEAST_SCORE = 0.1
DECAY = 60.0
"""Minutes in which the closeness of a change falls to a third."""
RISE = 1.5

_TOUCH = {"this deployment": 1.0, "this endpoint": 0.97, "what it needs": 0.92, "the workspace": 0.5}
_FAILED = ("failed", "failure", "canceled", "cancelled")


class Suspect(msgspec.Struct, frozen=True, kw_only=True):
    """What may have done it. `score` runs from 0 to 1."""

    what: str
    """As a title says it: `traffic blue 10 → 90 %`."""
    kind: str
    score: float
    at: datetime
    minutes_before: float
    """Before the onset; below 0: after it, within what clocks differ."""
    who: str | None = None
    touches: str
    reason: str
    """A sentence without its full stop."""
    change: Change | None = None
    """None for what nobody did: more requests, an end of a container."""


class Cleared(msgspec.Struct, frozen=True, kw_only=True):
    """A change that was looked at and is not suspect, with the reason."""

    change: Change
    what: str
    reason: str


def suspects_of(facts: Facts, incident: Incident, cause: Cause) -> tuple[tuple[Suspect, ...], tuple[Cleared, ...]]:
    """Return the suspects, the most likely first, and what was looked at and is none, newest first."""
    suspects: list[Suspect] = [*_load(facts, incident, cause), *_containers(facts, incident, cause)]
    cleared: list[Cleared] = []
    for change in merged((one for one in facts.changes or () if incident.onset - one.at <= BACK), facts):
        found = _judged(change, facts, incident, cause)
        if isinstance(found, Suspect):
            suspects.append(found)
        else:
            cleared.append(Cleared(change=change, what=title_of(change, sort_of(change, facts)), reason=found))
    ranked = sorted(suspects, key=lambda one: (-one.score, one.minutes_before, one.what))
    return tuple(ranked), tuple(sorted(cleared, key=lambda one: (one.change.at, one.change.id), reverse=True))


def merged(changes: Iterable[Change], facts: Facts) -> list[Change]:
    """Return the changes, those that several sources tell of once: Azure's, with the detail that another one knows."""
    kept: list[Change] = []
    # What amldeck was asked and what the cache saw know details that the activity log leaves out.
    for change in sorted(changes, key=lambda one: (one.origin != "activity log", one.at, one.id)):
        is_azures = change.origin == "activity log"
        places = () if is_azures else enumerate(kept)
        at = next((place for place, one in places if _is_same(one, change, facts)), None)
        if at is None:
            kept.append(change)
        else:
            old = kept[at]
            kept[at] = msgspec.structs.replace(
                old, detail=old.detail or change.detail, who=old.who or change.who, ended=old.ended or change.ended
            )
    return [told(one, facts) for one in kept]


def _is_same(one: Change, other: Change, facts: Facts) -> bool:
    if one.origin == other.origin or abs(one.at - other.at) > SAME:
        return False
    if (one.resource or "").lower() != (other.resource or "").lower():
        return False
    sides = {sort_of(one, facts).kind, sort_of(other, facts).kind}
    return len(sides) == 1 or sides <= {"traffic", "endpoint"} or sides <= {"scale", "deployment"}


def _judged(change: Change, facts: Facts, incident: Incident, cause: Cause) -> Suspect | str:
    """Return the suspect that a change is, or the reason why it is none."""
    sort = sort_of(change, facts)
    if reason := _cleared(change, sort, incident):
        return reason
    score = _score(change, sort, incident, cause)
    if score < LEAST_SCORE:
        return f"{minutes_said(_before(change, incident))} before the onset, and seldom the cause of this"
    before = (incident.onset - change.at) / timedelta(minutes=1)
    return Suspect(
        what=title_of(change, sort), kind=sort.kind or "unknown", score=score, at=change.at, minutes_before=before,
        who=change.who or ("azure" if change.is_app else None), touches=sort.touches,
        reason=_reason(change, sort, incident, cause), change=change,
    )  # fmt: skip


def _cleared(change: Change, sort: Sort, incident: Incident) -> str | None:
    status = (change.status or "").lower()
    if sort.does_read:
        return "it only reads"
    if change.at - incident.onset > CLOCKS:
        return "it came after the onset"
    if sort.touches == "another endpoint":
        return "it is about another endpoint"
    if sort.touches == "nothing it needs":
        return REASONS.get(sort.kind, "the endpoint does not need it")
    if status in _FAILED and sort.kind not in ("deployment", "scale"):
        return "it failed, so it changed nothing"
    return None


def _score(change: Change, sort: Sort, incident: Incident, cause: Cause) -> float:
    minutes = max(_before(change, incident), 0.0)
    score = math.exp(-minutes / DECAY) * _touch(sort, cause) * _fit(sort.kind, cause)
    moved = share_moved(change, cause.deployment) if cause.deployment else None
    if moved is not None:
        score *= 1.1 if moved > 0 else 0.4
    if (change.status or "").lower() in _FAILED:
        score *= 0.9
    return round(min(score, 0.99), 2)


def _touch(sort: Sort, cause: Cause) -> float:
    is_other = sort.deployment and cause.deployment and sort.deployment.lower() != cause.deployment.lower()
    return 0.4 if is_other else _TOUCH.get(sort.touches, 0.2)


def _fit(kind: str, cause: Cause) -> float:
    """Return how well a kind of change explains this failure: by its place in what is known."""
    if cause.failure is None:
        return 0.9 if kind in ("deployment", "traffic", "endpoint") else 0.5
    known = cause.failure.explained_by
    places = [known.index(one) for one in _names(kind) if one in known]
    return max(0.55, 1.0 - 0.08 * min(places)) if places else 0.25


def _names(kind: str) -> tuple[str, ...]:
    """A write on the endpoint that does not say what it changed is most often one of its traffic."""
    return ("endpoint", "traffic") if kind == "endpoint" else (kind,)


def _before(change: Change, incident: Incident) -> float:
    """Return how many minutes before the onset a change took effect: when it ended, where that is known."""
    ended = change.ended
    effect = change.at if ended is None or ended < change.at else min(ended, max(incident.onset, change.at))
    return (incident.onset - effect) / timedelta(minutes=1)


def _reason(change: Change, sort: Sort, incident: Incident, cause: Cause) -> str:
    minutes = (incident.onset - change.at) / timedelta(minutes=1)
    when = f"{minutes_said(minutes)} before the onset" if minutes >= 1 else "with the onset"
    moved = share_moved(change, cause.deployment) if cause.deployment else None
    if moved is not None and moved > 0:
        return f"{when}; it gave {cause.deployment} {moved:.0f} % more of the traffic, where the failures are"
    if sort.deployment and sort.deployment.lower() == cause.deployment.lower():
        return f"{when}; it changed {sort.deployment}, where the failures are"
    if sort.deployment and cause.deployment:
        return f"{when}; but it changed {sort.deployment}, and the failures come from {cause.deployment}"
    fits = cause.failure is not None and any(one in cause.failure.explained_by for one in _names(sort.kind))
    about = REASONS.get(sort.kind, f"it touches {sort.touches}")
    return f"{when}; {about}" if fits else f"{when}; {about}, which seldom causes this"


def _load(facts: Facts, incident: Incident, cause: Cause) -> Iterable[Suspect]:
    """Yield more requests than before, where they came before the onset and can be the reason."""
    if "load" not in (cause.failure.explained_by if cause.failure else ()):
        return
    counts = counts_of(facts.signals)
    known = [(at, value) for at, value in zip(counts.times, counts.requests, strict=True) if value is not None]
    ago = [((incident.onset - at) / timedelta(minutes=1), at, value) for at, value in known]
    usual = [value for minutes, _, value in ago if 10 < minutes <= 70]
    near = [(at, value) for minutes, at, value in ago if -2 <= minutes <= 10]
    if len(usual) < 5 or not (base := median(usual)):
        return
    high = [(at, value) for at, value in near if value > RISE * base]
    if len(high) < min(2, len(near)) or not high:
        return
    minutes, ratio = (incident.onset - high[0][0]) / timedelta(minutes=1), max(value for _, value in high) / base
    score = math.exp(-max(minutes, 0.0) / DECAY) * _fit("load", cause) * min(1.0, 0.6 + 0.2 * ratio)
    yield Suspect(
        what=f"requests rose to {ratio:.1f} × what was usual", kind="load", score=round(min(score, 0.99), 2),
        at=high[0][0], minutes_before=minutes, who=None, touches="this endpoint",
        reason=f"from {base:,.0f} to {max(value for _, value in high):,.0f} a minute when it began",
    )  # fmt: skip


def _containers(facts: Facts, incident: Incident, cause: Cause) -> Iterable[Suspect]:
    """Yield what ended a container, or the first line of its log that tells of trouble: more effect than cause."""
    for event in facts.events or ():
        if event.kind == cause.name and event.first is not None and event.first - incident.onset <= CLOCKS:
            yield _seen(f"{event.deployment}: {event.kind}", event.first, incident, "a container ended")
            break
    for line in facts.lines or ():
        is_near = line.first is not None and -CLOCKS <= incident.onset - line.first <= timedelta(minutes=10)
        if line.first is not None and is_near and cause.deployment in ("", line.deployment):
            yield _seen(f"{line.deployment}: {line.line[:80]}", line.first, incident, "its log says so")
            break


def _seen(what: str, at: datetime, incident: Incident, why: str) -> Suspect:
    minutes = (incident.onset - at) / timedelta(minutes=1)
    score = 0.4 * math.exp(-max(minutes, 0.0) / DECAY)
    return Suspect(
        what=what, kind="container", score=round(score, 2), at=at, minutes_before=minutes, touches="this deployment",
        reason=f"{why}, {minutes_said(minutes)} before the onset" if minutes >= 1 else f"{why} with the onset",
    )  # fmt: skip
