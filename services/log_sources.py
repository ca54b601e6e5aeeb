"""Which logs of an endpoint can be asked: what its diagnostic settings send, and what has arrived. No I/O."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import datetime

from services.deployments import Deployment
from services.diagnostics import Diagnostics, switching_on
from services.log_queries import TABLES
from services.logs import LogTable
from services.parsing import id_part
from services.triage_facts import SourceOn

EVERY = frozenset({"alllogs", "audit"})
"""Groups of categories that hold those of an endpoint."""
APP_REQUESTS = "AppRequests"


def sources_of(
    endpoint_id: str,
    settings: Diagnostics | None,
    arrived: LogTable | None,
    *,
    log_workspace: str | None = None,
    deployments: Sequence[Deployment] | None = None,
    at: datetime | None = None,
) -> tuple[SourceOn, ...]:
    """Return, for each table of an endpoint, whether it can be asked, and what switches it on where it cannot.

    `settings` is what was read of its diagnostic settings, `arrived` the answer to `log_queries.sources`, and
    `log_workspace` the ARM id of where logs would go; each None where it is not known. Of Application Insights
    something is said where `deployments` are known. `at` is when the settings were read.
    """
    logs = tuple(_table(endpoint_id, name, settings, arrived, log_workspace, at) for name in TABLES)
    return logs if deployments is None else (*logs, insights_source(endpoint_id, deployments, at))


def _table(
    endpoint_id: str, name: str, settings: Diagnostics | None, arrived: LogTable | None, log_workspace: str | None,
    at: datetime | None,
) -> SourceOn:  # fmt: skip
    if arrived is not None and any(row.get("Source") == name for row in arrived.values()):
        return SourceOn(name=name, is_on=True, at=arrived.at)
    if settings is None or settings.settings is None:
        said = settings.problem if settings is not None else None
        return SourceOn(name=name, said=said, at=at)
    if _is_sent(settings, name) and settings.log_workspaces:
        return SourceOn(name=name, is_on=True, at=at)
    target = next(iter(settings.log_workspaces), log_workspace)
    command = switching_on(endpoint_id, _missing(settings), target, _free_name(settings.settings))
    return SourceOn(name=name, is_on=False, said=_why_off(endpoint_id, name, settings), switch_on=command, at=at)


def _is_sent(settings: Diagnostics, name: str) -> bool:
    on = {category.lower() for category in settings.categories}
    return name.lower() in on or bool(EVERY & on)


def _missing(settings: Diagnostics) -> list[str]:
    """Return all categories that are off: one command is enough, and Azure keeps one setting a destination."""
    is_kept = bool(settings.log_workspaces)
    return [one for one in TABLES if not (is_kept and _is_sent(settings, one))]


def _free_name(taken: Sequence[str]) -> str:
    """Return a name for a new setting: one of a name that is taken would replace it."""
    names = {one.lower() for one in taken}
    return next(one for one in ("to-logs", *(f"to-logs-{number}" for number in range(2, 99))) if one not in names)


def _why_off(endpoint_id: str, name: str, settings: Diagnostics) -> str:
    endpoint = id_part(endpoint_id, "onlineEndpoints") or "the endpoint"
    if not settings.settings:
        return f"{endpoint} has no diagnostic setting: nothing of its logs is kept, so there is nothing to ask."
    if _is_sent(settings, name):
        where = ", ".join(settings.elsewhere) or "another place"
        return f"{name} of {endpoint} goes to {where} and to no Log Analytics workspace, where alone it can be asked."
    return f"No diagnostic setting of {endpoint} sends {name}."


def insights_source(endpoint_id: str, deployments: Sequence[Deployment], at: datetime | None) -> SourceOn:
    """Return whether Application Insights keeps the requests to an endpoint, and what switches it on if not."""
    known = [one for one in deployments if one.has_app_insights is not None]
    if any(one.has_app_insights for one in known):
        return SourceOn(name=APP_REQUESTS, is_on=True, at=at)
    if not known:
        return SourceOn(name=APP_REQUESTS, at=at)
    one = known[0]
    place = {"-g": "resourceGroups", "-w": "workspaces", "--subscription": "subscriptions"}
    named = [part for option, kind in place.items() if (name := id_part(endpoint_id, kind)) for part in (option, name)]
    command = shlex.join(["az", "ml", "online-deployment", "update", "--name", one.name, "--endpoint-name",
                          one.endpoint, *named, "--set", "app_insights_enabled=true"])  # fmt: skip
    said = f"No deployment of {one.endpoint} has Application Insights switched on: single requests are not kept."
    return SourceOn(name=APP_REQUESTS, is_on=False, said=said, switch_on=command, at=at)
