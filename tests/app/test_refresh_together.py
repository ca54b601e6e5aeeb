"""Sources that need each other, sums of them, and two processes with one cache."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.handed import Reading
from app.session import Session
from app.source import Source
from app.tables import TABLES
from cache.store import Store
from services.errors import Forbidden, Unreachable
from services.models import Model
from services.records import Page
from tests.app.refreshing import PATIENCE, PROD, START, Clock, Desk, Gate, Script, models, page, source


def test_a_source_is_read_after_what_it_needs(tmp_path: Path) -> None:
    gate = Gate("cluster")
    nodes = models([["n1"]])
    sources = (source("compute", Script([gate])), source("nodes", nodes, "models", after=("compute",)))
    with Desk(tmp_path, *sources) as desk:
        desk.refresher.want(["nodes"])
        gate.wait()
        assert nodes.reads == 0
        gate.opened.set()
        assert desk.refresher.wait(["nodes"], PATIENCE)
        assert (nodes.reads, desk.state("compute").word) == (1, "ok")


def test_what_was_never_read_keeps_what_needs_it_from_being_read_and_says_so(tmp_path: Path) -> None:
    compute, nodes = Script([Forbidden("You may not list computes", status=403)], [["c"]]), models([["n"]])
    sources = (source("compute", compute), source("nodes", nodes, "models", after=("compute",)))
    with Desk(tmp_path, *sources) as desk:
        desk.read("nodes")
        assert nodes.reads == 0
        assert (desk.state("nodes").word, desk.state("nodes").problem.because) == ("forbidden", "compute")
        desk.read("nodes", force=True)
        assert (nodes.reads, desk.state("nodes").word) == (1, "ok")


def test_names_from_the_last_good_read_will_do(tmp_path: Path) -> None:
    compute, nodes = Script([["c"]], [Unreachable("No connection")]), models([["n"]])
    sources = (source("compute", compute), source("nodes", nodes, "models", after=("compute",)))
    with Desk(tmp_path, *sources) as desk:
        desk.read("nodes")
        desk.later(60, "nodes")
        assert (nodes.reads, desk.state("nodes").word) == (2, "ok")


class Sum:
    """A roll-up: one row, named after how many experiments there are."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self, reading: Reading) -> Iterator[Page[Any]]:
        self.made += 1
        found = len(list(reading.store.records("experiments", reading.scope)))
        yield page(reading, f"sum of {found}", record=Model)


def _summed(read: Any, sums: Sum) -> tuple[Source, Source]:
    """Experiments, and a roll-up of them in a table of its own (any will do)."""
    derived = source("sums", sums, "models", after=("experiments",), is_derived=True, stale_after=900.0)
    return source("experiments", read), derived


def test_a_sum_is_made_when_its_parts_changed_and_left_when_they_did_not(tmp_path: Path) -> None:
    sums = Sum()
    with Desk(tmp_path, *_summed(Script([["a"]], [["a"]], [["a", "b"]]), sums)) as desk:
        desk.read("sums")
        made = sums.made
        desk.later(60, "sums")
        assert sums.made == made
        desk.later(60, "sums")
        assert sums.made > made
        assert desk.keys("models") == ["sum of 2"]


def test_a_sum_of_what_is_gone_changes_too(tmp_path: Path) -> None:
    with Desk(tmp_path, *_summed(Script([["a", "b"]], [["a"]]), Sum())) as desk:
        desk.read("sums")
        desk.later(60, "sums")
        assert desk.keys("models") == ["sum of 1"]


def test_a_sum_is_made_while_its_parts_still_stream_in(tmp_path: Path) -> None:
    gate = Gate("b")
    with Desk(tmp_path, *_summed(Script([["a"], gate]), Sum())) as desk:
        desk.refresher.want(["sums"])
        gate.wait()
        while not desk.keys("models"):
            desk.refresher.wait(["sums"], 0.01)
        assert desk.keys("models") == ["sum of 1"]
        desk.clock.go(1)
        gate.opened.set()
        assert desk.refresher.wait(["sums"], PATIENCE)
        assert desk.keys("models") == ["sum of 2"]


