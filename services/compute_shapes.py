"""What a compute looks like as ARM writes it, as far as it is shown."""

from __future__ import annotations

from typing import Any

from services.ssh import Account, Addresses, Settings
from services.wire import Identity, Moment, Reference, Wire


class Scale(Wire):
    """How far a cluster may grow and shrink."""

    min_node_count: int | None = None
    max_node_count: int | None = None
    node_idle_time_before_scale_down: str | None = None


class NodeStates(Wire):
    """Nodes by state. Absent while the cluster is made, and when that failed."""

    idle_node_count: int | None = None
    running_node_count: int | None = None
    preparing_node_count: int | None = None
    leaving_node_count: int | None = None
    unusable_node_count: int | None = None
    preempted_node_count: int | None = None


class Operation(Wire):
    """What was last done to an instance."""

    operation_name: str | None = None
    operation_time: Moment = None
    operation_status: str | None = None
    operation_trigger: str | None = None


class Image(Wire):
    """The operating system image of an instance."""

    current_image_version: str | None = None
    latest_image_version: str | None = None
    is_latest_os_image_version: bool | None = None


class Machine(Wire):
    """The part of a compute that depends on its kind; fields of kinds that share a meaning stand side by side."""

    vm_size: str | None = None
    virtual_machine_size: str | None = None
    node_size: str | None = None
    agent_vm_size: str | None = None
    vm_priority: str | None = None
    scale_settings: Scale | None = None
    current_node_count: int | None = None
    target_node_count: int | None = None
    node_count: int | None = None
    node_state_counts: NodeStates | None = None
    allocation_state: str | None = None
    allocation_state_transition_time: Moment = None
    state: str | None = None
    last_operation: Operation | None = None
    idle_time_before_shutdown: str | None = None
    created_by: Any = None
    personal_compute_instance_settings: Any = None
    subnet: Reference | None = None
    errors: Any = None
    image_version: str | None = None
    os_image_metadata: Image | None = None
    user_account_credentials: Account | None = None
    ssh_settings: Settings | None = None
    connectivity_endpoints: Addresses | None = None
    enable_node_public_ip: bool | None = None
    isolated_network: bool | None = None
    remote_login_port_public_access: str | None = None
    applications: Any = None
    schedules: Any = None
    application_sharing_policy: str | None = None
    setup_scripts: Any = None
    versions: Any = None


class Properties(Wire):
    """The part of a compute that all kinds have."""

    compute_type: str | None = None
    compute_location: str | None = None
    created_on: Moment = None
    modified_on: Moment = None
    description: str | None = None
    resource_id: str | None = None
    provisioning_state: str | None = None
    provisioning_errors: Any = None
    is_attached_compute: bool | None = None
    properties: Machine | None = None


class Assigned(Identity):
    """A managed identity with its ids."""

    principal_id: str | None = None
    user_assigned_identities: dict[str, Any] | None = None


class Given(Wire):
    """One compute as ARM gives it. Its id may point to Microsoft.BatchAI while it is made."""

    properties: Properties
    id: str | None = None
    name: str | None = None
    location: str | None = None
    identity: Assigned | None = None
    tags: dict[str, Any] | None = None
