"""The record of a compute of any kind."""

from __future__ import annotations

from datetime import datetime

import msgspec

BELONGS = "belongs to"
"""The label of the note that says whose an instance is: an object id, as Azure gives no name."""


class Compute(msgspec.Struct, frozen=True, kw_only=True):
    """One compute of any kind. Node counts are None while Azure withholds them (creating, failed): unknown, not 0."""

    id: str
    """The name: unique in a workspace."""
    name: str
    kind: str
    """computeType as given: AmlCompute, ComputeInstance, Kubernetes, VirtualMachine …"""
    provisioning: str | None = None
    state: str | None = None
    """An instance's own state (Running, Stopped …); a cluster's allocation state (Steady, Resizing)."""
    is_attached: bool | None = None
    location: str | None = None
    vm_size: str | None = None
    priority: str | None = None
    nodes: int | None = None
    target_nodes: int | None = None
    min_nodes: int | None = None
    max_nodes: int | None = None
    idle_nodes: int | None = None
    running_nodes: int | None = None
    preparing_nodes: int | None = None
    leaving_nodes: int | None = None
    unusable_nodes: int | None = None
    preempted_nodes: int | None = None
    idle_timeout: float | None = None
    """A cluster's seconds of idling before a node is given back."""
    idle_shutdown: float | None = None
    """An instance's seconds of idling before it stops; None means no idle shutdown or not said."""
    changed: datetime | None = None
    """When the allocation state or the instance's state last changed."""
    last_operation: str | None = None
    last_operation_status: str | None = None
    last_operation_trigger: str | None = None
    owner: str | None = None
    assigned_to: str | None = None
    error: str | None = None
    """The innermost sentence of the first error; also present on computes that say Succeeded."""
    error_code: str | None = None
    error_count: int | None = None
    resource: str | None = None
    subnet: str | None = None
    identity: str | None = None
    identity_ids: tuple[str, ...] = ()
    """Object id of its own identity, then `name (client id)` of those assigned to it."""
    image_version: str | None = None
    latest_image: str | None = None
    is_latest_image: bool | None = None
    runtime: str | None = None
    """Version of what Azure Machine Learning puts on an instance."""
    has_public_ip: bool | None = None
    """Whether its machines have public addresses."""
    is_isolated: bool | None = None
    ssh_access: str | None = None
    """Enabled, Disabled or NotSpecified: whether SSH is let in from outside."""
    applications: dict[str, str | None] = {}
    """Address by name of what can be opened on an instance."""
    schedules: tuple[str, ...] = ()
    """When an instance is started and stopped, in words."""
    sharing: str | None = None
    """Who may open the applications: Personal or Shared."""
    has_setup_script: bool | None = None
    facts: dict[str, str | None] = {}
    """What only its kind has, of what is attached: address, namespace, instance types, Spark version …"""
    ssh_user: str | None = None
    """The account that was made for signing in over SSH: on every node of a cluster, or on an instance."""
    ssh_address: str | None = None
    """The public address of an instance that takes SSH from outside; nodes have addresses of their own."""
    ssh_port: int | None = None
    description: str | None = None
    created: datetime | None = None
    modified: datetime | None = None
    tags: dict[str, str | None] = {}
