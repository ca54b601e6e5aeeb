"""ARM: the autoscale settings of a resource group, those of other resources in it too."""

from __future__ import annotations

from typing import Any

from services.emulator.answers import Json
from services.emulator.autoscale import AUTOSCALE, Scaled
from services.emulator.places import Place
from services.emulator.route_workspaces import known_subscription
from services.emulator.routing import Ask, Route


def list_settings(ask: Ask) -> Json:
    """Answer every autoscale setting of the group."""
    subscription, group = known_subscription(ask), ask.parts["group"].lower()
    places = [one for one in ask.world.places if (one.subscription, one.group.lower()) == (subscription, group)]
    found = [_setting(place, one) for place in places for one in AUTOSCALE.get(place.name, ())]
    return {"value": [*found, *(_of_machines(place) for place in places[:1] if found)]}


def _setting(place: Place, one: Scaled) -> Json:
    target = f"{place.id}/onlineEndpoints/{one.endpoint}/deployments/{one.deployment}"
    rules = [
        _rule(one, target, "GreaterThan", one.above, "Increase"),
        _rule(one, target, "LessThan", one.below, "Increase" if one.has_slip else "Decrease"),
    ]
    return _document(place, one.name, target, [one.low, one.high, one.usual], rules, is_on=one.is_on)


def _rule(one: Scaled, target: str, operator: str, threshold: int, direction: str) -> Json:
    trigger: Json = {
        "metricName": one.metric, "metricNamespace": "", "metricResourceUri": target, "timeGrain": "PT1M",
        "statistic": "Average", "timeWindow": "PT10M",
        "timeAggregation": "Average", "operator": operator, "threshold": threshold, "dimensions": [],
        "dividePerInstance": False,
    }  # fmt: skip
    action = {"direction": direction, "type": "ChangeCount", "value": "1", "cooldown": "PT5M"}
    return {"metricTrigger": trigger, "scaleAction": action}


def _of_machines(place: Place) -> Json:
    """Return the setting of something that is none of ours."""
    near = place.id.partition("/providers/")[0]
    target = f"{near}/providers/Microsoft.Compute/virtualMachineScaleSets/web"
    return _document(place, "autoscale-web", target, [1, 5, 1], [], is_on=True)


def _document(place: Place, name: str, target: str, bounds: list[int], rules: list[Json], *, is_on: bool) -> Json:
    low, high, usual = map(str, bounds)
    group = place.id.partition("/providers/")[0]
    profile: dict[str, Any] = {
        "name": "my-scale-settings", "capacity": {"minimum": low, "maximum": high, "default": usual}, "rules": rules,
    }  # fmt: skip
    return {
        "id": f"{group}/providers/microsoft.insights/autoscalesettings/{name}", "name": name,
        "type": "Microsoft.Insights/autoscaleSettings", "location": place.region, "tags": {},
        "properties": {"name": name, "enabled": is_on, "targetResourceUri": target,
                       "targetResourceLocation": place.region, "profiles": [profile], "notifications": []},
    }  # fmt: skip


_GROUP = "/subscriptions/{subscription}/resourceGroups/{group}/providers/"

ROUTES = (Route("GET", "arm", _GROUP + "Microsoft.Insights/autoscaleSettings", list_settings),)
