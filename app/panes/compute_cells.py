"""Cells of the table of computes: one row tells of a cluster, an instance, what is attached, or serverless use."""

from __future__ import annotations

from datetime import UTC, datetime

from app.machine_rows import ComputeRow
from app.words import FAILED, SILENT, State, resource_state
from services.compute_record import Compute
from services.compute_targets import SERVERLESS, is_arc, target_of
from widgets import format as fmt
from widgets.pane import Cell, Look, Span, Tone
from widgets.safe import Safe, plain, safe

MOST_SQUARES = 10
WORKING = ("running", "jobrunning", "starting", "restarting", "unusable")
"""States of an instance in which somebody pays for its machine."""


def compute_state(compute: ComputeRow) -> State:
    """The one state that matters: what failed first, then an error it hides, then idle nodes, then its own word."""
    if compute.provisioning in ("Failed", "Canceled", "Deleting", "Creating", "Updating"):
        return resource_state(compute.provisioning)
    if compute.kind == "ComputeInstance":
        return resource_state(compute.state or compute.provisioning)
    if compute.power:
        return resource_state(compute.power)
    if compute.error:
        return FAILED._replace(word=plain("node error"))
    if compute.state and compute.state.lower() != "steady":
        return resource_state(compute.state)
    if compute.idle_nodes:
        return SILENT._replace(word=plain("idle nodes"))
    return resource_state(compute.provisioning or compute.state)


def kind_cell(compute: Compute, look: Look) -> Cell:
    """What a user calls it; Azure's own word when we have none."""
    target = target_of(compute.kind)
    word = safe(target.word) if target is not None else safe(compute.kind.lower())
    return (Span(plain("arc") if is_arc(compute.resource) else word, "muted"),)


def busy(compute: Compute, look: Look) -> Cell:
    """`2 / 8`: running nodes of those there are; a dash while Azure withholds the counts."""
    if compute.running_nodes is None:
        return fmt.DASH
    if compute.kind == SERVERLESS:
        return (Span(fmt.count(compute.running_nodes)),)
    if compute.nodes is None:
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
    free = max(0, min(MOST_SQUARES, compute.max_nodes or 0) - used)
    if used > MOST_SQUARES:
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


def idles_for(row: ComputeRow, look: Look) -> Cell:
    """`≥12m`: for how long the node that idles longest was seen to; a dash where none idles."""
    if row.idle_since is None:
        return fmt.DASH
    return (Span(Safe(f"{'>=' if look.is_ascii else '≥'}{fmt.age(row.idle_since, look.now)}"), "warn"),)


def queue(row: ComputeRow, look: Look) -> Cell:
    """Runs that wait for it; loud where the quota is why."""
    if row.queue is None:
        return fmt.DASH
    return (Span(fmt.count(row.queue), "warn" if row.waits_for_quota else "text" if row.queue else "muted"),)


def chips(row: ComputeRow, look: Look) -> Cell:
    """`2 × GPU`, `CPU`, `FPGA`: what computes in one machine; a dash where nobody says."""
    if row.accelerator is None:
        return fmt.DASH
    if row.gpus:
        return (Span(Safe(f"{row.gpus} {'x' if look.is_ascii else '×'} GPU")),)
    return (Span(safe(row.accelerator), "muted"),)


def priority(row: Compute, look: Look) -> Cell:
    """Dedicated, or low: it may lose its nodes."""
    word = (row.priority or "").lower()
    return fmt.words("low" if word == "lowpriority" else word, "muted")


def owner(row: ComputeRow, look: Look) -> Cell:
    """Whose it is, by name where the cache knows one."""
    return fmt.words(row.user_name, "muted")


def built(version: str | None) -> datetime | None:
    """When an image was made: its version is a date (`24.06.10`). None for a version of another form."""
    parts = (version or "").split(".")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) == 2 for part in parts):
        return None
    try:
        return datetime(2000 + int(parts[0]), int(parts[1]), int(parts[2]), tzinfo=UTC)
    except ValueError:
        return None


def image(row: ComputeRow, look: Look) -> Cell:
    """Whether its image is the latest one, else how old it is."""
    if row.is_latest_image is None:
        return fmt.DASH
    if row.is_latest_image:
        return (Span(plain("latest"), "muted"),)
    made = built(row.image_version)
    age = Safe(f"behind {fmt.age(made, look.now)}") if made is not None else plain("behind")
    return (Span(age, "warn"),)
