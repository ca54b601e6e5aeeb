"""The verdict: how an endpoint stands, since when, against what is usual, and where it comes from. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from statistics import median

import msgspec

from services.code_table import share_of_codes
from services.failure_cause import Cause
from services.minutes import P95, Counts, Line, counts_of, lines_of, newest_of, shifted, total
from services.onset import WEEK
from services.planning import length, listed
from services.stretches import HOUR, Incident
from services.triage_facts import Facts

HEALTHY, RECOVERED, UNKNOWN, NO_TRAFFIC = "healthy", "recovered", "unknown", "no traffic"
_STATES = {"errors": "failing", "traffic": "failing", "refusals": "refusing", "latency": "slow", "silence": "silent"}
UNHEALTHY = frozenset(_STATES.values())


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of the first line, in its order. Shares run from 0 to 1, latencies are seconds, rates a second."""

    state: str
    """healthy, recovered, no traffic, unknown; failing, refusing, slow or silent is unhealthy."""
    since: datetime | None = None
    ended: datetime | None = None
    is_before: bool = False
    """It began before what is known: `since` is the first minute there is."""
    failed: float | None = None
    """The share of the requests of the last five minutes that failed, or were turned away."""
    is_refused: bool = False
    """What is counted are callers that were turned away (401, 403, 404), not errors."""
    usual_failed: float | None = None
    usual_is: str | None = None
    """What is usual is taken from: `this hour last week`, or `the hour before`."""
    p95: float | None = None
    """As last measured, of the deployment that is named, else of the slowest: percentiles do not add up."""
    usual_p95: float | None = None
    p95_of: str = ""
    rate: float | None = None
    usual_rate: float | None = None
    where: tuple[tuple[str, float], ...] = ()
    """The part each deployment has in the failures."""
    meaning: str | None = None
    """What kind of failure it is, as a sentence without its full stop."""
    as_of: datetime | None = None
    """The newest minute that was measured."""

    @property
    def is_unhealthy(self) -> bool:
        """Whether somebody should do something."""
        return self.state in UNHEALTHY

    def sentence(self, now: datetime) -> str:
        """Return the verdict in one line; times in UTC."""
        parts = [self.state]
        if self.since is not None:
            parts[0] += f" since {'before ' if self.is_before else ''}{self.since:%H:%M}Z"
            parts[0] += f", {length(max(((self.ended or now) - self.since).total_seconds(), 0.0))}"
            parts[0] += f", until {self.ended:%H:%M}Z" if self.ended else ""
        if self.failed is not None:
            usual = f" ({_percent(self.usual_failed)} {self.usual_is})" if self.usual_failed is not None else ""
            parts.append(f"{_percent(self.failed)} {'refused' if self.is_refused else 'errors'}{usual}")
        if self.p95 is not None:
            parts.append(f"p95 {self.p95:.2f} s")
        if self.rate is not None:
            parts.append(f"{self.rate:,.1f} requests/s")
        if named := [name for name, share in self.where if share >= 0.1 and name]:
            parts.append(f"all from {named[0]}" if self.where[0][1] > 0.95 else f"from {listed(named)}")
        return " · ".join(parts) + (f": {self.meaning}" if self.meaning else "")


def verdict_of(facts: Facts, incident: Incident | None, cause: Cause | None) -> Verdict:
    """Return the verdict."""
    counts = counts_of(facts.signals)
    newest = counts.newest()
    week = _last_hour(counts_of(shifted(facts.last_week, WEEK)), counts)
    is_refusing = incident is not None and incident.kind in ("refusals", "traffic")
    failed, usual = (_share(counts, newest, is_refusing), _share(*week, is_refusing))
    if failed is None and not counts.times:
        failed = share_of_codes(facts, "refusals" if is_refusing else "errors")
    has_week = usual is not None
    line = p95_line(facts, cause.deployment if cause else "")
    p95 = newest_of(line)
    return Verdict(
        state=_state(facts, counts, incident),
        since=incident.onset if incident else None,
        ended=incident.ended if incident else None,
        is_before=incident.is_at_start if incident else False,
        failed=failed,
        is_refused=is_refusing,
        usual_failed=usual
        if has_week
        else incident.usual
        if incident and incident.kind in ("errors", "refusals")
        else None,
        usual_is="this hour last week" if has_week else "the hour before",
        p95=_thousandth(p95),
        usual_p95=_thousandth(usual_p95(facts, line, incident)),
        p95_of=line.deployment,
        rate=_rate(counts, newest),
        usual_rate=_rate(*week),
        where=cause.shares if cause else (),
        meaning=_meaning(cause),
        as_of=counts.times[newest[-1]] if newest else None,
    )


def p95_line(facts: Facts, deployment: str = "") -> Line:
    """Return the p95 to show: of the endpoint where it is measured whole, else of a deployment, the slowest one."""
    lines = lines_of(facts.signals, P95)
    for wanted in (deployment, ""):
        if found := next((one for one in lines if one.deployment.lower() == wanted.lower()), None):
            return found
    return max(lines, key=lambda one: next((value for _, value in reversed(list(one.points()))), 0.0), default=Line())


def usual_p95(facts: Facts, line: Line, incident: Incident | None) -> float | None:
    """Return the usual p95 of a line, in ms: the median of the same hours last week, else of before the onset.

    A deployment that did not answer then is held against the slowest of those that did.
    """
    onset = incident.onset if incident else None
    own, others = _usual(facts, line, onset), lines_of(facts.signals, P95)
    if own is not None:
        return own
    found = (_usual(facts, one, onset) for one in others if one.deployment != line.deployment)
    return max((one for one in found if one is not None), default=None)


def _usual(facts: Facts, line: Line, onset: datetime | None) -> float | None:
    week = next((one for one in lines_of(facts.last_week, P95) if one.deployment == line.deployment), Line())
    values = [value for _, value in week.points()]
    if not values:
        values = [value for at, value in line.points() if onset is None or at < onset]
    return median(values) if values else None


def _state(facts: Facts, counts: Counts, incident: Incident | None) -> str:
    if incident is not None:
        return _STATES[incident.kind] if incident.ended is None else RECOVERED
    if not counts.times:
        traffic = facts.endpoint.traffic
        return NO_TRAFFIC if traffic is not None and not any(traffic.values()) else UNKNOWN
    return HEALTHY if any(counts.requests) else NO_TRAFFIC


def _last_hour(week: Counts, counts: Counts) -> tuple[Counts, tuple[int, ...]]:
    end = counts.times[-1] if counts.times else None
    places = [at for at, when in enumerate(week.times) if end is not None and timedelta(0) <= end - when <= HOUR]
    return week, tuple(places)


def _share(counts: Counts, places: tuple[int, ...], is_refusing: bool) -> float | None:
    part, whole = total(counts.refusals if is_refusing else counts.errors, places), total(counts.requests, places)
    return part / whole if part is not None and whole else None


def _rate(counts: Counts, places: tuple[int, ...]) -> float | None:
    known = [counts.requests[at] for at in places if counts.requests[at] is not None]
    whole = total(known)
    return whole / len(known) / 60 if whole is not None else None


def _meaning(cause: Cause | None) -> str | None:
    if cause is None:
        return None
    meaning = cause.failure.meaning if cause.failure else None
    return f"{cause.code}, {meaning}" if cause.code and meaning else meaning


def _thousandth(value: float | None) -> float | None:
    return None if value is None else value / 1000


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}".replace("%", " %")
