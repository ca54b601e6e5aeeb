"""Compute: clusters, instances and what is attached, with nodes by state and errors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

import msgspec

from services.compute_parts import applications_of, facts_of, identities_of, schedules_of
from services.compute_record import Compute
from services.compute_shapes import Given, Image, Machine, NodeStates, Operation, Scale
from services.compute_targets import OWN_KINDS
from services.parsing import id_tail, moment, seconds
from services.reading import read_item, read_page
from services.reasons import Reason, reason_of
from services.records import Page, Stop, WorkspaceRef, never
from services.ssh import way_in
from services.wire import as_dict, kind_of_identity, pairs, reader_of, text_at

if TYPE_CHECKING:
    from services.connection import Connection

API = "2023-08-01-preview"

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
    kind = known.compute_type or "unknown"
    scale, states = machine.scale_settings or Scale(), machine.node_state_counts or NodeStates()
    done = machine.last_operation or Operation()
    errors = _errors(machine.errors) + _errors(known.provisioning_errors)
    said = errors[0] if errors else Reason()
    return Compute(
        id=name, name=name, kind=kind,
        provisioning=known.provisioning_state,
        state=machine.state or machine.allocation_state,
        is_attached=known.is_attached_compute,
        location=known.compute_location or given.location,
        vm_size=machine.vm_size or machine.virtual_machine_size or machine.node_size or machine.agent_vm_size,
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
        error=said.sentence, error_code=said.code, error_count=len(errors),
        resource=known.resource_id,
        subnet=machine.subnet.id if machine.subnet else None,
        identity=kind_of_identity(given.identity), identity_ids=identities_of(given.identity),
        facts={} if kind in OWN_KINDS else facts_of(kind, _block(document)),
        description=known.description or None,
        created=moment(known.created_on), modified=moment(known.modified_on),
        tags=pairs(given.tags), **_instance(machine, kind), **_way_in(machine),
    )  # fmt: skip


def _instance(machine: Machine, kind: str) -> dict[str, Any]:
    """Return what instances alone have: who uses them, the last operation, the image, what opens on them."""
    done, image = machine.last_operation or Operation(), machine.os_image_metadata or Image()
    return {
        "last_operation": done.operation_name, "last_operation_status": done.operation_status,
        "last_operation_trigger": done.operation_trigger, "owner": _person(machine.created_by),
        "assigned_to": _person(as_dict(machine.personal_compute_instance_settings).get("assignedUser")),
        "image_version": image.current_image_version or machine.image_version,
        "latest_image": image.latest_image_version, "is_latest_image": image.is_latest_os_image_version,
        "runtime": text_at(as_dict(machine.versions), "runtime"),
        "applications": applications_of(machine.applications), "schedules": schedules_of(machine.schedules),
        "sharing": machine.application_sharing_policy,
        "has_setup_script": machine.setup_scripts is not None if kind == "ComputeInstance" else None,
    }  # fmt: skip


def _way_in(machine: Machine) -> dict[str, Any]:
    ssh = way_in(machine.user_account_credentials, machine.ssh_settings, machine.connectivity_endpoints)
    return {
        "has_public_ip": machine.enable_node_public_ip, "is_isolated": machine.isolated_network,
        "ssh_access": _ssh_access(machine), "ssh_user": ssh.user, "ssh_address": ssh.address, "ssh_port": ssh.port,
    }  # fmt: skip


def _ssh_access(machine: Machine) -> str | None:
    own = machine.ssh_settings
    return machine.remote_login_port_public_access or (own.ssh_public_access if own else None)


def _block(document: bytes) -> object:
    """Return the part of a compute that depends on its kind, as it is: each kind has fields of its own."""
    return as_dict(as_dict(msgspec.json.decode(document)).get("properties")).get("properties")


def _errors(given: object) -> list[Reason]:
    """Return the reasons of an error list. Azure also fills it on computes whose provisioning succeeded."""
    errors = cast("list[object]", given) if isinstance(given, list) else [given]
    return [said for one in errors if (said := reason_of(one)).sentence]


def _person(given: object) -> str | None:
    """Return a user's name where the block holds one, else the object id."""
    user = as_dict(given)
    return user.get("userName") or user.get("userId") or user.get("objectId")
