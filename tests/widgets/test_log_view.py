"""A log of any size under keys: the real file, the real search, no other part of the deck."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from cache.log_search import Finds, finder
from cache.log_text import LogText
from tests.hostile import HOSTILE
from widgets.lines import say
from widgets.log_marks import marks_of, moment_of
from widgets.log_paint import Paint, rows_of
from widgets.log_view import LogView
from widgets.safe import plain
from widgets.theme import DARK, use_themes

TRACE = "Traceback (most recent call last):\n  File \"train.py\", line 214\nKeyError: 'label'\n"


def step(number: int) -> str:
    return f"2026-11-21 {8 + number // 3600:02}:{number // 60 % 60:02}:{number % 60:02},123 INFO train: step {number}\n"


class Bench(App[None]):
    def __init__(self, path: Path, has_nodes: bool = False) -> None:
        super().__init__()
        use_themes(self, DARK)
        self.log_view = LogView()
        self.path = path
        self.text = LogText(path)
        self.has_nodes = has_nodes
        self.heard: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.log_view

    def on_mount(self) -> None:
        seek = lambda typed: Finds(self.text, finder(typed))  # noqa: E731
        self.log_view.show(say(plain("std_log.txt")), self.text, seek, has_nodes=self.has_nodes, is_partial=True)
        self.log_view.focus()

    def on_log_view_save_requested(self) -> None:
        self.heard.append("save")

    def on_log_view_full_screen(self) -> None:
        self.heard.append("full screen")

    def on_log_view_whole_wanted(self) -> None:
        self.heard.append("whole")

    @property
    def lines(self) -> list[str]:
        return [self.log_view.render_line(y).text.strip() for y in range(self.log_view.size.height)]

    def add(self, text: str) -> None:
        with self.path.open("a") as file:
            file.write(text)
        self.log_view.grown()


class Stage:
    def __init__(self, app: Bench, pilot: Pilot[None]) -> None:
        self.app, self.pilot = app, pilot

    async def press(self, *keys: str) -> list[str]:
        await self.pilot.press(*keys)
        await self.pilot.pause()
        return self.app.lines

    async def until(self, is_so: Callable[[list[str]], bool]) -> list[str]:
        end = asyncio.get_running_loop().time() + 20
        while not is_so(self.app.lines):
            assert asyncio.get_running_loop().time() < end, "\n".join(self.app.lines)
            await self.pilot.pause(0.01)
        return self.app.lines


@asynccontextmanager
async def shown(
    path: Path, text: str | bytes, size: tuple[int, int] = (80, 12), *, has_nodes: bool = False
) -> AsyncIterator[Stage]:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    app = Bench(path, has_nodes)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield Stage(app, pilot)
    app.text.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.log"


async def test_a_log_opens_at_its_end_and_follows_until_one_scrolls_up(path: Path) -> None:
    async with shown(path, "".join(map(step, range(5000)))) as stage:
        lines = await stage.until(lambda lines: "of 5,000" in lines[0])
        assert lines[0].startswith("std_log.txt  following ─")
        assert "4,990–5,000 of 5,000" in lines[0]
        assert lines[-1].endswith("step 4999")
        stage.app.add(step(5000))
        assert (await stage.until(lambda lines: "of 5,001" in lines[0]))[-1].endswith("step 5000")
        assert "following" not in (await stage.press("k", "k"))[0]
        stage.app.add(step(5001))
        assert stage.app.lines[-1].endswith("step 4998")
        assert (await stage.press("s"))[-1].endswith("step 5001")
        assert (await stage.press("g"))[1].endswith("step 0")
        assert "1–11 of 5,002" in stage.app.lines[0]
        assert (await stage.press("ctrl+d"))[1].endswith("step 5")
        assert (await stage.press("G"))[-1].endswith("step 5001")


async def test_a_search_counts_while_it_runs_goes_round_and_marks_what_it_finds(path: Path) -> None:
    text = "".join(step(number) + (TRACE if number % 1000 == 700 else "") for number in range(3000))
    async with shown(path, text) as stage:
        await stage.press("g", "slash", *"keyerror", "enter")
        lines = await stage.until(lambda lines: "1 of 3" in lines[-1])
        assert any(line.startswith("KeyError") for line in lines)
        assert "2 of 3" in (await stage.press("n"))[-1]
        assert "1 of 3" in (await stage.press("N"))[-1]
        assert "3 of 3" in (await stage.press("N"))[-1]
        assert "1 of 3" in (await stage.press("n"))[-1]
        lines = await stage.press("ampersand")
        assert "matches only" in lines[0]
        assert "3 matches" in lines[0]
        assert sum(line.startswith("KeyError") for line in lines) == 2, "of three with their context, two fit"
        assert any(line.startswith("── …") for line in lines)
        assert any("step 700" in line for line in lines) is False, "two lines of context, the step is three above"
        assert any("step 701" in line for line in lines)
        lines = await stage.press("ampersand")
        assert "matches only" not in lines[0]
        assert any(line.startswith("KeyError") for line in lines), "what one was at is still there"


async def test_an_expression_is_searched_by_re2_and_a_wrong_one_is_explained(path: Path) -> None:
    async with shown(path, "".join(map(step, range(500)))) as stage:
        await stage.press("slash", *"~step 4[12]0$", "enter")
        assert "of 2" in (await stage.until(lambda lines: "of 2" in lines[-1]))[-1]
        await stage.press("slash", *"(", "enter")
        assert "without its" in stage.app.lines[-1]
        await stage.press("slash", "escape")
        assert not stage.app.log_view.has_search


async def test_problems_only_then_errors_only_then_all_again(path: Path) -> None:
    text = "".join(map(step, range(50))) + "2026-11-21 09:00:00,1 WARNING loader: slow\n" + TRACE + step(51)
    async with shown(path, text) as stage:
        lines = await stage.press("exclamation_mark")
        lines = await stage.until(lambda lines: "3 matches" in lines[0])
        assert [line for line in lines[1:] if line and not line.startswith("──")] == [
            "2026-11-21 09:00:00,1 WARNING loader: slow", "Traceback (most recent call last):", "KeyError: 'label'",
        ]  # fmt: skip
        await stage.press("exclamation_mark")
        assert "errors" in (await stage.until(lambda lines: "2 matches" in lines[0]))[0]
        assert (await stage.press("exclamation_mark"))[-1].endswith("step 51")


async def test_the_first_traceback_is_one_key_away(path: Path) -> None:
    text = "".join(map(step, range(900))) + TRACE + "".join(map(step, range(900, 1800)))
    async with shown(path, text) as stage:
        lines = await stage.press("T")
        lines = await stage.until(lambda lines: any(line.startswith("Traceback") for line in lines))
        assert lines[4].startswith("Traceback"), "a third from the top"
        await stage.press("slash", *"step")
        assert stage.app.lines[-1].startswith("/ step"), "what T looked for is no beginning of another search"


@pytest.mark.parametrize(("key", "first"), [("2", 3939), ("3", 3699), ("4", 3099), ("6", 399)])
async def test_digits_show_the_last_minutes_by_the_logs_own_stamps(path: Path, key: str, first: int) -> None:
    text = "".join(step(number) + ("  a line without a stamp\n" if number % 7 == 0 else "") for number in range(4000))
    async with shown(path, text) as stage:
        lines = await stage.press(key)
        assert lines[1].endswith(f"step {first}")
        assert "last " in lines[0]
        assert (await stage.press("g"))[1].endswith(f"step {first}"), "what is before is not shown"
        assert (await stage.press("1"))[1].endswith("step 0")
        assert stage.app.heard == ["whole"], "its beginning may not be here"
        assert (await stage.press("0"))[-1].endswith("step 3999")


async def test_wrap_stamps_mark_clear_and_the_rest_of_the_keys(path: Path) -> None:
    text = step(1) + step(2)[:-1] + " " + "x" * 200 + "\n"
    async with shown(path, text) as stage:
        assert stage.app.lines[2].endswith("…")
        lines = await stage.press("w")
        assert sum("xxx" in line for line in lines) == 4
        assert (await stage.press("w", "t"))[1] == "INFO train: step 1"
        await stage.press("m")
        assert "marked" in stage.app.lines[-1]
        stage.app.add(step(3))
        lines = stage.app.lines
        assert lines[3].startswith("── marked")
        assert lines[4].endswith("step 3")
        lines = await stage.press("C")
        assert not any("step" in line for line in lines)
        stage.app.add(step(4))
        assert any("step 4" in line for line in stage.app.lines)
        await stage.press("f", "ctrl+s")
        assert stage.app.heard == ["full screen", "save"]


async def test_several_nodes_have_a_column_of_their_own(path: Path) -> None:
    async with shown(path, f"0\x1f{step(1)}1\x1f{step(2)}", has_nodes=True) as stage:
        assert stage.app.lines[1].startswith("0 │ 2026-11-21")
        assert stage.app.lines[2].startswith("1 │ 2026-11-21")


async def test_hostile_lines_reach_the_screen_only_as_marks(path: Path) -> None:
    payload = "\n".join(one.replace("\n", " ") for one in HOSTILE)
    async with shown(path, payload.encode("utf-8", "surrogatepass"), size=(120, 40)) as stage:
        for _ in range(12):
            for line in stage.app.lines:
                assert not set(line) & set("\x1b\x9b\x07\u202e\x00")
            await stage.press("pageup")
        await stage.press("slash", *"a", "enter", "w", "t")
        assert not set("".join(stage.app.lines)) & set("\x1b\x9b\x07\u202e\x00")


def text_of(raw: bytes, how: Paint = Paint(), width: int = 60) -> list[str]:  # noqa: B008 (immutable)
    return ["".join(span.text for span in row) for row in rows_of(raw, how, width, None)]


def test_a_progress_bar_is_shown_as_it_was_left() -> None:
    assert text_of(b"10%|#\r20%|##\r100%|##########\r") == ["… 100%|##########"]


@pytest.mark.parametrize(
    ("line", "level", "at"),
    [
        ("2026-11-21 10:02:03,123 INFO train: step", "", 1795255323.123),
        ("2026-11-21T10:02:03.1234567Z ERROR [cs] gone", "error", 1795255323.1234567),
        ("[2026-11-21 10:02:03Z] Starting run", "", 1795255323.0),
        ("20261121-10:02:03.750675: Step 1/10", "", 1795255323.750675),
        ("2026-11-21 12:02:03,021671581+02:00 WARNING x", "warning", 1795255323.021671581),
        ("Traceback (most recent call last):", "error", None),
        ("torch.cuda.OutOfMemoryError: CUDA out of memory", "error", None),
        ("no errors here", "", None),
        ("9999-99-99 99:99:99 x", "", None),
        ("", "", None),
    ],
)
def test_a_line_tells_its_moment_and_its_level(line: str, level: str, at: float | None) -> None:
    assert marks_of(line).level == level
    assert moment_of(line) == (pytest.approx(at) if at is not None else None)
