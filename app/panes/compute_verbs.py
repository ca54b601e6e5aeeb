"""What can be done to a compute. What it changes in Azure is in services, in `verbs`."""

from __future__ import annotations

from collections.abc import Callable

from app.machine_rows import ComputeRow
from app.panes.answers import wrong
from services.compute_targets import SERVERLESS
from widgets.pane import Question, Verb


def target(compute: ComputeRow) -> str:
    """The compute's path below the workspace."""
    return f"/computes/{compute.name}"


def _not_instance(compute: ComputeRow) -> str | None:
    if compute.kind != "ComputeInstance":
        return "Only compute instances are started and stopped; a cluster follows its jobs."
    return None


def _unless(states: tuple[str, ...], wanted: str) -> Callable[[ComputeRow], str | None]:
    """Why not while the instance is in another state than these. One that Azure did not say may be tried."""

    def why_not(compute: ComputeRow) -> str | None:
        reason = _not_instance(compute)
        if reason is not None or compute.state is None or compute.state.lower() in states:
            return reason
        return f"It is {compute.state.lower()}; only {wanted}."

    return why_not


def start_of_idle(compute: ComputeRow) -> str:
    """What stands there now: whole minutes, or `never`."""
    return "never" if compute.idle_shutdown is None else str(round(compute.idle_shutdown / 60))


def check_idle(compute: ComputeRow, text: str) -> str | None:
    """What is wrong with the time as it is typed."""
    from services.compute_verbs import idle_of

    return wrong(lambda: idle_of(text))


def _not_cluster(compute: ComputeRow) -> str | None:
    if compute.kind != "AmlCompute":
        return "Only clusters have a smallest and a largest number of nodes."
    return _moving(compute)


def _moving(compute: ComputeRow) -> str | None:
    state = (compute.provisioning or "").lower()
    if state in ("creating", "updating", "deleting"):
        return f"It is {state}; Azure takes one change at a time."
    return None


def _why_not_delete(compute: ComputeRow) -> str | None:
    if compute.kind == SERVERLESS:
        return "It is no compute of the workspace: Azure finds machines for each run, and takes them back."
    return _moving(compute)


def start_of_wait(compute: ComputeRow) -> str:
    """What stands there now: whole seconds; nothing where Azure says nothing."""
    return "" if compute.idle_timeout is None else str(round(compute.idle_timeout))


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def check_nodes(compute: ComputeRow, text: str) -> str | None:
    """What is wrong with a number of nodes as it is typed. Nothing typed leaves it as it is."""
    from services.cluster_verbs import nodes_of

    return wrong(lambda: nodes_of(text, "number of nodes")) if text.strip() else None


def check_wait(compute: ComputeRow, text: str) -> str | None:
    """What is wrong with an idle time as it is typed. Nothing typed leaves it as it is."""
    from services.cluster_verbs import wait_of

    return wrong(lambda: wait_of(text)) if text.strip() else None


RUNNING = ("running", "jobrunning")

COMPUTE_VERBS: tuple[Verb[ComputeRow], ...] = (
    Verb("start", "Start", "start", target, _unless(("stopped",), "a stopped instance can be started"),
         about="Start the instance. It costs money from then on."),
    Verb("stop", "Stop", "stop", target, _unless(RUNNING, "a running instance can be stopped"),
         about="Stop the instance. What runs on it ends; its disk stays."),
    Verb("restart", "Restart", "restart", target, _unless(RUNNING, "a running one can be restarted"),
         about="Stop the instance and start it again. What runs on it ends."),
    Verb("idle-shutdown", "Set idle shutdown", "set", target, _not_instance,
         (Question("idle", "Stop by itself after so many minutes without use", start_of_idle, check_idle,
                   hint="minutes, or 2h, 1d; never keeps it running"),),
         about="How long the instance may idle before it stops by itself."),
    Verb("resize", "Set minimum, maximum, idle time", "set", target, _not_cluster,
         (Question("min", "Fewest nodes", lambda one: _number(one.min_nodes), check_nodes,
                   hint="0 lets it cost nothing without work"),
          Question("max", "Most nodes", lambda one: _number(one.max_nodes), check_nodes, hint="more need quota"),
          Question("idle", "Give a node back after so long without work", start_of_wait, check_wait,
                   hint="seconds, or 10m, 2h")),
         about="How few and how many nodes the cluster may have, and when it gives an idle one back."),
    Verb("delete-compute", "Delete or detach", "take away", target, _why_not_delete,
         about="Delete a cluster or an instance with its machines; what is only attached is detached and goes on."),
)  # fmt: skip
