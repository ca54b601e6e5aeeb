"""How a deployment is set up: its probes, what it allows a request, how it grows, what it keeps of its traffic."""

from __future__ import annotations

from typing import Any

import msgspec

from services.parsing import seconds
from services.wire import Wire, as_dict


class Probe(msgspec.Struct, frozen=True, kw_only=True):
    """How the platform asks a container whether it is well. Times in seconds; what Azure did not say is None."""

    initial_delay: float | None = None
    period: float | None = None
    timeout: float | None = None
    failures: int | None = None
    """Failed probes in a row after which it counts as unwell."""
    successes: int | None = None


class GivenProbe(Wire):
    """One probe as ARM gives it."""

    initial_delay: str | None = None
    period: str | None = None
    timeout: str | None = None
    failure_threshold: int | None = None
    success_threshold: int | None = None


class Scale(Wire):
    """How a deployment grows by itself; the numbers are there for Kubernetes alone."""

    scale_type: str | None = None
    min_instances: int | None = None
    max_instances: int | None = None
    target_utilization_percentage: int | None = None
    polling_interval: str | None = None


class Requests(Wire):
    """What a deployment allows a request."""

    request_timeout: str | None = None
    max_queue_wait: str | None = None
    max_concurrent_requests_per_instance: int | None = None


class Resources(Wire):
    """What a container on Kubernetes asks for, and what it may take at most: `cpu`, `memory`, `nvidia.com/gpu`."""

    container_resource_requests: dict[str, Any] | None = None
    container_resource_limits: dict[str, Any] | None = None


class Code(Wire):
    """What runs in the container."""

    scoring_script: str | None = None


def probe_of(given: GivenProbe | None) -> Probe | None:
    """Return a probe; None where there is none. Raises ValueError for a time that is none."""
    if given is None:
        return None
    return Probe(
        initial_delay=seconds(given.initial_delay), period=seconds(given.period), timeout=seconds(given.timeout),
        failures=given.failure_threshold, successes=given.success_threshold,
    )  # fmt: skip


def collections_of(collector: object) -> tuple[str, ...] | None:
    """Return the names of what is collected of the traffic; None where that was not said, nothing where it is off."""
    if collector is msgspec.UNSET:
        return None
    collections = as_dict(as_dict(collector).get("collections"))
    return tuple(name for name, one in collections.items() if _is_collected(as_dict(one)))


def _is_collected(collection: dict[str, Any]) -> bool:
    return str(collection.get("dataCollectionMode") or "Enabled").lower() == "enabled"
