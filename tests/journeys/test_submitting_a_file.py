"""A job's YAML from `:submit` to its run: problems by line, the exact job before it is sent, and what runs opened."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.screens.confirm import Confirm
from app.screens.sheet import Sheet
from services.emulator.world import World
from tests.journeys.stage import NARROW, staged
from tests.journeys.writing import command, quick, unlock, writes

pytestmark = pytest.mark.slow

__all__ = ["quick"]

JOB = """type: command
command: python train.py
experiment_name: fraud-detection
environment: azureml:sklearn-1.5:7
compute: azureml:gpu-a100
"""


@pytest.mark.usefixtures("quick")
async def test_a_job_is_mended_submitted_once_and_opened(
    own: tuple[Path, World], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "train.yml"
    async with staged(own, size=NARROW) as stage:
        await stage.settled()
        await command(stage, "submit train.yml")
        await stage.until(lambda: "train.yml cannot be read" in stage.text, "that there is no file")
        await stage.press("escape")
        file.write_text(JOB + "code: ./src\x1b[2J\nenvironment: {image: python}\n", encoding="utf-8")
        await command(stage, "submit train.yml")
        await stage.until(lambda: isinstance(stage.deck.screen, Sheet), "the problems")
        await stage.see("this is no YAML")
        await stage.press("escape")
        file.write_text(JOB + "code: ./src\nenvironment: {image: python}\n", encoding="utf-8")
        await command(stage, "submit train.yml")
        await stage.see("6  code: ./src")
        await stage.see("2 problems in train.yml; nothing is sent")
        await stage.press("escape")
        await unlock(stage)
        file.write_text(JOB, encoding="utf-8")
        await command(stage, "submit train.yml")
        await stage.until(lambda: isinstance(stage.deck.screen, Confirm), "the job")
        await stage.see("python train.py")
        assert writes(stage.world) == []
        await stage.press("enter")
        await stage.until(lambda: stage.deck.view.opened is not None, "the new run")
        (sent,) = writes(stage.world)
        assert (sent.method, sent.path.split("/")[-2]) == ("PUT", "jobs")
        await stage.see(sent.path.rpartition("/")[2])


async def test_submit_without_a_file_says_what_to_write(own: tuple[Path, World]) -> None:
    async with staged(own) as stage:
        await stage.settled()
        await command(stage, "submit")
        await stage.until(lambda: "submit train.yml" in stage.notice, "the sentence")
