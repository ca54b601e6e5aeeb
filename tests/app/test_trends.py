"""How an experiment went: days by state, weeks by success, median and best; what nobody says stays unknown."""

from datetime import UTC, datetime, timedelta

import pytest

from app.derived.trends import RunFact, Trends, Week, trends
from app.trend_lines import TONES, Paper, trend_blocks
from tests.widgets.test_theme import contrast
from widgets.lines import line_text
from widgets.pane import Look
from widgets.theme import DARK, LIGHT, palette

NOW = datetime(2026, 11, 20, 14, 2, tzinfo=UTC)
LOOK = Look(NOW)


def fact(days: float, status: str, **given: object) -> RunFact:
    return RunFact(NOW - timedelta(days=days), status, **given)  # pyright: ignore[reportArgumentType]


FACTS = (
    fact(0, "Running"),
    fact(0.1, "Completed", duration=60.0, value=0.8),
    fact(0.2, "Failed", duration=1.0),
    fact(3, "Completed", duration=180.0),
    fact(3, "Completed", is_child=True, duration=9_000.0, value=0.9),
    fact(8, "Canceled"),
    fact(29, "NotStarted"),
    fact(31, "Completed"),
)


def test_runs_are_counted_by_the_day_they_were_created_without_steps_and_trials() -> None:
    found = trends(FACTS, NOW)
    assert dict(found.days[-1]) == {"running": 1, "completed": 1, "failed": 1}
    assert dict(found.days[-4]) == {"completed": 1}
    assert dict(found.days[0]) == {"waiting": 1}
    assert found.totals.total() == 6


def test_a_week_has_success_median_and_the_best_value_also_of_trials() -> None:
    weeks = trends(FACTS, NOW, "auc").weeks
    assert weeks[-1] == Week(success=2 / 3, median=120.0, best=0.9)
    assert weeks[-2] == Week()
    assert trends(FACTS, NOW, "loss", is_smaller_better=True).weeks[-1].best == 0.8


def text_of(given: tuple[Trends, Paper]) -> str:
    blocks = trend_blocks(*given)
    rows = [line_text(line) for block in blocks for line in block.lines]
    return "\n".join(rows + [f"{label} {line_text(cell)}" for block in blocks for label, cell in block.facts])


def test_without_colour_the_states_are_gauges_with_numbers_and_with_it_bars() -> None:
    mono = text_of((trends(FACTS, NOW), Paper(LOOK, is_mono=True)))
    assert "█" not in mono
    assert "failed     ━━" in mono
    assert "17 %" in mono
    assert "█ 2 completed" in text_of((trends(FACTS, NOW), Paper(LOOK)))


def test_what_is_not_known_is_a_dash_and_an_empty_cache_says_what_would_fill_it() -> None:
    known = text_of((trends(FACTS, NOW), Paper(LOOK)))
    assert "best –" in known
    assert "No run says which metric" in known
    assert "the next one that is submitted" in text_of((trends((), NOW), Paper(LOOK)))
    assert "newest run is 40d old" in text_of((trends([fact(40, "Completed")], NOW), Paper(LOOK)))


@pytest.mark.parametrize("theme", [DARK, LIGHT])
def test_every_part_of_a_bar_is_seen_on_the_screen(theme: str) -> None:
    colours = palette(theme)
    parts = {name: colours.colour(tone, is_area=True) for name, tone in TONES.items()}
    assert len(set(parts.values())) == len(parts), "no two look the same"
    assert {name for name, colour in parts.items() if contrast(colour, colours.ground()) < 3} == set()
