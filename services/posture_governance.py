"""What Azure Policy found, and which variables of jobs seem to hold secrets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from services.job_variables import NEWEST, JobVariables
from services.policies import PolicyFinding
from services.posture_lines import LEARN, Facts, PostureLine, Sighting, counted, line, listed, unseen

MASK = "********"

_WHY_POLICY = "Somebody made it a rule here. With the effect deny, the next change of the resource is refused."
_WHY_VARIABLE = (
    "Everybody who may read the job can read the value, for as long as the job is kept. What was exposed once has to "
    "be renewed; taking it out of the next job is not enough."
)
_INSTEAD = "keep it in the workspace's key vault, and read it in the job as its identity"


def of_policies(facts: Facts) -> Iterator[PostureLine]:
    """Yield a line for each finding about the workspace, what is in it and what it hangs on."""
    known = facts.findings
    if known.missing is not None:
        yield unseen("policy", "findings", "Azure Policy", known, known.missing, why=_WHY_POLICY)
        return
    mine = [one for one in known.sightings if _is_mine(facts, one.record)]
    for found in mine:
        yield _finding(found)
    if not mine:
        others = len(known.records)
        detail = f"{counted(others, 'finding')} about other resources of the group." if others else None
        yield line("policy", "findings", "Azure Policy", "no finding", "ok", known, why=_WHY_POLICY, detail=detail)


def _is_mine(facts: Facts, finding: PolicyFinding) -> bool:
    one, resource = facts.workspace.record, finding.resource.lower()
    mine = {(name or "").lower() for name in (one.storage, one.key_vault, one.registry, one.app_insights)}
    return resource in mine or resource == one.id or resource.startswith(f"{one.id}/")


def _finding(found: Sighting[PolicyFinding]) -> PostureLine:
    one = found.record
    where = f"portal: Policy, Compliance, assignment {one.assignment or '?'}"
    looked = f"Azure Policy looked at {one.at:%d %b %H:%M} UTC." if one.at is not None else None
    return line("policy", one.id, one.policy or "A policy", f"{one.resource_name} does not comply", "weak", found,
                why=_WHY_POLICY, change=where,
                detail=" ".join(part for part in (f"Effect {one.effect}." if one.effect else None, looked) if part)
                or None)  # fmt: skip


def of_variables(facts: Facts) -> Iterator[PostureLine]:
    """Yield a line for each variable that seems to hold a secret, with who carries it; never with its value."""
    known = facts.variables
    about = "Secrets in variables of jobs"
    if known.missing is not None:
        yield unseen("jobs", "variables", about, known, known.missing, why=_WHY_VARIABLE)
        return
    carriers: dict[tuple[str, str], list[Sighting[JobVariables]]] = defaultdict(list)
    for one in known.sightings:
        for variable, suspicion in one.record.suspects.items():
            carriers[variable, suspicion].append(one)
    for (variable, suspicion), found in sorted(carriers.items()):
        yield _variable(variable, suspicion, found)
    yield _looked(facts, is_clean=not carriers)


def _variable(variable: str, suspicion: str, found: list[Sighting[JobVariables]]) -> PostureLine:
    newest = sorted(found, key=lambda one: one.record.created.timestamp() if one.record.created else 0.0, reverse=True)
    jobs = [one.record.name for one in newest]
    owners = sorted({one.record.owner for one in newest if one.record.owner})
    reason = "its name promises a secret" if suspicion == "name" else "its value looks like a secret"
    carried = listed([counted(sum(one.record.kind == kind for one in found), kind) for kind in ("deployment", "job")
                      if any(one.record.kind == kind for one in found)])  # fmt: skip
    detail = f"{reason[0].upper()}{reason[1:]}. In {listed(jobs, 6)}."
    if owners:
        detail += f" By {listed(owners, 4)}."
    return line(
        "jobs",
        f"{suspicion}/{variable}",
        f"{variable} = {MASK}",
        f"in {carried}",
        "weak",
        newest[0],
        why=_WHY_VARIABLE,
        change=_INSTEAD,
        detail=detail,
        document=f"{LEARN}how-to-use-secrets-in-runs",
    )


def _looked(facts: Facts, *, is_clean: bool) -> PostureLine:
    jobs = [one.record for one in facts.variables.sightings if one.record.kind == "job"]
    deployments = len(facts.variables.sightings) - len(jobs)
    oldest = min((one.created for one in jobs if one.created is not None), default=None)
    bound = f"the newest {len(jobs):,} jobs" if len(jobs) >= NEWEST else counted(len(jobs), "job")
    fact = f"{bound}, {counted(deployments, 'deployment')} looked at"
    detail = f"Back to {oldest:%d %b %Y}. " if oldest is not None else ""
    detail += "A secret that looks like any other word cannot be told from one."
    return line(
        "jobs",
        "looked",
        "Variables of jobs and deployments",
        fact,
        "ok" if is_clean else "note",
        facts.variables,
        why="Only names are kept; no value of a variable reaches the cache.",
        detail=detail,
    )
