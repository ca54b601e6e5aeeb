"""Triage: what is wrong with an endpoint, since when, what did it, and what to do next. Pure.

The same facts always give the same judgement; whatever is missing is said and never guessed.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from services.capacity import Capacity, InstanceLoad, capacities, loads
from services.change_kinds import sort_of
from services.code_table import CodeRow, code_rows
from services.failure_cause import Broken, Cause, broken, cause_of
from services.minutes import counts_of
from services.next_steps import quiet_steps, steps_of
from services.onset import Incident, incidents, worst
from services.step import Step
from services.suspects import BACK, CLOCKS, Cleared, Suspect, suspects_of
from services.triage_charts import Chart, DeploymentRow, charts_of, latencies_of, rows_of
from services.triage_facts import Change, Facts
from services.verdict import Verdict, verdict_of

WATCHED = ("traffic", "deployment", "scale", "autoscale", "keys", "role", "network", "vault", "registry", "quota")
"""Kinds of changes that a triage says something of also when there was none."""


class Triage(msgspec.Struct, frozen=True, kw_only=True):
    """The judgement of one endpoint."""

    endpoint: str
    now: datetime
    verdict: Verdict
    kind: str | None = None
    """errors, refusals, latency, silence, traffic; None while nothing is wrong."""
    cause: Cause | None = None
    incidents: tuple[Incident, ...] = ()
    """All that left its bounds, the worst kind first; what the verdict is about is among them."""
    charts: tuple[Chart, ...] = ()
    """errors, p95, requests, cpu."""
    latencies: tuple[Chart, ...] = ()
    codes: tuple[CodeRow, ...] = ()
    deployments: tuple[DeploymentRow, ...] = ()
    broken: tuple[Broken, ...] = ()
    """Deployments that did not come up."""
    suspects: tuple[Suspect, ...] = ()
    cleared: tuple[Cleared, ...] = ()
    untouched: tuple[str, ...] = ()
    """Kinds of changes of which there was none in the day before the onset."""
    steps: tuple[Step, ...] = ()
    capacities: tuple[Capacity, ...] = ()
    """Of the deployments that answered 429."""
    loads: tuple[InstanceLoad, ...] = ()
    """The instances, the hottest first."""
    missing: tuple[str, ...] = ()
    """What is not known and limits the judgement, as sentences."""

    @property
    def state(self) -> str:
        """How it stands, in a word or two."""
        return self.verdict.state

    @property
    def onset(self) -> datetime | None:
        """The first minute that was not usual."""
        return self.verdict.since

    @property
    def sentence(self) -> str:
        """The verdict in one line."""
        return self.verdict.sentence(self.now)


def judge(facts: Facts) -> Triage:
    """Return the judgement. Raises nothing, whatever the facts."""
    found = incidents(facts)
    incident = zeroed(facts, found) or worst(found)
    cause = cause_of(facts, incident) if incident is not None else None
    quiet = Triage(
        endpoint=facts.endpoint.name,
        now=facts.now,
        verdict=verdict_of(facts, incident, cause),
        incidents=tuple(found),
        charts=charts_of(facts, incident, cause),
        latencies=latencies_of(facts),
        codes=code_rows(facts),
        deployments=rows_of(facts),
        broken=broken(facts),
        loads=loads(facts),
        missing=missing_of(facts),
    )
    if incident is None or cause is None:
        return msgspec.structs.replace(quiet, steps=quiet_steps(facts, quiet.broken))
    return _with_incident(quiet, facts, incident, cause)


def _with_incident(quiet: Triage, facts: Facts, incident: Incident, cause: Cause) -> Triage:
    suspects, cleared = suspects_of(facts, incident, cause)
    room = capacities(facts, incident)
    return msgspec.structs.replace(
        quiet,
        kind=incident.kind,
        cause=cause,
        codes=code_rows(facts, incident),
        suspects=suspects,
        cleared=cleared,
        untouched=_untouched(facts, incident),
        capacities=room,
        steps=steps_of(facts, cause, suspects, room, quiet.broken),
    )


def zeroed(facts: Facts, found: list[Incident]) -> Incident | None:
    """Return the incident that no deployment has traffic although callers come; None where it is not so.

    It began with the first 404s or the last request. An endpoint that nobody calls may well stand without traffic.
    """
    traffic = facts.endpoint.traffic
    if traffic is None or any(share > 0 for share in traffic.values()) or not (facts.deployments or ()):
        return None
    going = [one for one in found if one.ended is None and one.kind in ("refusals", "silence", "errors")]
    if going:
        first = min(going, key=lambda one: (one.onset, one.kind))
        return msgspec.structs.replace(first, kind="traffic", deployment="")
    if counts_of(facts.signals).times:
        return None
    writes = [one.at for one in facts.changes or () if one.at <= facts.now and _is_write_on(one, facts)]
    return Incident(kind="traffic", onset=max(writes)) if writes else None


def _is_write_on(change: Change, facts: Facts) -> bool:
    sort = sort_of(change, facts)
    return sort.kind in ("traffic", "endpoint") and sort.touches == "this endpoint"


def missing_of(facts: Facts) -> tuple[str, ...]:
    """Return what is not known and limits the judgement."""
    said: list[str] = []
    if not counts_of(facts.signals).times:
        said.append("No metrics are known: whether it answers cannot be said")
    elif not facts.last_week:
        said.append("Nothing is known of last week: usual is the hour before")
    if any(one.is_cut for one in facts.signals):
        said.append("There are more series than Azure Monitor gave: sums may be too small")
    if facts.changes is None:
        said.append("The activity log was not read: there are no suspects yet")
    if facts.deployments is None:
        said.append("Its deployments were not read")
    for source in facts.sources:
        if source.is_on is False:
            said.append(source.said or f"{source.name} is off")
    return tuple(dict.fromkeys(said))


def _untouched(facts: Facts, incident: Incident) -> tuple[str, ...]:
    """Return the watched kinds of which no change came in the day before the onset."""
    if facts.changes is None:
        return ()
    near = [one for one in facts.changes if -CLOCKS <= incident.onset - one.at <= BACK]
    seen = {sort_of(one, facts).kind for one in near if sort_of(one, facts).touches != "another endpoint"}
    seen |= {"traffic"} if "endpoint" in seen else set()
    return tuple(kind for kind in WATCHED if kind not in seen)
