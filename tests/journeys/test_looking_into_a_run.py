"""Looking into a run: opened from its row or by its name, part by part, and out again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.run_parts.child_curve import Curve
from services.emulator.changes import RunChange
from services.emulator.scripts import GEO
from services.emulator.ticks import SECOND
from services.emulator.world import World
from tests.app.history import world_of
from tests.journeys.stage import NARROW, RUNS, WIDE, Stage, session_of, staged


async def test_enter_opens_the_run_and_esc_leads_back_to_its_row(seen: tuple[Path, World]) -> None:
    async with staged(seen) as stage:
        await stage.settled()
        await stage.press("j", "j")
        key = stage.cursor
        name = stage.deck.view.row.record.name if stage.deck.view.row else ""
        await stage.press("enter")
        await stage.see(f"Runs › {name} › Overview")
        assert stage.deck.run_view.key == stage.cursor == key
        assert "d Overview" in stage.text
        await stage.press("escape")
        await stage.counted()
        assert stage.deck.run_view.key == ""
        assert stage.cursor == key


async def test_history_leads_into_runs_and_out_of_them(seen: tuple[Path, World]) -> None:
    async with staged(seen) as stage:
        await stage.settled()
        await stage.press("enter")
        key = stage.deck.run_view.key
        await stage.press("5")
        assert (stage.pane, stage.deck.run_view.key) == ("compute", "")
        await stage.press("-")
        assert stage.deck.run_view.key == key
        await stage.press("[", "[", "[")
        assert (stage.pane, stage.deck.run_view.key) == ("runs", "")


async def test_the_keys_of_a_row_work_on_the_run_that_is_open(seen: tuple[Path, World]) -> None:
    async with staged(seen, size=WIDE) as stage:
        await stage.settled()
        await stage.press("enter")
        await stage.see("experiment ")
        key = stage.deck.run_view.key
        await stage.press("v")
        await stage.see('"runId"')
        await stage.press("escape", "i")
        await stage.see("az ml job show")
        await stage.press("escape", "a")
        await stage.see("Act on")
        await stage.press("escape", "s")
        await stage.until(lambda: "about rows" in stage.notice, "the reason why there is no order")
        await stage.press("question_mark")
        await stage.see("Look into the run")
        await stage.press("escape")
        assert stage.deck.run_view.key == key


async def test_a_run_is_opened_by_its_name_or_id(seen: tuple[Path, World]) -> None:
    async with staged(seen, pane="compute") as stage:
        await stage.settled()
        run = next(stage.deck.desk.session.store.records("runs", stage.deck.desk.session.scope, limit=1)).record
        await stage.press(":")
        await stage.type(f"run {run.id}")
        await stage.press("enter")
        await stage.see(f"{run.name} › Overview")
        assert "Compute ›" in stage.header


async def test_a_run_that_azure_does_not_know_is_said_to_be_missing(seen: tuple[Path, World]) -> None:
    async with staged(seen) as stage:
        await stage.settled()
        await stage.press(":")
        await stage.type("run nobody_42")
        await stage.press("enter")
        await stage.see("This run could not be read")
        await stage.press("escape")
        assert stage.deck.run_view.key == ""


async def test_a_run_changes_under_the_eyes_of_who_looks_at_it(own: tuple[Path, World]) -> None:
    async with staged(own) as stage:
        await stage.settled()
        await stage.press("/")
        await stage.type("status=Running ")
        await stage.press("enter")
        await stage.counted()
        await stage.press("enter")
        await stage.until(lambda: "● running" in stage.text, "a running run")
        world, place = stage.world, stage.world.places[0]
        plan = world.book(place).find(stage.deck.run_view.key, world.now())
        assert plan is not None
        world.changes.change_run(place.name, plan, RunChange(canceled_at=world.now() - 600 * SECOND))
        await stage.press("r")
        await stage.until(lambda: "● running" not in stage.lines[2], "its other state")


async def test_offline_a_run_is_still_all_there(seen: tuple[Path, World]) -> None:
    folder, _ = seen
    async with staged(folder, session=session_of(folder, None)) as stage:
        await stage.until(lambda: bool(stage.deck.view.keeper.count), "the cached rows")
        await stage.press("enter")
        await stage.see("› Overview")
        await stage.see("experiment ")


async def narrowed(stage: Stage, query: str) -> None:
    await stage.press(":")
    await stage.type(f"runs {query}")
    await stage.press("enter")
    await stage.until(lambda: stage.query == query and bool(stage.deck.view.keeper.count), f"rows of {query}")


async def test_the_failed_step_of_a_pipeline_is_a_few_keys_away(tmp_path: Path) -> None:
    # Of 300 runs some days have no failed pipeline.
    world = World(runs=300, clock=lambda: datetime(2026, 11, 27, 1, 30, tzinfo=UTC))
    async with staged(tmp_path, world=world, size=WIDE, reads=RUNS) as stage:
        await narrowed(stage, "kind=pipeline status=Failed parent:none")
        await stage.press("x")
        await stage.see("Children that failed")
        await stage.see("Likely cause")
        await stage.press("h")
        await stage.see("longest chain")
        await stage.press("!")
        await stage.until(
            lambda: any("▌ ✗ failed" in line and not {"▾", "▸"} & set(line) for line in stage.lines), "the failed leaf"
        )
        await stage.press("enter")
        await stage.see("✗ failed")
        assert stage.deck.desk.trail.now.depth == 2
        row = stage.deck.view.row
        assert row is not None
        assert (row.record.kind in ("step", "trial"), row.record.status) == (True, "Failed")
        await stage.press("escape")
        await stage.see("longest chain")


async def test_the_trials_of_a_sweep_stand_on_a_board_with_the_best_first(
    seen: tuple[Path, World], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with staged(seen, size=WIDE) as stage:
        await stage.settled()
        await narrowed(stage, "kind=sweep status=Completed experiment=fraud")
        await stage.press("h")
        await stage.see("ended with a value")
        await stage.see("larger is better")
        row = next(line for line in stage.lines if line.lstrip(" ▌").startswith("1  ✓"))
        said = next(line for line in stage.lines if "best so far" in line)
        best = said.split(" by ")[1].split()[0]
        assert best in row
        assert "batch_size" in stage.text
        await stage.see("cursor trial")
        assert best in next(line for line in stage.lines if "cursor trial" in line), "the board's cursor is the chart's"
        await stage.press("left", "right", "right")
        at = next(line for line in stage.lines if "cursor trial" in line)
        assert f"cursor trial {stage.deck.query_one(Curve).at:.0f} of" in at
        assert at.split(" of ")[1].split()[1] in next(line for line in stage.lines if line.startswith(" ▌"))
        await stage.press("e")
        await stage.see("Chart of auc in")
        assert sorted(path.suffix for path in tmp_path.glob("amldeck-*")) == [".png", ".svg"]
        await stage.pilot.resize_terminal(*NARROW)
        await stage.until(lambda: "cursor trial" not in stage.text and "best so far" in stage.text, "the line alone")


async def test_what_a_run_was_asked_to_do_is_looked_up_once_and_there_offline(seen: tuple[Path, World]) -> None:
    folder, _ = seen
    async with staged(seen, size=WIDE) as stage:
        await stage.settled()
        await narrowed(stage, "kind=sweep experiment=fraud")
        await stage.press("enter")
        await stage.see("ends early")
        await stage.see("search_space.lr")
        assert "definition" in stage.header
        key = stage.deck.run_view.key
    async with staged(folder, size=WIDE, session=session_of(folder, None)) as stage:
        await stage.until(lambda: bool(stage.deck.view.keeper.count), "the cached rows")
        await stage.press(":")
        await stage.type(f"run {key}")
        await stage.press("enter")
        await stage.see("search_space.lr")


async def test_what_failed_in_a_pipeline_inside_of_a_pipeline_is_one_key_away_and_its_log_one_more(
    tmp_path: Path,
) -> None:
    at = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    async with staged(tmp_path, world=world_of(GEO, runs=24, clock=lambda: at), size=WIDE, reads=RUNS) as stage:
        await narrowed(stage, "kind=pipeline parent:none status=Failed")
        await stage.press("h")
        await stage.see("longest chain")
        assert len([line for line in stage.lines if " ▸ " in line]) == 2, "a pipeline and a sweep inside, both folded"
        await stage.press("!")
        await stage.until(lambda: any("▌" in line and "join" in line for line in stage.lines), "the failed leaf")
        names = ["tiles", "rank", "candidates", "features", "extract", "join", "score", "tune", "publish"]
        rows = [next(line for line in stage.lines if f" {name} " in line) for name in names]
        assert [stage.lines.index(row) for row in rows] == sorted(stage.lines.index(row) for row in rows)
        assert [row.index(name) for row, name in zip(rows, names, strict=True)] == [
            rows[0].index("tiles") + 2 * depth for depth in (0, 0, 1, 1, 2, 2, 1, 0, 0)
        ]
        await stage.press("l")
        await stage.see("join › Logs")
        await stage.press("escape", "G", "up")
        await stage.until(lambda: any("▌" in line and "tune" in line for line in stage.lines), "the sweep's row")
        await stage.press("enter", "h")
        await stage.see("Trials   3")
