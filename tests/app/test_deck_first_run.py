"""The first screen offers three ways in, finds out who is there without waiting, and never shows a stack trace."""

import threading
from pathlib import Path
from typing import Any

from textual.app import App

import app
from app.screens.first_rows import Choosing, Fact, Who
from app.screens.first_run import FirstRun
from widgets.field import Field
from widgets.safe import plain
from widgets.theme import DARK, use_themes

FACTS = [
    Fact(True, plain("terminal"), plain("truecolour, 80 × 24")),
    Fact(False, plain("proxy"), plain("set, not tried yet")),
]
URL = (
    "https://ml.azure.com/runs/abc?wsid=/subscriptions/11111111-1111-1111-1111-111111111111"
    "/resourcegroups/rg-ml/providers/Microsoft.MachineLearningServices/workspaces/ml-prod&tid=22222222"
)


class Stage(App[None]):
    ENABLE_COMMAND_PALETTE = False
    CSS_PATH = str(Path(app.__file__).parent / "deck.tcss")

    def __init__(self, who: Any = lambda: Who("ana@contoso.com")) -> None:
        super().__init__()
        use_themes(self, DARK)
        self.given: list[Any] = []
        self._who = who

    def on_mount(self) -> None:
        self.push_screen(FirstRun(self._who, FACTS, plain("0.1")), self.given.append)


def text(stage: Stage) -> list[str]:
    choosing = stage.screen.query_one(Choosing)
    return [choosing.render_line(y).text.rstrip() for y in range(choosing.size.height)]


async def test_it_stands_as_drawn_at_80_columns() -> None:
    stage = Stage()
    async with stage.run_test(size=(80, 24)) as pilot:
        await stage.workers.wait_for_complete()
        await pilot.pause()
        assert text(stage) == [
            "", "", "",
            "          amldeck  0.1",
            "          Azure Machine Learning, without leaving the terminal",
            "", "", "",
            "       ▌  1  Sign in             as ana@contoso.com, found with az",
            "",
            "          2  Paste a studio URL  the workspace is read from it",
            "",
            "          3  Demo                a living workspace, no account, no network",
            "", "",
            "          It starts read-only. What it sees stays on this machine.",
            "",
            "          ✓ terminal  truecolour, 80 × 24",
            "          ▲ proxy     set, not tried yet",
            "", "", "", "",
        ]  # fmt: skip


async def test_keys_work_while_az_takes_its_time() -> None:
    answer = threading.Event()

    def slow() -> Who:
        answer.wait(10)
        return Who("ana@contoso.com")

    stage = Stage(slow)
    async with stage.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", "down")
        assert any("▌  3  Demo" in row for row in text(stage))
        assert any("asking az who you are" in row for row in text(stage))
        answer.set()
        await stage.workers.wait_for_complete()
        await pilot.pause()
        assert any("as ana@contoso.com" in row for row in text(stage))


async def test_each_way_can_be_taken() -> None:
    for keys, expected in ((("1",), "sign in"), (("down", "down", "enter"), "demo"), (("3",), "demo")):
        stage = Stage()
        async with stage.run_test(size=(80, 24)) as pilot:
            await stage.workers.wait_for_complete()
            await pilot.press(*keys)
            await pilot.pause()
            assert [given[0] for given in stage.given] == [expected]


async def test_a_studio_url_names_the_workspace() -> None:
    stage = Stage()
    async with stage.run_test(size=(80, 24)) as pilot:
        await pilot.press("2")
        stage.screen.query_one(Field).value = URL
        await pilot.press("enter")
        await pilot.pause()
        way, wanted = stage.given[0]
        assert way == "address"
        assert (wanted.name, wanted.group, wanted.pane) == ("ml-prod", "rg-ml", "runs")


async def test_a_wrong_url_says_what_would_do_and_can_be_left() -> None:
    stage = Stage()
    async with stage.run_test(size=(80, 24)) as pilot:
        await pilot.press("2")
        stage.screen.query_one(Field).value = "https://example.com/x?wsid=1"
        await pilot.press("enter")
        await pilot.pause()
        assert any("is not the studio" in row for row in text(stage))
        await pilot.press("escape", "q")
        await pilot.pause()
        assert stage.given == [None]


async def test_without_az_signing_in_offers_the_other_ways() -> None:
    stage = Stage(lambda: Who(None, plain("choose a way; az is not installed")))
    async with stage.run_test(size=(80, 24)) as pilot:
        await stage.workers.wait_for_complete()
        await pilot.pause()
        assert any("az is not installed" in row for row in text(stage))
        await pilot.press("1")
        await pilot.pause()
        assert stage.given == [("another way", None)]


async def test_it_fits_into_60_columns_and_fills_a_large_screen() -> None:
    for size in ((60, 20), (160, 45)):
        stage = Stage()
        async with stage.run_test(size=size) as pilot:
            await pilot.pause()
            assert any("3  Demo" in row for row in text(stage))
            assert any("proxy" in row for row in text(stage))
