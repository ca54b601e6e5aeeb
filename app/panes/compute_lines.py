"""What the detail of a compute says: errors, nodes, what waits, network, who, what opens on it, what can be done."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from app.cells import titled
from app.machine_rows import ComputeRow
from app.panes.compute_cells import built, compute_state, kind_cell
from services.compute_targets import is_arc
from services.parsing import id_part
from widgets import format as fmt
from widgets.pane import Cell, Line, Look, Span
from widgets.safe import Safe, plain, safe, safe_lines


def head(compute: ComputeRow, look: Look) -> Line:
    """Name, state, kind."""
    kind = Span(Safe(f"  {kind_cell(compute, look)[0].text}"), "muted")
    return (*titled(compute.name, compute_state(compute), look), kind)


def error_lines(compute: ComputeRow, look: Look) -> Sequence[Line]:
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


def nodes_by_state(compute: ComputeRow, look: Look) -> Sequence[Line]:
    """A line a state, those with nodes only; nothing for what has no nodes."""
    if compute.kind != "AmlCompute":
        return ()
    if compute.running_nodes is None:
        return ((Span(plain("Azure gives no node counts while a cluster is created or failed."), "muted"),),)
    states = (
        ("busy", compute.running_nodes), ("idle, paid", compute.idle_nodes), ("preparing", compute.preparing_nodes),
        ("leaving", compute.leaving_nodes), ("unusable", compute.unusable_nodes),
        ("preempted", compute.preempted_nodes),
    )  # fmt: skip
    lines: list[Line] = [
        (Span(Safe(f"{word:<14}"), "muted"), Span(fmt.count(number)), *(_idle_for(compute, look, word)))
        for word, number in states if number
    ]  # fmt: skip
    if compute.target_nodes is not None and compute.target_nodes != compute.nodes:
        lines.append((Span(plain("target        "), "muted"), Span(fmt.count(compute.target_nodes))))
    return lines or ((Span(plain("No nodes now."), "muted"),),)


def _idle_for(compute: ComputeRow, look: Look, word: str) -> Line:
    if compute.idle_since is None or not word.startswith("idle"):
        return ()
    return (Span(Safe(f"  the longest for at least {fmt.age(compute.idle_since, look.now)}"), "warn"),)


def work_lines(compute: ComputeRow, look: Look) -> Sequence[Line]:
    """The runs on its nodes."""
    return [(Span(plain("* " if look.is_ascii else "● "), "run"), Span(safe(text))) for text in compute.at_work]


def waiting_lines(compute: ComputeRow, look: Look) -> Sequence[Line]:
    """Which runs wait for it and why, those that wait longest first."""
    sign, rest = plain("o " if look.is_ascii else "◇ "), (compute.queue or 0) - len(compute.waiting)
    lines: list[Line] = []
    for text in compute.waiting:
        name, _, why = text.partition(": ")
        lines += [(Span(sign, "muted"), Span(safe(name))), (Span(Safe(f"  {safe(why, 300)}"), "muted"),)]
    if rest > 0:
        lines.append((Span(Safe(f"  and {rest} more"), "muted"),))
    return lines


def price_lines(compute: ComputeRow, look: Look) -> Sequence[Line]:
    """The estimate of an hour first, what of it idles, then what it is made of; without a price why there is none."""
    if not compute.priced:
        return ()
    basis: list[Line] = [(Span(safe(text, 200), "muted"),) for text in compute.priced]
    if compute.per_hour is None:
        missing = any("is not known" in text for text in compute.priced)
        hint: list[Line] = [(Span(plain("`amldeck prices refresh` or :prices reads list prices."), "muted"),)]
        return [(Span(plain("– no price"), "muted"),), *basis, *(hint if missing else [])]
    mark = not look.is_ascii
    spans = [Span(fmt.money(compute.per_hour, is_estimate=mark), "strong"), Span(plain(" an hour now"))]
    if compute.idle_per_hour is not None and compute.idle_per_hour.amount:
        spans += [Span(plain(", ")), Span(fmt.money(compute.idle_per_hour, is_estimate=mark), "warn"),
                  Span(plain(" of it idle"))]  # fmt: skip
    return [tuple(spans), *basis]


def last_operation(compute: ComputeRow, look: Look) -> Cell | None:
    """`Create succeeded, by User, 26 Jul 2024`; None for clusters."""
    if not compute.last_operation:
        return None
    status = f" {safe(compute.last_operation_status).lower()}" if compute.last_operation_status else ""
    by = f", by {safe(compute.last_operation_trigger).lower()}" if compute.last_operation_trigger else ""
    return (Span(Safe(f"{safe(compute.last_operation)}{status}{by}, {fmt.moment(compute.changed, look)}")),)


def done_by(compute: ComputeRow, look: Look) -> Cell | None:
    """What the activity log last tells of it, with who and how long ago."""
    if not compute.done_by:
        return None
    return (Span(safe(compute.done_by, 120)), Span(Safe(f", {fmt.age(compute.done_at, look.now)} ago"), "muted"))


def image(compute: ComputeRow, look: Look) -> Cell | None:
    """The OS image, how old it is, and whether a newer one waits."""
    if not compute.image_version:
        return None
    made = built(compute.image_version)
    age = f", {fmt.age(made, look.now)} old" if made is not None else ""
    new = f", {safe(compute.latest_image)} waits" if compute.latest_image else ", a newer one waits"
    spans = [Span(Safe(f"{safe(compute.image_version)}{age}"))]
    if compute.is_latest_image is not None:
        spans.append(Span(plain(", the latest"), "muted") if compute.is_latest_image else Span(Safe(new), "warn"))
    return tuple(spans)


def network(compute: ComputeRow, look: Look) -> Cell | None:
    """`vnet-ml / compute, no public addresses`; None where Azure says nothing of it."""
    parts: list[str] = []
    if compute.subnet:
        vnet = id_part(compute.subnet, "virtualNetworks") or "network"
        parts.append(f"{safe(vnet)} / {safe(id_part(compute.subnet, 'subnets') or compute.subnet)}")
    if compute.has_public_ip is not None:
        parts.append("public addresses" if compute.has_public_ip else "no public addresses")
    if compute.is_isolated:
        parts.append("isolated")
    if not parts:
        return None
    return (Span(Safe(", ".join(parts))),)


def ssh_from_outside(compute: ComputeRow, look: Look) -> Cell | None:
    """Whether SSH is let in from outside."""
    known = {"enabled": "open from outside", "disabled": "closed", "notspecified": "as Azure chooses"}
    word = (compute.ssh_access or "").lower()
    return (Span(safe(known.get(word, word))),) if word else None


def identity(compute: ComputeRow, look: Look) -> Cell | None:
    """Kind of its identity, and the ids."""
    if not compute.identity:
        return None
    return (Span(safe(compute.identity)), Span(safe(" ".join(("", *compute.identity_ids)), 300), "muted"))


def people(compute: ComputeRow, look: Look) -> Cell | None:
    """Whose it is, and who made it where that is somebody else."""
    if compute.user_name is None:
        return None
    maker = compute.owner_name if compute.owner_name != compute.user_name else None
    return (Span(safe(compute.user_name)), *((Span(Safe(f", made by {safe(maker)}"), "muted"),) if maker else ()))


def application_lines(compute: ComputeRow, look: Look) -> Sequence[Line]:
    """What opens on it, a name and its address; the copy menu has the addresses too."""
    if not compute.applications:
        return ()
    lines: list[Line] = []
    if (compute.state or "").lower() not in ("running", "jobrunning"):
        lines.append((Span(plain("They answer once it runs."), "muted"),))
    for name, address in compute.applications.items():
        lines += [(Span(safe(name, 40)),), (Span(Safe(f"  {safe(address, 200)}"), "muted"),)]
    return lines


def schedule_lines(compute: ComputeRow, look: Look) -> Sequence[Line]:
    """When it is started and stopped by itself."""
    return [(Span(safe(text, 160)),) for text in compute.schedules]


def own_facts(compute: ComputeRow, look: Look) -> Sequence[Line]:
    """What only an attached compute of its kind has."""
    width = max((len(label) for label in compute.facts), default=0) + 2
    return [(Span(safe(f"{label:<{width}}"), "muted"), Span(safe(text, 200)))
            for label, text in compute.facts.items()]  # fmt: skip


def can_lines(compute: ComputeRow, look: Look) -> Sequence[Line]:
    """What amldeck can do with its kind, for those of which not everything is here."""
    if compute.kind in ("AmlCompute", "ComputeInstance"):
        return ()
    text = compute.can or "This kind is new: it is shown as Azure gives it, and detached."
    return [(Span(line, "muted"),) for line in safe_lines(text)]


def shell_lines(compute: ComputeRow, look: Look) -> Sequence[Line]:
    """What looks into an attached Kubernetes cluster from a shell: its pods, and how the extension is."""
    namespace = compute.facts.get("namespace")
    if compute.kind != "Kubernetes" or not namespace:
        return ()
    lines: list[Line] = [(Span(safe(shlex.join(("kubectl", "-n", namespace, "get", "pods")), 200)),)]
    kind = "connectedClusters" if is_arc(compute.resource) else "managedClusters"
    name, group = id_part(compute.resource, kind), id_part(compute.resource, "resourceGroups")
    if name and group:
        command = (
            "az",
            "k8s-extension",
            "list",
            "--cluster-type",
            kind,
            "--cluster-name",
            name,
            "-g",
            group,
            "-o",
            "table",
        )
        lines.append((Span(safe(shlex.join(command), 300)),))
    return lines
