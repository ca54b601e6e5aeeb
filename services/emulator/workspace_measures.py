"""Metrics of a whole workspace as Azure Monitor counts them: its runs, its deployments, its models, its machines.

They follow from the same world as everything else: a run that ended in an hour is one of that hour's. Of an experiment
with very many runs some are counted for all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

from services.emulator.alerts import unusable_since
from services.emulator.fleet import CLUSTERS, POOL
from services.emulator.models import model_names, versions_of
from services.emulator.operations import streams
from services.emulator.places import Place
from services.emulator.plans import NEVER, Plan
from services.emulator.route_quotas import LIMITS
from services.emulator.run_facts import compute_of, is_orchestrator, nodes_of
from services.emulator.sizes import size_of
from services.emulator.ticks import MINUTE, stamp

if TYPE_CHECKING:
    from services.emulator.wanted_measures import Wanted
    from services.emulator.world import World

Json = dict[str, Any]
Values = dict[int, float]
"""What was measured in each bucket, by its number since 1970."""

LATE = 3 * MINUTE
MOST = 4_000
"""Runs of one experiment that are worked out."""
_OUTCOMES = {"completed runs": "Completed", "failed runs": "Failed", "cancelled runs": "Canceled"}


class WorkspaceMeasures:
    """What is measured of one workspace, for one question: its runs are looked through once for all metrics."""

    def __init__(self, world: World, place: Place, wanted: Wanted) -> None:
        self.world = world
        self.place = place
        self.wanted = wanted
        self.end = min(wanted.end, world.now() - LATE)

    @cached_property
    def plans(self) -> list[tuple[Plan, float]]:
        """The runs that were at work, each with how many it stands for."""
        return list(_plans(self.world, self.place, self.wanted.start, self.end))

    def series(self, name: str) -> list[Json] | None:
        """Return the one series of a metric, none where nothing was counted; None for one that is not of this kind."""
        read = _READERS.get(name.lower())
        if read is None or self.wanted.terms:
            return None
        values, step = read(self, name.lower()), self.wanted.step
        buckets = range(self.wanted.start // step, -(-self.wanted.end // step))
        return [{"metadatavalues": [], "data": [self._point(at, values) for at in buckets]}] if values else []

    def counted(self, moments: Iterable[tuple[int, float]]) -> Values:
        """Return how often something happened in each bucket: none where nothing did, which the service leaves out."""
        found: dict[int, float] = defaultdict(float)
        for at, weight in moments:
            if self.wanted.start <= at < self.end:
                found[at // self.wanted.step] += weight
        return dict(found)

    @property
    def buckets(self) -> range:
        """The numbers of the buckets that are measured by now."""
        start, step = self.wanted.start, self.wanted.step
        return range(start // step, -(-max(self.end, start) // step))

    def _point(self, at: int, values: Values) -> Json:
        point: Json = {"timeStamp": stamp(at * self.wanted.step, "Z")}
        value = values.get(at)
        return point if value is None else {**point, **dict.fromkeys(self.wanted.aggregations, value)}


def _plans(world: World, place: Place, since: int, now: int) -> Iterator[tuple[Plan, float]]:
    """Yield the runs that were at work since a time, each with how many it stands for."""
    book = world.book(place)
    for ledger in book.ledgers:
        yield from ((plan, 1.0) for plan in book.given(ledger, now))
        oldest, newest = max(ledger.first, ledger.newest(since - ledger.longest)), ledger.newest(now)
        stride = max(1, (newest - oldest) // MOST)
        for index in range(newest, oldest - 1, -stride):
            plan = book.plan(ledger, index)
            if plan.ended > since and not plan.is_absent:
                yield plan, float(stride)


def _runs(of: WorkspaceMeasures, name: str) -> Values:
    if name == "started runs":
        return of.counted((plan.started, weight) for plan, weight in of.plans if plan.started <= plan.ended)
    return of.counted((plan.ended, weight) for plan, weight in of.plans if plan.outcome == _OUTCOMES[name])


def _deployments(of: WorkspaceMeasures, name: str) -> Values:
    """Return how many writes of deployments began, went well or failed."""
    place = of.place
    scheduled = [one for each in streams(place, of.end, of.wanted.start) for one in each] if place.scripts else []
    made = [one for one in of.world.changes.operations if one.place.name == place.name]
    found = [one for one in (*scheduled, *made) if one.kind.action.endswith("/onlineEndpoints/deployments/write")]
    if name.endswith("started"):
        return of.counted((one.at, 1.0) for one in found)
    return of.counted((one.ends, 1.0) for one in found if one.is_failed == name.endswith("failed"))


def _registrations(of: WorkspaceMeasures, name: str) -> Values:
    """Return how many versions were registered; nobody's registration ever fails here."""
    if name.endswith("failed"):
        return {}
    book = of.world.book(of.place)
    return of.counted((one.created, 1.0) for model in model_names(book) for one in versions_of(book, model, of.end))


def _unusable(of: WorkspaceMeasures, name: str) -> Values:
    count = sum(one.trouble == "disk" for one in CLUSTERS.get(of.place.name, ()))
    since = unusable_since(of.world.now())
    return {at: float(count if (at + 1) * of.wanted.step > since else 0) for at in of.buckets if of.place.scripts}


def _quota(of: WorkspaceMeasures, name: str) -> Values:
    """Return the fullest family at the start of each bucket, in percent of its limit."""
    known = (*CLUSTERS.get(of.place.name, ()), POOL)
    clusters = {one.name: one for one in known if one.trouble != "failed"}
    held: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for plan, _ in of.plans:
        cluster = compute_of(plan)
        if cluster in clusters and plan.ready < NEVER and not is_orchestrator(plan):
            held[cluster].append((plan.ready, plan.ended, nodes_of(plan)))
    found: Values = {}
    for at in of.buckets:
        moment, cores = max(at * of.wanted.step, of.wanted.start), dict[str, int]()
        for cluster in clusters.values():
            busy = sum(nodes for since, until, nodes in held[cluster.name] if since <= moment < until)
            size = size_of(cluster.size)
            cores[size.family] = cores.get(size.family, 0) + size.cores * min(max(busy, cluster.low), cluster.high)
        shares = [100.0 * used / LIMITS[family] for family, used in cores.items() if LIMITS.get(family)]
        if shares:
            found[at] = round(max(shares), 2)
    return found


_READERS: dict[str, Callable[[WorkspaceMeasures, str], Values]] = {
    "started runs": _runs, **dict.fromkeys(_OUTCOMES, _runs),
    **dict.fromkeys(("model deploy started", "model deploy succeeded", "model deploy failed"), _deployments),
    "model register succeeded": _registrations, "model register failed": _registrations,
    "unusable nodes": _unusable, "quota utilization percentage": _quota,
}  # fmt: skip
