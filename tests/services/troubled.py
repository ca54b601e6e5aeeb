"""Facts of an endpoint with two deployments over some hours, and what can go wrong with it, minute by minute."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from services.deployments import Deployment
from services.endpoints import Endpoint
from services.records import WorkspaceRef
from services.triage_facts import Change, Facts, Signal

NOW = datetime(2026, 11, 21, 14, 2, tzinfo=UTC)
ONSET = datetime(2026, 11, 21, 13, 40, tzinfo=UTC)
REF = WorkspaceRef("0000", "rg-ml", "ml-prod")
ENDPOINT = f"{REF.id}/onlineEndpoints/fraud-score"
ML = "Microsoft.MachineLearningServices/workspaces"

At = Callable[[datetime], float | None]
"""A value by minute."""


def minutes(hours: float = 3.0, now: datetime = NOW) -> tuple[datetime, ...]:
    count = int(hours * 60)
    return tuple(now - timedelta(minutes=count - 1 - place) for place in range(count))


def signal(name: str, value: At, times: tuple[datetime, ...], **given: Any) -> Signal:
    return Signal(name=name, times=times, values=tuple(value(at) for at in times), **given)


def requests(
    share: dict[str, float], errors: Callable[[str, datetime], dict[str, float]], *, rate: At | None = None,
    times: tuple[datetime, ...] | None = None, seed: int = 1,
) -> list[Signal]:  # fmt: skip
    """Requests of each deployment by code. `errors` gives the share of each code; the rest is 200."""
    times, dice = times or minutes(), random.Random(seed)
    series: dict[tuple[str, str], dict[datetime, float]] = {}
    for at in times:
        whole = (rate or steady)(at)
        for name, part in share.items():
            if whole is None:
                continue
            number = round(whole * part * dice.uniform(0.9, 1.1))
            codes = {code: round(number * one) for code, one in errors(name, at).items()}
            for code, count in {"200": number - sum(codes.values()), **codes}.items():
                if count > 0:
                    series.setdefault((name, code), {})[at] = float(count)
    return [
        Signal(name="RequestsPerMinute", deployment=name, code=code, times=times, values=tuple(map(counts.get, times)))
        for (name, code), counts in series.items()
    ]


def steady(at: datetime) -> float:
    """More by day than by night."""
    return 600 + 200 * math.sin(at.hour / 24 * 2 * math.pi + at.minute / 1440 * 2 * math.pi)


def usual(_name: str, at: datetime) -> dict[str, float]:
    return {"500": 0.001 if at.minute % 7 else 0.002, "400": 0.004}


def after(onset: datetime, **codes: float) -> Callable[[str, datetime], dict[str, float]]:
    """Blue answers these codes from the onset on."""
    shares = {code.removeprefix("c"): share for code, share in codes.items()}

    def errors(name: str, at: datetime) -> dict[str, float]:
        return {**usual(name, at), **(shares if name == "blue" and at >= onset else {})}

    return errors


def latency(
    value: At, *, deployment: str = "blue", percentile: str = "P95", times: tuple[datetime, ...] | None = None
) -> Signal:
    return signal(
        f"RequestLatency_{percentile}", value, times or minutes(), deployment=deployment, unit="MilliSeconds"
    )  # fmt: skip


def change(operation: str, minutes_before: float, *, resource: str = ENDPOINT, **given: Any) -> Change:
    at = ONSET - timedelta(minutes=minutes_before)
    values: dict[str, Any] = {"status": "Succeeded", "who": "ana", **given}
    return Change(id=f"{operation}/{minutes_before}", at=at, operation=operation, resource=resource, **values)


def wrote_deployment(minutes_before: float, name: str = "blue", **given: Any) -> Change:
    return change(
        f"{ML}/onlineEndpoints/deployments/write", minutes_before, resource=f"{ENDPOINT}/deployments/{name}", **given
    )  # fmt: skip


def moved_traffic(minutes_before: float, **given: Any) -> Change:
    return change(f"{ML}/onlineEndpoints/write", minutes_before, **given)


def noise() -> tuple[Change, ...]:
    """What goes on in any group: none of it did it."""
    group = "/subscriptions/0000/resourceGroups/rg-ml/providers"
    return (
        change(f"{ML}/computes/write", 4, resource=f"{REF.id}/computes/gpu"),
        change(f"{ML}/onlineEndpoints/listKeys/action", 3),
        change(f"{ML}/onlineEndpoints/deployments/write", 5, resource=f"{REF.id}/onlineEndpoints/churn/deployments/a"),
        change("Microsoft.Insights/diagnosticSettings/write", 6, resource=f"{group}/Microsoft.Insights/x"),
        change("Microsoft.Storage/storageAccounts/write", 300, resource=f"{group}/Microsoft.Storage/y"),
        wrote_deployment(-9, detail="rolled back"),
    )


def facts(signals: list[Signal], *changes: Change, **given: Any) -> Facts:
    deployments = tuple(
        Deployment(
            id=f"fraud-score/{name}", endpoint="fraud-score", name=name, state="Succeeded", model=f"fraud:{model}",
            instances=3, max_concurrent=4, instance_type="Standard_DS3_v2",
        )
        for name, model in (("blue", 42), ("green", 41))
    )  # fmt: skip
    values: dict[str, Any] = {
        "endpoint": Endpoint(
            id="fraud-score", name="fraud-score", state="Succeeded", kind="Managed",
            traffic={"blue": 90.0, "green": 10.0},
        ),
        "deployments": deployments,
        "signals": tuple(signals),
        "changes": (*noise(), *changes),
        "workspace": REF,
        "now": NOW,
    } | given  # fmt: skip
    return Facts(**values)


BOTH = {"blue": 0.9, "green": 0.1}


def without_traffic(known: Facts) -> Facts:
    return msgspec.structs.replace(known, endpoint=msgspec.structs.replace(known.endpoint, traffic={}))
