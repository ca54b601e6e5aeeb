"""What a comparison says on the screen: how the runs are called, and how much differs in how much room."""

from app.side_by_side import columns, counted_sections, counted_whole, names_of, signed
from services.comparison import compare
from services.run import Run


def a_run(id: str, name: str, **more: float) -> Run:
    return Run(id=id, name=name, status="Completed", metrics=more, params={"lr": id})


def test_runs_of_one_name_are_told_apart_by_the_end_of_their_id() -> None:
    runs = (a_run("joyful_kt5xs7", "nightly"), a_run("r2", "other"), a_run("joyful_90abcd", "nightly"))
    assert names_of(runs) == ["nightly …kt5xs7", "other", "nightly …90abcd"]
    long = [a_run(id, "a-very-long-name-of-a-run-1") for id in ("aaaaaaaa_kt5xs7", "bbbbbbbb_90abcd")]
    titles = [column.title for column in columns(compare(long, ()))[1:]]
    assert len(set(titles)) == 2
    assert all(len(title) <= 24 for title in titles)


def test_a_distance_has_the_digits_of_the_value_beside_it() -> None:
    assert [signed(0.00981, 1.924), signed(-0.067, 0.861), signed(0.00034, 0.0015), signed(-5e-6, 0.5)] == [
        "+0.010", "−0.067", "+0.00034", "−5e-06",
    ]  # fmt: skip


def test_where_there_is_little_room_all_that_differs_is_one_count() -> None:
    comparison = compare((a_run("a", "one", auc=0.8, loss=0.1), a_run("b", "two", auc=0.9, loss=0.1)), ())
    assert counted_sections(comparison).startswith("1 of 2 metrics, 1 of 1 parameters")
    assert counted_whole(comparison).startswith("2 of ")
    assert counted_whole(compare((a_run("a", "one"), a_run("a", "one")), ())) == "nothing differs"
