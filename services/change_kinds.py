"""What a change is about: from the operation and the resource that the activity log names. Pure.

The kinds are those that `explained_by` of data/endpoint_failures.toml speaks of.
"""

from __future__ import annotations

import re

import msgspec

from services.parsing import id_part
from services.triage_facts import Change, Facts

DEPENDENCIES = frozenset(
    {"vault", "registry", "storage", "network", "role", "identity", "policy", "autoscale", "quota", "node", "secret"}
)
"""Kinds that an endpoint needs, whose ids do not name it."""

_ML = r"machinelearningservices/workspaces"
_KINDS: tuple[tuple[str, str], ...] = (
    (rf"{_ML}/onlineendpoints/(?:regeneratekeys|listkeys.*regenerat)", "keys"),
    (rf"{_ML}/onlineendpoints/deployments/(?:write|delete|scale|update)", "deployment"),
    (rf"{_ML}/onlineendpoints/(?:write|delete|update)", "endpoint"),
    (r"insights/autoscalesettings", "autoscale"),
    (r"authorization/(?:roleassignments|roledefinitions|denyassignments)|elevateaccess", "role"),
    (r"authorization/policy|policyinsights", "policy"),
    (r"keyvault/", "vault"),
    (r"containerregistry/", "registry"),
    (r"managedidentity/", "identity"),
    (r"microsoft\.network/|privateendpoint|outboundrules|/privatelink", "network"),
    (r"microsoft\.storage/", "storage"),
    (r"microsoft\.quota/|/quotas?/|/updatequotas|usages", "quota"),
    (r"resourcehealth/|microsoft\.maintenance/|/reimage|/redeploy|/restart|node", "node"),
    (rf"{_ML}/(?:connections|workspaceconnections|datastores)", "secret"),
    (rf"{_ML}/(?:models|modelversions)", "model"),
    (rf"{_ML}/environments", "environment"),
    (rf"{_ML}/computes|kubernetes|containerservice/", "compute"),
    (
        rf"{_ML}/(?:batchendpoints|jobs|experiments|schedules|data|datasets|components|codes|labeling|notebooks)",
        "other",
    ),
    (rf"{_ML}/(?:write|update|delete|resynckeys)", "workspace"),
    (r"diagnosticsettings|insights/components|operationalinsights|insights/(?:metricalerts|actiongroups)", "logging"),
    (r"consumption/|costmanagement/", "costs"),
)
_COMPILED = tuple((re.compile(pattern), kind) for pattern, kind in _KINDS)
_READS = re.compile(r"/(?:read|listkeys/action|list[a-z]*/action|getlogs/action|score/action|[a-z]*/read)$")
_SHIFT = re.compile(r"([A-Za-z][\w-]{0,63}):?\s+(\d{1,3}(?:\.\d+)?)(?:\s*%)?\s*(?:→|->)\s*(\d{1,3}(?:\.\d+)?)")
_SCALE = re.compile(r"(?:instances?|capacity)\D{0,20}(\d+)\s*(?:→|->)\s*(\d+)", re.IGNORECASE)


class Sort(msgspec.Struct, frozen=True):
    """What a change is about."""

    kind: str
    """traffic, deployment, endpoint, scale, keys, autoscale, role, vault …; empty when it is not known."""
    touches: str
    """this deployment, this endpoint, what it needs, the workspace, another endpoint, or nothing it needs."""
    deployment: str = ""
    does_read: bool = False


def sort_of(change: Change, facts: Facts) -> Sort:
    """Return what a change is about, seen from the endpoint that is judged."""
    operation = change.operation.lower()
    kind = next((kind for pattern, kind in _COMPILED if pattern.search(operation)), "")
    endpoint = id_part(change.resource, "onlineEndpoints") or ""
    deployment = id_part(change.resource, "deployments") or ""
    if kind == "deployment" and scale_of(change):
        kind = "scale"
    if kind == "endpoint" and split_before(change):
        kind = "traffic"
    touches = _touches(kind, endpoint, deployment, change, facts)
    return Sort(kind, touches, deployment, _READS.search(operation) is not None)


def _touches(kind: str, endpoint: str, deployment: str, change: Change, facts: Facts) -> str:
    if endpoint:
        if endpoint.lower() != facts.endpoint.name.lower():
            return "another endpoint"
        return "this deployment" if deployment else "this endpoint"
    if kind == "autoscale" and f"/{facts.endpoint.name.lower()}" in (change.resource or "").lower():
        return "this endpoint"
    if kind == "compute":
        name = id_part(change.resource, "computes") or ""
        return (
            "what it needs" if name and name.lower() == (facts.endpoint.compute or "").lower() else "nothing it needs"
        )
    if kind in DEPENDENCIES:
        return "what it needs"
    return "the workspace" if kind in ("workspace", "") else "nothing it needs"


def split_before(change: Change) -> dict[str, int] | None:
    """Return the traffic before a change that says how it moved it; None where it does not say."""
    found = _shifts(change)
    return {name: round(before) for name, (before, _) in found.items()} or None


def share_moved(change: Change, deployment: str) -> float | None:
    """Return by how many per cent of the traffic a deployment got more; None where it is not said."""
    moved = {name.lower(): after - before for name, (before, after) in _shifts(change).items()}
    return moved.get(deployment.lower())


def _shifts(change: Change) -> dict[str, tuple[float, float]]:
    if "onlineendpoints/" not in change.operation.lower() or "/deployments/" in change.operation.lower():
        return {}
    pairs = {name: (float(a), float(b)) for name, a, b in _SHIFT.findall((change.detail or "")[:2_000])}
    return {name: both for name, both in pairs.items() if max(both) <= 100}


def scale_of(change: Change) -> tuple[int, int] | None:
    """Return from how many to how many instances a change scaled; None where it does not say."""
    found = _SCALE.search((change.detail or "")[:2_000])
    return (int(found[1]), int(found[2])) if found and len(found[1]) < 6 and len(found[2]) < 6 else None
