"""The bill of a subscription: hours of machines times their price, and what storage, logs and networks take beside.

Machines cost exactly what the price list says for the hours they were up: there is no discount. The rest goes by the
weekday, with a little noise; one day holds something unusual, and two days are not complete yet.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from services.emulator.dice import Dice
from services.emulator.endpoints import ENDPOINTS, Deployment
from services.emulator.fleet import CLUSTERS, INSTANCES, POOL, Cluster, Instance
from services.emulator.ledger import Ledger
from services.emulator.node_hours import cluster_day, instance_day
from services.emulator.orphans import orphans_in
from services.emulator.places import PLACES, Place
from services.emulator.scripts import SERVERLESS
from services.emulator.sizes import size_of
from services.emulator.ticks import DAY, HOUR

if TYPE_CHECKING:
    from services.emulator.world import World

ANOMALY_DAYS_AGO = 3
"""The youngest day that is complete: there the anomaly is, whatever day it is."""
ANOMALY = 1_870.0
"""What it cost to carry 21 TB of data out of the region, by mistake."""

LATE = 7 * HOUR
"""How late the usage of today is on the bill."""
DISK, BALANCER = 0.65, 0.33
"""A day of the disk of an instance, and of the load balancer before it or before 50 nodes, stopped ones too."""
_SEED = 7
_WEEK = (1.0, 1.06, 1.09, 1.04, 0.97, 0.52, 0.47)
"""Monday to Sunday."""

Hours = Callable[[int, int], float]
"""The hours all its machines were up on a day since 1970, up to a moment in ticks."""


class Billed(NamedTuple):
    """One resource on the bill. `resource` is in lower case and may be empty: some things belong to no resource.

    `daily` is what it costs a day; with `hours` it is what an hour of a machine costs.
    """

    resource: str
    group: str
    service: str
    meter: str
    daily: float
    is_steady: bool = True
    is_anomalous: bool = False
    hours: Hours | None = None
    deployment: str = ""
    """Whose machines these are, of the endpoint."""

    @property
    def type(self) -> str:
        """The resource type, in lower case."""
        parts = self.resource.split("/providers/")[-1].split("/")
        return "/".join([parts[0], *parts[1::2]]) if self.resource else ""


def billed(subscription: str, world: World | None = None) -> tuple[Billed, ...]:
    """Return everything a subscription is billed for, by the runs of a world (one of the usual seed without any)."""
    found: list[Billed] = []
    for place in PLACES:
        if place.subscription == subscription:
            found += _of_place(place, world.book(place).ledgers if world is not None else _usual_ledgers(place))
    found += [
        Billed(id.lower(), place.group.lower(), one.service, one.meter, one.daily)
        for place, one, id in orphans_in(subscription)
    ]
    found.append(Billed("", "", "Azure Support", "Support", 3.3))
    return tuple(found)


def _usual_ledgers(place: Place) -> Sequence[Ledger]:
    return [Ledger(f"{_SEED}/{place.name}", number, script) for number, script in enumerate(place.scripts)]


def _of_place(place: Place, ledgers: Sequence[Ledger]) -> list[Billed]:
    ws, group = place.id.lower(), place.group.lower()
    near = f"/subscriptions/{place.subscription}/resourcegroups/{group}/providers/microsoft."
    short = "".join(letter for letter in place.name if letter.isalnum())
    store, scale = f"{near}storage/storageaccounts/st{short}", place.share or 0.02
    rest = [
        Billed(store, group, "Storage", "Hot LRS Data Stored", 31.2 * scale),
        Billed(f"{near}containerregistry/registries/cr{short}", group, "Container Registry",
               "Premium Registry Unit", 1.667),
    ]  # fmt: skip
    if place.share:
        rest.append(Billed(f"{near}insights/components/ai-{place.name}", group, "Log Analytics", "Data Ingestion",
                           7.9 * scale, is_steady=False))  # fmt: skip
        rest.append(Billed(f"{near}keyvault/vaults/kv-{place.name}", group, "Key Vault", "Operations", 0.0041))
        rest.append(Billed(store, group, "Bandwidth", "Standard Data Transfer Out", 1.9 * scale, is_steady=False,
                           is_anomalous=place.name == "ml-prod"))  # fmt: skip
    return [*_computes(place, ws, group, ledgers), *_endpoints(place, ws, group), *rest]


def _computes(place: Place, ws: str, group: str, ledgers: Sequence[Ledger]) -> list[Billed]:
    clusters = [one for one in CLUSTERS.get(place.name, ()) if one.trouble != "failed"]
    instances = [one for one in INSTANCES.get(place.name, ()) if one.state != "CreateFailed"]
    machines: list[tuple[Cluster | Instance, Hours]] = [
        (one, partial(_cluster_hours, place.name, one, ledgers)) for one in clusters
    ]
    machines += [(one, partial(_instance_hours, one)) for one in instances]
    found = [
        Billed(f"{ws}/computes/{one.name}", group, "Virtual Machines", size_of(one.size).name, _rate(one), hours=hours)
        for one, hours in machines
    ]
    if any(part.compute == SERVERLESS for ledger in ledgers for part in ledger.script.parts):
        found.append(Billed(ws, group, "Virtual Machines", size_of(POOL.size).name, _rate(POOL),
                            hours=partial(_cluster_hours, place.name, POOL, ledgers)))  # fmt: skip
    if machines:
        balancers = len(instances) + sum(1 + (one.high - 1) // 50 for one in clusters)
        found.append(Billed(ws, group, "Load Balancer", "Standard Included LB Rules", BALANCER * balancers))
        found.append(Billed(ws, group, "Storage", "P10 LRS Disk", DISK * len(instances)))
    return found


def _rate(one: Cluster | Instance) -> float:
    size = size_of(one.size)
    is_low = isinstance(one, Cluster) and one.priority == "LowPriority" and size.low_price
    return (size.low_price or size.price) if is_low else size.price


def _cluster_hours(place: str, cluster: Cluster, ledgers: Sequence[Ledger], day: int, until: int) -> float:
    return cluster_day(place, cluster, ledgers, day, until) / HOUR


def _instance_hours(instance: Instance, day: int, until: int) -> float:
    return instance_day(instance, day, until) / HOUR


def _endpoints(place: Place, ws: str, group: str) -> list[Billed]:
    return [
        Billed(f"{ws}/onlineendpoints/{endpoint.name}", group, "Virtual Machines",
               size_of(one.size).name, size_of(one.size).price, hours=partial(_deployment_hours, one),
               deployment=one.name)
        for endpoint in ENDPOINTS.get(place.name, ()) for one in endpoint.deployments
    ]  # fmt: skip


def _deployment_hours(one: Deployment, day: int, until: int) -> float:
    """Its instances, whatever its traffic and state: a failed one holds its machines too."""
    there = one.instances if (until + LATE) // DAY - day < one.days else 0
    return there * max(0, min((day + 1) * DAY, until) - day * DAY) / HOUR


def cost_of(item: Billed, day: int, now: int) -> float:
    """Return what a resource was billed on a day since 1970, as far as the bill knows it by now. 0 is no row."""
    today = now // DAY
    if day > today:
        return 0.0
    dice = Dice("cost", item.resource, item.service, day)
    if item.hours is not None:
        cost = item.daily * item.hours(day, now - LATE)
    else:
        cost = item.daily * dice.between(0, 0.93, 1.08) * (1.0 if item.is_steady else _WEEK[(day + 3) % 7])
        cost *= max(0.0, now - LATE - day * DAY) / DAY if day == today else 1.0
    if item.is_anomalous and today - day == ANOMALY_DAYS_AGO:
        cost += ANOMALY
    # Usage arrives for 48 hours.
    return round(cost * (dice.between(2, 0.7, 0.92) if today - day <= 1 else 1.0), 6)
