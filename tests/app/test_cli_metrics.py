"""`amldeck metrics`: every value of a run as table, JSON, CSV and picture, from Azure or from the cache."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from math import nan
from pathlib import Path

import pytest

from cache.series import Series
from tests.app.commanding import ANA, PROD, Command, a_run, cached, put

AT = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)


@pytest.fixture
def command(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("AMLDECK_CONFIG", str(tmp_path / "config"))
    made = Command(tmp_path / "cache", capsys)
    with cached(made.folder, ANA) as session:
        session.choose(PROD)
        put(session, "runs", a_run("brave-elk"))
        run = next(session.store.records("runs", session.scope)).record
        times = [1.7637e9, 1.7637e9 + 2, 1.7637e9 + 4]
        logged = [
            Series(name="loss", steps=[0, 10, 20], times=times, values=[0.9, nan, 0.25]),
            Series(name="=auc", steps=[0, 10, 20], times=times, values=[0.5, 0.6, 0.7]),
        ]
        session.store.series.put(session.scope, run.id, "logged", logged, AT)
        cpu = Series(
            name="CpuUtilizationPercentage", part="node-a", unit="Percent", times=times, values=[50.0, nan, 70.0]
        )
        session.store.series.put(session.scope, run.id, "measured", [cpu], AT)
    return made


def test_a_line_for_each_metric_with_its_last_least_and_greatest_value(command: Command) -> None:
    said = command("metrics", "brave-elk", "--offline")
    assert said.code == 0
    head, loss, _auc = said.out.splitlines()
    assert head.split() == ["metric", "points", "step", "last", "least", "greatest"]
    assert loss.split()[:6] == ["loss", "3", "20", "0.250", "0.250", "0.900"]
    assert "2 series" in said.err


def test_every_value_as_json_and_csv_with_nan_as_such(command: Command) -> None:
    found = json.loads(command("metrics", "brave-elk", "loss", "--json", "--offline").out)
    assert [(one["step"], one["value"]) for one in found] == [(0, 0.9), (10, "NaN"), (20, 0.25)]
    assert found[0]["time"].startswith("2025-11-21T")
    rows = list(csv.DictReader(io.StringIO(command("metrics", "brave-elk", "--csv", "--offline").out)))
    assert [row["metric"] for row in rows] == ["loss"] * 3 + ["'=auc"] * 3
    assert rows[1]["value"] == "NaN"


def test_a_minute_without_a_measurement_is_null_and_not_nan(command: Command) -> None:
    found = json.loads(command("metrics", "brave-elk", "--nodes", "--json", "--offline").out)
    assert [(one["node"], one["value"]) for one in found] == [("node-a", 50.0), ("node-a", None), ("node-a", 70.0)]
    _, line = command("metrics", "brave-elk", "--nodes", "--offline").out.splitlines()
    assert line.split()[1:4] == ["node-a", "2", "–"]


def test_the_charts_of_some_metrics_as_svg_and_png(command: Command, tmp_path: Path) -> None:
    drawing, picture = tmp_path / "loss.svg", tmp_path / "loss.png"
    said = command("metrics", "brave-elk", "loss", "--svg", str(drawing), "--png", str(picture), "--offline")
    assert said.code == 0
    assert "1 chart in" in said.err
    assert ">loss</text>" in drawing.read_text()
    assert picture.read_bytes().startswith(b"\x89PNG")
    again = command("metrics", "brave-elk", "--svg", str(drawing), "--offline")
    assert (again.code, "File exists" in again.err) == (1, True), "nothing is overwritten"


def test_what_there_is_not_is_said_with_what_there_is(command: Command) -> None:
    said = command("metrics", "brave-elk", "f1", "--offline")
    assert said.code == 1
    assert "has no metric f1. There are =auc, loss." in said.err
    assert command("metrics", "nobody", "--offline").code == 1
