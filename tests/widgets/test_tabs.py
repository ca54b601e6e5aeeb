"""The tab row fits, lights the pane you are on, and can be clicked."""

import pytest

from tests.widgets.chrome import Bench, Heard, shown
from widgets.bar import Bar
from widgets.lines import say
from widgets.safe import Safe, plain
from widgets.tabs import Tab, Tabs
from widgets.theme import DARK, MONO, palette

NAMES = [
    ("1", "Pulse", "Pulse"), ("2", "Experiments", "Exps"), ("3", "Runs", "Runs"), ("4", "Models", "Models"),
    ("5", "Compute", "Compute"), ("6", "Endpoints", "Endpoints"), ("7", "Costs", "Costs"),
    ("8", "Activity", "Activity"), ("9", "Assets", "Assets"), ("0", "Sync", "Sync"),
]  # fmt: skip
BADGES = {"endpoints": say(plain("2"), "err"), "costs": say(plain("▲"), "warn")}
TABS = [
    Tab(title.lower(), Safe(digit), Safe(title), Safe(short), BADGES.get(title.lower(), ()))
    for digit, title, short in NAMES
]


async def row(width: int, active: str = "runs") -> str:
    tabs = Tabs()
    async with Bench(tabs).run_test(size=(width, 5)) as pilot:
        tabs.say(TABS, active)
        await pilot.pause()
        return shown(tabs)


async def test_at_80_columns_the_digits_touch_the_names_and_all_fit() -> None:
    text = await row(80)

    assert text.rstrip() == ("1Pulse 2Exps 3Runs 4Models 5Compute 6Endpoints2 7Costs▲ 8Activity 9Assets 0Sync")


async def test_at_160_columns_names_are_whole_and_workspaces_stands_at_the_right() -> None:
    text = await row(160)

    assert text.startswith("  1 Pulse   2 Experiments   3 Runs   4 Models ")
    assert " 6 Endpoints 2   7 Costs ▲ " in text
    assert text.endswith("W workspaces ")


async def test_at_60_columns_only_the_active_tab_keeps_its_name() -> None:
    assert (await row(60)).rstrip() == "1 2 3Runs 4 5 6! 7! 8 9 0"


async def test_the_active_tab_has_a_ground_of_its_own_when_wide() -> None:
    tabs = Tabs()
    async with Bench(tabs).run_test(size=(160, 5)) as pilot:
        tabs.say(TABS, "runs")
        await pilot.pause()
        strip = tabs.render_line(0)
        lit = "".join(
            segment.text
            for segment in strip
            if segment.style
            and segment.style.bgcolor
            and segment.style.bgcolor.name == palette(DARK).ground("accentbg")
        )
        assert lit == " 3 Runs "
        assert strip.cell_length == 160


@pytest.mark.parametrize("width", [80, 160])
async def test_without_colour_the_active_tab_is_underlined(width: int) -> None:
    tabs = Tabs()
    async with Bench(tabs, MONO).run_test(size=(width, 5)) as pilot:
        tabs.say(TABS, "runs")
        await pilot.pause()
        under = "".join(s.text for s in tabs.render_line(0) if s.style and s.style.underline)
        assert "Runs" in under
        assert "Models" not in under


@pytest.mark.parametrize(
    ("width", "x", "action"), [(80, 14, "pane:runs"), (160, 40, "pane:models"), (160, 150, "workspaces")]
)
async def test_a_click_names_the_tab(width: int, x: int, action: str) -> None:
    tabs, heard = Tabs(), Heard()
    async with Bench(tabs).run_test(size=(width, 5), message_hook=heard) as pilot:
        tabs.say(TABS, "runs")
        await pilot.pause()
        await pilot.click(Tabs, offset=(x, 0))
        assert [message.action for message in heard.of(Bar.Pressed)] == [action]
