"""The tables about machines: their sizes, and the rows of computes, quotas and sizes."""

from __future__ import annotations

from app.machine_rows import ComputeRow, NodeRow, QuotaRow, SizeRow
from cache.table import Table
from services.compute_use import ComputeUse
from services.vm_power import VmPower
from services.vm_sizes import VmSize

COMPUTE_NAMES = {
    "cluster": "name", "compute": "name", "type": "kind", "size": "vm_size", "user": "user_name",
    "idle": "idle_nodes", "busy": "running_nodes", "region": "location",
}  # fmt: skip

VM_SIZES = Table(name="vm_sizes", record=VmSize, has_history=False)
COMPUTE_ROWS = Table(
    name="compute_rows",
    record=ComputeRow,
    is_thinned=True,
    search=("name", "owner", "assigned_to", "owner_name", "user_name"),
    aliases={**COMPUTE_NAMES, "cost": "per_hour"},
)
QUOTA_ROWS = Table(
    name="quota_rows",
    record=QuotaRow,
    is_thinned=True,
    search=("name", "title"),
    aliases={"family": "name", "region": "location", "left": "headroom", "state": "standing"},
)
SIZE_ROWS = Table(
    name="size_rows",
    record=SizeRow,
    has_history=False,
    search=("name", "family"),
    aliases={"size": "name", "memory": "memory_gb", "gpu": "gpus", "cpus": "cores", "low": "is_low_priority"},
)

VM_POWER = Table(name="vm_power", record=VmPower, is_thinned=True)
NODE_ROWS = Table(
    name="node_rows",
    record=NodeRow,
    has_history=False,
    search=("node", "compute", "run", "run_name"),
    aliases={"cluster": "compute", "name": "node", "for": "since"},
)
COMPUTE_USE = Table(
    name="compute_use", record=ComputeUse, has_history=False, search=("name",), aliases={"compute": "name"}
)

TABLES = (VM_SIZES, VM_POWER, COMPUTE_USE, NODE_ROWS, COMPUTE_ROWS, QUOTA_ROWS, SIZE_ROWS)
"""Every table of this room."""
