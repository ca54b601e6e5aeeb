"""Which logs are kept, where, and for how long."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from services.diagnostics import Diagnostics, switching_on
from services.parsing import id_tail
from services.posture_lines import (
    Facts,
    FromDocuments,
    Known,
    PostureLine,
    Sighting,
    counted,
    line,
    listed,
    unseen,
)

_MONITOR = FromDocuments("https://learn.microsoft.com/azure/azure-monitor/")
ACTIVITY_DAYS, METRIC_DAYS = 90, 93
_WORKSPACE_LOGS = ("AmlComputeJobEvent", "AmlRunStatusChangedEvent", "AmlModelsEvent", "AmlDeploymentEvent")
_ENDPOINT_LOGS = ("AmlOnlineEndpointTrafficLog", "AmlOnlineEndpointConsoleLog", "AmlOnlineEndpointEventLog")
_WHY_WORKSPACE = "Who ran, registered and deployed what stands in these logs, and nowhere else for longer than 90 days."
_WHY_ENDPOINTS = "Status codes and callers of each request: without them a failure can be counted, and not explained."


def of_logging(facts: Facts) -> Iterator[PostureLine]:
    """Yield the lines of diagnostic settings, of how long logs are kept, and of what the cache holds beyond that."""
    yield _workspace(facts)
    yield from _endpoints(facts)
    yield from _retention(facts)
    yield line(
        "logging",
        "activity",
        "Activity log of Azure",
        f"kept {ACTIVITY_DAYS} days",
        "note",
        _MONITOR,
        why="Who changed which resource. Older events are gone, unless a diagnostic setting sends them on.",
    )
    yield line("logging", "metrics", "Metrics of Azure", f"kept {METRIC_DAYS} days", "note", _MONITOR,
               why="Requests, latency and use of machines, as Azure Monitor has them.")  # fmt: skip
    yield _cache(facts)


def _command(facts: Facts, resource: str, categories: tuple[str, ...]) -> str:
    logs = facts.one("log workspace")
    return switching_on(resource, categories, logs.record.id if logs is not None else None)


def _workspace(facts: Facts) -> PostureLine:
    about = "Diagnostic setting of the workspace"
    found = next((one for one in facts.diagnostics.sightings if one.record.endpoint is None), None)
    if found is None or found.record.settings is None:
        reason = (found.record.problem if found else facts.diagnostics.missing) or "It was not read yet."
        return unseen("logging", "workspace", about, found or facts.diagnostics, reason, why=_WHY_WORKSPACE)
    one = found.record
    if not one.categories:
        fact = "no log is switched on" if one.settings else "off"
        change = _command(facts, facts.workspace.record.id, _WORKSPACE_LOGS)
        return line("logging", "workspace", about, fact, "weak", found, why=_WHY_WORKSPACE, change=change)
    return line("logging", "workspace", about, f"on, to {_targets(one)}", "ok", found, why=_WHY_WORKSPACE,
                detail=listed(one.categories))  # fmt: skip


def _targets(one: Diagnostics) -> str:
    return listed([*(id_tail(name) or name for name in one.log_workspaces), *one.elsewhere], 3) or "nowhere"


def _endpoints(facts: Facts) -> Iterator[PostureLine]:
    about, known = "Diagnostic settings of endpoints", facts.diagnostics
    found = [one for one in known.sightings if one.record.endpoint is not None]
    if not found:
        if known.missing is not None:
            yield unseen("logging", "endpoints", about, known, known.missing, why=_WHY_ENDPOINTS)
        return
    without = [one for one in found if one.record.settings is not None and not one.record.categories]
    refused = [one for one in found if one.record.settings is None]
    if without:
        names = [one.record.name for one in without]
        change = _command(facts, without[0].record.id, _ENDPOINT_LOGS)
        yield line("logging", "endpoints", about, f"off at {len(without)} of {counted(len(found), 'endpoint')}", "weak",
                   without[0], why=_WHY_ENDPOINTS, change=change, detail=listed(names))  # fmt: skip
    elif len(refused) < len(found):
        fact = f"on at {len(found) - len(refused)} of {counted(len(found), 'endpoint')}"
        yield line("logging", "endpoints", about, fact, "ok", found[0], why=_WHY_ENDPOINTS)
    if refused:
        yield _refused(refused)


def _refused(refused: list[Sighting[Diagnostics]]) -> PostureLine:
    names = listed([one.record.name for one in refused])
    reason = f"{names}: {refused[0].record.problem or 'Azure does not say.'}"
    about = "Diagnostic settings of other endpoints"
    return unseen("logging", "endpoints refused", about, refused[0], reason, why=_WHY_ENDPOINTS)


def _retention(facts: Facts) -> Iterator[PostureLine]:
    why = "What is older cannot be asked any more, whatever happened then."
    for found in facts.dependents.sightings:
        one = found.record
        if one.kind not in ("log workspace", "log table"):
            continue
        about = f"Table {one.name}" if one.kind == "log table" else f"Log Analytics {one.name}"
        key = f"{one.kind}/{one.id}"
        if one.is_missing and one.kind == "log table":
            continue  # a table is made by its first row
        if one.problem is not None or one.retention_days is None:
            yield unseen("logging", key, about, found, one.problem or "Azure does not say.", why=why)
            continue
        yield line("logging", key, about, f"kept {one.retention_days} days", "note", found, why=why,
                   change=_longer(one.kind, one.id))  # fmt: skip


def _longer(kind: str, resource: str) -> str:
    parts = resource.split("/")
    at = [part.lower() for part in parts].index("workspaces") + 1
    place = ["-g", parts[4], "--subscription", parts[2]]
    if kind == "log table":
        return shlex.join(["az", "monitor", "log-analytics", "workspace", "table", "update", "--workspace-name",
                           parts[at], "-n", parts[-1], *place, "--retention-time", "180"])  # fmt: skip
    return shlex.join(["az", "monitor", "log-analytics", "workspace", "update", "-n", parts[at], *place,
                       "--retention-time", "180"])  # fmt: skip


def _cache(facts: Facts) -> PostureLine:
    about, of = "What amldeck keeps", Known[object](asked="the cache")
    why = "Its cache forgets nothing that Azure forgets: runs and events stay, with what they were."
    runs = f"Runs since {facts.oldest_run:%d %b %Y}." if facts.oldest_run is not None else None
    since = facts.oldest_event
    fact = f"activity since {since:%d %b %Y}" if since is not None else "no event read yet"
    return line("logging", "cache", about, fact, "note", of, why=why, detail=runs)
