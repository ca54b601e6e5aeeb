"""Compute: clusters, instances and what is attached, with nodes by state and errors."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

import msgspec

from services.parsing import id_tail, moment, seconds
from services.reading import read_item, read_page
from services.reasons import Reason, reason_of
from services.records import Page, Stop, WorkspaceRef, never
from services.ssh import Account, Addresses, Settings, way_in
from services.wire import Identity, Moment, Reference, Wire, as_dict, kind_of_identity, pairs, reader_of

if TYPE_CHECKING:
    from services.connection import Connection

API = "2023-08-01-preview"


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
    image_version: str | None = None
    is_latest_image: bool | None = None
    ssh_user: str | None = None
    """The account that was made for signing in over SSH: on every node of a cluster, or on an instance."""
    ssh_address: str | None = None
    """The public address of an instance that takes SSH from outside; nodes have addresses of their own."""
    ssh_port: int | None = None
    description: str | None = None
    created: datetime | None = None
    modified: datetime | None = None
    tags: dict[str, str | None] = {}


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
    is_latest_os_image_version: bool | None = None


class Machine(Wire):
    """The part of a compute that depends on its kind; fields of kinds that share a meaning stand side by side."""

    vm_size: str | None = None
    virtual_machine_size: str | None = None
    node_size: str | None = None
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


class Given(Wire):
    """One compute as ARM gives it. Its id may point to Microsoft.BatchAI while it is made."""

    properties: Properties
    id: str | None = None
    name: str | None = None
    location: str | None = None
    identity: Identity | None = None
    tags: dict[str, Any] | None = None


_read = reader_of(Given)


def list_compute(connection: Connection, ref: WorkspaceRef, *, stop: Stop = never) -> Iterator[Page[Compute]]:
    """Yield the computes of a workspace, with the nodes of clusters by state. Raises ServiceError.

    Reads GET …/computes.
    """
    for answer in connection.pages(connection.arm(f"{ref.id}/computes", API), stop=stop):
        yield read_page(answer, parse_compute)


def get_compute(connection: Connection, ref: WorkspaceRef, name: str) -> Page[Compute]:
    """Return one compute as a page of one. Raises NotFound once it is deleted, else ServiceError."""
    return read_item(connection.read(connection.arm(f"{ref.id}/computes/{name}", API)), parse_compute)


def parse_compute(document: bytes) -> Compute:
    """Return one compute of any kind. Raises msgspec.MsgspecError or ValueError when the document is none."""
    given = _read(document)
    name = given.name or id_tail(given.id)
    if not name:
        raise ValueError("it has no name")
    known, machine = given.properties, given.properties.properties or Machine()
    scale, states = machine.scale_settings or Scale(), machine.node_state_counts or NodeStates()
    done, image = machine.last_operation or Operation(), machine.os_image_metadata or Image()
    ssh = way_in(machine.user_account_credentials, machine.ssh_settings, machine.connectivity_endpoints)
    errors = _errors(machine.errors) + _errors(known.provisioning_errors)
    said = errors[0] if errors else Reason()
    return Compute(
        id=name, name=name, kind=known.compute_type or "unknown",
        provisioning=known.provisioning_state,
        state=machine.state or machine.allocation_state,
        is_attached=known.is_attached_compute,
        location=known.compute_location or given.location,
        vm_size=machine.vm_size or machine.virtual_machine_size or machine.node_size,
        priority=machine.vm_priority,
        nodes=machine.current_node_count if machine.current_node_count is not None else machine.node_count,
        target_nodes=machine.target_node_count,
        min_nodes=scale.min_node_count, max_nodes=scale.max_node_count,
        idle_nodes=states.idle_node_count, running_nodes=states.running_node_count,
        preparing_nodes=states.preparing_node_count, leaving_nodes=states.leaving_node_count,
        unusable_nodes=states.unusable_node_count, preempted_nodes=states.preempted_node_count,
        idle_timeout=seconds(scale.node_idle_time_before_scale_down),
        idle_shutdown=seconds(machine.idle_time_before_shutdown),
        changed=moment(machine.allocation_state_transition_time or done.operation_time),
        last_operation=done.operation_name, last_operation_status=done.operation_status,
        last_operation_trigger=done.operation_trigger,
        owner=_person(machine.created_by),
        assigned_to=_person(as_dict(machine.personal_compute_instance_settings).get("assignedUser")),
        error=said.sentence, error_code=said.code, error_count=len(errors),
        resource=known.resource_id,
        subnet=machine.subnet.id if machine.subnet else None,
        identity=kind_of_identity(given.identity),
        image_version=image.current_image_version or machine.image_version,
        is_latest_image=image.is_latest_os_image_version,
        ssh_user=ssh.user,
        ssh_address=ssh.address,
        ssh_port=ssh.port,
        description=known.description or None,
        created=moment(known.created_on), modified=moment(known.modified_on),
        tags=pairs(given.tags),
    )  # fmt: skip


def _errors(given: object) -> list[Reason]:
    """Return the reasons of an error list. Azure also fills it on computes whose provisioning succeeded."""
    errors = cast("list[object]", given) if isinstance(given, list) else [given]
    return [said for one in errors if (said := reason_of(one)).sentence]


def _person(given: object) -> str | None:
    """Return a user's name where the block holds one, else the object id."""
    user = as_dict(given)
    return user.get("userName") or user.get("userId") or user.get("objectId")
