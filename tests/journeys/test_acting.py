"""A change from the actions menu to Azure: what is greyed, what is shown, what has to be typed, what is sent."""

from pathlib import Path

import pytest

from app.screens.confirm import Confirm
from app.screens.menu import Menu
from app.settings import Settings, WorkspaceSettings
from services.emulator.faults import Fault
from services.emulator.world import World
from tests.journeys.stage import NARROW, WIDE, Stage, staged
from tests.journeys.writing import ask, command, find, quick, shift, unlock, writes

pytestmark = pytest.mark.slow

__all__ = ["quick"]


def is_asked(stage: Stage) -> bool:
    return isinstance(stage.deck.screen, Confirm)


async def test_an_ended_run_cannot_be_canceled_and_the_menu_says_why(own: tuple[Path, World]) -> None:
    async with staged(own) as stage:
        await stage.settled()
        await find(stage, "status=Completed")
        await stage.press("a")
        await stage.see("not now")
        await stage.see("It has ended already: completed.")
        await stage.press("enter")
        await stage.pilot.pause()
        assert isinstance(stage.deck.screen, Menu)
        await stage.press("escape")
        assert writes(stage.world) == []


async def test_locked_the_change_is_shown_all_the_same_and_nothing_is_sent(own: tuple[Path, World]) -> None:
    async with staged(own, pane="endpoints") as stage:
        await stage.settled()
        await find(stage, "name=fraud-score")
        await shift(stage, "blue=10 green=90")
        assert "read-only: :rw 10m unlocks writing" in stage.text
        await stage.see("90 %  →    10 %")
        assert "--traffic 'blue=10 green=90'" in stage.text
        await stage.type("fraud-score")
        await stage.press("enter")
        await stage.pilot.pause()
        assert is_asked(stage)
        await stage.press("escape")
        assert writes(stage.world) == []


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_traffic_is_shifted_once_the_name_is_complete(own: tuple[Path, World], size: tuple[int, int]) -> None:
    async with staged(own, pane="endpoints", size=size) as stage:
        await stage.settled()
        await unlock(stage)
        await find(stage, "name=fraud-score")
        await shift(stage, "blue=10 green=90")
        await stage.type("fraud-scor")
        await stage.press("enter")
        await stage.pilot.pause()
        assert is_asked(stage)
        assert "enter shift, once the name is complete" in stage.text
        await stage.type("a")
        await stage.press("enter")
        await stage.pilot.pause()
        assert is_asked(stage)
        assert writes(stage.world) == []
        await stage.press("backspace")
        await stage.type("e")
        await stage.press("enter")
        await stage.until(lambda: "done" in stage.notice, "the end")
        assert [(one.method, one.path.rpartition("/")[2]) for one in writes(stage.world)] == [("PUT", "fraud-score")]


async def test_esc_leaves_it_as_it_is(own: tuple[Path, World]) -> None:
    async with staged(own, pane="endpoints") as stage:
        await stage.settled()
        await unlock(stage)
        await find(stage, "name=fraud-score")
        await shift(stage, "blue=10 green=90")
        await stage.type("fraud-score")
        await stage.press("escape")
        await stage.pilot.pause()
        assert not is_asked(stage)
        assert writes(stage.world) == []


async def test_z_restores_the_split_before_through_the_same_dialog(own: tuple[Path, World]) -> None:
    async with staged(own, pane="endpoints") as stage:
        await stage.settled()
        await unlock(stage)
        await find(stage, "name=fraud-score")
        await shift(stage, "blue=10 green=90")
        await stage.type("fraud-score")
        await stage.press("enter")
        await stage.until(lambda: "done" in stage.notice, "the end")
        await stage.press("z")
        await stage.see("Take back: Shift traffic")
        await stage.see("10 %  →    90 %")
        await stage.type("fraud-score")
        await stage.press("enter")
        await stage.until(lambda: len(writes(stage.world)) == 2, "the second write")
        await stage.until(lambda: "done" in stage.notice, "the end of it")


async def test_z_without_a_change_says_so(own: tuple[Path, World]) -> None:
    async with staged(own, pane="endpoints") as stage:
        await stage.settled()
        await stage.press("z")
        await stage.until(lambda: "nothing to take back" in stage.notice, "the sentence")


async def test_a_split_that_is_wrong_is_said_while_it_is_typed(own: tuple[Path, World]) -> None:
    async with staged(own, pane="endpoints") as stage:
        await stage.settled()
        await find(stage, "name=fraud-score")
        await ask(stage, "Shift traffic")
        await stage.see("Percent of the traffic")
        await stage.press("ctrl+u")
        await stage.type("blue=0 green=0")
        await stage.see("No deployment would have traffic")
        await stage.press("enter")
        await stage.pilot.pause()
        assert not is_asked(stage)


