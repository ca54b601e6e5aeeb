"""`:rw` and `:ro`: the typed name, the header, and that it locks again by itself, and with another workspace."""

from pathlib import Path

import pytest

from app.keeping import picture
from services.emulator.world import World
from services.write_lock import WriteLock
from tests.journeys.stage import Stage, session_of, staged
from tests.journeys.writing import command, unlock


class Clock:
    """Monotonic seconds that are moved by hand."""

    def __init__(self) -> None:
        self.at = 1_000.0

    def __call__(self) -> float:
        return self.at


def is_red(stage: Stage) -> bool:
    """Whether the header stands on the ground of writing."""
    strip = stage.deck.screen._compositor.render_strips(stage.deck.size)[0]
    return all(segment.style is not None and segment.style.bgcolor is not None
               and segment.style.bgcolor.name == "#3a1b20" for segment in strip)  # fmt: skip


async def test_the_name_has_to_be_typed_and_the_header_turns_red(seen: tuple[Path, World]) -> None:
    async with staged(seen) as stage:
        await stage.settled()
        assert "read-only" in stage.header
        assert not is_red(stage)
        await command(stage, "rw 8m")
        await stage.see("Unlock writing")
        await stage.type("ml-pro")
        await stage.press("enter")
        await stage.pilot.pause()
        assert stage.deck.desk.session.lock.unlocked is None
        await stage.type("d")
        await stage.press("enter")
        await stage.see("writing, 8 min left")
        assert is_red(stage)
        picture(stage.deck)()
        kept = stage.deck.desk.session.store.first_paint()
        assert kept is not None, "the next start is read-only again, and its first picture says so"
        assert "read-only" in kept.title
        assert "writing" not in kept.title
        assert kept.lines[0] == kept.lines[1], "of the top row the colours alone are painted, and not those of writing"
        found = stage.deck.desk.session.lock.unlocked
        assert found is not None
        assert found.workspace.endswith("/workspaces/ml-prod")


async def test_a_wrong_name_unlocks_nothing(seen: tuple[Path, World]) -> None:
    async with staged(seen) as stage:
        await stage.settled()
        await command(stage, "rw")
        await stage.see("Unlock writing")
        await stage.type("ML-PROD")
        await stage.press("enter")
        await stage.pilot.pause()
        assert "enter unlock, once the name is complete" in stage.text
        await stage.press("escape")
        assert stage.deck.desk.session.lock.unlocked is None
        assert "read-only" in stage.header


@pytest.mark.parametrize("typed", ["rw 0", "rw 61m", "rw 2h", "rw forever", "rw -5m"])
async def test_other_times_are_refused_with_a_sentence(seen: tuple[Path, World], typed: str) -> None:
    async with staged(seen) as stage:
        await stage.counted()
        await command(stage, typed)
        await stage.until(lambda: "1 to 60 minutes" in stage.notice, "the sentence")
        assert len(stage.deck.screen_stack) == 1


async def test_it_counts_whole_minutes_and_locks_by_itself(seen: tuple[Path, World]) -> None:
    folder, world = seen
    session, clock = session_of(folder, world), Clock()
    session.lock = WriteLock(clock)
    async with staged(seen, session=session) as stage:
        await stage.settled()
        await unlock(stage)
        assert "writing, 10 min left" in stage.header
        clock.at += 8 * 60
        stage.deck._tick()
        await stage.see("writing, 2 min left")
        clock.at += 70
        stage.deck._tick()
        await stage.see("writing, under 1 min left")
        clock.at += 60
        stage.deck._tick()
        await stage.until(lambda: stage.notice.startswith("Read-only again"), "the notice")
        assert "read-only" in stage.header
        assert not is_red(stage)


async def test_ro_locks_at_once(seen: tuple[Path, World]) -> None:
    async with staged(seen) as stage:
        await stage.settled()
        await unlock(stage)
        await command(stage, "ro")
        await stage.until(lambda: "read-only" in stage.header, "the header")
        assert stage.deck.desk.session.lock.unlocked is None
        assert stage.notice == "Read-only again."
        await command(stage, "ro")
        assert stage.notice == "This is read-only already."


async def test_another_workspace_locks(seen: tuple[Path, World]) -> None:
    async with staged(seen) as stage:
        await stage.settled()
        await unlock(stage)
        await command(stage, "ws ml-staging")
        await stage.until(lambda: "ml-staging" in stage.header, "the other workspace")
        assert stage.deck.desk.session.lock.unlocked is None
        await stage.until(lambda: "read-only" in stage.header, "the header")


async def test_offline_it_says_why_nothing_can_be_unlocked(seen: tuple[Path, World]) -> None:
    folder, _ = seen
    session = session_of(folder, None)
    async with staged(seen, session=session) as stage:
        await stage.counted()
        await command(stage, "rw 10m")
        await stage.until(lambda: "--offline" in stage.notice, "the reason")
        assert len(stage.deck.screen_stack) == 1
