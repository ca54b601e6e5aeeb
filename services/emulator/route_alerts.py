"""ARM: alerts and what people say of them, and the rules that raise them."""

from __future__ import annotations

from urllib.parse import quote

from msgspec.structs import replace

from services.emulator.alerts import CHANGED, RULES, Raised, Rule, raised
from services.emulator.answers import Json, Refusal, Response, gateway_error
from services.emulator.callers import caller_of
from services.emulator.dependent_documents import id_of
from services.emulator.dice import guid
from services.emulator.places import Place
from services.emulator.route_workspaces import known_subscription
from services.emulator.routing import Ask, Route, Write
from services.emulator.ticks import DAY, HOUR, stamp
from services.emulator.writing import done

USUAL_PAGE, LARGEST_PAGE = 25, 250
RANGES = {"1h": HOUR, "1d": DAY, "7d": 7 * DAY, "30d": 30 * DAY}
_STATES = ("New", "Acknowledged", "Closed")


def list_alerts(ask: Ask) -> Json:
    """Answer the alerts at a scope and below it, newest first; the service's own span is a day."""
    subscription = known_subscription(ask)
    back = RANGES.get((ask.query("timeRange") or "1d").lower())
    if back is None:
        raise _refused(400, "BadRequest", f"timeRange must be one of {', '.join(RANGES)}.")
    group = (ask.query("targetResourceGroup") or ask.parts.get("group") or "").lower()
    places = [one for one in ask.world.places if one.subscription == subscription and group in ("", one.group.lower())]
    mine = [one for one in places if ask.place_or_none is None or one.name == ask.place.name]
    found = [(one, place) for place in mine for one in raised(ask.world, place, ask.now) if one.fired >= ask.now - back]
    said, condition = ask.query("alertState") or "", ask.query("monitorCondition") or ""
    kept = [(one, place) for one, place in found if said in ("", one.said) and condition in ("", _condition(one))]
    return _paged(ask, [_alert(place, one) for one, place in kept])


def _paged(ask: Ask, found: list[Json]) -> Json:
    """Return one page; the link to the next one names the port, as the service has it."""
    asked, token = ask.query("pageCount") or "", ask.query("ctoken") or ""
    size = int(asked) if asked.isdigit() else USUAL_PAGE
    if not 1 <= size <= LARGEST_PAGE:
        raise _refused(400, "BadRequest", f"pageCount must be between 1 and {LARGEST_PAGE}.")
    start = int(token.rpartition(":")[2]) if token.rpartition(":")[2].isdigit() else 0
    page: Json = {"value": found[start : start + size]}
    if start + size < len(found):
        query = {**ask.request.query, "ctoken": f"+RID:{guid('alerts', start)}#RT:1#TRC:{start + size}"}
        written = "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
        page["nextLink"] = f"https://{ask.request.host}:443{ask.request.path}?{written}"
    return page


def _find(ask: Ask) -> Raised:
    key, endpoint = ask.parts["alert"].lower(), ask.parts.get("endpoint", "").lower()
    for one in raised(ask.world, ask.place, ask.now):
        if one.id.lower() == key and one.rule.on.lower().endswith(endpoint):
            return one
    raise _refused(404, "AlertNotFound", f"Could not find alert {ask.parts['alert']}.")


def get_alert(ask: Ask) -> Json:
    """Answer one alert, asked for by the resource it is about."""
    return _alert(ask.place, _find(ask))


def change_state(ask: Ask) -> Response:
    """Answer an alert in its new state."""
    one, state = _find(ask), ask.query("newState") or ""
    if state not in _STATES:
        raise _refused(400, "BadRequest", f"newState must be one of {', '.join(_STATES)}.")
    said = replace(one, said=state, by=caller_of(ask.request).name, at=ask.now)
    return done(ask, _alert(ask.place, said), {"newState": state})


def _refused(status: int, code: str, message: str) -> Refusal:
    return Refusal(gateway_error(status, code, message))


def _condition(one: Raised) -> str:
    return "Fired" if one.resolved is None else "Resolved"


def _alert(place: Place, one: Raised) -> Json:
    """Return an alert; its target and its rule are in lower case, as the service writes them."""
    target, rule = _watched(place, one.rule).lower(), _rule_id(place, one.rule).lower()
    resolved = {} if one.resolved is None else {"monitorConditionResolvedDateTime": stamp(one.resolved, "Z")}
    essentials: Json = {
        "severity": f"Sev{one.rule.severity}", "signalType": "Log" if one.rule.is_log else "Metric",
        "alertState": one.said, "monitorCondition": _condition(one), "monitorService": "Platform",
        "targetResource": target, "targetResourceName": target.rpartition("/")[2],
        "targetResourceGroup": place.group.lower(), "targetResourceType": _type(one.rule),
        "sourceCreatedId": guid("source", one.id), "smartGroupId": guid("smart group", one.rule.name),
        "smartGroupingReason": "Grouping is in beta. Alerts that frequently occur together have been grouped.",
        "alertRule": rule, "startDateTime": stamp(one.fired, "Z"), "lastModifiedDateTime": stamp(one.at, "Z"),
        "lastModifiedUserName": one.by, **resolved, "actionStatus": {"isSuppressed": False},
        "description": one.rule.about,
    }  # fmt: skip
    return {
        "properties": {"essentials": essentials, "context": {}, "egressConfig": {}},
        "id": f"{target}/providers/Microsoft.AlertsManagement/alerts/{one.id}",
        "type": "Microsoft.AlertsManagement/alerts", "name": one.rule.name,
    }  # fmt: skip


