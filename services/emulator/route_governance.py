"""ARM: diagnostic settings, outbound rules and what Azure Policy found."""

from __future__ import annotations

import base64

from services.emulator.answers import Json, Refusal, gateway_error
from services.emulator.dependent_documents import id_of, names_of, near
from services.emulator.dice import guid
from services.emulator.endpoints import ENDPOINTS
from services.emulator.log_tables import CATEGORIES, sent_of
from services.emulator.places import Place
from services.emulator.postures import OUTBOUND_RULES, POLICY_TITLES, Rule, posture_of
from services.emulator.routing import Ask, Route
from services.emulator.ticks import HOUR, stamp

FINDINGS_A_PAGE = 2


def list_rules(ask: Ask) -> Json:
    """Answer the outbound rules of a managed network; ids are null, as older versions of the service write them."""
    return {"value": [_rule(ask.place, rule) for rule in OUTBOUND_RULES.get(ask.place.name, ())]}


def _rule(place: Place, rule: Rule) -> Json:
    destination: object = rule.to
    if rule.type == "ServiceTag":
        destination = {"serviceTag": rule.to, "protocol": "*" if rule.part == "*" else "TCP", "portRanges": rule.part}
    elif rule.type == "PrivateEndpoint":
        target = f"{near(place)}/Microsoft.Storage/storageAccounts/{rule.to}"
        destination = {"serviceResourceId": target, "subresourceTarget": rule.part, "sparkEnabled": False,
                       "sparkStatus": "Inactive"}  # fmt: skip
    known = {"type": rule.type, "destination": destination, "status": rule.status, "category": rule.category}
    return {"id": None, "name": rule.name, "type": None, "properties": known, "systemData": None}


def list_workspace_settings(ask: Ask) -> Json:
    """Answer the diagnostic settings of a workspace."""
    kinds = (*_WORKSPACE_LOGS, "ModelsChangeEvent")
    known = _setting(ask.place, ask.place.id, kinds, _WORKSPACE_LOGS)
    return {"value": [known] if posture_of(ask.place).is_diagnosed else []}


def list_endpoint_settings(ask: Ask) -> Json:
    """Answer the diagnostic settings of an endpoint: none where nobody thought of them."""
    asked = ask.parts["endpoint"]
    name = next((one.name for one in ENDPOINTS.get(ask.place.name, ()) if one.name.lower() == asked.lower()), None)
    if name is None:
        raise ask.missing(f"Endpoint {asked} not found.", "EndpointNotFound")
    on, resource = sent_of(ask.place, name), f"{ask.place.id}/onlineEndpoints/{name}"
    return {"value": [_setting(ask.place, resource, CATEGORIES, on)] if on else []}


_WORKSPACE_LOGS = ("AmlComputeClusterEvent", "AmlComputeJobEvent", "AmlRunStatusChangedEvent")


def _setting(place: Place, resource: str, kinds: tuple[str, ...], on: tuple[str, ...]) -> Json:
    logs = [{"category": category, "categoryGroup": None, "enabled": category in on,
             "retentionPolicy": {"enabled": False, "days": 0}} for category in kinds]  # fmt: skip
    return {
        "id": f"{resource}/providers/microsoft.insights/diagnosticSettings/to-logs", "name": "to-logs",
        "type": "Microsoft.Insights/diagnosticSettings", "location": None, "kind": None, "tags": None,
        "properties": {"storageAccountId": None, "serviceBusRuleId": None, "workspaceId": id_of(place, "logs"),
                       "eventHubAuthorizationRuleId": None, "eventHubName": None, "metrics": [], "logs": logs,
                       "logAnalyticsDestinationType": None}, "identity": None,
    }  # fmt: skip


