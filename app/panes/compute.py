"""Compute: clusters with their nodes, instances with their owners, and what is attached."""

from __future__ import annotations

from collections.abc import Sequence

from app.cells import ago, az, exact, fact, machine, ssh, titled, value
from app.panes.compute_verbs import COMPUTE_VERBS
from app.words import FAILED, SILENT, State, resource_state, state_cell
from services.compute import Compute
from widgets import format as fmt
from widgets.pane import Cell, Column, Drill, Fact, Line, Look, Pane, Reference, Section, Span, Tally, Tone
from widgets.safe import Safe, plain, safe, safe_lines

_KINDS = {"AmlCompute": plain("cluster"), "ComputeInstance": plain("instance"), "Kubernetes": plain("kubernetes"),
          "VirtualMachine": plain("vm"), "AKS": plain("aks"), "SynapseSpark": plain("synapse")}  # fmt: skip


def compute_state(compute: Compute) -> State:
    """The one state that matters: what failed first, then an error it hides, then idle nodes, then its own word."""
    if compute.provisioning in ("Failed", "Canceled", "Deleting", "Creating", "Updating"):
        return resource_state(compute.provisioning)
    if compute.kind == "ComputeInstance":
        return resource_state(compute.state or compute.provisioning)
    if compute.error:
        return FAILED._replace(word=plain("node error"))
    if compute.state and compute.state.lower() != "steady":
        return resource_state(compute.state)
    if compute.idle_nodes:
        return SILENT._replace(word=plain("idle nodes"))
    return resource_state(compute.provisioning)


def kind_cell(compute: Compute, look: Look) -> Cell:
    """What a user calls it; Azure's own word when we have none."""
    return (Span(_KINDS.get(compute.kind) or safe(compute.kind.lower()), "muted"),)


def busy(compute: Compute, look: Look) -> Cell:
    """`2 / 8`: running nodes of those there are; a dash while Azure withholds the counts."""
    if compute.running_nodes is None or compute.nodes is None:
        return fmt.DASH
    return (Span(Safe(f"{compute.running_nodes} / {compute.nodes}")),)


def span_of_nodes(compute: Compute, look: Look) -> Cell:
    """`0 – 8`: the fewest and the most nodes it may have."""
    if compute.max_nodes is None:
        return fmt.DASH
    low = "–" if compute.min_nodes is None else f"{compute.min_nodes}"
    return (Span(Safe(f"{low} – {compute.max_nodes}"), "muted"),)


def node_squares(compute: Compute, look: Look) -> Cell:
    """One sign a node, up to ten: busy, idle and paid, starting, broken, then free places; dash when unknown."""
    if compute.kind != "AmlCompute" or compute.running_nodes is None:
        return fmt.DASH
    signs = ("#", "o", "+", "x", ".") if look.is_ascii else ("■", "□", "▪", "✗", "·")
    preparing = (compute.preparing_nodes or 0) + (compute.leaving_nodes or 0)
    bad = (compute.unusable_nodes or 0) + (compute.preempted_nodes or 0)
    groups: tuple[tuple[int, Tone], ...] = (
        (compute.running_nodes, "run"),
        (compute.idle_nodes or 0, "warn"),
        (preparing, "run"),
        (bad, "err"),
    )
    used = sum(number for number, _ in groups)
    free = max(0, min(10, compute.max_nodes or 0) - used)
    if used > 10:
        return (Span(Safe(f"{used} nodes")),)
    spans = [Span(Safe(sign * number), tone) for sign, (number, tone) in zip(signs, groups, strict=False) if number]
    spans.append(Span(Safe(signs[4] * free), "muted"))
    return tuple(spans)


def idle_rule(compute: Compute, look: Look) -> Cell:
    """When it gives up idling: a cluster's node timeout, an instance's shutdown; `none` burns money."""
    seconds = compute.idle_shutdown if compute.kind == "ComputeInstance" else compute.idle_timeout
    if seconds is not None:
        return (Span(fmt.duration(seconds), "muted"),)
    if compute.kind == "ComputeInstance" and (compute.state or "").lower() in ("running", "jobrunning"):
        return (Span(plain("none"), "warn"),)
    return fmt.DASH


def head(compute: Compute, look: Look) -> Line:
    """Name, state, kind."""
    kind = Span(Safe(f"  {kind_cell(compute, look)[0].text}"), "muted")
    return (*titled(compute.name, compute_state(compute), look), kind)


def error_lines(compute: Compute, look: Look) -> Sequence[Line]:
    """The errors Azure reports, also behind a state that says Succeeded."""
    if not compute.error:
        return ()
    first, *rest = safe_lines(compute.error)
    more = (compute.error_count or 1) - 1
    lines: list[Line] = [(Span(plain("x " if look.is_ascii else "✗ "), "err"), Span(first, "strong", bold=True))]
    lines += [(Span(Safe(f"  {line}"), "muted"),) for line in rest[:4]]
    code = f"  {safe(compute.error_code)}" if compute.error_code else ""
    count = f"  and {more} more" if more > 0 else ""
    if code or count:
        lines.append((Span(Safe(code + count), "muted"),))
    return lines


