"""What is read of what watches a workspace, as `app.sources` calls it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from app.rollups import all_of
from services.alert_rules import list_alert_rules
from services.alerts import list_alerts
from services.records import Page

if TYPE_CHECKING:
    from app.handed import Reading


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


def _beside(reading: Reading) -> tuple[str, ...]:
    """Where else alerts about the workspace are raised: its Application Insights, while the cache knows of it."""
    found = (one.app_insights for one in all_of(reading, "workspace_settings"))
    return tuple(one for one in found if one is not None)
