"""How a deployment answered: codes with their number, share, meaning and what to do. Pure.

From the traffic log where it was read, which knows the model's own status; else from the metrics.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

import msgspec

from services.endpoint_failures import Failure, known, of_response
from services.minutes import REQUESTS, code_number, is_error, is_refusal, line_of
from services.onset import LEAST_ERRORS, LEAST_SHARE
from services.stretches import Incident
from services.triage_facts import CodeCount, Facts, Signal


class CodeRow(msgspec.Struct, frozen=True, kw_only=True):
    """One code of one deployment. `share` is of the deployment's requests, from 0 to 1."""

    deployment: str
    code: int
    model_code: int | None = None
    reason: str | None = None
    requests: float
    share: float | None = None
    share_of_failures: float | None = None
    """Of the deployment's failed requests; None for what did not fail."""
    first: datetime | None = None
    last: datetime | None = None
    is_error: bool = False
    is_refusal: bool = False
    meaning: str | None = None
    next_step: str | None = None
    docs: str | None = None
    basis: str = "traffic log"
    """Or `metrics`."""


def code_rows(facts: Facts, incident: Incident | None = None) -> tuple[CodeRow, ...]:
    """Return the codes of all deployments, by deployment, errors before refusals before the rest, most first.

    With an incident only what was answered since it began counts, where the metrics tell that.
    """
    counted = facts.codes or tuple(_measured(facts.signals))
    if incident is not None and (during := codes_during(facts, incident)):
        counted = tuple(_since(counted, during))
    basis = "traffic log" if facts.codes else "metrics"
    totals: dict[str, float] = defaultdict(float)
    failures: dict[str, float] = defaultdict(float)
    for one in counted:
        totals[one.deployment] += max(one.requests, 0)
        failures[one.deployment] += max(one.requests, 0) if is_error(one.code) else 0
    is_zeroed = not any((facts.endpoint.traffic or {}).values()) and facts.endpoint.traffic is not None
    rows = [_row(one, totals[one.deployment], failures[one.deployment], basis, is_zeroed=is_zeroed) for one in counted]
    return tuple(
        sorted(rows, key=lambda row: (row.deployment, not row.is_error, not row.is_refusal, -row.requests, row.code))
    )


def _since(counted: Iterable[CodeCount], during: Mapping[tuple[str, int], float]) -> Iterator[CodeCount]:
    """Yield the counts of a stretch: the requests of a code are divided as its reasons were before."""
    counted = list(counted)
    whole: dict[tuple[str, int], float] = defaultdict(float)
    for one in counted:
        whole[one.deployment, one.code] += max(one.requests, 0)
    for one in counted:
        key = (one.deployment, one.code)
        if during.get(key) and whole[key]:
            requests = round(during[key] * max(one.requests, 0) / whole[key])
            yield msgspec.structs.replace(one, requests=requests)


def codes_during(facts: Facts, incident: Incident) -> dict[tuple[str, int], float]:
    """Return how often each deployment answered with each code since an incident began, else in the log."""
    found: dict[tuple[str, int], float] = defaultdict(float)
    for signal in _coded(facts.signals):
        code, line = code_number(signal.code), line_of(signal)
        minutes = line.minutes
        for at, value in line.points():
            is_within = at >= incident.onset and (incident.ended is None or at < incident.ended)
            if is_within and code is not None:
                found[signal.deployment, code] += value * minutes
    if not found:
        for one in facts.codes or ():
            if one.last is None or one.last >= incident.onset:
                found[one.deployment, one.code] += one.requests
    return dict(found)


def incident_of_codes(facts: Facts) -> Incident | None:
    """Return the incident that the traffic log alone tells of, for when no metrics are known."""
    whole = sum(one.requests for one in facts.codes or () if one.requests > 0)
    for kind, is_of in (("errors", is_error), ("refusals", is_refusal)):
        own = [one for one in facts.codes or () if is_of(one.code) and one.requests > 0]
        number, most = sum(one.requests for one in own), max(own, key=lambda one: one.requests, default=None)
        is_bad = number >= LEAST_ERRORS and number > LEAST_SHARE * whole
        if is_bad and most is not None and most.first is not None:
            return Incident(kind=kind, onset=most.first, deployment=most.deployment)
    return None


def share_of_codes(facts: Facts, kind: str) -> float | None:
    """Return the share of all logged requests that failed, or were turned away; None where none is known."""
    is_of = is_refusal if kind == "refusals" else is_error
    known = [one for one in facts.codes or () if one.requests > 0]
    whole = sum(one.requests for one in known)
    return sum(one.requests for one in known if is_of(one.code)) / whole if whole else None


def _coded(signals: Iterable[Signal]) -> Iterable[Signal]:
    return (one for one in signals if one.name == REQUESTS and one.code)


def _measured(signals: Iterable[Signal]) -> Iterable[CodeCount]:
    for signal in _coded(signals):
        code, line = code_number(signal.code), line_of(signal)
        times = [at for at, value in line.points() if value > 0]
        if code is None or not times:
            continue
        requests = sum(value for _, value in line.points()) * line.minutes
        yield CodeCount(
            deployment=signal.deployment, code=code, requests=round(requests), first=times[0], last=times[-1]
        )  # fmt: skip


def _row(one: CodeCount, whole: float, failures: float, basis: str, *, is_zeroed: bool) -> CodeRow:
    failure = known_code(one, is_zeroed=is_zeroed)
    return CodeRow(
        deployment=one.deployment,
        code=one.code,
        model_code=one.model_code,
        reason=one.model_reason or one.reason,
        requests=one.requests,
        share=one.requests / whole if whole else None,
        share_of_failures=one.requests / failures if failures and is_error(one.code) else None,
        first=one.first,
        last=one.last,
        is_error=is_error(one.code),
        is_refusal=is_refusal(one.code),
        meaning=failure.meaning if failure else _general(one.code),
        next_step=failure.steps[0].say if failure and failure.steps else None,
        docs=failure.docs if failure else None,
        basis=basis,
    )


def known_code(one: CodeCount, *, is_zeroed: bool) -> Failure | None:
    """Return what is known of a code that was counted."""
    said = [one.reason, one.model_reason]
    if one.code == 404 and is_zeroed:
        return known("404", "zeroed traffic")
    return of_response(one.code, one.model_code, said)


def _general(code: int) -> str | None:
    classes = {2: "answered", 3: "sent elsewhere", 4: "the caller's request was refused", 5: "the endpoint failed"}
    return classes.get(code // 100)
