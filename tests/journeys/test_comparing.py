"""Comparing runs: the marked ones side by side, or one with the last good of its experiment."""

from __future__ import annotations

import csv
import time
from pathlib import Path
from typing import Any

import pytest

from app.comparing import last_good
from app.tables import RUNS as TABLE
from cache.query import parse
from services.emulator.world import World
from services.run import Run
from tests.journeys.stage import RUNS, WIDE, Stage, session_of, staged
from tests.journeys.writing import find


async def compared(stage: Stage, query: str, marks: int = 0) -> None:
    """Open the comparison of the first rows that match."""
    await find(stage, query)
    for _ in range(marks):
        await stage.press("space", "j")
    await stage.press("=")
    await stage.see(" against ")


def failed(stage: Stage) -> str:
    """The filter that finds a failed run which a good one of its experiment came before: not every one has one."""
    session = stage.deck.desk.session
    query = parse("kind=command status=Failed parent:none", TABLE, now=session.now())
    runs = (seen.record for seen in session.store.records("runs", session.scope, query, "-created"))
    return next(f"id={run.id}" for run in runs if last_good(session.store, session.scope, run, session.now()))


async def test_marked_runs_stand_side_by_side_and_what_differs_comes_first(seen: tuple[Path, World]) -> None:
    async with staged(seen, size=WIDE) as stage:
        await stage.settled()
        await find(stage, "experiment=churn kind=command")
        await stage.press("space", "j", "space", "j", "space")
        assert "= compare" in stage.text
        marked = stage.deck.view.table.marks
        names = [seen.record.name for key in marked if (seen := stage.deck.desk.session.store.get(
            "runs", stage.deck.desk.session.scope, key))]  # fmt: skip
        await stage.press("=")
        await stage.see(f"2 runs against {names[0]}")
        assert "Runs › 3 runs › Compare" in stage.header
        head = next(line for line in stage.lines if line.strip().startswith(names[0]))
        assert [name in head for name in names] == [True] * 3
        assert "optimizer" not in stage.text
        await stage.until(lambda: "▲ parts: from there on more than 5 % of the range" in stage.text, "where they part")
        assert f"━━ {names[0]} base   ── {names[1]}" in stage.text
        assert "loss  parts at step" in stage.text
        await stage.press("d")
        await stage.see("d only differing")
        for _ in range(40):
            if "optimizer" not in stage.text:
                await stage.press("j")
        assert "optimizer" in stage.text
        await stage.press("b")
        await stage.see(f"against {names[1]}")
        await stage.press("escape")
        await stage.counted()
        assert stage.deck.view.table.marks == marked


async def test_one_run_is_compared_with_the_last_good_one_also_offline(seen: tuple[Path, World]) -> None:
    folder, _ = seen
    async with staged(folder, session=session_of(folder, None)) as stage:
        await stage.until(lambda: bool(stage.deck.view.keeper.count), "the cached rows")
        await compared(stage, failed(stage))
        await stage.see("last good")
        assert "= Compare" in stage.text
        await stage.press("-")
        assert stage.deck.run_view.key == ""
        await stage.press("-")
        await stage.see(" against ")


async def test_the_age_of_the_metrics_is_said_once_a_slow_disk_has_told_whose_they_are(
    seen: tuple[Path, World], monkeypatch: pytest.MonkeyPatch
) -> None:
    def found_late(*asked: Any) -> Run | None:
        time.sleep(0.5)
        return last_good(*asked)

    async with staged(seen, size=WIDE, reads=RUNS) as stage:
        await stage.settled()
        await compared(stage, failed(stage))
        await stage.until(lambda: "metrics" in stage.header, "the metrics to be read")
        await stage.press("escape")
        await stage.counted()
        monkeypatch.setattr("app.run_parts.compared.last_good", found_late)
        # What is read meanwhile, or the time that goes on, would have it said by chance.
        for what in ("want", "look_up"):
            monkeypatch.setattr(stage.deck.desk.refresher, what, lambda *asked, **how: None)
        monkeypatch.setattr(stage.deck, "tick", lambda: None)
        await stage.press("=")
        await stage.see("last good")
        await stage.deck.workers.wait_for_complete()
        await stage.pilot.pause()
        assert "metrics" in stage.header


async def test_a_value_is_read_in_full_and_all_of_it_exported(
    seen: tuple[Path, World], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with staged(seen) as stage:
        await stage.settled()
        await compared(stage, "experiment=churn kind=command", marks=2)
        said = next(line for line in stage.lines if " against " in line)
        assert said.endswith(" differ"), "cut"
        await stage.press("j", "enter")
        await stage.see("copy all")
        await stage.press("escape", "c")
        await stage.until(lambda: any(line.startswith(" ━━ ") and " base   ── " in line for line in stage.lines),
                          "the charts in place of the table, and whose line is whose")  # fmt: skip
        await stage.press("c", "e")
        await stage.until(lambda: "2 runs compared in" in stage.notice, "the export")
        (file,) = tmp_path.glob("amldeck-compare-*.csv")
        rows = list(csv.DictReader(file.read_text().splitlines()))
        assert {row["likeness"] for row in rows} >= {"base", "differs"}


async def test_without_a_good_run_it_says_what_would_help(seen: tuple[Path, World]) -> None:
    async with staged(seen) as stage:
        await stage.settled()
        await find(stage, "experiment=llm-eval kind=flow")
        await stage.press("G", "=")
        await stage.see("There is no good run to compare with")
