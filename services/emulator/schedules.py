"""Schedules of the emulated workspaces, as data: a nightly training, and monitors of models that are served."""

from __future__ import annotations

from typing import Any

import msgspec

Json = dict[str, Any]


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """One schedule. `trigger` is as ARM writes it; a monitor has `signals`, and whom it writes to."""

    name: str
    title: str = ""
    about: str | None = None
    trigger: Json
    is_on: bool = True
    owner: int = 0
    days: int = 90
    experiment: str = ""
    watched: str = ""
    """endpoint/deployment, of a monitor."""
    signals: dict[str, Json] = {}
    emails: tuple[str, ...] = ()


def _limit(metric: str, value: float, of: str = "") -> Json:
    return {"metric": metric, "threshold": {"value": value}, **({"dataType": of} if of else {})}


def _drift(kind: str, *limits: Json) -> Json:
    return {"signalType": kind, "notificationTypes": ["AmlNotification"], "metricThresholds": list(limits),
            "productionData": {"inputDataType": "Rolling", "windowSize": "P7D", "windowOffset": "P0D"},
            "referenceData": {"inputDataType": "Trailing", "windowSize": "P7D", "windowOffset": "P7D"}}  # fmt: skip


def _every(unit: str, interval: int, hour: int | None = None) -> Json:
    times = {"hours": [hour], "minutes": [15], "weekDays": None, "monthDays": None} if hour is not None else None
    return {"triggerType": "Recurrence", "frequency": unit, "interval": interval, "schedule": times}


NIGHTLY = "churn-nightly-schedule"
EMBED = "embed-quality-monitor"

SCHEDULES: dict[str, tuple[Planned, ...]] = {
    "ml-prod": (
        Planned(name=NIGHTLY, title="churn nightly", about="Trains churn anew", experiment="churn", owner=2, days=400,
                trigger={"triggerType": "Cron", "expression": "0 3 * * *"}),
        Planned(name=EMBED, title="embed quality", about="Evaluates embed on what was asked since", owner=3, days=61,
                trigger=_every("Hour", 26), experiment="embed", watched="embed/blue",
                emails=("person04@example.com",), signals={
                    "quality": {"signalType": "Custom", "componentId": "azureml:embed_eval:3",
                                "notificationTypes": ["AmlNotification"],
                                "metricThresholds": [_limit("val_loss", 0.4), _limit("loss", 0.5)]}}),
        Planned(name="fraud-score-drift", title="fraud-score drift", about="Inputs against those of the week before",
                trigger=_every("Day", 1, 6), watched="fraud-score/blue", owner=0, days=20,
                emails=("person01@example.com", "person03@example.com"), signals={
                    "inputs": _drift("DataDrift", _limit("PopulationStabilityIndex", 0.2, "Numerical"),
                                     _limit("PearsonsChiSquaredTest", 0.02, "Categorical")),
                    "predictions": _drift("PredictionDrift", _limit("PopulationStabilityIndex", 0.2, "Numerical")),
                    "quality": _drift("DataQuality", _limit("NullValueRate", 0.05, "Numerical"))}),
        Planned(name="geo-rank-drift", trigger=_every("Week", 1, 4), watched="geo-rank/main", owner=5, days=300,
                is_on=False,
                signals={"inputs": _drift("DataDrift", _limit("JensenShannonDistance", 0.1, "Numerical"))}),
    ),
}  # fmt: skip
"""The schedules of a workspace, in the order they are listed."""
