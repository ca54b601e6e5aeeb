"""How triage says what a change was: its title, and why such a change matters or does not. Pure."""

from __future__ import annotations

from services.change_kinds import Sort, scale_of
from services.parsing import id_part, id_tail
from services.triage_facts import Change

REASONS = {
    "traffic": "it moved the traffic of this endpoint",
    "endpoint": "it wrote this endpoint, its traffic too",
    "deployment": "it changed a deployment of this endpoint",
    "scale": "it changed how many instances answer",
    "autoscale": "it decides how many instances answer",
    "keys": "callers that send the old key are refused from then on",
    "role": "who may call, pull or read depends on it",
    "identity": "the endpoint reads and pulls with it",
    "policy": "it may forbid what the endpoint does",
    "vault": "secrets of the deployments come from a vault",
    "secret": "deployments take secrets and data from it",
    "registry": "images are pulled from a registry",
    "storage": "models and data lie there",
    "network": "callers and the model's own calls go through it",
    "quota": "it decides how many machines there may be",
    "node": "machines under the deployments were touched",
    "workspace": "the endpoint belongs to it",
    "compute": "no online endpoint runs on it",
    "model": "a registered model changes nothing until it is deployed",
    "environment": "an environment changes nothing until it is deployed",
    "logging": "it changes what is logged, not what answers",
    "costs": "it is about money",
    "other": "no online endpoint depends on it",
}
"""By the kind of a change."""

_TITLES = {
    "traffic": "traffic", "endpoint": "endpoint written", "deployment": "deployment", "scale": "scale of",
    "keys": "keys regenerated", "autoscale": "autoscale", "role": "role assignment", "identity": "managed identity",
    "policy": "policy", "vault": "key vault", "secret": "connection", "registry": "container registry",
    "storage": "storage account", "network": "network", "quota": "quota", "node": "node", "workspace": "workspace",
}  # fmt: skip


def title_of(change: Change, sort: Sort) -> str:
    """Return a change in a few words: `traffic blue 10 → 90 %`, `deployment blue`, `container registry acrprod`."""
    verb = (change.operation.rsplit("/", 1)[-1] or "").lower()
    is_gone = " deleted" if verb == "delete" else ""
    if sort.kind == "scale" and (scaled := scale_of(change)):
        return f"{sort.deployment} scaled {scaled[0]} → {scaled[1]}"
    if sort.kind in ("traffic", "endpoint", "keys"):
        words = [_TITLES[sort.kind], change.detail]
    elif sort.kind == "deployment":
        words = [f"deployment {_name(change, sort)}{is_gone}", change.detail]
    elif sort.kind in _TITLES:
        words = [f"{_TITLES[sort.kind]} {id_tail(change.resource) or ''}{is_gone}".strip(), change.detail]
    else:
        words = [change.title or change.operation, change.detail]
    first, detail = words
    said = f"{first} {detail}" if detail and sort.kind == "traffic" else f"{first}: {detail}" if detail else str(first)
    return " ".join(said.split())[:200]


def _name(change: Change, sort: Sort) -> str:
    """The deployment, with its endpoint where that is another one."""
    is_other = sort.touches == "another endpoint"
    return f"{id_part(change.resource, 'onlineEndpoints')}/{sort.deployment}" if is_other else sort.deployment


def minutes_said(minutes: float) -> str:
    """Return a length of time in its largest whole unit: `3 min`, `2 h`, `4 d`."""
    whole = max(round(minutes), 0)
    if whole < 120:
        return f"{whole} min"
    return f"{whole // 60} h" if whole < 2_880 else f"{whole // 1_440} d"
