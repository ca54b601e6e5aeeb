"""The metrics of a run on the screen: read, moved about in, exported, and there again offline."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.emulator.world import World
from tests.journeys.stage import WIDE, Stage, session_of, staged
from widgets.chart_board import ChartBoard

DAY = 864_000_000_000


def trained(world: World, experiment: str, kind: str = "command") -> str:
    """A run that started; of its experiment and kind."""
    book, now = world.book(world.places[0]), world.now()
    plans = book.recent(now, now - 30 * DAY)
    return next(
        book.run_id(plan) for plan in plans
        if plan.ledger.name == experiment and plan.kind == kind and plan.has_started(now - DAY // 24)
    )  # fmt: skip


async def open_metrics(stage: Stage, run: str) -> None:
    await stage.press(":")
    await stage.type(f"run {run}")
    await stage.press("enter")
    await stage.until(lambda: stage.deck.run_view.part is not None, "the run")
    await stage.press("m")


async def test_what_a_run_logged_and_what_its_nodes_did_are_charts_with_one_cursor(
    seen: tuple[Path, World], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, world = seen
    run = trained(world, "fraud")
    async with staged(seen, size=WIDE) as stage:
        await open_metrics(stage, run)
        await stage.until(lambda: all(word in stage.text for word in ("loss ", "val_loss", "grad_norm")), "its metrics")
        board = stage.deck.query_one(ChartBoard)
        await stage.until(lambda: "CPU" in [figure.title for figure in board.figures], "its nodes")
        await stage.press("end", "left")
        await stage.see("cursor step ")
        await stage.press("L")
        await stage.see("loss  log")
        await stage.press("enter")
        await stage.until(lambda: "val_loss ──" not in stage.text, "one chart alone")
        await stage.press("escape")
        await stage.see("val_loss  log")
        await stage.press("j", "j", "j", "j")
        await stage.see("CPU  %")
        await stage.press("k", "k", "k", "k")
        monkeypatch.chdir(tmp_path)
        await stage.press("e")
        await stage.until(lambda: "Chart of loss in" in stage.notice, "where it was written")
        names = sorted(path.suffix for path in tmp_path.glob("amldeck-*"))
        assert names == [".png", ".svg"]
        await stage.press("escape")
        assert stage.deck.run_view.key == "", "esc leads out of the run"
    async with staged(folder, session=session_of(folder, None)) as stage:
        await stage.until(lambda: bool(stage.deck.view.keeper.count), "the cached rows")
        await open_metrics(stage, run)
        await stage.see("val_loss")
        await stage.until(lambda: "0." in stage.text, "values")


async def test_a_run_without_metrics_says_what_would_fill_them(seen: tuple[Path, World]) -> None:
    async with staged(seen) as stage:
        await open_metrics(stage, trained(seen[1], "fraud", "sweep"))
        await stage.see("A sweep logs nothing itself: its children do.")
        assert stage.header.split("   ")[1].endswith("› Metrics"), "the crumbs say the part that is shown"
        await stage.see("It holds no node, so nothing is measured.")
        await stage.press("right", "plus", "enter", "e")
        await stage.until(lambda: "no chart to export" in stage.notice, "the reason")


async def test_offline_what_was_never_read_stays_unknown(seen: tuple[Path, World]) -> None:
    folder, _ = seen
    async with staged(folder, session=session_of(folder, None)) as stage:
        await stage.until(lambda: bool(stage.deck.view.keeper.count), "the cached rows")
        await stage.press("enter", "m")
        await stage.see("Never read here. Started offline")
