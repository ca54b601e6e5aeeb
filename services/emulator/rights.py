"""Which right a request needs, and the refusal of those who do not have it."""

from __future__ import annotations

from services.emulator.access import may
from services.emulator.answers import Refusal
from services.emulator.callers import caller_of
from services.emulator.fault_answers import forbidden, operation_of
from services.emulator.routing import Ask, Route

_RUNS = "Microsoft.MachineLearningServices/workspaces/experiments/runs"


def check_rights(ask: Ask, route: Route) -> None:
    """Raise the Refusal of what the caller may not do. What is listed for each caller apart refuses nobody."""
    if not route.needs_token or route.is_filtered:
        return
    scope, action = scope_of(ask), action_of(ask)
    if scope is None:
        return
    caller = caller_of(ask.request)
    if not may(ask.world, caller, scope, action):
        raise Refusal(forbidden(scope, action, caller))


def scope_of(ask: Ask) -> str | None:
    """Return where the right is needed: the scope or the workspace that is named, else the group or subscription.

    None when no such subscription is known.
    """
    if ask.place_or_none is not None:
        return ask.place_or_none.id
    parts = [part for part in (ask.parts.get("scope") or ask.request.path).split("/") if part]
    if len(parts) < 2 or parts[0].lower() != "subscriptions":
        return None
    if parts[1].lower() not in {known.lower() for known, _ in ask.world.subscriptions}:
        return None
    if "scope" in ask.parts:
        return "/" + "/".join(parts)
    is_group = len(parts) > 3 and parts[2].lower() == "resourcegroups"
    return "/" + "/".join(parts[: 4 if is_group else 2])


def action_of(ask: Ask) -> str:
    """Return the action a role has to include: run history answers to the rights on runs, however it is asked."""
    method, path = ask.request.method.upper(), ask.request.path
    if ask.host == "data":
        return f"{_RUNS}/{'read' if method in ('GET', 'HEAD', 'POST') else 'write'}"
    if ask.host == "logs":
        return "Microsoft.OperationalInsights/workspaces/query/read"
    if ask.host == "metrics":
        return "Microsoft.Insights/metrics/read"
    # Findings are asked for by POST and granted by a read.
    return operation_of("GET" if "/microsoft.policyinsights/" in path.lower() else method, path)