def _type(rule: Rule) -> str:
    kind = "/onlineendpoints" if rule.on.startswith("/onlineEndpoints/") else ""
    return f"microsoft.machinelearningservices/workspaces{kind}"


def _watched(place: Place, rule: Rule) -> str:
    return id_of(place, "insights") if rule.is_log else place.id + rule.on


def _near(place: Place) -> str:
    return f"/subscriptions/{place.subscription}/resourceGroups/{place.group}/providers/Microsoft.Insights"


def _rule_id(place: Place, rule: Rule) -> str:
    return f"{_near(place)}/{'scheduledQueryRules' if rule.is_log else 'metricAlerts'}/{rule.name}"


def _groups(place: Place, rule: Rule) -> list[str]:
    return [f"{_near(place)}/actionGroups/{name}" for name in rule.groups]


def list_metric_rules(ask: Ask) -> Json:
    """Answer every rule over metrics of the group, that of another resource too."""
    places = _places(ask)
    found = [_metric_rule(place, one) for place in places for one in RULES.get(place.name, ()) if not one.is_log]
    machines = Rule(name="web-cpu", metric="Percentage CPU", above=85, severity=3)
    others = [_metric_rule(place, machines) for place in places[:1] if found]
    for one in others:
        one["properties"]["scopes"] = [f"{_near(places[0]).rpartition('/')[0]}/Microsoft.Compute/virtualMachines/web"]
    return {"value": [*found, *others]}


def list_query_rules(ask: Ask) -> Json:
    """Answer every rule over logs of the group."""
    return {"value": [_query_rule(place, one) for place in _places(ask) for one in RULES.get(place.name, ())
                      if one.is_log]}  # fmt: skip


def _places(ask: Ask) -> list[Place]:
    subscription, group = known_subscription(ask), ask.parts["group"].lower()
    return [one for one in ask.world.places if (one.subscription, one.group.lower()) == (subscription, group)]


def _metric_rule(place: Place, rule: Rule) -> Json:
    condition: Json = {
        "name": "Metric1", "metricName": rule.metric, "metricNamespace": _type(rule), "operator": "GreaterThan",
        "threshold": rule.above, "timeAggregation": "Average", "dimensions": [],
        "criterionType": "StaticThresholdCriterion",
    }  # fmt: skip
    kind = "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria"
    return {
        "id": _rule_id(place, rule), "name": rule.name, "type": "Microsoft.Insights/metricAlerts", "tags": {},
        "location": "global", "properties": {
            "description": rule.about, "severity": rule.severity, "enabled": rule.is_on,
            "scopes": [_watched(place, rule)], "evaluationFrequency": "PT1M", "windowSize": "PT5M",
            "criteria": {"odata.type": kind, "allOf": [condition]}, "autoMitigate": True,
            "targetResourceType": _type(rule), "targetResourceRegion": place.region,
            "actions": [{"actionGroupId": one, "webHookProperties": {}} for one in _groups(place, rule)],
        },
    }  # fmt: skip


def _query_rule(place: Place, rule: Rule) -> Json:
    condition: Json = {
        "query": "AmlOnlineEndpointEventLog | where Name == 'BackOff'", "timeAggregation": "Count", "dimensions": [],
        "operator": "GreaterThan", "threshold": rule.above,
        "failingPeriods": {"numberOfEvaluationPeriods": 1, "minFailingPeriodsToAlert": 1},
    }  # fmt: skip
    return {
        "id": _rule_id(place, rule), "name": rule.name, "type": "Microsoft.Insights/scheduledQueryRules",
        "location": place.region, "kind": "LogAlert", "tags": {}, "properties": {
            "displayName": rule.name, "description": rule.about, "severity": rule.severity, "enabled": rule.is_on,
            "scopes": [_watched(place, rule)], "evaluationFrequency": "PT5M", "windowSize": "PT15M",
            "criteria": {"allOf": [condition]}, "autoMitigate": True,
            "actions": {"actionGroups": _groups(place, rule), "customProperties": {}},
        },
    }  # fmt: skip


_ALERTS = "/providers/Microsoft.AlertsManagement/alerts"
_SUBSCRIPTION = "/subscriptions/{subscription}"
_GROUP = _SUBSCRIPTION + "/resourceGroups/{group}"
_WATCHED = ("{ws}", "{ws}/onlineEndpoints/{endpoint}")

ROUTES = (
    Route("GET", "arm", _SUBSCRIPTION + _ALERTS, list_alerts),
    Route("GET", "arm", _GROUP + _ALERTS, list_alerts),
    Route("GET", "arm", "{ws}" + _ALERTS, list_alerts),
    *(Route("GET", "arm", on + _ALERTS + "/{alert}", get_alert) for on in _WATCHED),
    *(Route("POST", "arm", on + _ALERTS + "/{alert}/changestate", change_state,
            write=Write(CHANGED, "Change the state of an alert")) for on in _WATCHED),
    Route("GET", "arm", _GROUP + "/providers/Microsoft.Insights/metricAlerts", list_metric_rules),
    Route("GET", "arm", _GROUP + "/providers/Microsoft.Insights/scheduledQueryRules", list_query_rules),
)  # fmt: skip
