"""What each resource was billed a day: weekdays, noise, one anomaly, and two days that are not complete yet."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from services.emulator.dice import Dice
from services.emulator.endpoints import ENDPOINTS
from services.emulator.fleet import CLUSTERS, INSTANCES
from services.emulator.orphans import orphans_in
from services.emulator.places import PLACES, Place
from services.emulator.sizes import size_of
from services.emulator.ticks import DAY

ANOMALY_DAYS_AGO = 3
"""The youngest day that is complete: there the anomaly is, whatever day it is."""

ANOMALY_FACTOR = 2.9
_WEEK = (1.0, 1.06, 1.09, 1.04, 0.97, 0.52, 0.47)
"""Monday to Sunday."""


class Billed(NamedTuple):
    """One resource on the bill. `resource` is in lower case and may be empty: some things belong to no resource."""

    resource: str
    group: str
    service: str
    meter: str
    daily: float
    is_steady: bool = True
    is_anomalous: bool = False

    @property
    def type(self) -> str:
        """The resource type, in lower case."""
        parts = self.resource.split("/providers/")[-1].split("/")
        return "/".join([parts[0], *parts[1::2]]) if self.resource else ""


@lru_cache(maxsize=8)
def billed(subscription: str) -> tuple[Billed, ...]:
    """Return everything a subscription is billed for."""
    found: list[Billed] = []
    for place in PLACES:
        if place.subscription == subscription:
            found += _of_place(place)
    found += [
        Billed(id.lower(), place.group.lower(), one.service, one.meter, one.daily)
        for place, one, id in orphans_in(subscription)
    ]
    found.append(Billed("", "", "Azure Support", "Support", 3.3))
    return tuple(found)


def _of_place(place: Place) -> list[Billed]:
    ws, group = place.id.lower(), place.group.lower()
    scale = place.share or 0.02
    near = f"/subscriptions/{place.subscription}/resourcegroups/{group}/providers/microsoft."
    short = "".join(letter for letter in place.name if letter.isalnum())
    rest = (
        (f"{near}storage/storageaccounts/st{short}", "Storage", "Hot LRS Data Stored", 31.2 * scale),
        (f"{near}containerregistry/registries/cr{short}", "Container Registry", "Premium Registry Unit", 1.667),
        (f"{near}insights/components/ai-{place.name}", "Log Analytics", "Data Ingestion", 7.9 * scale),
        (f"{near}keyvault/vaults/kv-{place.name}", "Key Vault", "Operations", 0.0041),
        (ws, "Bandwidth", "Standard Data Transfer Out", 1.9 * scale),
    )
    others = [Billed(one, group, service, meter, cost) for one, service, meter, cost in rest]
    return [*_computes(place, ws, group), *_endpoints(place, ws, group), *others]


def _computes(place: Place, ws: str, group: str) -> list[Billed]:
    clusters = [one for one in CLUSTERS.get(place.name, ()) if one.trouble != "failed"]
    instances = [one for one in INSTANCES.get(place.name, ()) if one.state != "CreateFailed"]
    costs = [(one.name, one.size, _cluster_cost(place, one.name)) for one in clusters]
    costs += [(one.name, one.size, size_of(one.size).price * 13) for one in instances]
    return [
        Billed(f"{ws}/computes/{name}", group, "Virtual Machines", size_of(size).name, cost, is_steady=False,
               is_anomalous=(place.name, name) == ("ml-prod", "gpu-a100"))
        for name, size, cost in costs
    ]  # fmt: skip


def _cluster_cost(place: Place, name: str) -> float:
    return {"gpu-a100": 612.0, "t4-spot": 2.9, "cpu-ci": 21.5, "cpu-etl": 5.6, "cpu-spare": 18.3}[name] * (
        1.0 if place.name == "ml-prod" else 0.3
    )


def _endpoints(place: Place, ws: str, group: str) -> list[Billed]:
    return [
        Billed(f"{ws}/onlineendpoints/{endpoint.name}", group, "Virtual Machines", size_of(one.size).name,
               size_of(one.size).price * 24 * one.instances)
        for endpoint in ENDPOINTS.get(place.name, ()) for one in endpoint.deployments[:1]
    ]  # fmt: skip


def cost_of(item: Billed, day: int, now: int) -> float:
    """Return what a resource was billed on a day since 1970, as far as the bill knows it by now. 0 is no row."""
    today = now // DAY
    dice = Dice("cost", item.resource, item.service, day)
    cost = item.daily * dice.between(0, 0.93, 1.08)
    if not item.is_steady:
        cost *= _WEEK[(day + 3) % 7] * dice.between(1, 0.8, 1.2)
    if item.is_anomalous and today - day == ANOMALY_DAYS_AGO:
        cost *= ANOMALY_FACTOR
    return round(cost * _complete(today - day, now % DAY / DAY, dice), 6)


def _complete(age: int, gone: float, dice: Dice) -> float:
    """Return how much of a day is on the bill: usage arrives for 48 hours."""
    if age < 0:
        return 0.0
    if age == 0:
        return max(0.0, gone - 0.3) * 0.7
    return dice.between(2, 0.7, 0.92) if age == 1 else 1.0
