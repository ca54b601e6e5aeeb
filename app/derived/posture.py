"""What the cache knows of a workspace's safety, as the rules of `services.posture` are handed it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cache.store import Store
from services.posture_identity import is_support_app
from services.posture_lines import Facts, Known, Sighting

ASKED = {
    "workspace_settings": "GET {workspace}",
    "stores": "GET {resource}",
    "identity_grants": "GET {scope}/providers/Microsoft.Authorization/roleAssignments",
    "outbound_rules": "GET {workspace}/outboundRules",
    "diagnostics": "GET {resource}/providers/Microsoft.Insights/diagnosticSettings",
    "policies": "POST {group}/providers/Microsoft.PolicyInsights/policyStates/latest/queryResults",
    "job_variables": "GET {workspace}/jobs",
    "endpoints": "GET {workspace}/onlineEndpoints",
}
"""The sources of the posture, which are also their tables, and the calls they make."""
MOST_EVENTS = 5_000
"""Events of the activity log, newest first, that are looked through for Microsoft's own applications."""


def facts_of(store: Store, scope: str, now: datetime) -> Facts:
    """Return everything the cache knows of a scope that the rules look at."""
    known = {name: known_of(store, scope, name) for name in ASKED}
    return Facts(
        now=now,
        settings=known["workspace_settings"],
        dependents=known["stores"],
        grants=known["identity_grants"],
        rules=known["outbound_rules"],
        diagnostics=known["diagnostics"],
        findings=known["policies"],
        variables=known["job_variables"],
        endpoints=known["endpoints"],
        support_apps=_support_apps(store, scope),
        oldest_event=_oldest(store, scope, "activity", "at"),
        oldest_run=_oldest(store, scope, "runs", "created"),
    )


def known_of(store: Store, scope: str, name: str) -> Known[Any]:
    """Return the records of a source with where each came from, when it was last read whole, and its last problem."""
    state = store.sources(scope).get(name)
    found = tuple(
        Sighting(seen.record, f"{seen.provenance.method} {path_of(seen.provenance.route)}", seen.fetched_at)
        for seen in store.records(name, scope)
    )
    return Known(
        asked=ASKED[name],
        sightings=found,
        at=state.last_ok if state else None,
        problem=state.error_text if state else None,
    )


def path_of(route: str) -> str:
    """Return a route from its first provider on: what stands before is the same subscription and group every time."""
    path = route.partition("://")[2].partition("/")[2] or route
    _, has_provider, rest = path.partition("/providers/")
    return f"…/{rest}" if has_provider else path


def _support_apps(store: Store, scope: str) -> tuple[str, ...]:
    events = store.records("activity", scope, order="-at", limit=MOST_EVENTS)
    named = {seen.record.caller_name for seen in events if seen.record.caller_name}
    return tuple(sorted(name for name in named if is_support_app(name)))


def _oldest(store: Store, scope: str, table: str, field: str) -> datetime | None:
    first = next(store.records(table, scope, order=field, limit=1), None)
    return getattr(first.record, field) if first is not None else None
