"""A run copied as what makes it run again: looked up first, then from the cache, also offline."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from textual.drivers.headless_driver import HeadlessDriver

from services.emulator.world import World
from tests.journeys.stage import Stage, session_of, staged
from tests.journeys.writing import find


async def copy_as(stage: Stage, form: str) -> None:
    await stage.press("Y")
    await stage.see("Python SDK")
    await stage.type(form)
    await stage.press("enter")


def copied(sent: list[str]) -> str:
    """What the terminal was told to put on its clipboard last."""
    (last,) = [one for one in sent if one.startswith("\x1b]52;c;")][-1:]
    return base64.b64decode(last.removeprefix("\x1b]52;c;").rstrip("\a")).decode()


async def test_a_run_is_copied_as_python_and_again_offline_as_yaml(
    seen: tuple[Path, World], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(HeadlessDriver, "write", lambda self, data: sent.append(data))  # pyright: ignore
    monkeypatch.setenv("TERM", "xterm-256color")
    folder, _ = seen
    query = "experiment=fraud kind=command status=Completed"
    async with staged(seen) as stage:
        await stage.settled()
        await find(stage, query)
        await copy_as(stage, "azure.ai.ml")
        await stage.until(lambda: " as Python SDK, " in stage.notice, "what was copied")
        assert re.search(r"as Python SDK, [\d.,]+ k?B, by the terminal \(OSC 52\)", stage.notice)
        assert "MLClient(" in copied(sent)
        key = stage.cursor
    async with staged(folder, session=session_of(folder, None)) as stage:
        await stage.until(lambda: stage.deck.view.keeper.count is not None, "the cached rows")
        await find(stage, query)
        for _ in range(5):
            if stage.cursor != key:  # another run ended meanwhile
                await stage.press("j")
        assert stage.cursor == key
        await copy_as(stage, "-f")
        await stage.until(lambda: " as YAML, " in stage.notice, "what was copied")
        assert "\ntype: command\n" in copied(sent)
        await stage.press("j")
        await copy_as(stage, "-f")
        await stage.until(lambda: "never read here, and offline it cannot be" in stage.notice, "the reason")
