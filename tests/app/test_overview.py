"""What the overview of a run says: where its time went, what it was asked to do, and what is worth a second look."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import msgspec

from app.key_map import DEFAULT
from app.run_parts.overview import Known, went_blocks
from app.run_parts.overview_asked import asked_blocks
from app.run_parts.overview_times import bar_lines, states_seen, waited
from app.run_parts.overview_warnings import warning_lines
from cache.history import Past
from services.job_definition import Definition, JobInput, Work
from services.run import Run
from widgets.detail import Block
from widgets.lines import line_text
from widgets.pane import Look

T0 = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
LOOK = Look(T0 + timedelta(hours=3))
RUN = Run(id="r", name="r", status="Completed", kind="command", created=T0, started=T0 + timedelta(minutes=10),
          ended=T0 + timedelta(minutes=40), duration=1800.0, queued=600.0)  # fmt: skip


def text(blocks: list[Block]) -> str:
    rows = [line_text(block.title) for block in blocks]
    rows += [f"{label} {line_text(cell)}" for block in blocks for label, cell in block.facts]
    return "\n".join([*rows, *(line_text(line) for block in blocks for line in block.lines)])


def test_waiting_preparing_and_running_are_told_apart() -> None:
    past = [
        Past(T0 + timedelta(minutes=6), {"status": "Queued"}),
        Past(T0 + timedelta(minutes=11), {"status": "Preparing"}),
    ]
    seen = states_seen(RUN, past)
    assert [status for _, status in seen] == ["Queued", "Preparing", "Completed"]
    bar, words = bar_lines(RUN, seen, LOOK)
    assert line_text(words) == "─ queued 6m   ╌ preparing 4m   ━ running 30m"
    assert len(line_text(bar)) in range(38, 43)
    # Without colours too.
    assert re.fullmatch("─+╌+━+", line_text(bar))
    assert re.fullmatch("-+~+=+", line_text(bar_lines(RUN, seen, Look(now=LOOK.now, is_ascii=True))[0]))


def test_a_run_that_still_waits_has_waited_until_now_and_one_that_never_started_nobody_knows() -> None:
    assert waited(Run(id="r", name="r", status="Queued", created=T0), LOOK.now) == 3 * 3600
    assert waited(Run(id="r", name="r", status="Canceled", created=T0), LOOK.now) is None


def test_the_metric_a_run_is_judged_by_is_drawn_where_it_is_a_curve() -> None:
    run = msgspec.structs.replace(RUN, primary_metric="auc", metrics={"auc": 0.9})
    shown = text(went_blocks(run, Known(curve=[0.5, 0.7, 0.9]), LOOK, DEFAULT))
    (line,) = (line for line in shown.splitlines() if "▇" in line)
    assert line.startswith("auc  ")
    assert line.endswith(" 0.500 to 0.900")
    assert "▇" not in text(went_blocks(run, Known(curve=[0.9]), LOOK, DEFAULT))


def test_limits_that_nobody_set_are_told() -> None:
    sweep = Definition(id="r", kind="sweep")
    said = "\n".join(line_text(line) for line in warning_lines(RUN, sweep, LOOK))
    assert "No timeout is set" in said
    assert "No early termination" in said
    careful = Definition(id="r", kind="sweep", timeout=3600.0, early_termination={"policyType": "Bandit"})
    assert warning_lines(RUN, careful, LOOK) == []


def test_what_nobody_read_is_not_warned_about() -> None:
    assert warning_lines(RUN, None, LOOK) == []


def test_local_runs_later_attempts_and_secrets_in_variables_are_told() -> None:
    run = Run(id="r", name="r", status="Completed", compute="local", attempt=2)
    given = Definition(id="r", kind="command", timeout=60.0, work=Work(variables={"API_KEY": "[redacted]", "A": "b"}))
    said = "\n".join(line_text(line) for line in warning_lines(run, given, LOOK))
    assert "A local run" in said
    assert "attempt 2" in said
    assert "API_KEY" in said


def test_the_definition_is_told_with_its_search_inputs_and_limits() -> None:
    given = Definition(
        id="r", kind="sweep", timeout=5400.0, sampling="Random", goal="Maximize", primary_metric="auc",
        search_space={"lr": ["uniform", [0.001, 0.1]]}, early_termination={"policyType": "Bandit", "slackFactor": 0.1},
        work=Work(command="python train.py", environment="/subscriptions/s/environments/fraud-train/versions/41",
                  distribution={"distributionType": "PyTorch", "processCountPerInstance": 2}),
        inputs=(JobInput(name="data", kind="uri_folder", uri="azureml:curated:3", mode="ReadOnlyMount"),),
    )  # fmt: skip
    said = text(asked_blocks(RUN, given, LOOK))
    expected = ("python train.py", "fraud-train:41", "PyTorch, processCountPerInstance 2", "timeout 1h 30m")
    expected += ("lr uniform 0.001 0.1", "Bandit, slackFactor 0.1", "azureml:curated:3  uri_folder, ReadOnlyMount")
    for words in expected:
        assert words in said, words


def test_without_a_definition_the_record_still_tells_its_command_and_code() -> None:
    run = Run(id="r", name="r", status="Running", command="python judge.py", git_commit="9f2c1ab", is_git_dirty=True)
    said = text(asked_blocks(run, None, LOOK))
    assert "python judge.py" in said
    assert "uncommitted changes" in said
    assert "Times" in text(went_blocks(run, Known(), LOOK, DEFAULT))
