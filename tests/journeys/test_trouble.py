"""Offline, refused, throttled, signed out, broken: each says what it is, and the rest goes on."""

from pathlib import Path

import pytest

from services.emulator.faults import Fault
from services.emulator.world import World
from tests.journeys.stage import RUNS, session_of, staged

ENDPOINTS = ("workspaces", "endpoints", "deployments", "endpoint_rows")
COSTS = (*RUNS, "compute", "costs", "cost_rows", "permissions")


async def test_a_lost_network_is_said_once_and_rows_stay(tmp_path: Path) -> None:
    async with staged(tmp_path, reads=RUNS) as stage:
        await stage.settled()
        count = stage.deck.view.keeper.count
        stage.faults.add(Fault(drop=True))
        for digit in ("0", "3"):
            await stage.press(digit, "r")
        await stage.see("■ offline")
        await stage.until(lambda: "▲ offline since" in stage.notice, "the notice")
        assert stage.deck.view.keeper.count == count
        await stage.press("j", "d", "d")
        assert stage.cursor is not None


async def test_a_refused_pane_names_action_scope_and_role_and_copies_the_request(tmp_path: Path) -> None:
    world = World(runs=50)
    world.faults.add(Fault(match="costmanagement", status=403))
    async with staged(tmp_path, pane="costs", world=world, reads=COSTS) as stage:
        await stage.settled()
        await stage.see("You may not read costs here")
        assert "Cost Management Reader would allow it" in stage.text
        assert "Costs  forbidden" in stage.text
        assert stage.lines[-1].startswith(" y copy request  r try again")
        await stage.press("y")
        await stage.until(lambda: stage.notice.startswith("Copied request"), "what was copied")
        await stage.press("3")
        await stage.counted()
        assert stage.deck.view.keeper.count
        assert "You may not" not in stage.text


async def test_only_the_throttled_source_waits_and_says_until_when(tmp_path: Path) -> None:
    world = World(runs=50)
    world.faults.add(Fault(match="costmanagement", status=429, retry_after=180))
    async with staged(tmp_path, pane="costs", world=world, reads=COSTS) as stage:
        await stage.settled()
        await stage.see("▲ throttled")
        assert "Azure asks to wait before it lists" in stage.text
        assert "next try" in stage.text
        await stage.press("0")
        await stage.until(lambda: "▲ costs throttled  next try" in stage.notice, "the notice")
        await stage.press("5")
        await stage.counted()
        assert "● live" in stage.header
        assert stage.deck.view.keeper.count


async def test_an_expired_sign_in_leaves_the_cache_browsable(tmp_path: Path) -> None:
    async with staged(tmp_path, reads=RUNS) as stage:
        await stage.settled()
    world = World(runs=300)
    world.faults.add(Fault(status=401))
    async with staged(tmp_path, world=world, reads=RUNS) as stage:
        await stage.press("r")
        await stage.until(lambda: "signed out" in stage.notice or "signed out" in stage.header, "the sign-in")
        await stage.press("j", "v", "escape")
        assert stage.deck.view.keeper.count


async def test_a_broken_service_says_so_and_the_next_read_heals_it(tmp_path: Path) -> None:
    world = World(runs=50)
    world.faults.add(Fault(match="onlineendpoints", status=500))
    async with staged(
        tmp_path, pane="endpoints", world=world, reads=("workspaces", "endpoints", "deployments", "endpoint_rows")
    ) as stage:
        await stage.settled()
        await stage.see("Azure could not list endpoints")
        stage.faults.clear()
        await stage.press("r")
        await stage.until(lambda: bool(stage.deck.view.keeper.count), "endpoints")
        assert "could not list" not in stage.text


@pytest.mark.parametrize("size", [(80, 24), (44, 12)])
async def test_every_state_fits_every_size(tmp_path: Path, size: tuple[int, int]) -> None:
    world = World(runs=20)
    world.faults.add(Fault(match="costmanagement", status=403))
    async with staged(tmp_path, pane="costs", world=world, reads=COSTS, size=size) as stage:
        await stage.settled()
        await stage.see("You may not read costs")
        assert len(stage.lines) == size[1]


async def test_an_empty_workspace_says_what_would_fill_it(tmp_path: Path) -> None:
    async with staged(tmp_path, runs=0, reads=RUNS) as stage:
        await stage.settled()
        await stage.see("No runs in ml-prod")
        assert "as soon as a job is submitted" in stage.text


async def test_offline_with_nothing_kept_says_what_would_bring_a_workspace(tmp_path: Path) -> None:
    async with staged(tmp_path, session=session_of(tmp_path, None)) as stage:
        await stage.press("W")
        await stage.see("No workspace is kept on this machine yet.")
        assert "Nothing matches" not in stage.text
        assert any("amldeck demo" in line and "without an account" in line for line in stage.lines)


async def test_a_screen_too_small_says_what_it_needs(tmp_path: Path) -> None:
    async with staged(tmp_path, size=(38, 9), reads=RUNS) as stage:
        await stage.settled()
        assert stage.lines[0].startswith("amldeck needs 40 columns and 10 rows")
