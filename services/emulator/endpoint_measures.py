"""Metrics of online endpoints and deployments as Azure Monitor answers them: series by dimension, points by grain."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from services.emulator.answers import Refusal, gateway_error
from services.emulator.endpoint_gauges import NAMESPACES, Gauge, Sample, of_deployment, of_endpoint
from services.emulator.flows import Minute, minute_of
from services.emulator.overlays import endpoint_at
from services.emulator.places import Place
from services.emulator.ticks import HOUR, MINUTE, stamp

if TYPE_CHECKING:
    from services.emulator.wanted_measures import Wanted
    from services.emulator.world import World

Json = dict[str, Any]
Key = tuple[str, ...]

LATE = 2 * MINUTE
"""How long a value takes to appear."""
SPARSE = HOUR
"""How far apart the minutes are that are worked out of points of an hour and more."""

_RESOURCE = re.compile(r"(.*/workspaces/[^/]+)/onlineEndpoints/([^/]+)(?:/deployments/([^/]+))?", re.I)


class Measures:
    """What was measured on one resource, read minute by minute once for all metrics of a question."""

    def __init__(self, world: World, region: str, resource: str, namespace: str, wanted: Wanted) -> None:
        self._gauges = {one.name.lower(): one for one in NAMESPACES[namespace]}
        self._is_deployment = namespace.endswith("/deployments")
        self._wanted = wanted
        self._place, self._endpoint, self._deployment = _found(world, region, resource, namespace)
        self._minutes = list(self._read(world)) if self._place else []

    def _read(self, world: World) -> Iterator[Minute]:
        assert self._place is not None
        first = self._wanted.start // self._wanted.step * self._wanted.step
        # A week minute by minute takes seconds to work out: of long points some minutes stand for all.
        every = SPARSE if self._wanted.step >= HOUR else MINUTE
        for at in range(first, min(self._wanted.end, world.now() - LATE), every):
            minute = minute_of(world, self._place, self._endpoint, at)
            if minute is not None:
                yield minute

    def gauge(self, name: str) -> Gauge:
        """Return a metric by its name. Raises Refusal for one that this kind of resource does not have."""
        found = self._gauges.get(name.lower())
        if found is None:
            valid = ",".join(one.name for one in self._gauges.values())
            kind = "workspaces/onlineEndpoints" + ("/deployments" if self._is_deployment else "")
            raise _wrong(f"Failed to find metric configuration for provider: Microsoft.MachineLearningServices, "
                         f"resource Type: {kind}, metric: {name}, Valid metrics: {valid}")  # fmt: skip
        return found

    def series(self, gauge: Gauge) -> list[Json]:
        """Return the series of a metric, those with most first, at most as many as are wanted. Raises Refusal."""
        known = {name.lower() for name in gauge.dimensions}
        terms = self._wanted.terms
        if set(terms) - known:
            raise _wrong(f"Metric: {gauge.name} does not support requested dimension combination: {','.join(terms)}, "
                         f"supported ones are: {','.join(gauge.dimensions)}")  # fmt: skip
        points: dict[Key, dict[int, list[float]]] = {}
        for minute in self._minutes:
            for key, value in _together(gauge, self._samples(minute, gauge), terms).items():
                points.setdefault(key, {}).setdefault(minute.at // self._wanted.step, []).append(value)
        most = sorted(points.items(), key=lambda pair: (-sum(map(sum, pair[1].values())), pair[0]))
        return [self._series(gauge, key, found) for key, found in most[: self._wanted.top]]

    def _samples(self, minute: Minute, gauge: Gauge) -> Iterable[Sample]:
        if not self._deployment:
            return of_endpoint(minute, gauge.name)
        assert self._place is not None
        found = next((one for one in minute.endpoint.deployments if one.name == self._deployment), None)
        return of_deployment(self._place, minute, found, gauge.name) if found else ()

    def _series(self, gauge: Gauge, key: Key, found: dict[int, list[float]]) -> Json:
        step, wanted = self._wanted.step, self._wanted
        told = [name for name in wanted.aggregations if name in gauge.aggregations]
        split = [{"name": {"value": name, "localizedValue": name}, "value": value}
                 for name, value in zip(wanted.terms, key, strict=True)]  # fmt: skip
        return {
            "metadatavalues": split,
            "data": [
                _point(at * step, found.get(at), told) for at in range(wanted.start // step, -(-wanted.end // step))
            ],
        }


_TOLD: dict[str, Callable[[list[float]], float]] = {
    "average": lambda values: sum(values) / len(values), "minimum": min, "maximum": max,
}  # fmt: skip


def _point(at: int, values: list[float] | None, told: list[str]) -> Json:
    """Return one point; without a measurement it has a time stamp and no more."""
    numbers = {name: _TOLD[name](values) for name in told} if values else {}
    return {"timeStamp": stamp(at, "Z"), **numbers}


def _together(gauge: Gauge, samples: Iterable[Sample], terms: dict[str, str]) -> dict[Key, float]:
    """Return the values of a minute by what they are split by: what is counted adds up, the rest is averaged."""
    found: dict[Key, list[float]] = {}
    for about, value in samples:
        if all(wanted in ("*", about.get(name, "")) for name, wanted in terms.items()):
            found.setdefault(tuple(about.get(name, "") for name in terms), []).append(value)
    is_counted = gauge.together == "sum"
    return {key: sum(values) / (1 if is_counted else len(values)) for key, values in found.items()}


def _found(world: World, region: str, resource: str, namespace: str) -> tuple[Place | None, str, str]:
    """Return the workspace, the endpoint and the deployment of an id; no workspace for a thing that is not there."""
    parts = _RESOURCE.fullmatch(f"/{resource.strip('/')}")
    if parts is None or bool(parts[3]) != namespace.endswith("/deployments"):
        raise _wrong(f"The resource {resource} is not of the namespace {namespace}.")
    place = next((one for one in world.places if one.id.lower() == parts[1].lower() and one.region == region), None)
    known = place and endpoint_at(world.changes, place, parts[2].lower(), world.now())
    if not known:
        return None, "", ""
    wanted = (parts[3] or "").lower()
    deployment = next((one.name for one in known.deployments if one.name.lower() == wanted), "")
    return (None, "", "") if wanted and not deployment else (place, known.name, deployment)


def _wrong(message: str) -> Refusal:
    return Refusal(gateway_error(400, "BadRequest", message))
