"""`amldeck compare`: runs of the cache side by side, offline."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cache.series import Series
from tests.app.commanding import Command, a_run, cached, put

NOW = datetime.now(UTC)


@pytest.fixture
def command(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("AMLDECK_CONFIG", str(tmp_path / "config"))
    with cached(tmp_path / "cache") as session:
        put(session, "experiments")
        put(
            session,
            "runs",
            *(
                a_run(f"good-{days}", kind="command", params={"lr": "3e-4", "batch": "64"}, metrics={"auc": 0.861},
                      created=NOW - timedelta(days=days))
                for days in (5, 2)
            ),
            a_run("twin", id="bad", kind="command", status="Failed", params={"lr": "0.001", "batch": "64"},
                  metrics={"auc": 0.794}, created=NOW - timedelta(days=1)),
            a_run("later", kind="command", created=NOW),
            a_run("sweep", kind="sweep", created=NOW - timedelta(hours=30)),
            a_run("trial", kind="command", parent="sweep", created=NOW - timedelta(hours=29)),
            a_run("twin", id="other", kind="command", experiment="churn", created=NOW - timedelta(hours=28)),
        )  # fmt: skip
    return Command(tmp_path / "cache", capsys)


def test_what_differs_is_a_column_for_each_run_and_what_is_equal_comes_with_all(command: Command) -> None:
    said = command("--offline", "compare", "good-5", "bad")
    assert said.code == 0
    assert [line.split() for line in said.out.splitlines()[:5]] == [
        ["good-5", "twin"], ["Metrics", "1", "of", "1", "differ"], ["auc", "0.861", "0.794", "−0.067"],
        ["Parameters", "1", "of", "2", "differ"], ["lr", "3e-4", "0.001"],
    ]  # fmt: skip
    assert "1 of 1 metrics, 1 of 2 parameters" in said.err
    assert "batch" not in said.out
    assert "batch" in command("--offline", "compare", "good-5", "bad", "--all").out


def test_one_run_is_compared_with_the_last_good_of_its_experiment_and_kind(command: Command) -> None:
    said = command("--offline", "compare", "bad", "--last-good", "--json")
    found = {(one["name"], one["run"]): one for one in json.loads(said.out)}
    assert {run for _, run in found} == {"good-2", "bad"}
    assert found["lr", "good-2"]["likeness"] == "base"
    assert found["auc", "bad"]["delta"] == pytest.approx(-0.067)


def test_curves_say_how_far_each_went_and_at_which_step_they_part(command: Command) -> None:
    with cached(command.folder) as session:
        for run, values in (("good-5", [0.0, 0.25, 0.5, 0.75, 1.0]), ("bad", [0.0, 0.25, 0.25, 0.125, 0.125])):
            series = Series(name="loss", steps=[0, 10, 20, 30, 40], times=[float(at) for at in range(5)], values=values)
            session.store.series.put(session.scope, run, "logged", [series], NOW)
    said = command("--offline", "compare", "good-5", "bad", "--json")
    found = {(one["name"], one["run"]): one for one in json.loads(said.out) if one["section"] == "curves"}
    assert [found[f"loss {word}", "bad"]["number"] for word in ("highest", "parts")] == [0.25, 20.0]
    assert found["loss parts", "good-5"]["value"] == "> 5 % of its range"
    assert "more than 5 % of the range" in said.err
    table = command("--offline", "compare", "good-5", "bad", "--all").out
    assert [line.split()[-2:] for line in table.splitlines() if "loss parts" in line] == [["step", "20"]]
    assert "loss lowest" in table


def test_a_spreadsheet_gets_a_line_for_each_value(command: Command) -> None:
    lines = list(csv.DictReader(command("--offline", "compare", "good-5", "bad", "--csv").out.splitlines()))
    assert [(one["name"], one["run"], one["number"]) for one in lines if one["name"] == "lr"] == [
        ("lr", "good-5", "0.0003"), ("lr", "bad", "0.001"),
    ]  # fmt: skip


def test_a_name_of_two_runs_is_answered_with_their_ids(command: Command) -> None:
    said = command("--offline", "compare", "good-5", "twin")
    assert (said.code, said.out) == (1, "")
    assert "the name of 2 runs: bad, other" in said.err or "the name of 2 runs: other, bad" in said.err


def test_a_run_without_a_good_one_before_it_says_so(command: Command) -> None:
    said = command("--offline", "compare", "good-5", "--last-good")
    assert said.code == 1
    assert "No run of experiment fraud before good-5" in said.err


@pytest.mark.parametrize("names", [["bad"], ["bad", "bad"], [*(f"r{number}" for number in range(21))]])
def test_too_few_too_many_and_the_same_run_are_wrong_usage(command: Command, names: list[str]) -> None:
    assert command("--offline", "compare", *names).code == 2