async def test_what_azure_refuses_to_plan_is_a_sentence(own: tuple[Path, World]) -> None:
    async with staged(own, pane="endpoints") as stage:
        await stage.settled()
        await find(stage, "name=fraud-score")
        await ask(stage, "Shift traffic")
        await stage.see("Percent of the traffic")
        await stage.press("ctrl+u")
        await stage.type("blue=90 green=0 nowhere=10")
        await stage.press("enter")
        await stage.see("nowhere is no deployment of it")
        assert not is_asked(stage)
        assert writes(stage.world) == []


async def test_marked_runs_are_counted_listed_and_archived_one_after_the_other(
    own: tuple[Path, World], quick: None
) -> None:
    async with staged(own) as stage:
        await stage.settled()
        await unlock(stage)
        await find(stage, "parent:none status=Completed kind=command")
        await stage.press("space", "j", "space")
        await stage.until(lambda: len(stage.deck.view.table.marks) == 2, "two marks")
        await ask(stage, "Archive")
        await stage.until(lambda: is_asked(stage), "the question")
        await stage.see("2 runs")
        assert stage.text.count("archived") == 2
        assert "and 1 more; y copies them all" in stage.text
        await stage.press("enter")
        await stage.until(lambda: "2 changes" in stage.notice, "both")
        sent = writes(stage.world)
        assert len(sent) == 2
        assert len({one.path for one in sent}) == 2


async def test_a_key_that_is_still_held_confirms_nothing(
    own: tuple[Path, World], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.screens.confirm.SETTLED", 3600.0)
    async with staged(own) as stage:
        await stage.settled()
        await unlock(stage)
        await find(stage, "is_archived=false status=Completed kind=command")
        await ask(stage, "Archive")
        await stage.until(lambda: is_asked(stage), "the question")
        await stage.press("enter", "enter")
        await stage.pilot.pause()
        assert is_asked(stage)
        assert writes(stage.world) == []


async def test_a_row_that_moves_underneath_changes_nothing_about_the_target(own: tuple[Path, World]) -> None:
    async with staged(own, pane="endpoints") as stage:
        await stage.settled()
        await unlock(stage)
        await find(stage, "name=fraud-score")
        await shift(stage, "blue=10 green=90")
        stage.deck.view.search("")
        await stage.until(lambda: (stage.deck.view.keeper.count or 0) > 1, "the other rows")
        stage.deck.view.table.move_to(0)
        assert stage.cursor != "fraud-score"
        await stage.type("fraud-score")
        await stage.press("enter")
        await stage.until(lambda: bool(writes(stage.world)), "the write")
        assert writes(stage.world)[0].path.endswith("/onlineEndpoints/fraud-score")


async def test_esc_leaves_a_plan_that_is_being_made(own: tuple[Path, World]) -> None:
    async with staged(own) as stage:
        await stage.settled()
        await find(stage, "status=Completed kind=command")
        stage.faults.add(Fault(match="/history/", stall=30.0))
        await ask(stage, "Archive")
        await stage.until(lambda: stage.notice.startswith("Reading "), "the notice")
        await stage.press("escape")
        await stage.until(lambda: "nothing was sent" in stage.notice, "the answer to esc")
        stage.faults.release()
        await stage.deck.workers.wait_for_complete()
        await stage.pilot.pause()
        assert not is_asked(stage)


async def test_copying_the_command_works_from_the_dialog(own: tuple[Path, World]) -> None:
    async with staged(own) as stage:
        await stage.settled()
        await find(stage, "status=Completed kind=command")
        await ask(stage, "Archive")
        await stage.until(lambda: is_asked(stage), "the question")
        await stage.press("y")
        await stage.until(lambda: stage.notice.startswith("Copied command"), "the notice")
        await stage.press("Y")
        await stage.until(lambda: stage.notice.startswith("Copied REST call"), "the notice")
        assert is_asked(stage)


async def test_without_anything_to_do_a_says_so(own: tuple[Path, World]) -> None:
    async with staged(own, pane="costs") as stage:
        await stage.settled()
        await stage.press("a")
        assert stage.notice == "Nothing here can be changed from amldeck."
        await command(stage, "act")
        assert stage.notice == "Nothing here can be changed from amldeck."


async def test_a_workspace_pinned_read_only_says_so_in_the_place_of_the_name(own: tuple[Path, World]) -> None:
    pinned = Settings(theme="dark", workspaces={"ml-prod": WorkspaceSettings(read_only=True)})
    async with staged(own, pane="endpoints", settings=pinned) as stage:
        await stage.settled()
        await find(stage, "name=fraud-score")
        await shift(stage, "blue=10 green=90")
        assert "pinned read-only in the settings" in stage.text
        await stage.press("escape")
        await command(stage, "rw 10m")
        await stage.until(lambda: "pinned read-only" in stage.notice, "the reason")
        assert len(stage.deck.screen_stack) == 1
        assert writes(stage.world) == []
