"""Alerts that fire and rules that tell nobody, for Pulse. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from services.alert_rules import AlertRule
from services.alerts import Alert
from services.attention import CRITICAL, NOTE, WARNING, Attention, noted

_BY_SEVERITY = {"sev0": CRITICAL, "sev1": CRITICAL, "sev2": WARNING}
_WEIGHTS = {"sev0": 95.0, "sev1": 75.0, "sev2": 55.0, "sev3": 40.0}
SHOWN = 4
"""Rules that are named in one line."""


def of_alerts(alerts: Iterable[Alert]) -> Iterator[Attention]:
    """Yield every alert that fires and that nobody closed; what somebody has acknowledged is one step less severe."""
    for one in alerts:
        if not one.is_open:
            continue
        sev = (one.severity or "").lower()
        is_seen = (one.state or "").lower() == "acknowledged"
        severity = _BY_SEVERITY.get(sev, NOTE)
        if is_seen:
            severity = WARNING if severity == CRITICAL else NOTE
        yield noted(
            severity, "alerts", one.id, f"alert {one.name} fires", _why(one),
            one.fired, query=f'id="{one.id}"', owner=one.changed_by if is_seen else None,
            weight=_WEIGHTS.get(sev, 20.0), endpoint=one.endpoint,
        )  # fmt: skip


def _why(one: Alert) -> str:
    seen = f"acknowledged by {one.changed_by}" if (one.state or "").lower() == "acknowledged" else ""
    told = "its rule tells nobody" if one.notifies == () else ""
    held = "its actions are suppressed" if one.is_suppressed else ""
    on = " on ".join(part for part in (one.severity, one.target_name) if part)
    return "; ".join(part for part in (on, one.description or "", seen, told, held) if part)


def of_rules(rules: Iterable[AlertRule]) -> Iterator[Attention]:
    """Yield one line about all rules that are on and have no action group."""
    mute = sorted((one.name for one in rules if one.is_mute), key=str.lower)
    if mute:
        what = f"alert rule {mute[0]} tells nobody" if len(mute) == 1 else f"{len(mute)} alert rules tell nobody"
        yield noted(NOTE, "alert-rules", "mute", what, f"{_listed(mute)}: no action group", None,
                     query="is_mute:true", weight=15)  # fmt: skip


def _listed(names: Sequence[str]) -> str:
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")
