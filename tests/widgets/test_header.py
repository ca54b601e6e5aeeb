"""The header says where you are and how old it is, at any width."""

from dataclasses import replace

import pytest

from tests.widgets.chrome import Bench, shown
from widgets.age import Age
from widgets.header import Header, HeaderFacts
from widgets.lines import say
from widgets.pane import Line, Span
from widgets.safe import Safe, plain, safe

LIVE: Line = (Span(plain("●"), "ok"), Span(plain(" live")))
FACTS = HeaderFacts(
    workspace=plain("ml-prod"),
    region=plain("westeurope"),
    crumbs=(plain("Runs"),),
    ages=(Age(plain("resources"), plain("6s")), Age(plain("costs"), plain("~6h"), is_late=True)),
    age=Age(plain("runs"), plain("9s")),
    badge=LIVE,
)


async def row(facts: HeaderFacts, width: int) -> str:
    header = Header()
    async with Bench(header).run_test(size=(width, 5)) as pilot:
        header.say(facts)
        await pilot.pause()
        return shown(header)


async def test_wide_header_names_region_and_the_age_of_every_source() -> None:
    text = await row(FACTS, 160)

    assert text.startswith(" ml-prod  westeurope  read-only   Runs ")
    assert text.endswith("resources 6s   costs ~6h   ● live ")
    assert len(text) == 160


async def test_at_80_columns_one_age_is_left() -> None:
    text = await row(FACTS, 80)

    assert text.startswith(" ml-prod  read-only   Runs ")
    assert text.endswith(" 9s  ● live ")


async def test_a_late_age_keeps_its_name_at_80_columns() -> None:
    text = await row(replace(FACTS, age=Age(plain("costs"), plain("~6h"), is_late=True)), 80)

    assert text.endswith("costs ~6h  ● live ")


async def test_crumbs_lead_to_the_last_one() -> None:
    text = await row(replace(FACTS, crumbs=(plain("Endpoints"), plain("fraud-score"))), 80)

    assert "Endpoints › fraud-score" in text


@pytest.mark.parametrize("width", [60, 40, 24])
async def test_a_narrow_header_keeps_the_last_crumb_and_the_badge(width: int) -> None:
    crumbs = (plain("Experiments"), plain("fraud-detection-with-a-long-name"), plain("Runs"))
    text = await row(replace(FACTS, workspace=Safe("workspace-with-a-long-name"), crumbs=crumbs), width)

    assert "Runs" in text
    assert text.endswith("● live ")
    assert len(text) == width


async def test_hostile_names_reach_the_row_as_marks() -> None:
    text = await row(replace(FACTS, workspace=safe("evil\x1b]52;c;AAAA\x07[/red]")), 120)

    assert "\x1b" not in text
    assert "[/red]" in text


async def test_saying_the_same_again_repaints_nothing() -> None:
    header = Header()
    async with Bench(header).run_test(size=(80, 5)) as pilot:
        header.say(FACTS)
        await pilot.pause()
        painted: list[int] = []
        draw = header.render_line
        header.render_line = lambda y: (painted.append(y), draw(y))[1]
        header.say(replace(FACTS))
        await pilot.pause()
        assert painted == []
        header.say(replace(FACTS, badge=say(plain("■ offline"), "warn")))
        await pilot.pause()
        assert painted == [0]
