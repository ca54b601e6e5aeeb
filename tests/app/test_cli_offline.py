"""Commands answer from the cache alone: data on stdout, narration on stderr, the age always said."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from app.rows import CostRow
from app.sources import PATIENT
from services.nodes import Node
from services.records import Money
from tests.app.commanding import REPOSITORY, Command, a_run, cached, leave_runs, put, run_alone


@pytest.fixture
def command(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("AMLDECK_CONFIG", str(tmp_path / "config"))
    return Command(tmp_path / "cache", capsys)


@pytest.fixture
def filled(command: Command) -> Command:
    leave_runs(command.folder)
    return command


def test_json_is_a_list_of_objects_by_field_name(filled: Command) -> None:
    said = filled("--offline", "runs", "--json", "brave")
    (found,) = json.loads(said.out)
    assert said.code == 0
    assert (found["id"], found["status"], found["metrics"], found["duration"]) == (
        "brave-elk", "Failed", {"auc": 0.77}, None)  # fmt: skip
    assert found["created"].endswith("Z")


def test_narration_says_how_many_of_how_many_and_how_old(filled: Command) -> None:
    said = filled("--offline", "runs", "status:failed")
    assert "ml-prod: 1 of 3 runs match status:failed" in said.err
    assert "runs 3h ago" in said.err
    assert "brave-elk" in said.out
    assert "brave-elk" not in said.err


@pytest.mark.parametrize(
    "asked", [("metric.auc>0.5",), ("--sort", "-metric.auc"), ("--columns", "name,metric.auc"), ("has:metrics|x",)]
)
def test_who_asks_for_metrics_hears_how_old_those_are(filled: Command, asked: tuple[str, ...]) -> None:
    assert "metrics of runs never read" in filled("--offline", "runs", *asked).err
    assert "metrics of runs" not in filled("--offline", "runs", "status:failed").err


def test_options_are_taken_on_both_sides_of_the_verb(filled: Command) -> None:
    assert filled("runs", "--offline", "brave", "--json").out == filled("--offline", "runs", "--json", "brave").out


def test_without_a_query_the_panes_own_filter_applies_and_an_empty_one_clears_it(filled: Command) -> None:
    assert len(json.loads(filled("--offline", "runs", "--json").out)) == 2
    assert len(json.loads(filled("--offline", "runs", "", "--json").out)) == 3


def test_nothing_found_is_an_answer(filled: Command) -> None:
    said = filled("--offline", "runs", "nosuch", "--json")
    assert (said.code, json.loads(said.out)) == (0, [])


def test_csv_has_a_column_for_each_field_and_runs_no_formula(command: Command) -> None:
    with cached(command.folder) as session:
        put(session, "runs", a_run("=cmd|' /C calc'!A0", id="r1", user="@ana", tags={"a": "b"}))
    said = command("--offline", "runs", "", "--csv")
    (row,) = csv.DictReader(io.StringIO(said.out))
    assert (row["name"], row["user"], row["id"]) == ("'=cmd|' /C calc'!A0", "'@ana", "r1")
    assert (row["parent"], row["tags"]) == ("", '{"a":"b"}')


def test_money_is_exact_text_with_its_currency(command: Command) -> None:
    with cached(command.folder) as session:
        put(session, "cost_rows", CostRow(id="a", name="gpu", month=Money(Decimal("1.23"), "EUR")))
        session.store.note_source(session.scope, "costs", last_ok=session.now())
        session.store.note_source(session.scope, "cost_rows", last_ok=session.now())
    (found,) = json.loads(command("--offline", "costs", "--json").out)
    assert found["month"] == {"amount": "1.23", "currency": "EUR"}
    assert "month,month_currency" in command("--offline", "costs", "--csv").out


def test_a_table_has_the_panes_columns_and_no_escape_of_any_kind(command: Command) -> None:
    with cached(command.folder) as session:
        put(session, "runs", a_run("evil\x1b]52;c;aGk=\x07\u202e", id="r1"))
    for form in ("--table", "--csv", "--json"):
        out = command("--offline", "runs", "", form).out
        assert not {"\x1b", "\x07", "\u202e"} & set(out)
    assert "experiment" in command("--offline", "runs", "").out.splitlines()[0]


def test_rows_are_sorted_and_limited_on_request_and_the_limit_is_said(filled: Command) -> None:
    said = filled("--offline", "runs", "", "--sort", "-name", "--limit", "2", "--json")
    assert [run["id"] for run in json.loads(said.out)] == ["step-1", "calm-fox"]
    assert "Only the first 2 are shown" in said.err


def test_runs_are_sorted_by_a_metric_and_those_without_it_come_last(command: Command) -> None:
    with cached(command.folder) as session:
        scores = {"low": {"auc": 0.2}, "none": {}, "high": {"auc": 0.9}, "other": {"loss": 1.0}}
        put(session, "runs", *(a_run(name, metrics=metrics) for name, metrics in scores.items()))
    for form in (["--sort", "-metric.auc"], ["--sort=-metrics.AUC"]):
        said = command("--offline", "runs", *form, "--json")
        assert [run["id"] for run in json.loads(said.out)] == ["high", "low", "other", "none"]
    said = command("--offline", "runs", "--sort", "metric")
    assert (said.code, "metric.NAME" in said.err) == (2, True)


def test_a_table_is_never_cut_silently(command: Command) -> None:
    with cached(command.folder) as session:
        put(session, "runs", *(a_run(f"run-{at:03}") for at in range(120)))
    said = command("--offline", "runs")
    assert len(said.out.splitlines()) == 101
    assert "Only the first 100 are shown" in said.err


def test_a_workspace_is_found_by_name_group_id_and_studio_address(filled: Command) -> None:
    sub = "11111111-1111-1111-1111-111111111111"
    wsid = f"/subscriptions/{sub}/resourcegroups/RG-ml/workspaces/ml-prod"
    for text in ("ML-PROD", "rg-ml/ml-prod", f"{sub}/rg-ml/ml-prod", f"https://ml.azure.com/runs?wsid={wsid}"):
        assert filled("--offline", "-w", text, "runs", "brave").code == 0


def test_another_workspace_on_a_command_line_is_not_the_decks_next_one(filled: Command) -> None:
    sub = "11111111-1111-1111-1111-111111111111"
    said = filled("--offline", "-w", f"{sub}/rg/other", "runs", "--json")
    assert (said.code, said.out) == (1, "")
    assert "of other were never read" in said.err
    assert "ml-prod: " in filled("--offline", "runs").err


def test_sources_tell_how_each_stands(filled: Command) -> None:
    found = {row["id"]: row for row in json.loads(filled("--offline", "sources", "--json").out)}
    assert (found["runs"]["state"], found["runs"]["rows"]) == ("ok", 3)
    assert found["models"]["state"] == "never"
    assert len(json.loads(filled("--offline", "sources", "diagnostics", "--json").out)) == 1


def test_sums_of_what_is_cached_are_made_offline(filled: Command) -> None:
    (found,) = json.loads(filled("--offline", "experiments", "--json").out)
    assert (found["name"], found["runs"], found["failed"], found["completed"]) == ("fraud", 2, 1, 1)
    assert found["last_error"] == "CUDA out of memory"


def test_what_was_read_a_moment_ago_is_not_asked_for_again(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with cached(command.folder) as session:
        for table in ("experiments", "runs"):
            put(session, table, ago=timedelta(seconds=2))
        for name in PATIENT:
            session.store.note_source(session.scope, name, last_try=datetime.now(UTC) - timedelta(hours=3))
    assert command("runs").err.count("az") == 0


def test_help_lists_every_pane_and_the_version_needs_no_pane() -> None:
    said = run_alone("--help")
    assert "compute" in said.out
    assert "doctor" in said.out
    imported = run_alone("--version", env={"PYTHONPROFILEIMPORTTIME": "1"})
    assert imported.out.startswith("amldeck")
    assert not [word for word in ("msgspec", "textual", "azure", "sqlite3", "app.panes") if word in imported.err]


def test_an_answer_without_a_screen_needs_neither_textual_nor_azure(filled: Command) -> None:
    said = run_alone(
        "--offline", "--cache", str(filled.folder), "runs", "brave", "--json", env={"PYTHONPROFILEIMPORTTIME": "1"}
    )
    assert json.loads(said.out)
    assert not [word for word in ("| textual", "azure.core", "azure.identity", "| requests") if word in said.err]


def test_a_reader_that_has_seen_enough_is_no_error(command: Command) -> None:
    with cached(command.folder) as session:
        put(session, "runs", *(a_run(f"run-{at:05}") for at in range(3000)))
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "--offline", "--cache", str(command.folder), "runs", "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=REPOSITORY, env=dict(os.environ),
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    narration = process.stderr.read().decode()
    process.stderr.close()
    assert process.wait(30) == 0
    assert "Traceback" not in narration
    assert "Broken" not in narration


def test_an_answer_goes_into_a_file_of_the_form_its_name_ends_in(filled: Command, tmp_path: Path) -> None:
    path = tmp_path / "runs.json"
    said = filled("--offline", "runs", "", "--columns", "name,metric.auc", "--sort", "name", "-o", str(path))
    assert (said.code, said.out) == (0, "")
    assert f"3 runs in {path}" in said.err
    found = json.loads(path.read_text())
    assert found["rows"][0] == {"name": "brave-elk", "metric.auc": 0.77}
    assert found["about"]["sources"][1]["age_seconds"] >= 3 * 3600
    again = filled("--offline", "runs", "-o", str(path))
    assert (again.code, "Or let --force replace it." in again.err) == (1, True)
    assert filled("--offline", "runs", "-o", str(path), "--force", "--no-notes").code == 0
    assert isinstance(json.loads(path.read_text()), list)


def test_pairs_in_a_table_are_words_and_no_python(filled: Command) -> None:
    said = filled("--offline", "runs", "brave", "--columns", "name,metrics")
    assert said.out.splitlines()[1].split() == ["brave-elk", "auc=0.770"]


def test_options_about_a_file_that_cannot_be_are_refused_before_anything_is_asked(filled: Command) -> None:
    for options in (["-o", "x.txt"], ["--parquet"], ["--force"], ["--columns", "nosuch"]):
        assert filled("--offline", "runs", *options).code == 2


def test_a_run_is_one_json_object_with_all_the_cache_has(filled: Command, tmp_path: Path) -> None:
    with cached(filled.folder) as session:
        put(session, "nodes", Node(id="cpu/n1", compute="cpu", node="n1", state="running", run="calm-fox"))
    found = json.loads(filled("--offline", "run", "calm-fox").out)
    assert found["record"]["duration"] == 75.5
    assert found["children"] == {"count": 1, "by_status": {"Completed": 1}}
    assert found["related"]["nodes"]["rows"][0]["node"] == "n1"
    assert (found["origin"]["route"], found["document"], found["is_gone"]) == ("/test", None, False)
    path = tmp_path / "run.json"
    assert filled("--offline", "run", "calm-fox", "-o", str(path)).code == 0
    assert json.loads(path.read_text())["record"] == found["record"]
    assert filled("--offline", "run", "calm-fox", "-o", str(path)).code == 1


def test_a_run_that_was_never_seen_and_a_name_of_several_say_so(filled: Command) -> None:
    assert filled("--offline", "run", "nosuch").code == 1
    with cached(filled.folder) as session:
        put(session, "runs", a_run("twin", id="t1"), a_run("twin", id="t2"))
    said = filled("--offline", "run", "twin")
    assert said.code == 2
    assert "t1" in said.err
    assert "t2" in said.err