def list_findings(ask: Ask) -> Json:
    """Answer what does not comply in a resource group, two findings a page."""
    places = [one for one in ask.world.places if _is_in(ask, one)]
    if not places:
        message = f"Resource group '{ask.parts['group']}' could not be found."
        raise Refusal(gateway_error(404, "ResourceGroupNotFound", message))
    found = [_finding(place, what, policy, ask.now) for place in places for what, policy in posture_of(place).findings]
    start = int(base64.b64decode(ask.query("skiptoken") or b"MA=="))
    page: Json = {
        "@odata.nextLink": None,
        "@odata.context": f"https://management.azure.com{ask.request.path}/$metadata#latest",
        "@odata.count": len(found[start : start + FINDINGS_A_PAGE]),
        "value": found[start : start + FINDINGS_A_PAGE],
    }
    if start + FINDINGS_A_PAGE < len(found):
        token = base64.b64encode(str(start + FINDINGS_A_PAGE).encode()).decode()
        page["@odata.nextLink"] = ask.url(skiptoken=token)
    return page


def _is_in(ask: Ask, place: Place) -> bool:
    return (place.subscription.lower(), place.group.lower()) == (
        ask.parts["subscription"].lower(),
        ask.parts["group"].lower(),
    )


def _finding(place: Place, what: str, policy: str, now: int) -> Json:
    resource = place.id if what == "workspace" else f"{near(place)}/Microsoft.Compute/virtualMachines/{what}"
    resource = id_of(place, what) if what in names_of(place) else resource
    group = f"/subscriptions/{place.subscription}/resourceGroups/{place.group}"
    assignment = f"{group}/providers/Microsoft.Authorization/policyAssignments/{guid('assigned', policy)}"
    provider, kind, _ = resource.rpartition("/providers/")[2].split("/")
    return {
        "@odata.id": None, "@odata.context": None, "timestamp": stamp(now // HOUR * HOUR, "Z"),
        "resourceId": resource.lower(), "policyAssignmentId": assignment.lower(),
        "policyDefinitionId": f"/providers/microsoft.authorization/policydefinitions/{policy}",
        "effectiveParameters": "", "isCompliant": False, "subscriptionId": place.subscription,
        "resourceType": f"{provider}/{kind}".lower(), "resourceLocation": place.region,
        "resourceGroup": place.group.lower(), "resourceTags": "tbd", "policyAssignmentName": guid("assigned", policy),
        "policyAssignmentOwner": "tbd", "policyAssignmentParameters": "", "policyAssignmentScope": group,
        "policyDefinitionName": policy, "policyDefinitionAction": "audit", "policyDefinitionCategory": "tbd",
        "policySetDefinitionId": "", "policySetDefinitionName": "", "policyDefinitionReferenceId": "",
        "complianceState": "NonCompliant",
    }  # fmt: skip


def get_definition(ask: Ask) -> Json:
    """Answer one built-in policy definition."""
    name = ask.parts["definition"].lower()
    if name not in POLICY_TITLES:
        message = f"The policy definition '{name}' could not be found."
        raise Refusal(gateway_error(404, "PolicyDefinitionNotFound", message))
    return {
        "properties": {"displayName": POLICY_TITLES[name], "policyType": "BuiltIn", "mode": "Indexed",
                       "description": "", "metadata": {"version": "1.0.0"}, "parameters": {}, "policyRule": {}},
        "id": f"/providers/Microsoft.Authorization/policyDefinitions/{name}",
        "type": "Microsoft.Authorization/policyDefinitions", "name": name,
    }  # fmt: skip


_GROUP = "/subscriptions/{subscription}/resourceGroups/{group}/providers"
_SETTINGS = "/providers/Microsoft.Insights/diagnosticSettings"

ROUTES = (
    Route("GET", "arm", "{ws}/outboundRules", list_rules, is_open=True),
    Route("GET", "arm", f"{{ws}}{_SETTINGS}", list_workspace_settings, is_open=True),
    Route("GET", "arm", f"{{ws}}/onlineEndpoints/{{endpoint}}{_SETTINGS}", list_endpoint_settings),
    Route("POST", "arm", f"{_GROUP}/Microsoft.PolicyInsights/policyStates/latest/queryResults", list_findings),
    Route("GET", "arm", "/providers/Microsoft.Authorization/policyDefinitions/{definition}", get_definition),
)
