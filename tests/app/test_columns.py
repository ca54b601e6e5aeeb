"""The columns of a pane: in the user's order, and for a metric, param or tag by its name."""

from datetime import UTC, datetime

from app.columns import columns_of, default_of, name_of
from app.panes import PANES
from app.tables import RUNS as RUNS_TABLE
from services.run import Run
from widgets.lines import line_text
from widgets.pane import Look

RUNS = next(pane for pane in PANES if pane.name == "runs")
LOOK = Look(datetime(2026, 11, 20, tzinfo=UTC))


def columns(*names: str):
    return columns_of(RUNS, names, RUNS_TABLE, lambda field, name: name == "lr")


def test_nothing_chosen_shows_the_panes_own_and_what_is_not_there_any_more_is_left_out() -> None:
    assert columns() == RUNS.columns
    assert [name_of(one) for one in columns("run", "no such column", "nofield.x", "user")] == ["status", "run", "user"]


def test_hiding_keeps_who_stays_when_it_is_narrow_and_moving_makes_the_first_ones_stay() -> None:
    kept = columns(*(name for name in default_of(RUNS) if name != "kind"))
    assert {one.rank for one in kept} == {one.rank for one in RUNS.columns if one.title != "kind"}
    moved = columns("user", "run", "created")
    assert [(one.title, one.rank) for one in moved] == [("status", 1), ("user", 1), ("run", 2), ("created", 3)]


def test_a_metric_is_a_column_of_numbers_with_the_same_digits_in_every_row() -> None:
    *_, column = columns("run", "metric.auc")
    runs = [Run(id="a", name="a", status="Completed", metrics={"auc": value}) for value in (0.5, 0.91234)]
    assert [line_text(column.cell(run, LOOK)) for run in runs] == ["0.500", "0.912"]
    assert line_text(column.cell(Run(id="a", name="a", status="Failed"), LOOK)) == "–"
    assert (column.title, column.field, column.is_right) == ("auc", "metric.auc", True)


def test_params_that_are_numbers_stand_at_the_right_and_others_at_the_left() -> None:
    rate, optimizer = columns("param.lr", "param.optimizer")[1:]
    run = Run(id="a", name="a", status="Completed", params={"lr": "0.010", "optimizer": "a\x1b[31mb"})
    assert (line_text(rate.cell(run, LOOK)), rate.is_right) == ("0.010", True)
    assert "\x1b" not in line_text(optimizer.cell(run, LOOK))
    assert not optimizer.is_right