def nodes_by_state(compute: Compute, look: Look) -> Sequence[Line]:
    """A line a state, those with nodes only; nothing for what has no nodes."""
    if compute.kind != "AmlCompute":
        return ()
    if compute.running_nodes is None:
        return ((Span(plain("Azure gives no node counts while a cluster is created or failed."), "muted"),),)
    states = (
        ("busy", compute.running_nodes), ("idle, paid", compute.idle_nodes), ("preparing", compute.preparing_nodes),
              ("leaving", compute.leaving_nodes), ("unusable", compute.unusable_nodes),
              ("preempted", compute.preempted_nodes))  # fmt: skip
    lines = [(Span(Safe(f"{word:<14}"), "muted"), Span(fmt.count(number))) for word, number in states if number]
    return lines or ((Span(plain("No nodes now."), "muted"),),)


def last_operation(compute: Compute, look: Look) -> Cell | None:
    """`Create succeeded, by User, 26 Jul 2024`; None for clusters."""
    if not compute.last_operation:
        return None
    status = f" {safe(compute.last_operation_status).lower()}" if compute.last_operation_status else ""
    by = f", by {safe(compute.last_operation_trigger).lower()}" if compute.last_operation_trigger else ""
    return (Span(Safe(f"{safe(compute.last_operation)}{status}{by}, {fmt.moment(compute.changed, look)}")),)


def image(compute: Compute, look: Look) -> Cell | None:
    """The OS image and whether a newer one waits."""
    if not compute.image_version:
        return None
    old = plain(", a newer one waits") if compute.is_latest_image is False else plain("")
    return (Span(safe(compute.image_version)), Span(old, "warn"))


def verdict(tally: Tally, look: Look) -> Line:
    """Busy nodes, idle nodes that cost money, and how many of each kind there are."""
    rows: list[Compute] = list(tally.rows())
    busy_nodes = sum(row.running_nodes or 0 for row in rows)
    idle = sum(row.idle_nodes or 0 for row in rows)
    clusters = sum(1 for row in rows if row.kind == "AmlCompute")
    instances = sum(1 for row in rows if row.kind == "ComputeInstance")
    spans = [Span(Safe(f"{busy_nodes:,} nodes busy"), "strong", bold=True)]
    if idle:
        spans.append(Span(Safe(f", {idle:,} idle and paid"), "warn", bold=True))
    attached = len(rows) - clusters - instances
    spans.append(Span(Safe(f"   {clusters} clusters, {instances} instances, {attached} attached"), "muted"))
    return tuple(spans)


COMPUTE: Pane[Compute] = Pane(
    name="compute",
    title="Compute",
    digit="5",
    record=Compute,
    table="compute",
    noun="computes",
    sources=("compute", "nodes", "quotas"),
    order="kind",
    trouble="has:error | provisioning=Failed | idle_nodes>0",
    empty="No compute in this workspace. Clusters, instances and attached targets appear here.",
    columns=(
        Column("state", lambda compute, look: state_cell(compute_state(compute), look), 13, "provisioning", rank=1),
        Column("name", value("name"), 14, "name", grows=True, rank=1),
        Column("kind", kind_cell, 10, "kind", rank=2),
        Column("size", machine("vm_size"), 13, "vm_size", rank=3),
        Column("nodes", node_squares, 10, "nodes", rank=3),
        Column("busy", busy, 6, "running_nodes", is_right=True, rank=2),
        Column("range", span_of_nodes, 6, "max_nodes", is_right=True, rank=5),
        Column(
            "priority",
            lambda compute, look: fmt.words((compute.priority or "").lower(), "muted"),
            11,
            "priority",
            rank=6,
        ),
        Column("idle after", idle_rule, 10, "idle_shutdown", is_right=True, rank=4),
        Column("changed", ago("changed"), 7, "changed", is_right=True, rank=5),
        Column(
            "owner", lambda compute, look: fmt.words(compute.assigned_to or compute.owner, "muted"), 16, "owner", rank=6
        ),
        Column("location", value("location", "muted"), 12, "location", rank=8),
    ),
    head=head,
    verdict=verdict,
    sections=(
        Section("What is wrong", lines=error_lines),
        Section("Nodes", lines=nodes_by_state),
        Section(
            "",
            facts=(
                fact("size", "vm_size", machine),
                fact("location", "location"),
                fact("priority", "priority"),
                Fact(
                    "range",
                    lambda compute, look: span_of_nodes(compute, look) if compute.max_nodes else None,
                    "max_nodes",
                ),
                fact("target nodes", "target_nodes"),
                Fact("idle after", idle_rule, "idle_timeout"),
                Fact("last operation", last_operation, "last_operation"),
                fact("owner", "owner"),
                fact("assigned to", "assigned_to"),
                fact("identity", "identity"),
                fact("subnet", "subnet"),
                fact("attached to", "resource"),
                Fact("image", image, "image_version"),
                Fact("ssh", lambda one, look: ssh(one.ssh_user, one.ssh_address, one.ssh_port), "ssh_user"),
                fact("created", "created", exact),
                fact("about", "description"),
            ),
        ),
    ),
    drills=(
        Drill("enter", "runs on it", "runs", lambda compute: f'compute="{compute.name}"'),
        Drill("N", "nodes", "nodes", lambda compute: f'compute="{compute.name}"'),
        Drill("Q", "quota", "quotas", lambda compute: ""),
    ),
    verbs=COMPUTE_VERBS,
    reference=Reference(
        lambda compute: compute.name,
        lambda compute, workspace: f"{workspace}/computes/{compute.name}",
        lambda compute, workspace: f"/compute/{compute.name}/details?wsid={workspace}",
        lambda compute, ref: az(ref, "compute", "show", n=compute.name),
    ),
    help="Clusters, instances and attached targets. {trouble} keeps those with errors or idle nodes.",
)
