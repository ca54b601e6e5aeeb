"""What is read of what watches a workspace, as `app.sources` calls it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from app.derived.experiments import TOP
from app.derived.schedules import schedule_rows
from app.rollups import all_of, pages
from app.tables import RUNS
from cache.query import parse
from services.alert_rules import list_alert_rules
from services.alerts import list_alerts
from services.records import Page
from services.run import Run
from services.schedules import list_schedules

if TYPE_CHECKING:
    from app.handed import Reading

OLDEST = "95d"
"""How far back the last run of a schedule is looked for."""
MOST_RUNS = 5_000
"""Newest runs that are looked at for it: a twentieth of a second at most, whenever runs were read."""


def read_rules(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of AlertRule."""
    return list_alert_rules(*reading.azure, at=reading.now, beside=_beside(reading), stop=reading.stop)


def read_alerts(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of Alert, with the action groups of the rules that the cache knows."""
    groups = {one.id: one.notifies for one in all_of(reading, "alert_rules")}
    # Alerts write names in lower case: what they lead to is found by the name the endpoint itself has.
    spelled = {one.name.lower(): one.name for one in all_of(reading, "endpoints")}
    for page in list_alerts(*reading.azure, groups=groups, beside=_beside(reading), stop=reading.stop):
        named = [replace(one, endpoint=spelled.get((one.endpoint or "").lower(), one.endpoint)) for one in page.records]
        yield replace(page, records=tuple(named))


def read_metrics(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of WorkspaceMetric; none where nobody says in which region the workspace is."""
    # What asks Azure Monitor is not needed to start.
    from app.metric_reads import region_of
    from services.workspace_metrics import read_workspace_metrics

    region = region_of(reading)
    if region is not None:
        yield from read_workspace_metrics(*reading.azure, region=region, now=reading.now, stop=reading.stop)


def read_schedules(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of Schedule."""
    return list_schedules(*reading.azure, stop=reading.stop)


def schedules(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of ScheduleRow, each with the document its schedule was read from."""
    store, scope, last = reading.store, reading.scope, _last_runs(reading)

    def last_run(name: str) -> Run | None:
        seen = store.get("runs", scope, last[name]) if name in last else None
        return seen.record if seen is not None else None

    found = schedule_rows(all_of(reading, "schedules"), last_run, reading.now)
    for page in pages(reading, "schedules, runs", found):
        own = (reading.store.document("schedules", reading.scope, row.id) for row in page.records)
        kept = tuple(given or made for given, made in zip(own, page.documents, strict=True))
        yield replace(page, documents=kept)


def _last_runs(reading: Reading) -> dict[str, str]:
    """The newest run of each schedule: one walk over the index of the runs, whatever the number of schedules."""
    where = parse(f"{TOP} created<{OLDEST}", RUNS, now=reading.now)
    last: dict[str, str] = {}
    for key, schedule in reading.store.figures("runs", reading.scope, ["id", "schedule"], where, "created", MOST_RUNS):
        if schedule is not None:
            last.setdefault(schedule, key)
    return last


def _beside(reading: Reading) -> tuple[str, ...]:
    """Where else alerts about the workspace are raised: its Application Insights, while the cache knows of it."""
    found = (one.app_insights for one in all_of(reading, "workspace_settings"))
    return tuple(one for one in found if one is not None)