def test_a_sum_whose_parts_were_read_by_an_earlier_process_is_made_offline(tmp_path: Path) -> None:
    with Desk(tmp_path, source("experiments", Script([["a"]]))) as desk:
        desk.read("experiments")
        account = desk.session.account
    sums = Sum()
    store = Store.open(tmp_path, TABLES, now=Clock())
    session = Session(store, mode="offline", account=account, now=Clock())
    session.workspace = PROD
    from app.refresh import Refresher

    refresher = Refresher(session, sources=_summed(Script([["never"]]), sums))
    refresher.want(["sums"])
    assert refresher.wait(["sums"], PATIENCE)
    refresher.stop()
    assert sums.made == 1
    assert refresher.states()["experiments"].last_ok == START
    session.close()


def test_the_failure_of_all_parts_is_the_failure_of_the_sum(tmp_path: Path) -> None:
    with Desk(tmp_path, *_summed(Script([Unreachable("No connection")]), Sum())) as desk:
        desk.read("sums")
        assert (desk.state("sums").word, desk.state("sums").problem.because) == ("offline", "experiments")


def test_two_processes_do_not_read_the_same_thing(tmp_path: Path) -> None:
    clock, gate = Clock(), Gate("a")
    first_read, second_read = Script([gate]), Script([["b"]])
    with (
        Desk(tmp_path, source("experiments", first_read), clock=clock) as first,
        Desk(tmp_path, source("experiments", second_read), clock=clock) as second,
    ):
        first.refresher.want(["experiments"])
        gate.wait()
        second.refresher.want(["experiments"])
        while second.state("experiments").word != "waiting":
            assert not second.refresher.wait(["experiments"], 0.01)
        gate.opened.set()
        assert first.refresher.wait(["experiments"], PATIENCE)
        second.later(2, "experiments")
        assert second_read.reads == 0
        assert second.state("experiments").last_ok == first.state("experiments").last_ok
        assert second.keys("experiments") == ["a"]


def test_a_process_that_left_a_call_hanging_does_not_keep_others_from_reading(tmp_path: Path) -> None:
    clock, gate = Clock(), Gate("late")
    with Desk(tmp_path, source("experiments", Script([gate])), clock=clock) as first:
        first.refresher.want(["experiments"])
        gate.wait()
        assert not first.refresher.stop(deadline=0.01)
        with Desk(tmp_path, source("experiments", Script([["a"]])), clock=clock) as second:
            second.read("experiments")
            assert second.keys("experiments") == ["a"]
        gate.opened.set()


def test_what_another_process_just_read_is_taken_over(tmp_path: Path) -> None:
    clock, read = Clock(), Script([["b"]])
    with Desk(tmp_path, source("experiments", read), clock=clock) as deck:
        with Desk(tmp_path, source("experiments", Script([["a"]])), clock=clock) as sync:
            sync.read("experiments")
        deck.read("experiments")
        assert read.reads == 0
        assert deck.events[-1].keys is None
        assert deck.keys("experiments") == ["a"]


def test_a_whole_listing_is_remembered_for_a_day(tmp_path: Path) -> None:
    read = Script([["a"]])
    with Desk(tmp_path, source("experiments", read)) as desk:
        desk.read("experiments")
        desk.later(60, "experiments")
        desk.later(86400, "experiments")
        assert [reading.was_complete for reading in read.readings] == [False, True, False]


def test_sums_are_made_anew_when_what_they_are_made_of_fails_for_the_first_time(tmp_path: Path) -> None:
    sums, refused = Sum(), Script([["m"]], [Forbidden("You may not list models", status=403)], record=Model)
    told: list[str | None] = []

    def read(reading: Reading) -> Iterator[Page[Any]]:
        known = reading.store.sources(reading.scope).get("models")
        told.append(known.error_text if known else None)
        return sums(reading)

    sources = (
        source("experiments", Script([["a"]])),
        source("models", refused, "models"),
        source("sums", read, "models", after=("experiments", "models"), is_derived=True, stale_after=900.0),
    )
    with Desk(tmp_path, *sources) as desk:
        desk.read("experiments", "models", "sums")
        made = sums.made
        desk.later(60, "models", "sums")
        assert sums.made > made
        assert told[-1] == "You may not list models."
