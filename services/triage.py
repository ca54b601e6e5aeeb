"""Triage: what is wrong with an endpoint, since when, what did it, and what to do next. Pure.

The same facts always give the same judgement; whatever is missing is said and never guessed.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from services.capacity import Capacity, InstanceLoad, capacities, loads
from services.change_kinds import sort_of
from services.code_table import CodeRow, code_rows, incident_of_codes
from services.failure_cause import Broken, Cause, broken, cause_of
from services.minutes import counts_of, total
from services.next_steps import quiet_steps, steps_of
from services.onset import incidents, worst
from services.step import Step
from services.stretches import Incident
from services.suspects import BACK, CLOCKS, Cleared, Suspect, suspects_of
from services.triage_charts import Chart, charts_of, latencies_of, measures_of
from services.triage_facts import Facts, ScaleEvaluation
from services.triage_rows import CallerRow, DeploymentNow, Mark, callers_of, marks_of, rows_of
from services.verdict import Verdict, verdict_of
from services.zeroed_traffic import zeroed

FEW = 30.0
"""Requests in the whole window."""
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
    measures: tuple[Chart, ...] = ()
    """The rest of what is measured: connections, bandwidth, memory, GPU, disk, machines by state."""
    codes: tuple[CodeRow, ...] = ()
    deployments: tuple[DeploymentNow, ...] = ()
    callers: tuple[CallerRow, ...] = ()
    marks: tuple[Mark, ...] = ()
    """What was changed of it and of what it needs, for the strip below the charts, oldest first."""
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
    evaluations: tuple[ScaleEvaluation, ...] = ()
    """What autoscale last looked at, a line for each deployment and metric."""
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
    incident = _incident(facts, found)
    cause = cause_of(facts, incident) if incident is not None else None
    quiet = Triage(
        endpoint=facts.endpoint.name,
        now=facts.now,
        verdict=verdict_of(facts, incident, cause),
        incidents=tuple(found),
        charts=charts_of(facts, incident, cause),
        latencies=latencies_of(facts),
        measures=measures_of(facts),
        codes=code_rows(facts),
        deployments=rows_of(facts),
        callers=callers_of(facts),
        marks=marks_of(facts),
        broken=broken(facts),
        loads=loads(facts),
        evaluations=facts.evaluations or (),
        missing=missing_of(facts),
    )
    if incident is None or cause is None:
        return msgspec.structs.replace(quiet, steps=quiet_steps(facts, quiet.broken))
    return _with_incident(quiet, facts, incident, cause)


def glance(facts: Facts) -> Verdict:
    """Return the verdict alone, for a list of many endpoints: the same one that `judge` gives. Raises nothing."""
    incident = _incident(facts, incidents(facts))
    return verdict_of(facts, incident, cause_of(facts, incident) if incident is not None else None)


def _incident(facts: Facts, found: list[Incident]) -> Incident | None:
    by_log = None if counts_of(facts.signals).times else incident_of_codes(facts)
    return zeroed(facts, found) or worst(found) or by_log


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


def missing_of(facts: Facts) -> tuple[str, ...]:
    """Return what is not known and limits the judgement."""
    said: list[str] = []
    counts = counts_of(facts.signals)
    requests = (total(counts.requests) or 0.0) * counts.minutes
    if not counts.times:
        said.append("No metrics are known" + ("" if facts.codes else ": whether it answers cannot be said"))
    elif 0 < requests < FEW:
        said.append(f"Only {requests:.0f} requests came: too few to judge it by")
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
