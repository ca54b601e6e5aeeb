"""Workspaces, the first run, help, palette, command line: the ways to get somewhere without knowing the key."""

from pathlib import Path

import pytest

from app.links import Account, Link
from app.screens.first_run import FirstRun
from app.session import Session
from app.tables import TABLES
from cache.store import Store
from services.connection import Connection
from services.emulator.transport import FakeCredential, in_process
from services.emulator.world import World, utc_now
from tests.journeys.stage import RUNS, session_of, staged
from widgets.field import Field
from widgets.lines import line_text
from widgets.notice import Notice


async def test_another_workspace_is_chosen_from_a_list_and_shows_its_rows(tmp_path: Path) -> None:
    born = utc_now()
    async with staged(tmp_path, world=World(runs=300, clock=lambda: born), reads=(*RUNS, "models")) as stage:
        await stage.settled()
        await stage.press("4", "W")
        await stage.see("ml-research")
        await stage.type("research")
        await stage.press("enter")
        await stage.until(lambda: stage.header.startswith(" ml-research"), "the other workspace")
        await stage.press("3")
        await stage.until(lambda: stage.deck.view.keeper.total == 30, "its runs")
        await stage.settled()
        await stage.press(":")
        await stage.type("ws ml-prod")
        await stage.press("enter")
        await stage.until(lambda: stage.header.startswith(" ml-prod"), "the first workspace")
        await stage.counted()
        assert stage.deck.view.keeper.total == 300


async def test_a_workspace_that_refuses_says_so_and_can_be_left(tmp_path: Path) -> None:
    async with staged(tmp_path, reads=RUNS) as stage:
        await stage.settled()
        await stage.press(":")
        await stage.type("ws ml-locked")
        await stage.press("enter")
        await stage.see("ml-locked")
        await stage.until(lambda: "may not" in stage.text or "forbidden" in stage.text, "the refusal")
        await stage.press("W")
        await stage.type("ml-prod")
        await stage.press("enter")
        await stage.until(lambda: stage.header.startswith(" ml-prod"), "the way back")


async def test_help_runs_what_it_lists(seen: tuple[Path, World]) -> None:
    async with staged(seen) as stage:
        await stage.settled()
        await stage.press("?")
        await stage.see("Keys in Runs")
        assert "amldeck sends no telemetry" in stage.text
        await stage.type("problems only")
        await stage.press("enter")
        await stage.counted()
        assert "status=Failed" in stage.query


async def test_help_lists_what_cannot_be_done_here_with_the_reason(seen: tuple[Path, World]) -> None:
    async with staged(seen, pane="costs") as stage:
        await stage.settled()
        await stage.press("?")
        await stage.type("studio")
        await stage.see("The studio has no page for this.")
        await stage.press("enter")
        assert len(stage.deck.screen_stack) == 2


async def test_the_palette_finds_panes_themes_and_workspaces(seen: tuple[Path, World]) -> None:
    async with staged(seen) as stage:
        await stage.settled()
        await stage.press("ctrl+p")
        await stage.type("quota")
        await stage.press("enter")
        await stage.counted()
        assert stage.pane == "quotas"
        await stage.press("ctrl+p")
        await stage.type("theme light")
        await stage.press("enter")
        await stage.pilot.pause()
        assert stage.deck.theme == "amldeck-light"


async def test_commands_go_places_filter_and_say_what_they_do_not_know(seen: tuple[Path, World]) -> None:
    async with staged(seen) as stage:
        await stage.settled()
        await stage.press(":")
        await stage.type("compute gpu")
        await stage.press("enter")
        await stage.counted()
        assert (stage.pane, stage.query) == ("compute", "gpu")
        await stage.press(":")
        await stage.type("blorp")
        await stage.press("enter")
        assert "There is no command" in stage.notice
        await stage.press(":")
        await stage.type("q")
        await stage.press("enter")
        await stage.pilot.pause()
        assert not stage.deck.is_running


