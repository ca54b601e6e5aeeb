"""Nodes: the machines of every cluster that has any, and the run on each."""

from __future__ import annotations

from app.cells import exact, fact, ssh, value
from app.machine_rows import NodeRow
from app.words import resource_state, state_cell
from services.nodes import Node
from widgets import format as fmt
from widgets.pane import Cell, Column, Drill, Fact, Look, Pane, Reference, Section, Span
from widgets.safe import Safe, plain


def node_state(node: Node, look: Look) -> Cell:
    """Busy, idle and paid, or what Azure says."""
    word = (node.state or "").lower()
    if word == "running":
        return (Span(plain("# " if look.is_ascii else "■ "), "run"), Span(plain("busy")))
    if word == "idle":
        return (Span(plain("o " if look.is_ascii else "□ "), "warn"), Span(plain("idle, paid"), "warn"))
    return state_cell(resource_state(node.state), look)


def lasting(node: NodeRow, look: Look) -> Cell:
    """How long its run goes on; of a node without one at least how long it is as it is."""
    if node.since is None:
        return fmt.DASH
    least = "" if node.run else ">=" if look.is_ascii else "≥"
    return (Span(Safe(f"{least}{fmt.age(node.since, look.now)}"), "warn" if _idles(node) else "muted"),)


def watched(node: NodeRow, look: Look) -> Cell | None:
    """`at least 12m, seen so from 27 Nov 2026 20:20:31Z`: of a node without a run."""
    if node.run or node.since is None:
        return None
    at_least = Safe(f"for at least {fmt.age(node.since, look.now)}")
    return (Span(at_least, "warn" if _idles(node) else "text"),
            Span(Safe(f", seen so from {fmt.moment(node.since, look)} on"), "muted"))  # fmt: skip


def _idles(node: NodeRow) -> bool:
    return (node.state or "").lower() == "idle"


def ssh_to(node: Node, look: Look) -> Cell | None:
    """By the node's public address, else from inside its network."""
    if node.public_ip:
        return ssh(node.user, node.public_ip, node.port)
    inside = ssh(node.user, node.private_ip, None)
    return (*inside, Span(plain("  from inside its network"), "muted")) if inside else None


NODES: Pane[NodeRow] = Pane(
    name="nodes",
    title="Nodes",
    digit="",
    record=NodeRow,
    table="node_rows",
    noun="nodes",
    sources=("compute", "nodes", "node_rows"),
    order="compute",
    in_tabs=False,
    empty="No nodes are allocated now. Clusters scale to their minimum when nothing runs.",
    columns=(
        Column("state", node_state, 13, "state", rank=1),
        Column("cluster", value("compute"), 14, "compute", rank=1),
        Column("node", value("node", "muted"), 34, "node", grows=True, rank=2),
        Column("run", value("run_name"), 26, "run_name", rank=1),
        Column("for", lasting, 6, "since", is_right=True, rank=2),
        Column("by", value("run_by", "muted"), 16, "run_by", rank=4),
        Column("private ip", value("private_ip", "muted"), 15, "private_ip", rank=6),
        Column("port", value("port", "muted"), 6, "port", is_right=True, rank=8),
    ),
    sections=(
        Section(
            "",
            facts=(
                fact("node", "node"),
                fact("cluster", "compute"),
                fact("run", "run_name"),
                fact("experiment", "experiment"),
                fact("by", "run_by"),
                Fact("since", lambda node, look: exact("since")(node, look) if node.run else None, "since"),
                Fact("as it is", watched, "since"),
                fact("private ip", "private_ip"),
                fact("public ip", "public_ip"),
                fact("port", "port"),
                Fact("ssh", ssh_to, "user"),
            ),
        ),
    ),
    drills=(
        Drill("enter", "its run", "runs", lambda node: f'id="{node.run or ""}"'),
        Drill("T", "use in 24 h", "compute-use", lambda node: f'name="{node.compute}"'),
    ),
    reference=Reference(lambda node: node.node),
    help="The nodes of every cluster that has any, the run on each, and for how long: of a run since it started, of a "
    "node without one at least (≥) since it was first seen so: what was before amldeck looked nobody tells.",
)
