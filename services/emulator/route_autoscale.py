"""ARM: the autoscale settings of a resource group, those of other resources in it too."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from services.emulator.answers import Json, Refusal, Response, gateway_error
from services.emulator.autoscale import AUTOSCALE, Scaled
from services.emulator.places import Place
from services.emulator.route_workspaces import known_subscription
from services.emulator.routing import Ask, Route, Write
from services.emulator.writing import done


def list_settings(ask: Ask) -> Json:
    """Answer every autoscale setting of the group."""
    return {"value": [document for _, document in _settings(ask)]}


def get_setting(ask: Ask) -> Json:
    """Answer one setting."""
    return _found(ask)[1]


def put_setting(ask: Ask) -> Response:
    """Take a setting as it is written, and answer it. The emulator lets no setting be made, and none be moved."""
    place, document = _found(ask)
    body: Json = ask.request.json()
    given: Json = body.get("properties") or {}
    if given.get("targetResourceUri") != document["properties"]["targetResourceUri"]:
        raise Refusal(gateway_error(400, "InvalidTarget", "The target of an autoscale setting cannot be changed."))
    for profile in given.get("profiles") or ():
        low, high, usual = (int(profile["capacity"][name]) for name in ("minimum", "maximum", "default"))
        if not low <= usual <= high:
            message = f"The default {usual} of profile '{profile.get('name')}' is not between {low} and {high}."
            raise Refusal(gateway_error(400, "InvalidCapacity", message))
    name = document["name"].lower()
    ask.world.changes.autoscale[place.name, name] = {"tags": body.get("tags") or {}, "properties": given}
    return done(replace(ask, place_or_none=place), _found(ask)[1], body)


def _found(ask: Ask) -> tuple[Place, Json]:
    """Return a setting and the workspace it belongs to. Raises Refusal (404) when there is none."""
    name = ask.parts["setting"]
    for place, document in _settings(ask):
        if document["name"].lower() == name.lower():
            return place, document
    message = f"The Resource 'Microsoft.Insights/autoscaleSettings/{name}' was not found."
    raise Refusal(gateway_error(404, "ResourceNotFound", message))


def _settings(ask: Ask) -> list[tuple[Place, Json]]:
    """Return the settings of the group, each with its workspace, as they are after what was changed."""
    subscription, group = known_subscription(ask), ask.parts["group"].lower()
    places = [one for one in ask.world.places if (one.subscription, one.group.lower()) == (subscription, group)]
    found = [(place, _setting(place, one)) for place in places for one in AUTOSCALE.get(place.name, ())]
    found += [(place, _of_machines(place)) for place in places[:1] if found]
    made = ask.world.changes.autoscale
    return [(place, one | made.get((place.name, one["name"].lower()), {})) for place, one in found]


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


_ALL = "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Insights/autoscaleSettings"

ROUTES = (
    Route("GET", "arm", _ALL, list_settings),
    Route("GET", "arm", _ALL + "/{setting}", get_setting),
    Route("PUT", "arm", _ALL + "/{setting}", put_setting,
          write=Write("Microsoft.Insights/autoscaleSettings/write", "Create or update autoscale setting")),
)  # fmt: skip
