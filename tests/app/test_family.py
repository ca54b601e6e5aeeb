"""What is said of a run's children together: states, the longest chain, the board of trials."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from app.family import (
    Family,
    board,
    critical_in,
    critical_path,
    differing,
    first_failed,
    is_smaller_better,
    rises,
    states_of,
)
from app.run_parts.child_board import board_drawn
from app.run_parts.child_tree import tree_drawn
from services.run import Run
from widgets.lines import line_text, line_width
from widgets.pane import Look

T0 = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
LOOK = Look(T0 + timedelta(hours=3))


def step(name: str, start: int | None, end: int | None, status: str = "Completed", **more: object) -> Run:
    began = None if start is None else T0 + timedelta(minutes=start)
    over = None if end is None else T0 + timedelta(minutes=end)
    return Run(id=name, name=name, status=status, started=began, ended=over, created=T0, parent="p", **more)  # type: ignore[arg-type]


def trial(name: str, value: float | None, end: int = 10, **params: str) -> Run:
    metrics = {} if value is None else {"auc": value}
    return Run(id=name, name=name, status="Completed", parent="s", started=T0, ended=T0 + timedelta(minutes=end),
               metrics=metrics, params=dict(params))  # fmt: skip


SWEEP = Run(id="s", name="hpo", status="Completed", kind="sweep", primary_metric="AUC", goal="maximize")
TRIALS = [
    trial("a", 0.7, 30, lr="1", seed="7"),
    trial("b", 0.9, 20, lr="2", seed="7"),
    trial("c", None, lr="3", seed="7"),
]


def test_the_longest_chain_leaves_out_what_ran_beside_it_and_what_was_reused() -> None:
    steps = [
        step("reused", 0, 0, reused_from="x"),
        step("prep", 0, 10),
        step("lint", 0, 2),
        step("train", 11, 60),
        step("plot", 11, 20),
        step("evaluate", 61, 70),
    ]
    assert critical_path(steps, LOOK.now) == {"prep", "train", "evaluate"}


def test_a_step_that_goes_on_is_on_the_chain_until_now() -> None:
    steps = [step("prep", 0, 10), step("train", 11, None, "Running"), step("plot", 11, 20)]
    assert critical_path(steps, LOOK.now) == {"prep", "train"}


def test_failed_children_are_told_before_all_others() -> None:
    runs = [step("a", 0, 1), step("b", 0, 1), step("c", 0, 1, "Failed")]
    assert states_of(runs) == [("Failed", 1), ("Completed", 2)]


def test_the_first_failed_leaf_is_found_inside_a_nested_pipeline() -> None:
    inner = step("inner", 0, 5, "Failed", kind="pipeline")
    family = Family(
        step("p", 0, 9, "Failed"), {"p": [step("ok", 0, 1), inner], "inner": [step("leaf", 1, 2, "Failed")]}
    )
    assert [run.name for run in first_failed(family)] == ["inner", "leaf"]


def nested() -> Family:
    """A pipeline whose step `inner` holds a pipeline of three steps; the last of them failed."""
    holder = step("inner", 11, 60, "Failed", kind="pipeline-step")
    inside = step("inside", 11, 60, "Failed", kind="pipeline")
    leaves = [step("quick", 12, 15), step("slow", 12, 40), step("broken", 41, 59, "Failed")]
    children = {"p": [step("prep", 0, 10), holder], "inner": [inside], "inside": leaves}
    return Family(step("p", 0, 61, "Failed", kind="pipeline"), children, 2)


def test_a_step_that_holds_a_pipeline_has_the_steps_of_that_as_its_own_and_they_are_on_the_longest_chain() -> None:
    family = nested()
    assert [run.name for run in first_failed(family)] == ["inner", "broken"]
    assert critical_in(family, LOOK.now) == {"prep", "inner", "slow", "broken"}
    rows = [line_text(item.line) for item in tree_drawn(family, frozenset({"inner"}), LOOK, 158).items]
    assert [name for row in rows for name in row.split() if name in ("prep", "inner", "inside", "quick", "slow")] == [
        "prep", "inner", "quick", "slow",
    ]  # fmt: skip
    opened = Family(family.own[1], family.children)
    assert (opened.top.id, [run.name for run in opened.own]) == ("inside", ["quick", "slow", "broken"])


def test_the_board_is_sorted_in_the_direction_of_the_metric_and_leaves_the_unmeasured_at_its_end() -> None:
    assert [(one.run.name, one.rank) for one in board(SWEEP, TRIALS)] == [("b", 1), ("a", 2), ("c", None)]
    least = Run(id="s", name="hpo", status="Completed", kind="sweep", primary_metric="auc", goal="minimize")
    assert [one.run.name for one in board(least, TRIALS)] == ["a", "b", "c"]


def test_without_a_goal_the_name_of_the_metric_says_which_way_is_better() -> None:
    assert is_smaller_better(Run(id="s", name="s", status="Completed", primary_metric="val_loss"))
    assert not is_smaller_better(Run(id="s", name="s", status="Completed", primary_metric="accuracy"))


def test_the_best_so_far_follows_the_order_in_which_trials_ended() -> None:
    assert [one.best for one in rises(SWEEP, [*TRIALS, trial("d", 0.8, 40)])] == [0.9, 0.9, 0.9]
    ended = [trial("a", 0.5, 1), trial("b", 0.8, 2), trial("c", 0.6, 3)]
    going = replace(trial("d", 0.99), status="Running", ended=None)
    assert [one.best for one in rises(SWEEP, [going, *ended])] == [0.5, 0.8, 0.8], "what runs may yet get worse"


def test_only_parameters_that_vary_have_columns() -> None:
    assert differing(TRIALS) == ["lr"]


def test_tree_and_board_fit_every_width_and_say_when_not_all_are_shown() -> None:
    steps = [step("prep-with-a-rather-long-name-for-a-step", 0, 10), step("train", 11, 60, "Failed")]
    tree = Family(step("p", 0, 60, "Failed", kind="pipeline"), {"p": steps}, 2_400)
    trials = Family(SWEEP, {"s": TRIALS}, 3)
    for width in (20, 40, 78, 100, 158):
        for drawn in (tree_drawn(tree, frozenset(), LOOK, width), board_drawn(trials, LOOK, width)):
            assert all(line_width(item.line) <= max(width, 66) for item in drawn.items)
    assert "2,400" in line_text(tree_drawn(tree, frozenset(), LOOK, 158).head[0])
    assert "the first 2 shown" in line_text(tree_drawn(tree, frozenset(), LOOK, 158).head[0])
