"""No deployment has any traffic, and callers come: every call is answered 404. Pure."""

from __future__ import annotations

from datetime import datetime

import msgspec

from services.change_kinds import sort_of
from services.minutes import Counts, counts_of
from services.stretches import Incident
from services.triage_facts import Change, Facts

NOT_FOUND = 404


def zeroed(facts: Facts, found: list[Incident]) -> Incident | None:
    """Return the incident that no deployment has traffic although callers come; None where it is not so.

    It began with the first 404s or the last request, else with the last write on the endpoint. An endpoint that nobody
    calls may well stand without traffic.
    """
    traffic = facts.endpoint.traffic
    if traffic is None or any(share > 0 for share in traffic.values()) or not facts.deployments:
        return None
    going = [one for one in found if one.ended is None and one.kind in ("refusals", "silence", "errors")]
    if going:
        first = min(going, key=lambda one: (one.onset, one.kind))
        return msgspec.structs.replace(first, kind="traffic", deployment="")
    counts = counts_of(facts.signals)
    if counts.times and not any(counts.requests[at] for at in counts.newest()):
        return None
    writes = [one.at for one in facts.changes or () if one.at <= facts.now and _is_write_on(one, facts)]
    onset = _first_of_the_last(counts) or max(writes, default=None)
    return Incident(kind="traffic", onset=onset) if onset else None


def _first_of_the_last(counts: Counts) -> datetime | None:
    """Return the first of the newest minutes in a row in which all requests were answered 404."""
    lost = counts.codes.get(NOT_FOUND, (None,) * len(counts.times))
    first: datetime | None = None
    for at, all_of, not_found in zip(reversed(counts.times), reversed(counts.requests), reversed(lost), strict=True):
        if all_of is None:
            continue
        if not all_of or (not_found or 0.0) < all_of:
            return first
        first = at
    return first


def _is_write_on(change: Change, facts: Facts) -> bool:
    sort = sort_of(change, facts)
    return sort.kind in ("traffic", "endpoint") and sort.touches == "this endpoint"
