"""The rows of a triage: the deployments now, who calls, and the marks of the change strip. Pure."""

from __future__ import annotations

from datetime import datetime

import msgspec

from services.capacity import ready
from services.change_kinds import DEPENDENCIES, sort_of
from services.minutes import OLD, Counts, counts_of, lines_of, newest_of, total
from services.sayings import title_of
from services.suspects import merged
from services.triage_facts import Facts


class DeploymentNow(msgspec.Struct, frozen=True, kw_only=True):
    """One deployment now. Shares from 0 to 1, latencies in seconds, rates a second; None where it is not known."""

    name: str
    state: str | None = None
    model: str | None = None
    instance_type: str | None = None
    ready: float | None = None
    instances: int | None = None
    traffic: float | None = None
    """Per cent."""
    failed: float | None = None
    p50: float | None = None
    p95: float | None = None
    rate: float | None = None
    changed: datetime | None = None


class CallerRow(msgspec.Struct, frozen=True, kw_only=True):
    """One caller. `share` is its part of all failed requests, from 0 to 1; None where none failed."""

    name: str
    """The user agent, else the identity: with key authentication nothing else is known."""
    identity: str | None = None
    requests: int
    failed: int
    share: float | None = None
    last: datetime | None = None


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """One change on the strip below the charts."""

    at: datetime
    word: str
    """A short one for the kind: deploy, traffic, scale, keys, network …"""
    what: str
    is_its_own: bool
    """It was done to this endpoint, and not to something it needs."""


def rows_of(facts: Facts) -> tuple[DeploymentNow, ...]:
    """Return the deployments, those with the most traffic first."""
    traffic = {name.lower(): share for name, share in (facts.endpoint.traffic or {}).items()}
    rows = [
        _row(facts, one.name, None if facts.endpoint.traffic is None else traffic.get(one.name.lower(), 0.0))
        for one in facts.deployments or ()
    ]
    return tuple(sorted(rows, key=lambda row: (-(row.traffic or 0.0), row.name)))


def _row(facts: Facts, name: str, traffic: float | None) -> DeploymentNow:
    own = next(one for one in facts.deployments or () if one.name == name)
    counts = counts_of(facts.signals, name)
    newest = _now(facts, counts)
    errors, requests = total(counts.errors, newest), total(counts.requests, newest)
    return DeploymentNow(
        name=name, state=own.state, model=own.model, instance_type=own.instance_type, ready=ready(facts, name),
        instances=own.instances, traffic=traffic, changed=own.modified or own.created,
        failed=errors / requests if errors is not None and requests else None,
        p50=_newest(facts, "RequestLatency_P50", name), p95=_newest(facts, "RequestLatency_P95", name),
        rate=requests / len(newest) / 60 if requests is not None else None,
    )  # fmt: skip


def _now(facts: Facts, counts: Counts) -> tuple[int, ...]:
    """Return where the minutes of now are; none where the last that was counted is long ago."""
    newest = counts.newest()
    known = [one.times[-1] for one in facts.signals if one.times]
    return newest if newest and max(known) - counts.times[newest[-1]] <= OLD else ()


def _newest(facts: Facts, metric: str, deployment: str) -> float | None:
    """Return what was last measured of a latency, in seconds; None where that is long ago."""
    lines = (line for line in lines_of(facts.signals, metric) if line.deployment == deployment)
    value = next((newest_of(line) for line in lines), None)
    return None if value is None else value / 1000


def callers_of(facts: Facts) -> tuple[CallerRow, ...]:
    """Return the callers, those with most failed requests first."""
    failed = sum(max(one.errors, 0) for one in facts.callers or ())
    rows = [
        CallerRow(
            name=one.agent or one.identity or "a caller without a name", identity=one.identity, requests=one.requests,
            failed=one.errors, share=max(one.errors, 0) / failed if failed else None, last=one.last,
        )
        for one in facts.callers or ()
    ]  # fmt: skip
    return tuple(sorted(rows, key=lambda row: (-row.failed, -row.requests, row.name)))


_WORDS = {"deployment": "deploy", "endpoint": "endpoint"}


def marks_of(facts: Facts) -> tuple[Mark, ...]:
    """Return what was changed in the time the charts show, oldest first: of the endpoint and of what it needs."""
    marks: list[Mark] = []
    times = [at for signal in facts.signals for at in (*signal.times[:1], *signal.times[-1:])]
    shown = [one for one in facts.changes or () if not times or one.at >= min(times)]
    for change in merged(shown, facts):
        sort = sort_of(change, facts)
        is_its_own = sort.touches in ("this deployment", "this endpoint")
        if not sort.does_read and (is_its_own or sort.kind in DEPENDENCIES or sort.kind == "workspace"):
            word = _WORDS.get(sort.kind, sort.kind)
            marks.append(Mark(at=change.at, word=word, what=title_of(change, sort), is_its_own=is_its_own))
    return tuple(sorted(marks, key=lambda mark: (mark.at, mark.what)))
