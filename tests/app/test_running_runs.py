"""Pulse judges runs that run by what the cache holds of them and of their experiment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import nan
from pathlib import Path

import msgspec

from app import rollups
from app.handed import Reading
from app.series_kinds import LOGGED
from app.tables import TABLES
from cache.series import Series
from cache.store import Store
from services.records import Provenance, never
from services.run import Run

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def run(number: int, status: str, minutes: float, experiment: str = "fraud", kind: str = "command") -> Run:
    started = NOW - timedelta(minutes=minutes if status == "Running" else 600 + number)
    return Run(
        id=f"{experiment}-{number}", name=f"{experiment}-{number}", experiment=experiment, kind=kind, status=status,
        created=started, started=started, duration=None if status == "Running" else minutes * 60,
        ended=None if status == "Running" else started + timedelta(minutes=minutes),
    )  # fmt: skip


def told(folder: Path, *runs: Run, series: dict[str, list[float]] | None = None) -> list[str]:
    store = Store.open(folder, TABLES, now=lambda: NOW)
    try:
        documents = [msgspec.json.encode(one) for one in runs]
        store.put("runs", "w", runs, documents, provenance=Provenance("test", None, NOW))
        for key, values in (series or {}).items():
            times = [NOW.timestamp() - 60 * (len(values) - place) for place in range(len(values))]
            store.series.put(
                "w", key, LOGGED, [Series(name="loss", steps=[0] * len(values), times=times, values=values)], NOW
            )
        reading = Reading(None, None, store, "w", NOW, never)
        return [one.what for page in rollups.attention(reading) for one in page.records]
    finally:
        store.close()


def test_the_long_one_and_the_one_at_nan_are_named_and_the_usual_one_is_not(tmp_path: Path) -> None:
    ended = [run(number, "Completed", 20) for number in range(10, 16)]
    others = [run(number, "Completed", 200, kind="sweep") for number in range(20, 26)]
    running = [
        run(1, "Running", 90),
        run(2, "Running", 30),
        run(3, "Running", 5, "churn"),
        run(4, "Running", 400, "geo"),
    ]
    found = told(tmp_path, *ended, *others, *running, series={"churn-3": [1.0, 0.9, nan, nan]})
    assert sorted(found) == ["run churn-3 is at NaN", "run fraud-1 runs 4 × as long as usual"]
