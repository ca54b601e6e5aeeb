"""Where `esc`, `q`, `-`, `[` and `]` lead."""

from dataclasses import replace

from app.stack import HISTORY_LIMIT, Trail, Visit
from widgets.safe import plain
from widgets.virtual_table import Place

LEFT = Visit("experiments", query="fraud", sort="-runs", place=Place("fraud", 3, 0, 0, ("a",)))


def trail() -> Trail:
    return Trail(Visit("experiments", sort="name"))


def test_going_back_from_a_drill_finds_the_view_as_it_was_left() -> None:
    way = trail()
    way.leave(LEFT)
    way.drill(Visit("runs", query="experiment=fraud"), plain("fraud"))

    back = way.back()

    assert back == LEFT
    assert way.back() is None


def test_a_drill_knows_how_deep_it_is_and_what_it_went_into() -> None:
    way = trail()
    way.drill(Visit("runs"), plain("fraud"))
    way.leave(Visit("runs", place=Place("r1")))
    way.drill(Visit("runs", query="parent=r1"), plain("sweep-7"))

    assert way.now.depth == 2
    assert [way.now.crumb, way.now.parent and way.now.parent.crumb] == ["sweep-7", "fraud"]


def test_a_pane_opens_as_it_was_last_left() -> None:
    way = trail()
    way.leave(Visit("experiments", query="nlp", place=Place("x")))
    way.switch("runs", Visit("runs", sort="-created"))
    way.leave(Visit("runs", query="status=Failed"))

    assert way.switch("experiments", Visit("experiments")).query == "nlp"
    assert way.switch("runs", Visit("runs")).query == "status=Failed"


def test_a_drilled_view_does_not_replace_what_its_pane_remembers() -> None:
    way = trail()
    way.drill(Visit("runs", query="experiment=fraud"), plain("fraud"))
    way.leave(Visit("runs", query="experiment=fraud auc"))

    assert way.switch("runs", Visit("runs", sort="-created")) == Visit("runs", sort="-created")


def test_history_walks_both_ways_and_a_new_place_cuts_the_way_forward() -> None:
    way = trail()
    way.switch("runs", Visit("runs"))
    way.switch("costs", Visit("costs"))

    assert [view and view.pane for view in (way.earlier(), way.earlier(), way.earlier())] == [
        "runs",
        "experiments",
        None,
    ]
    assert way.later() == Visit("runs")
    way.switch("compute", Visit("compute"))
    assert way.later() is None
    assert way.has_earlier


def test_last_view_swaps_two_views() -> None:
    way = trail()
    assert way.last() is None
    way.switch("runs", Visit("runs"))

    assert [view and view.pane for view in (way.last(), way.last())] == ["experiments", "runs"]


def test_history_is_bounded() -> None:
    way = trail()
    for number in range(HISTORY_LIMIT + 50):
        way.switch(f"pane{number}", replace(way.now, pane=f"pane{number}"))
    steps = 0
    while way.earlier():
        steps += 1
    assert steps == HISTORY_LIMIT


def test_another_workspace_starts_a_new_trail() -> None:
    way = trail()
    way.switch("runs", Visit("runs", query="x"))
    way.forget(Visit("runs"))

    assert (way.now, way.has_earlier, way.switch("experiments", Visit("experiments"))) == (
        Visit("runs"),
        False,
        Visit("experiments"),
    )
