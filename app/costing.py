"""What a job would cost, said before it is submitted: a note on the change, from the prices that are known here."""

from __future__ import annotations

import msgspec

from app.estimating import site_of
from cache.store import Store
from services.change import Change, Note
from services.job_definition import parse_definition
from services.planning import length
from services.redact import redact
from services.what_if import WhatIf, of_job
from services.wire import as_dict
from widgets import format as fmt

SUBMITS = ("submit", "resubmit")
"""The verbs that make a job."""


def with_cost(store: Store, scope: str, change: Change) -> Change:
    """The change with what its job would cost an hour and in its timeout; any other change as it is. For workers."""
    if change.verb not in SUBMITS:
        return change
    job = as_dict(as_dict(change.call.body).get("properties"))
    name = change.makes.rpartition("/")[2] or change.name
    try:
        given = parse_definition(redact(msgspec.json.encode({"id": change.makes, "name": name, "properties": job})))
    except (msgspec.MsgspecError, ValueError):
        return change  # what a job of this form costs, nobody can say
    found = of_job(given, site_of(store, scope))
    if found is None:
        return change
    return msgspec.structs.replace(change, notes=(*change.notes, Note("costs", words_of(found))))


def words_of(found: WhatIf) -> str:
    """`≈$29.38 an hour, ≈$705.22 if it takes all of its 1 d; list price, 4 × …`, or why there is no number."""
    if found.per_hour is None:
        return f"no estimate: {found.basis}"
    hour = fmt.money(found.per_hour, is_estimate=True)
    most = ""
    if found.total is not None and found.hours is not None:
        most = f", {fmt.money(found.total, is_estimate=True)} if it takes all of its {length(found.hours * 3600)}"
    return f"{hour} an hour{most}; {found.basis}"
