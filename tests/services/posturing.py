"""Facts about a workspace as the posture's rules are handed them, and the lines they make of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from services.dependent_parsers import Dependent
from services.posture import posture
from services.posture_lines import Facts, Known, PostureLine, Sighting
from services.workspace_settings import WorkspaceSettings

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
GROUP = "/subscriptions/s/resourcegroups/g"
WS = f"{GROUP}/providers/microsoft.machinelearningservices/workspaces/ml"
STORE = f"{GROUP}/providers/microsoft.storage/storageaccounts/st"
VAULT = f"{GROUP}/providers/microsoft.keyvault/vaults/kv"
REGISTRY = f"{GROUP}/providers/microsoft.containerregistry/registries/cr"
LOGS = f"{GROUP}/providers/microsoft.operationalinsights/workspaces/logs"


def known(*records: Any) -> Known[Any]:
    return Known(asked="GET it", sightings=tuple(Sighting(one, "GET …/it", NOW) for one in records), at=NOW)


def settings(**more: Any) -> WorkspaceSettings:
    stores = {"storage": STORE, "key_vault": VAULT, "registry": REGISTRY, "location": "westeurope"}
    named = {"id": WS, "name": "ml", "identity": "SystemAssigned", "principal": "me", **stores, **more}
    return WorkspaceSettings(**named)


def lines(one: WorkspaceSettings | None = None, **more: Any) -> dict[str, PostureLine]:
    """The lines by id, of a workspace about which all else was read and is empty."""
    names = ("dependents", "grants", "rules", "diagnostics", "findings", "variables", "endpoints")
    rest: dict[str, Any] = {**{name: known() for name in names}, **more}
    made = list(posture(Facts(now=NOW, settings=known(one or settings()), **rest)))
    assert len({line.id for line in made}) == len(made)
    return {line.id: line for line in made}


def store(kind: str, resource: str, **more: Any) -> Dependent:
    return Dependent(id=resource, kind=kind, name=resource.rpartition("/")[2], **more)  # pyright: ignore[reportArgumentType]
