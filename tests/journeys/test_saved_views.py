"""A view is saved under a name, opened from the list after another start, renamed and deleted."""

from pathlib import Path

import pytest

from app.saved_views import SavedView, load_views, save_view
from services.emulator.world import World
from tests.journeys.stage import staged


async def test_a_view_is_saved_and_opens_as_it_was(
    seen: tuple[Path, World], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AMLDECK_CONFIG", str(tmp_path / "config"))
    async with staged(seen) as stage:
        await stage.settled()
        await stage.press("/")
        await stage.type("status:failed")
        await stage.press("enter", "s")
        await stage.type("ran")
        await stage.press("enter")
        await stage.counted()
        await stage.press("b")
        await stage.see("─ Save this view ─")
        assert "─  ─" not in next(line for line in stage.lines if "Save this view" in line)
        await stage.type("broken ones")
        await stage.press("enter")
        await stage.until(lambda: "Saved as broken ones" in stage.notice, "that it is saved")
    async with staged(seen, pane="pulse") as stage:
        await stage.settled()
        await stage.press("B")
        await stage.see("Research")
        await stage.type("broken")
        await stage.press("enter")
        await stage.counted()
        assert (stage.pane, stage.query) == ("runs", "parent:none status:failed")
        assert stage.deck.view.table.order == "-duration"

        await stage.press("B")
        await stage.see("broken ones")
        await stage.press("f2", "ctrl+u")
        await stage.type("worst")
        await stage.press("enter")
        await stage.until(lambda: [view.name for view in load_views().views] == ["worst"], "the new name")
        await stage.press("B")
        await stage.see("worst")
        await stage.press("f8")
        await stage.until(lambda: load_views().views == (), "that it is gone")


async def test_a_grouping_is_saved_and_the_view_opens_into_its_groups(
    seen: tuple[Path, World], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AMLDECK_CONFIG", str(tmp_path / "config"))
    async with staged(seen) as stage:
        await stage.settled()
        await stage.press("#")
        await stage.see("Group by")
        await stage.type("user")
        await stage.press("enter")
        await stage.see("of user")
        await stage.press("f2")
        await stage.see("Save this view")
        await stage.type("by person")
        await stage.press("enter")
        await stage.until(lambda: "Saved as by person" in stage.notice, "that it is saved")
        await stage.press("1", "B")
        await stage.see("by person")
        await stage.type("by person")
        await stage.press("enter")
        await stage.see("of user")
        assert (stage.pane, stage.query) == ("runs", "parent:none")
        await stage.press("enter")
        await stage.counted()
        assert "user=" in stage.query

        save_view(SavedView(name="by nothing", pane="runs", group_by="nonsense"))
        await stage.press("B")
        await stage.see("by nothing")
        await stage.type("by nothing")
        await stage.press("enter")
        await stage.until(lambda: stage.notice == "Runs cannot be grouped by nonsense.", "why there are no groups")
