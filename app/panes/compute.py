"""Compute: clusters with their nodes, instances with their owners, what is attached, and serverless use."""

from __future__ import annotations

from app.cells import ago, az, exact, fact, machine, number, per_hour, ssh, value
from app.machine_rows import ComputeRow
from app.panes.compute_cells import (
    busy,
    chips,
    compute_state,
    idle_rule,
    image,
    kind_cell,
    node_squares,
    owner,
    priority,
    queue,
    span_of_nodes,
)
from app.panes.compute_lines import (
    application_lines,
    can_lines,
    done_by,
    error_lines,
    head,
    identity,
    last_operation,
    network,
    nodes_by_state,
    own_facts,
    people,
    price_lines,
    schedule_lines,
    shell_lines,
    ssh_from_outside,
    waiting_lines,
    work_lines,
)
from app.panes.compute_lines import image as image_fact
from app.panes.compute_verbs import COMPUTE_VERBS
from app.panes.compute_verdict import verdict
from app.words import state_cell
from services.compute_targets import OWN_KINDS, SERVERLESS
from services.records import WorkspaceRef
from widgets.pane import Column, Drill, Fact, Pane, Reference, Section


def _runs_on(compute: ComputeRow) -> str:
    if compute.kind == SERVERLESS:
        # What `is_serverless` asks of a run, as a filter: | binds closer than standing side by side.
        return "compute=serverless | compute:none compute=serverless | has:vm_size"
    return f'compute="{compute.name}"'


def _into(compute: ComputeRow) -> str:
    is_cluster = compute.kind == "AmlCompute"
    return f'nodes compute="{compute.name}"' if is_cluster else f"runs {_runs_on(compute)}"


def _used(compute: ComputeRow) -> str:
    return f'name="{compute.name}"' if compute.kind in OWN_KINDS else ""


def _idles(compute: ComputeRow) -> bool:
    return compute.kind in OWN_KINDS


def _arm_id(compute: ComputeRow, workspace: str) -> str | None:
    return None if compute.kind == SERVERLESS else f"{workspace}/computes/{compute.name}"


def _studio(compute: ComputeRow, workspace: str) -> str | None:
    return None if compute.kind == SERVERLESS else f"/compute/{compute.name}/details?wsid={workspace}"


def _az(compute: ComputeRow, ref: WorkspaceRef) -> str | None:
    return None if compute.kind == SERVERLESS else az(ref, "compute", "show", n=compute.name)


COMPUTE: Pane[ComputeRow] = Pane(
    name="compute",
    title="Compute",
    digit="5",
    record=ComputeRow,
    table="compute_rows",
    noun="computes",
    sources=("compute", "nodes", "quotas", "vm_sizes", "vm_power", "compute_rows"),
    order="kind",
    trouble="has:error | provisioning=Failed | idle_nodes>0 | waits_for_quota>0",
    empty="No compute in this workspace. Clusters, instances and attached targets appear here.",
    columns=(
        Column("state", lambda compute, look: state_cell(compute_state(compute), look), 13, "provisioning", rank=1),
        Column("name", value("name"), 14, "name", grows=True, rank=1),
        Column("kind", kind_cell, 10, "kind", rank=2),
        Column("size", machine("vm_size"), 13, "vm_size", rank=3),
        Column("nodes", node_squares, 10, "nodes", rank=3),
        Column("busy", busy, 6, "running_nodes", is_right=True, rank=2),
        Column("range", span_of_nodes, 6, "max_nodes", is_right=True, rank=5),
        Column("queue", queue, 5, "queue", is_right=True, rank=4),
        Column("$/h", per_hour("per_hour"), 7, "per_hour", is_right=True, rank=2),
        Column("idle after", idle_rule, 10, "idle_shutdown", is_right=True, rank=4),
        Column("changed", ago("changed"), 7, "changed", is_right=True, rank=5),
        Column("owner", owner, 12, "user_name", rank=5),
        Column("priority", priority, 9, "priority", rank=6),
        Column("chips", chips, 7, "gpus", rank=6),
        Column("image", image, 10, "is_latest_image", rank=7),
        Column("location", value("location", "muted"), 12, "location", rank=8),
    ),
    head=head,
    verdict=verdict,
    sections=(
        Section("What is wrong", lines=error_lines),
        Section("Nodes", lines=nodes_by_state),
        Section("At work", lines=work_lines),
        Section("Waiting", lines=waiting_lines),
        Section("An hour", lines=price_lines),
        Section(
            "",
            facts=(
                fact("size", "vm_size", machine),
                fact("cores", "cores", number),
                Fact("chips", lambda one, look: chips(one, look) if one.accelerator else None, "accelerator"),
                fact("location", "location"),
                Fact("priority", lambda one, look: priority(one, look) if one.priority else None, "priority"),
                Fact("range", lambda one, look: span_of_nodes(one, look) if one.max_nodes else None, "max_nodes"),
                Fact("idle after", lambda one, look: idle_rule(one, look) if _idles(one) else None, "idle_timeout"),
                Fact("last operation", last_operation, "last_operation"),
                Fact("last change", done_by, "done_by"),
                Fact("belongs to", people, "user_name"),
                fact("shared", "sharing"),
                Fact("image", image_fact, "image_version"),
                fact("runtime", "runtime"),
                Fact("network", network, "subnet"),
                Fact("ssh", lambda one, look: ssh(one.ssh_user, one.ssh_address, one.ssh_port), "ssh_user"),
                Fact("ssh port", ssh_from_outside, "ssh_access"),
                Fact("identity", identity, "identity"),
                fact("attached to", "resource"),
                fact("created", "created", exact),
                fact("about", "description"),
            ),
        ),
        Section("Its own", lines=own_facts),
        Section("In a shell", lines=shell_lines),
        Section("Starts and stops", lines=schedule_lines),
        Section("Opens", lines=application_lines),
        Section("What can be done", lines=can_lines),
    ),
    drills=(
        Drill("enter", "nodes, else runs", "", _into),
        Drill("R", "runs on it", "runs", _runs_on),
        Drill("N", "nodes", "nodes", lambda compute: f'compute="{compute.name}"'),
        Drill("T", "use in 24 h", "compute-use", _used),
        Drill("Q", "quota", "quotas", lambda compute: ""),
        Drill("P", "sizes", "sizes", lambda compute: ""),
    ),
    verbs=COMPUTE_VERBS,
    reference=Reference(lambda compute: compute.name, _arm_id, _studio, _az),
    help="Clusters, instances, attached targets and serverless use. {trouble} keeps those with errors, idle nodes or "
    "runs that wait for quota; {studio} on an instance opens what it serves. The help lists every kind of target.",
)
