"""What kind of failure it is, and which deployment it comes from. Pure.

The code that callers get says how it looks to them; what happened to the containers says more where it fits.
"""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import datetime, timedelta

import msgspec

from services.code_table import codes_during
from services.endpoint_failures import Failure, knowledge, known, of_response, of_text
from services.minutes import counts_of, is_error, is_refusal, lines_of, total
from services.stretches import Incident
from services.triage_facts import Change, Facts

AROUND = timedelta(minutes=15)
"""Container events from so long before the onset belong to it."""
FULL = 95.0
"""Per cent of memory in use from which on a container that ends is taken to have run out of it."""

RATE_LIMIT, NEAR_LIMIT = 500.0, 0.9
"""Requests a second of an endpoint, unless support raised it; and the part of it from which on 429 is its doing."""

CONTAINER = ("image pull", "oom", "crash loop", "killed by liveness", "LivenessProbeFailed", "ReadinessProbeFailed")
"""From what comes first to what follows from it."""
_HARD = CONTAINER[:3]
_KILLED = (0, 424, 502, 503)
"""Codes for which memory that was full is enough to say that a container ran out of it."""
_FITTING = {424: CONTAINER, 500: CONTAINER, 502: CONTAINER, 503: CONTAINER, 0: CONTAINER, 408: _HARD, 429: _HARD}
"""By code, the container events that can lie behind it; 0: no code, because nothing is answered."""


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """What kind of failure it is. `failure` is what is known of it, None when nothing is."""

    name: str
    """`424`, `oom`, `zeroed traffic` …"""
    failure: Failure | None = None
    code: int | None = None
    """What most of the failed callers get."""
    deployment: str = ""
    """Where it comes from; empty: the whole endpoint, or not known."""
    shares: tuple[tuple[str, float], ...] = ()
    """Which part of all failures each deployment has, from 0 to 1, the largest first."""
    evidence: str | None = None
    """What it is told by, as a sentence."""


class Broken(msgspec.Struct, frozen=True, kw_only=True):
    """A deployment that did not come up, with what is known of its error."""

    deployment: str
    at: datetime | None = None
    said: str | None = None
    failure: Failure | None = None


def cause_of(facts: Facts, incident: Incident) -> Cause:
    """Return what kind of failure an incident is."""
    if incident.kind == "traffic":
        return Cause(name="zeroed traffic", failure=known("404", "zeroed traffic"), code=404)
    shares, code = _where(facts, incident)
    deployment = shares[0][0] if shares else incident.deployment
    if incident.kind != "refusals" and (found := _of_containers(facts, incident, deployment, code)):
        return msgspec.structs.replace(found, shares=shares, code=code or None)
    if code:
        return _of_code(facts, code, deployment, shares)
    name = incident.kind if incident.kind in ("latency", "silence") else ""
    return Cause(name=name or incident.kind, failure=known(name), deployment=deployment, shares=shares)


def broken(facts: Facts) -> tuple[Broken, ...]:
    """Return the deployments that are failed, each with the newest error that the activity log has of it."""
    failed = [one for one in facts.deployments or () if (one.state or "").lower() == "failed"]
    found: list[Broken] = []
    for one in failed:
        change = next((each for each in facts.changes or () if _is_failed_write(each, one.endpoint, one.name)), None)
        said = change.detail if change else None
        at = change.at if change else one.modified
        found.append(Broken(deployment=one.name, at=at, said=said, failure=of_text(said)))
    return tuple(found)


def _is_failed_write(change: Change, endpoint: str, deployment: str) -> bool:
    path = f"/onlineendpoints/{endpoint}/deployments/{deployment}".lower()
    return (change.resource or "").lower().endswith(path) and (change.status or "").lower() in ("failed", "failure")


