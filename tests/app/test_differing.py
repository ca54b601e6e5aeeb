"""What tells rows apart: what tells most of them apart comes first, and what is not known tells nothing apart."""

from app.differing import distinguishing, has_pairs
from services.run import Run


def run(**given: object) -> Run:
    return Run(id="a", name="a", status="Completed", **given)  # pyright: ignore[reportArgumentType]


def test_what_varies_comes_with_what_tells_most_rows_apart_first_and_metrics_last() -> None:
    rows = [
        run(params={"lr": str(lr), "depth": "6", "loss": loss}, tags={"team": "a", "mlflow.user": str(lr)},
            metrics={"auc": lr / 7})
        for lr, loss in zip(range(4), ("log", "log", "log", "hinge"), strict=True)
    ]  # fmt: skip
    assert distinguishing(rows) == ["param.lr", "param.loss", "metric.auc"]
    assert distinguishing(rows, 1) == ["param.lr"]


def test_a_value_that_is_not_known_tells_nothing_apart() -> None:
    rows = [run(params={"lr": "0.1"}), run(params={}), run(params={"lr": None})]
    assert distinguishing(rows) == []
    assert distinguishing([]) == []
    assert distinguishing([*rows, run(params={"lr": "0.2"})]) == ["param.lr"]


def test_only_rows_with_names_of_their_own_can_differ_in_them() -> None:
    assert has_pairs(run(tags={"team": "a"}))
    assert not has_pairs(run(tags={"mlflow.user": "a"}))
