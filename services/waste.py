"""Waste: eighteen rules over what is known, each with evidence, money a day, how sure it is and the safe step. No I/O.

Missing metrics mean unknown, never idle: a rule whose facts nobody has read is named as not looked at, and a finding
whose numbers are missing has no money. Money of one currency adds up, once for each thing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from services import waste_clusters, waste_deployments, waste_endpoints, waste_instances, waste_orphans, waste_runs
from services.waste_facts import Facts, graded
from services.waste_finding import NOT_LOOKED_AT, Finding


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule. `needs` names the facts it cannot do without."""

    id: str
    title: str
    """What it looks for."""
    find: Callable[[Facts], Iterator[Finding]] | None = None
    """None for what amldeck does not read."""
    needs: tuple[str, ...] = ()
    how: str = ""
    """How to look, where amldeck does not."""


READ = {
    "computes": "computes", "endpoints": "endpoints", "deployments": "deployments",
    "autoscale": "autoscale settings", "utilization": "metrics of Azure Monitor", "running": "runs",
    "run_use": "ended runs", "busy": "runs", "orphans": "resources beside the workspace", "costs": "costs",
}  # fmt: skip
"""What the facts are called in a sentence."""
_ASKED_FOR = "opening Waste reads it; :refresh, or `amldeck waste --fresh`, tries again"


def _unused_gpus(facts: Facts) -> Iterator[Finding]:
    yield from waste_deployments.unused_gpus(facts)
    yield from waste_instances.unused_gpus(facts)


RULES: tuple[Rule, ...] = (
    Rule(id="W1", title="instances without idle shutdown", find=waste_instances.never_stops, needs=("computes",)),
    Rule(id="W2", title="instances that idle on", find=waste_instances.idles_on, needs=("computes", "utilization")),
    Rule(id="W3", title="instances stopped for long", find=waste_instances.stopped_long, needs=("computes",)),
    Rule(id="W4", title="a minimum nobody needs", find=waste_clusters.held_for_nothing, needs=("computes", "busy")),
    Rule(id="W5", title="idle and unusable nodes", find=waste_clusters.idle_nodes, needs=("computes",)),
    Rule(id="W6", title="long idle timeouts of GPUs", find=waste_clusters.long_timeout, needs=("computes",)),
    Rule(id="W7", title="endpoints nobody calls", find=waste_endpoints.not_called,
         needs=("endpoints", "deployments", "utilization")),
    Rule(id="W8", title="deployments without traffic", find=waste_endpoints.no_traffic,
         needs=("endpoints", "deployments")),
    Rule(id="W9", title="failed deployments with machines", find=waste_endpoints.failed_but_held,
         needs=("deployments",)),
    Rule(id="W10", title="oversized deployments", find=waste_deployments.oversized,
         needs=("endpoints", "deployments", "utilization")),
    Rule(id="W11", title="GPUs nobody uses", find=_unused_gpus, needs=("utilization",)),
    Rule(id="W12", title="runs far longer than usual, or idle", find=waste_runs.far_too_long, needs=("running",)),
    Rule(id="W13", title="failed and canceled runs", find=waste_runs.failed_spend, needs=("run_use",)),
    Rule(id="W14", title="dedicated nodes for short runs", find=waste_clusters.could_be_preempted,
         needs=("computes", "run_use")),
    Rule(id="W15", title="autoscale that contradicts itself, or is missing", find=waste_deployments.badly_scaled,
         needs=("autoscale", "deployments")),
    Rule(id="W16", title="what deleted workspaces left behind", find=waste_orphans.left_behind, needs=("orphans",)),
    Rule(id="W17", title="what logs cost to take in",
         how="In the Log Analytics workspace: Usage | where TimeGenerated > ago(30d) | where IsBillable | "
         "summarize GB = sum(Quantity) / 1000 by DataType | order by GB; the bill has it as Log Analytics."),
    Rule(id="W18", title="old outputs and snapshots",
         how="Switch on a blob inventory of the workspace's storage account, or look at azureml/ExperimentRun and "
         "azureml-blobstore-… by age; a lifecycle policy moves or deletes what is old."),
)  # fmt: skip
"""Every rule there is, in the order of their numbers."""


def find_waste(facts: Facts) -> Iterator[Finding]:
    """Yield everything that is found, and a line for each rule that could not be looked at, in the rules' order."""
    for rule in RULES:
        missing = [name for name in rule.needs if getattr(facts, name) is None]
        if rule.find is None or missing:
            yield from graded(iter((_not_looked_at(rule, missing),)))
        else:
            yield from graded(rule.find(facts))


def _not_looked_at(rule: Rule, missing: list[str]) -> Finding:
    names = " and ".join(dict.fromkeys(READ[name] for name in missing))
    why = f"{names} were never read here" if missing else "amldeck does not read what it takes"
    return Finding(
        id=f"{rule.id}/{NOT_LOOKED_AT}", rule=rule.id, why=NOT_LOOKED_AT, what=rule.title, kind="rule",
        confidence=NOT_LOOKED_AT, evidence=f"{rule.id}, {rule.title}: {why}.", save=rule.how or _ASKED_FOR,
        basis="not looked at says nothing about how much there is",
    )  # fmt: skip