def _where(facts: Facts, incident: Incident) -> tuple[tuple[tuple[str, float], ...], int]:
    """Return the part each deployment has in the failures, and the code of the first one that is most frequent."""
    is_of = is_refusal if incident.kind == "refusals" else is_error
    counted = {key: number for key, number in codes_during(facts, incident).items() if is_of(key[1]) and number > 0}
    by_deployment: dict[str, float] = defaultdict(float)
    for (deployment, _), number in counted.items():
        by_deployment[deployment] += number
    whole = sum(by_deployment.values())
    shares = tuple(
        sorted(((name, part / whole) for name, part in by_deployment.items()), key=lambda one: (-one[1], one[0]))
    )
    if not shares or incident.kind in ("latency", "silence"):
        return (shares if incident.kind == "errors" else ()), 0
    own = {code: number for (deployment, code), number in counted.items() if deployment == shares[0][0]}
    return shares, max(own, key=lambda code: (own[code], -code))


def _of_code(facts: Facts, code: int, deployment: str, shares: tuple[tuple[str, float], ...]) -> Cause:
    own = [one for one in facts.codes or () if one.code == code and one.deployment.lower() == deployment.lower()]
    most = max(own, key=lambda one: one.requests, default=None)
    said = [most.reason, most.model_reason] if most else []
    if code == 403 and (facts.endpoint.public_access or "").lower() == "disabled":
        said.append("public network access is disabled")
    if code == 429 and _rate(facts) >= NEAR_LIMIT * RATE_LIMIT:
        said.append("rate limited")
    failure = of_response(code, most.model_code if most else None, said)
    evidence = f"{most.model_code} {most.model_reason or ''}".strip() if most and most.model_code else None
    return Cause(
        name=str(code), failure=failure, code=code, deployment=deployment, shares=shares,
        evidence=f"the model answers {evidence}" if evidence else None,
    )  # fmt: skip


def _rate(facts: Facts) -> float:
    """Return the requests a second of the whole endpoint in its newest minutes."""
    counts = counts_of(facts.signals)
    places = counts.newest()
    return (total(counts.requests, places) or 0.0) / max(len(places), 1) / 60


def _of_containers(facts: Facts, incident: Incident, deployment: str, code: int) -> Cause | None:
    """Return what happened to the containers, where that can lie behind the code."""
    fitting = _FITTING.get(code, ()) if incident.kind != "latency" else ()
    told = _told(facts, incident, deployment)
    for name in CONTAINER:
        if name in fitting and name in told:
            return Cause(name=name, failure=known(name), deployment=told[name][0], evidence=told[name][1])
    full = _full(facts, incident, deployment) if code in _KILLED else None
    return Cause(name="oom", failure=known("oom"), deployment=full[0], evidence=full[1]) if full else None


def _told(facts: Facts, incident: Incident, deployment: str) -> dict[str, tuple[str, str]]:
    """Return what events and log lines tell, by kind: whose it is, and a sentence."""
    told: dict[str, tuple[str, str]] = {}
    for event in facts.events or ():
        if _belongs(event.deployment, event.last or event.first, deployment, incident):
            on = f" on {event.instance}" if event.instance else ""
            told.setdefault(event.kind, (event.deployment, f"container event {event.kind}{on}, {event.count} times"))
    containers = [one for one in knowledge().failure if one.kind == "container" and one.words]
    for line in facts.lines or ():
        if _belongs(line.deployment, line.last or line.first, deployment, incident):
            for name in (one.code for one in containers if re.search(one.words, line.line[:4_000].lower())):
                told.setdefault(name, (line.deployment, f"the log says: {line.line[:200]}"))
    return told


def _belongs(owner: str, at: datetime | None, deployment: str, incident: Incident) -> bool:
    is_its_own = not deployment or owner.lower() == deployment.lower()
    return is_its_own and (at is None or incident.onset - at <= AROUND)


def _full(facts: Facts, incident: Incident, deployment: str) -> tuple[str, str] | None:
    """Return the deployment whose memory was full at the onset, with the sentence that says so."""
    for line in lines_of(facts.signals, "CpuMemoryUtilizationPercentage"):
        if deployment and line.deployment.lower() != deployment.lower():
            continue
        near = [value for at, value in line.points() if abs(at - incident.onset) <= timedelta(minutes=10)]
        if near and max(near) >= FULL:
            return line.deployment, f"memory of {line.part or line.deployment} was at {max(near):.0f} %"
    return None