def nobody(folder: Path) -> Session:
    """The session of someone who has chosen nothing and never signed in."""

    def no_link():
        from services.errors import NotSignedIn

        raise NotSignedIn("Nobody is signed in", do="run `az login`, then try again")

    return Session(Store.open(folder, TABLES), mode="azure", link=no_link)


@pytest.fixture
def no_az(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    empty = tmp_path / "bin"
    empty.mkdir()
    monkeypatch.setenv("PATH", str(empty))
    return tmp_path


async def test_the_first_run_leads_to_the_demo(no_az: Path) -> None:
    async with staged(no_az, session=nobody(no_az / "cache"), pane=None) as stage:
        await stage.see("Azure Machine Learning, without leaving the terminal")
        await stage.see("not installed")
        await stage.press("3")
        await stage.until(lambda: "demo, read-only" in stage.header, "the demo")
        await stage.press("5")
        await stage.see("gpu-a100")


async def test_the_first_run_offers_every_way_to_sign_in_and_comes_back(no_az: Path) -> None:
    async with staged(no_az, session=nobody(no_az / "cache"), pane=None) as stage:
        await stage.see("choose a way; az is not installed")
        await stage.press("enter")
        await stage.see("device code")
        assert not isinstance(stage.deck.screen, FirstRun)
        await stage.press("escape")
        await stage.until(lambda: isinstance(stage.deck.screen, FirstRun), "the first screen again")
        await stage.press("1")
        await stage.see("device code")


async def test_the_first_run_takes_a_studio_address(no_az: Path) -> None:
    ref = World(runs=0).workspaces["ml-prod"]
    async with staged(no_az, session=nobody(no_az / "cache"), pane=None) as stage:
        await stage.press("2")
        stage.deck.screen.query_one(Field).value = f"https://ml.azure.com/runs/abc?wsid={ref.id}"
        await stage.press("enter")
        await stage.until(lambda: not isinstance(stage.deck.screen, FirstRun), "the deck")
        assert stage.deck.desk.session.workspace == ref
        assert (stage.pane, stage.query) == ("runs", 'id="abc"')
        await stage.until(lambda: "signed out" in stage.header, "who is signed in")


async def test_the_first_run_can_be_left(no_az: Path) -> None:
    async with staged(no_az, session=nobody(no_az / "cache"), pane=None) as stage:
        await stage.press("q")
        await stage.pilot.pause()
        assert not stage.deck.is_running
        assert stage.deck.return_code == 0


async def test_a_wrong_address_on_the_command_line_is_said(no_az: Path) -> None:
    from app.deck import Deck

    deck = Deck(nobody(no_az / "cache"), workspace="https://example.com/nothing")
    async with deck.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "is not the studio" in line_text(deck.part(Notice).said.left)


async def test_the_first_run_signs_in_as_az_is_and_offers_its_workspaces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    told = '{"id": "11111111-1111-1111-1111-111111111111", "tenantId": "t", "user": {"name": "ana@contoso.com"}}'
    (folder / "az").write_text(f"#!/bin/sh\necho '{told}'\n")
    (folder / "az").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    world = World(runs=50)

    def link() -> Link:
        account = Account("public", "t", "ana@contoso.com")
        return Link(Connection(FakeCredential(), transport=in_process(world)), account)

    session = Session(Store.open(tmp_path / "cache", TABLES), mode="azure", link=link)
    async with staged(tmp_path, session=session, world=world, pane=None) as stage:
        await stage.see("as ana@contoso.com, found with az")
        await stage.press("enter")
        await stage.see("ml-research")
        await stage.type("ml-prod")
        await stage.press("enter")
        await stage.until(lambda: stage.header.startswith(" ml-prod  read-only"), "the workspace")
        await stage.press("3")
        await stage.until(lambda: (stage.deck.view.keeper.total or 0) >= 50, "its runs")


async def test_without_a_workspace_a_pane_says_how_to_choose_one(no_az: Path) -> None:
    session = session_of(no_az / "cache", None)
    async with staged(no_az, session=session, pane="compute") as stage:
        session.workspace = None
        await stage.press("escape")
        stage.deck.view.settle()
        await stage.see("No workspace is chosen")
