"""What a run left: looked at in the terminal, saved below a folder, and there again offline."""

from __future__ import annotations

from pathlib import Path

from services.emulator.world import World
from tests.journeys.stage import WIDE, Stage, session_of, staged


async def opened(stage: Stage) -> str:
    """The outputs of a finished run."""
    await stage.settled()
    await stage.press("slash")
    await stage.type("status:completed kind:command experiment:price")
    await stage.press("enter")
    await stage.counted()
    await stage.press("enter", "t")
    await stage.see("metrics.json")
    await stage.until(lambda: any("history.jsonl" in line and "kB" in line for line in stage.lines), "sizes")
    return stage.deck.run_view.key


async def to(stage: Stage, name: str) -> None:
    """Move the cursor to a file."""
    await stage.press("g")
    for _ in range(30):
        if any("▌" in line and name in line for line in stage.lines):
            return
        await stage.press("j")
    raise AssertionError(stage.text)


async def test_outputs_are_looked_at_saved_and_seen_again_offline(seen: tuple[Path, World], tmp_path: Path) -> None:
    folder = seen[0]
    target = tmp_path / "here"
    async with staged(seen, size=WIDE) as stage:
        key = await opened(stage)
        await to(stage, "predictions.csv")
        await stage.see("id   score  label")
        await stage.see("The first 200 rows.")
        assert "\x1b" not in stage.text
        await to(stage, "confusion_matrix.png")
        await stage.see("96 × 96 pixels")
        await stage.see("▀▀▀▀")
        await to(stage, "metrics.json")
        await stage.see('"run": ')
        await stage.press("s")
        await stage.until(lambda: "Save 1 file" in stage.notice, "the question")
        await stage.press("ctrl+u")
        await stage.type(str(target))
        await stage.press("enter")
        await stage.until(lambda: "1 file (" in stage.notice, "the end of it")
        assert (target / "outputs" / "metrics.json").read_bytes().startswith(b"{")
        await stage.press("x")
        await stage.until(lambda: "› Error" in stage.header, "the part of that key: there is no saving for it to stop")
        await stage.press("escape")
    async with staged(folder, session=session_of(folder, None), size=WIDE) as stage:
        await stage.press(":")
        await stage.type(f"run {key}")
        await stage.press("enter", "t")
        await stage.see("metrics.json")
        await to(stage, "predictions.csv")
        await stage.see("id   score  label")
        await stage.press("s")
        await stage.until(lambda: "Started offline" in stage.notice, "why nothing is saved")
