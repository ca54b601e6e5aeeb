"""What can be done to a cluster: how few and how many nodes it may have, and when an idle node is given back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from services.change import Answers, Change, Inverse, Note, Row, Seen, Verb
from services.compute import API, get_compute
from services.compute_record import Compute
from services.parsing import seconds
from services.planning import (
    UNSAID,
    az,
    counted,
    fingerprint,
    id_of,
    length,
    names_of,
    only,
    path_of,
    target_of,
    workspace_of,
    write_call,
    wrong_answer,
    wrong_state,
)
from services.records import WorkspaceRef

if TYPE_CHECKING:
    from services.connection import Connection

MOST_NODES = 65_000
"""No cluster of Azure Machine Learning has more, whatever the quota."""
LONGEST_IDLE = 7 * 86_400
USUAL_IDLE = 120.0
"""Seconds an idle node is kept where nobody said anything else."""
GPU_LONG = 1_800.0
_MOVING = ("creating", "updating", "deleting")


class Scale(msgspec.Struct, frozen=True):
    """How far a cluster goes: fewest and most nodes, and the seconds of idling before one is given back."""

    low: int
    high: int
    idle: float | None = None


def nodes_of(text: str, what: str, on: str = "") -> int:
    """Return a number of nodes, 0 or more. Raises Refused for anything else. `what` names it in the sentence."""
    written = text.strip()
    number = int(written) if written.isascii() and written.isdigit() and len(written) < 6 else -1
    if not 0 <= number <= MOST_NODES:
        raise wrong_answer(f"{written!r} is no {what}", on, do=f"give a whole number, 0 to {MOST_NODES:,}")
    return number


def wait_of(text: str, on: str = "") -> float:
    """Return how long a node may idle in seconds, from whole seconds (`120`), `10m`, `2h` or ISO 8601.

    Raises Refused for anything else, and for more than a week.
    """
    written = text.strip().lower()
    unit = {"s": 1, "m": 60, "h": 3_600}.get(written[-1:], 0)
    digits = (written[:-1] if unit else written).strip()
    if digits.isascii() and digits.isdigit() and len(digits) < 8:
        found: float | None = float(digits) * (unit or 1)
    else:
        try:
            found = seconds(written.upper())
        except ValueError:
            found = None
    if found is None or not 0 < found <= LONGEST_IDLE or found % 1:
        raise wrong_answer(f"{text.strip()!r} is no idle time of a node", on, do="as 120, 10m or 2h; a week at most")
    return found


def iso_seconds(idle: float | None) -> str | None:
    """Return seconds as ISO 8601: PT120S."""
    return None if idle is None else f"PT{round(idle)}S"


def wanted_scale(now: Scale, answers: Answers, on: str = "") -> Scale:
    """Return what is asked for; what is left empty stays. Raises Refused for answers that make no sense."""
    low, high, idle = (answers.get(name, "").strip() for name in ("min", "max", "idle"))
    scale = Scale(
        nodes_of(low, "smallest number of nodes", on) if low else now.low,
        nodes_of(high, "largest number of nodes", on) if high else now.high,
        wait_of(idle, on) if idle else now.idle,
    )
    if scale.low > scale.high:
        raise wrong_answer(f"A minimum of {scale.low} is more than a maximum of {scale.high}", on)
    return scale


def fresh_cluster(connection: Connection, ref: WorkspaceRef, target: str) -> Compute:
    """Return a cluster as it is now. Raises ServiceError; Conflict for a compute of another kind."""
    (name,) = names_of(target, "computes")
    compute = only(get_compute(connection, ref, name), on=name)
    if compute.kind != "AmlCompute":
        raise wrong_state(f"{compute.name} is no cluster but {compute.kind}", on=f"compute {compute.name}")
    return compute


def _scale(cluster: Compute) -> Scale | None:
    if cluster.min_nodes is None or cluster.max_nodes is None:
        return None
    return Scale(cluster.min_nodes, cluster.max_nodes, cluster.idle_timeout)


def _seen(cluster: Compute) -> str:
    return fingerprint(cluster.provisioning, cluster.min_nodes, cluster.max_nodes, cluster.idle_timeout)


def plan_resize(connection: Connection, ref: WorkspaceRef, target: str, answers: Answers) -> Change:
    """Return the change of a cluster's minimum, maximum and idle time. Raises ServiceError; Conflict while it moves.

    `answers` has `min`, `max` and `idle`; what is empty stays. The name has to be typed to allow fewer nodes than
    are at work. Reads GET …/computes/{name}; sends PATCH …/computes/{name} with all three: Azure takes them as one.
    """
    cluster = fresh_cluster(connection, ref, target)
    name, on, now = cluster.name, f"compute {cluster.name}", _scale(cluster)
    if (cluster.provisioning or "").lower() in _MOVING:
        raise wrong_state(f"{name} is {(cluster.provisioning or '').lower()}: wait until it is done", on=on)
    if now is None:
        raise wrong_state(f"Azure does not say how many nodes {name} may have", on=on)
    scale = wanted_scale(now, answers, on)
    if scale == now:
        raise wrong_state(f"{name} has {scale.low} to {scale.high} nodes already", on=on)
    options = ("--name", name, "--min-instances", str(scale.low), "--max-instances", str(scale.high))
    idle = ("--idle-time-before-scale-down", str(round(scale.idle))) if scale.idle is not None else ()
    return Change(
        verb="resize", workspace=ref.id, target=id_of(ref, "computes", name), name=name,
        what=f"let {name} have {scale.low} to {counted(scale.high, 'node')}", rows=_rows(now, scale),
        notes=_notes(cluster, now, scale), undo=f"set it back to {now.low} to {counted(now.high, 'node')}",
        az=az(ref, "ml compute update", *options, *idle), seen=_seen(cluster),
        call=write_call(connection, ref, "PATCH", path_of("computes", name), API, _body(scale)),
        inverse=Inverse("resize", {"min": str(now.low), "max": str(now.high), "idle": iso_seconds(now.idle) or ""}),
        typed=name if scale.high < (cluster.running_nodes or 0) else "",
    )  # fmt: skip


def _body(scale: Scale) -> dict[str, Any]:
    settings = {"minNodeCount": scale.low, "maxNodeCount": scale.high}
    idle = {} if scale.idle is None else {"nodeIdleTimeBeforeScaleDown": iso_seconds(scale.idle)}
    return {"properties": {"properties": {"scaleSettings": {**settings, **idle}}}}


def _rows(now: Scale, then: Scale) -> tuple[Row, ...]:
    rows = (
        Row("minimum", str(now.low), str(then.low)),
        Row("maximum", str(now.high), str(then.high)),
        Row("idle after", _idle(now.idle), _idle(then.idle)),
    )
    return tuple(row for row in rows if row.now != row.after)


def _idle(idle: float | None) -> str:
    if idle is None:
        return UNSAID
    return length(idle) if idle % 60 == 0 else f"{round(idle)} s"


def _notes(cluster: Compute, now: Scale, then: Scale) -> tuple[Note, ...]:
    notes: list[Note] = []
    machine = cluster.vm_size or "its machine"
    if then.low > 0:
        each = f"{counted(then.low, 'node')} of {machine} run and are paid for, with work or without"
        notes.append(Note("costs", each, is_warning=then.low > now.low))
    elif now.low > 0:
        after = _idle(then.idle or USUAL_IDLE)
        notes.append(Note("costs", f"without work it goes down to nothing, {after} after its last run"))
    if then.high > now.high:
        notes.append(Note("quota", f"{counted(then.high, 'node')} of {machine} need cores of its family, or runs wait"))
    if then.high < (cluster.running_nodes or 0):
        busy = counted(cluster.running_nodes or 0, "node")
        notes.append(Note("work", f"{busy} are at work, more than it may have then: runs may end early", True))
    if then.idle is not None and then.idle >= GPU_LONG and (now.idle is None or then.idle > now.idle):
        notes.append(Note("idle", f"each node idles up to {_idle(then.idle)}, paid for, after its last run", True))
    if cluster.error:
        notes.append(Note("error", f"{cluster.error}; this does not mend it", True))
    return tuple(notes)


def look_resize(connection: Connection, change: Change) -> Seen:
    """Return how the cluster stands: done when it has its settings and Azure says that it is finished."""
    cluster = fresh_cluster(connection, workspace_of(change), target_of(change))
    body = msgspec.convert(change.call.body, dict[str, dict[str, dict[str, dict[str, Any]]]])
    given = body["properties"]["properties"]["scaleSettings"]
    idle = given.get("nodeIdleTimeBeforeScaleDown")
    wanted = Scale(given["minNodeCount"], given["maxNodeCount"], seconds(idle) if idle else cluster.idle_timeout)
    is_moving = (cluster.provisioning or "").lower() in _MOVING
    says = f"{cluster.min_nodes} to {cluster.max_nodes} nodes, {cluster.provisioning or UNSAID}"
    return Seen(_seen(cluster), _scale(cluster) == wanted and not is_moving, is_moving=is_moving, says=says)


VERBS = (
    Verb("resize", "Microsoft.MachineLearningServices/workspaces/computes/write", plan_resize, look_resize),
)  # fmt: skip
