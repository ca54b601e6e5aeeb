"""What differs between runs, from their records alone."""

from __future__ import annotations

import pytest

from services.comparison import UNSET, Line, compare
from services.run import Run


def run(id: str, **known: object) -> Run:
    return Run(**{"id": id, "name": id, "status": "Completed", **known})  # type: ignore[arg-type]


def line(name: str, *runs: Run) -> Line:
    return next(one for one in compare(runs).lines if one.name == name)


def test_what_differs_comes_first_in_its_section_and_is_counted() -> None:
    a = run("a", params={"batch": "64", "lr": "3e-4", "seed": "7"}, git_commit="9f2c1ab")
    b = run("b", params={"batch": "96", "lr": "0.001", "seed": "7"}, git_commit="9f2c1ab")
    found = compare([a, b])
    assert [one.name for one in found.of("params")] == ["batch", "lr", "seed"]
    assert found.counted("params") == (2, 3)
    assert found.counted("code") == (0, 1)


def test_numbers_are_equal_however_they_are_written_and_differ_by_a_share_of_the_base() -> None:
    runs = [run("a", params={"lr": "3e-4"}), run("b", params={"lr": "0.0003"}), run("c", params={"lr": "6e-4"})]
    found = line("lr", *runs)
    assert found.likeness == ("base", "same", "differs")
    assert found.shares[2] == pytest.approx(1.0)
    assert found.deltas[2] == pytest.approx(3e-4)


def test_digits_beyond_a_float_still_differ() -> None:
    ids = ("12345678901234567890", "12345678901234567891")
    assert line("data", *(run(one, params={"data": one}) for one in ids)).differs


def test_a_run_that_says_nothing_of_its_parameters_is_unknown_and_one_that_has_others_is_not_set() -> None:
    runs = [run("a", params={"lr": "1"}), run("b"), run("c", params={"seed": "7"})]
    found = line("lr", *runs)
    assert found.values == ("1", None, UNSET)
    assert found.likeness == ("base", "unknown", "differs")


def test_an_unknown_base_leaves_the_first_known_value_to_compare_with() -> None:
    found = line("size", run("a"), run("b", vm_size="NC4"), run("c", vm_size="NC4"), run("d", vm_size="NC6"))
    assert found.likeness == ("unknown", "base", "same", "differs")


def test_what_is_known_of_one_run_alone_is_no_difference() -> None:
    found = line("commit", run("a", git_commit="9f2c1ab"), run("b"))
    assert not found.differs
    assert not found.is_known


def test_metrics_that_were_not_read_are_unknown() -> None:
    found = line("auc", run("a", metrics={"auc": 0.861}), run("b"), run("c", metrics={"auc": 0.794}))
    assert found.likeness == ("base", "unknown", "differs")
    assert found.deltas == (0.0, None, pytest.approx(-0.067))


def test_what_azure_keeps_for_itself_is_left_out() -> None:
    tags = {"_aml_system_ComputeTargetStatus": "{}", "team": "risk", "mlflow.user": "li"}
    assert [one.name for one in compare([run("a", tags=tags), run("b")]).of("tags")] == ["team"]


@pytest.mark.parametrize("count", [1, 21])
def test_too_few_and_too_many_runs_are_refused(count: int) -> None:
    with pytest.raises(ValueError, match="2 to 20"):
        compare([run(str(number)) for number in range(count)])
