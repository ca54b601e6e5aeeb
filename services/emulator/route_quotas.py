"""ARM: usages, quotas and machine sizes of a region."""

from __future__ import annotations

from services.emulator.answers import Json
from services.emulator.fleet import POOL
from services.emulator.load import load_of
from services.emulator.overlays import clusters_of, endpoints_of, instances_of
from services.emulator.places import Place
from services.emulator.route_workspaces import known_subscription
from services.emulator.routing import Ask, Route
from services.emulator.sizes import SIZES, Size, size_of

_ML = "Microsoft.MachineLearningServices"
LIMITS = {
    "standardNCADSA100v4Family": 400, "Standard NCASv3_T4 Family": 64, "standardNCSv3Family": 24,
    "standardDSv5Family": 80,
    "standardDSv2Family": 100, "standardESv3Family": 20, "standardFSv2Family": 100, "standardNCadsH100v5Family": 0,
}  # fmt: skip
_UNUSED = ("standardDFamily", "standardDv2Family", "standardMSFamily", "standardHBrsv2Family", "standardNVSv3Family")
TOTAL = 700


def limit_of(family: str) -> int:
    """Return how many dedicated cores of a family the subscription may use."""
    return LIMITS.get(family, 6)


def _places(ask: Ask) -> list[Place]:
    subscription, location = known_subscription(ask), ask.parts["location"].lower()
    return [one for one in ask.world.places if one.subscription == subscription and one.region == location]


def cores_in_use(ask: Ask, places: list[Place]) -> tuple[dict[str, int], int, int]:
    """Return dedicated cores by family, low-priority cores, and how many clusters and instances there are."""
    dedicated: dict[str, int] = {}
    low = clusters = 0
    for place in places:
        own = clusters_of(ask.world.changes, place, ask.now)
        clusters += len(own)
        for cluster in (*own, POOL):
            if cluster.trouble == "failed":
                continue
            size = size_of(cluster.size)
            cores = size.cores * len(load_of(place, ask.world.book(place), cluster, ask.now).nodes)
            if cluster.priority == "LowPriority":
                low += cores
            else:
                dedicated[size.family] = dedicated.get(size.family, 0) + cores
        for instance in instances_of(ask.world.changes, place, ask.now):
            clusters += 1
            if instance.state != "CreateFailed":
                size = size_of(instance.size)
                dedicated[size.family] = dedicated.get(size.family, 0) + size.cores
        for endpoint in endpoints_of(ask.world.changes, place, ask.now):
            for one in endpoint.deployments:
                size = size_of(one.size)
                dedicated[size.family] = dedicated.get(size.family, 0) + size.cores * one.instances
    return dedicated, low, clusters


def list_usages(ask: Ask) -> Json:
    """Answer what is used of each limit: totals first, then the families."""
    places = _places(ask)
    dedicated, low, clusters = cores_in_use(ask, places)
    bare = f"/subscriptions/{ask.parts['subscription']}"
    totals = (
        ("TotalClusters", "Total Clusters", "totalClusters", clusters, 200),
        (
            "TotalDedicatedCores",
            "Total Cluster Dedicated Regional vCPUs",
            "totalDedicatedCores",
            sum(dedicated.values()),
            TOTAL,
        ),
        ("TotalLowPriorityCores", "Total Cluster LowPriority Regional vCPUs", "totalLowPriorityCores", low, 200),
    )
    found = [_usage(bare, name, title, f"{kind}/usages", used, limit) for name, title, kind, used, limit in totals]
    titles = {size.family: size.family_title for size in SIZES}
    titles |= {name: f"Standard {name[8:-6]} Family Cluster Dedicated vCPUs" for name in _UNUSED}
    for family, title in titles.items():
        limit = limit_of(family)
        found.append(_usage(f"{bare}/usages/{family.replace(' ', '_')}", family, title,
                            "vmFamily/dedicatedCores/usages",
                            dedicated.get(family, 0), limit))  # fmt: skip
    return {"value": found}


def _usage(own_id: str, name: str, title: str, kind: str, used: int, limit: int) -> Json:
    return {"unit": "Count", "currentValue": used, "limit": limit, "name": {"value": name, "localizedValue": title},
            "type": f"{_ML}/{kind}", "id": own_id}  # fmt: skip


def list_quotas(ask: Ask) -> Json:
    """Answer the limits of the families and those that were given to workspaces, with no usage."""
    bare = f"/subscriptions/{ask.parts['subscription']}"
    titles = {size.family: size.family_title for size in SIZES}
    found = [
        {"unit": "Count", "limit": limit_of(family), "name": {"value": family, "localizedValue": title},
         "type": f"{_ML}/vmFamily/dedicatedCores/quotas", "id": f"{bare}/quotas/{family.replace(' ', '_')}"}
        for family, title in titles.items()
    ]  # fmt: skip
    return {"value": [*found, *_given(ask)]}


GIVEN = {"ml-prod": {"standardNCSv3Family": 18, "standardDSv2Family": 60}}
"""What the subscription gave to its workspaces of its quotas: cores by family."""


def _given(ask: Ask) -> list[Json]:
    """Return the limits of workspaces, as the service writes them: a resource of the workspace, named by its title."""
    titles = {size.family: size.family_title for size in SIZES}
    return [
        {"unit": "Count", "limit": limit, "name": {"value": titles[family], "localizedValue": titles[family]},
         "type": f"{_ML}/workspaces/dedicatedCores/quotas",
         "id": f"{place.id}/quotas/{titles[family].replace(' ', '_')}"}
        for place in _places(ask) for family, limit in GIVEN.get(place.name, {}).items()
    ]  # fmt: skip


def list_sizes(ask: Ask) -> Json:
    """Answer the machine sizes of a region."""
    known_subscription(ask)
    return {"value": [_size(one) for one in SIZES]}


def _size(size: Size) -> Json:
    prices = [{"retailPrice": size.price, "osType": "Linux", "vmTier": "Standard"}]
    if size.low_price:
        prices.append({"retailPrice": size.low_price, "osType": "Linux", "vmTier": "LowPriority"})
    return {
        "name": size.name, "family": size.family, "vCPUs": size.cores, "gpus": size.gpus, "osVhdSizeMB": 1_047_552,
        "maxResourceVolumeMB": size.disk_mb, "memoryGB": size.memory_gb,
        "lowPriorityCapable": size.low_price is not None,
        "premiumIO": True, "estimatedVMPrices": {"billingCurrency": "USD", "unitOfMeasure": "OneHour",
                                                 "values": prices},
        "supportedComputeTypes": ["AmlCompute", "ComputeInstance", "MIR"], "generation": "gen1",
        "supportsIB": size.is_infiniband,
    }  # fmt: skip


_L = "/subscriptions/{subscription}/providers/Microsoft.MachineLearningServices/locations/{location}"

ROUTES = (
    Route("GET", "arm", _L + "/usages", list_usages),
    Route("GET", "arm", _L + "/quotas", list_quotas),
    Route("GET", "arm", _L + "/vmSizes", list_sizes),
)
