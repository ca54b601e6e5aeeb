"""How many requests a deployment may hold, how many there are, and how many instances that takes. Pure.

Azure lets 2 × max_concurrent_requests_per_instance × instances requests in at once and answers 429 to the rest. Rate
times latency is how many are inside; with 70 % in use there is room for a bad minute.
"""

from __future__ import annotations

import math

import msgspec

from services.code_table import codes_during
from services.deployments import Deployment
from services.minutes import counts_of, lines_of, newest_of, total
from services.stretches import Incident
from services.triage_facts import Facts

TARGET = 0.7
DEFAULT_CONCURRENCY = 1
"""What Azure takes for max_concurrent_requests_per_instance where it is not set."""
_READY = ("ready", "healthy", "running", "succeeded", "available", "live")


class Capacity(msgspec.Struct, frozen=True, kw_only=True):
    """The room of one deployment. What is not known is None, and so is all that follows from it."""

    deployment: str
    instances: int | None = None
    concurrency: int
    is_default: bool = False
    """The concurrency was not said: it is Azure's default."""
    allowed: int | None = None
    """2 × concurrency × instances."""
    rate: float | None = None
    """Requests a second, those that are refused too."""
    seconds: float | None = None
    """A request takes."""
    inside: float | None = None
    """Rate × seconds: how many there would be at once if none was refused."""
    needed: int | None = None
    """Instances: ceil(rate × seconds / 0.7 / concurrency)."""

    @property
    def formula(self) -> str:
        """The reckoning in one line, with a dash for what is not known."""
        held = f"2 × {self.concurrency} × {_said(self.instances)} = {_said(self.allowed)} may wait or run"
        load = f"{_said(self.rate)} rps × {_said(self.seconds)} s = {_said(self.inside)} want to"
        return f"{held}; {load}; it takes {_said(self.needed)} instances at {100 * TARGET:.0f} % load"


class InstanceLoad(msgspec.Struct, frozen=True, kw_only=True):
    """What one instance does now, in per cent; None where it was not measured."""

    deployment: str
    instance: str
    cpu: float | None = None
    memory: float | None = None
    gpu: float | None = None
    gpu_memory: float | None = None
    disk: float | None = None

    @property
    def hottest(self) -> float:
        """The largest of them."""
        return max((one for one in (self.cpu, self.memory, self.gpu, self.gpu_memory, self.disk) if one), default=0.0)


_LOADS = {
    "CpuUtilizationPercentage": "cpu", "CpuMemoryUtilizationPercentage": "memory", "GpuUtilizationPercentage": "gpu",
    "GpuMemoryUtilizationPercentage": "gpu_memory", "DiskUtilization": "disk",
}  # fmt: skip


def capacities(facts: Facts, incident: Incident) -> tuple[Capacity, ...]:
    """Return the room of the deployments that answered 429 since the onset."""
    throttled = {
        name.lower() for (name, code), number in codes_during(facts, incident).items() if code == 429 and number
    }
    throttled |= {one.deployment.lower() for one in facts.codes or () if one.code == 429 and one.requests}
    own = [one for one in facts.deployments or () if one.name.lower() in throttled]
    return tuple(capacity_of(facts, one) for one in own)


def capacity_of(facts: Facts, deployment: Deployment) -> Capacity:
    """Return the room of one deployment now."""
    counts = counts_of(facts.signals, deployment.name)
    newest = counts.newest()
    requests = total(counts.requests, newest)
    rate = requests / len(newest) / 60 if requests is not None else None
    seconds = _seconds(facts, deployment.name)
    inside = rate * seconds if rate is not None and seconds is not None else None
    concurrency = deployment.max_concurrent or DEFAULT_CONCURRENCY
    instances = deployment.instances
    return Capacity(
        deployment=deployment.name, instances=instances, concurrency=concurrency,
        is_default=not deployment.max_concurrent, rate=rate, seconds=seconds, inside=inside,
        allowed=2 * concurrency * instances if instances is not None else None,
        needed=math.ceil(inside / TARGET / concurrency) if inside is not None and concurrency > 0 else None,
    )  # fmt: skip


def states(facts: Facts, deployment: str) -> dict[str, float]:
    """Return how many machines of a deployment are in which state, as last measured."""
    found: dict[str, float] = {}
    for line in lines_of(facts.signals, "DeploymentCapacity"):
        value = newest_of(line)
        if line.deployment.lower() == deployment.lower() and value is not None:
            state = line.part or "unknown"
            found[state] = found.get(state, 0.0) + value
    return found


def ready(facts: Facts, deployment: str) -> float | None:
    """Return how many machines of a deployment are ready; None where Azure Monitor did not say."""
    found = states(facts, deployment)
    return sum(number for state, number in found.items() if state.lower() in _READY) if found else None


def loads(facts: Facts) -> tuple[InstanceLoad, ...]:
    """Return what the instances do now, the hottest first. Of several disks the fullest counts."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    for name, field in _LOADS.items():
        for line in lines_of(facts.signals, name):
            value = newest_of(line)
            if value is not None:
                own = found.setdefault((line.deployment, line.part.partition(" ")[0]), {})
                own[field] = max(value, own.get(field, 0.0))
    all_of = [
        msgspec.convert({"deployment": deployment, "instance": instance, **own}, InstanceLoad)
        for (deployment, instance), own in found.items()
    ]
    return tuple(sorted(all_of, key=lambda one: (-one.hottest, one.deployment, one.instance)))


def _seconds(facts: Facts, deployment: str) -> float | None:
    for name in ("RequestLatency", "RequestLatency_P50"):
        for line in lines_of(facts.signals, name):
            points = list(line.points())
            if line.deployment.lower() == deployment.lower() and points:
                return points[-1][1] / 1000
    return None


def _said(number: float | None) -> str:
    return "–" if number is None else f"{number:,.1f}".removesuffix(".0")
