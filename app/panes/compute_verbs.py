"""What can be done to a compute instance. What it changes in Azure is in `services.compute_verbs`."""

from __future__ import annotations

from collections.abc import Callable

from app.panes.answers import wrong
from services.compute import Compute
from widgets.pane import Question, Verb


def target(compute: Compute) -> str:
    """The compute's path below the workspace."""
    return f"/computes/{compute.name}"


def _not_instance(compute: Compute) -> str | None:
    if compute.kind != "ComputeInstance":
        return "Only compute instances are started and stopped; a cluster follows its jobs."
    return None


def _unless(states: tuple[str, ...], wanted: str) -> Callable[[Compute], str | None]:
    """Why not while the instance is in another state than these. One that Azure did not say may be tried."""

    def why_not(compute: Compute) -> str | None:
        reason = _not_instance(compute)
        if reason is not None or compute.state is None or compute.state.lower() in states:
            return reason
        return f"It is {compute.state.lower()}; only {wanted} can be."

    return why_not


def start_of_idle(compute: Compute) -> str:
    """What stands there now: whole minutes, or `never`."""
    return "never" if compute.idle_shutdown is None else str(round(compute.idle_shutdown / 60))


def check_idle(compute: Compute, text: str) -> str | None:
    """What is wrong with the time as it is typed."""
    from services.compute_verbs import idle_of

    return wrong(lambda: idle_of(text))


RUNNING = ("running", "jobrunning")

COMPUTE_VERBS: tuple[Verb[Compute], ...] = (
    Verb("start", "Start", "start", target, _unless(("stopped",), "a stopped instance"),
         about="Start the instance. It costs money from then on."),
    Verb("stop", "Stop", "stop", target, _unless(RUNNING, "a running instance"),
         about="Stop the instance. What runs on it ends; its disk stays."),
    Verb("restart", "Restart", "restart", target, _unless(RUNNING, "a running instance"),
         about="Stop the instance and start it again. What runs on it ends."),
    Verb("idle-shutdown", "Set idle shutdown", "set", target, _not_instance,
         (Question("idle", "Stop by itself after so many minutes without use", start_of_idle, check_idle,
                   hint="minutes, or 2h, 1d; never keeps it running"),),
         about="How long the instance may idle before it stops by itself."),
)  # fmt: skip
