"""The refresher reads what is wanted when it is due, once, and turns failures into states with a next try."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from app.handed import Reading
from app.links import Account, Link
from app.source_state import ACCOUNT
from services.connection import Connection
from services.errors import Forbidden
from tests.app.refreshing import STAGING, START, Desk, Gate, NoToken, Script, models, page, source


def test_what_is_wanted_is_read_written_and_told(tmp_path: Path) -> None:
    with Desk(tmp_path, source("experiments", Script([["fraud", "churn"], ["llm"]]))) as desk:
        desk.read("experiments")
        assert desk.keys("experiments") == ["churn", "fraud", "llm"]
        state = desk.state("experiments")
        assert (state.word, state.rows, state.last_ok, state.next_try) == ("ok", 3, START, START + timedelta(minutes=1))
        assert [sorted(event.keys or ()) for event in desk.events if event.keys] == [["churn", "fraud"], ["llm"]]


def test_what_nobody_wants_is_not_read(tmp_path: Path) -> None:
    read = Script([["a"]])
    with Desk(tmp_path, source("experiments", read), source("models", models([["m"]]), "models")) as desk:
        desk.read("models")
        assert read.reads == 0
        assert desk.state("experiments").word == "never"


def test_fresh_rows_are_left_alone_and_stale_ones_read_again(tmp_path: Path) -> None:
    read = Script([["a"]])
    with Desk(tmp_path, source("experiments", read)) as desk:
        desk.read("experiments")
        desk.later(59, "experiments")
        assert read.reads == 1
        desk.later(1, "experiments")
        assert read.reads == 2


def test_force_reads_what_is_fresh(tmp_path: Path) -> None:
    read = Script([["a"]])
    with Desk(tmp_path, source("experiments", read)) as desk:
        desk.read("experiments")
        desk.read("experiments", force=True)
        assert read.reads == 2


def test_an_hour_of_impatient_keys_reads_costs_no_sooner_than_azure_has_anything_new(tmp_path: Path) -> None:
    read = Script([["a"]])
    with Desk(tmp_path, replace(source("experiments", read), floor=900.0, stale_after=4 * 3600.0)) as desk:
        for _ in range(60):
            desk.read("experiments", force=True)
            desk.clock.go(60)
        assert read.reads == 4


def test_a_clock_set_back_an_hour_does_not_stop_refreshing_for_an_hour(tmp_path: Path) -> None:
    read = Script([["a"]])
    with Desk(tmp_path, source("experiments", read)) as desk:
        desk.read("experiments")
        desk.later(-3600, "experiments")
        assert read.reads == 2


def test_one_source_is_never_read_twice_at_once(tmp_path: Path) -> None:
    gate = Gate("a")
    read = Script([gate])
    with Desk(tmp_path, source("experiments", read)) as desk:
        desk.refresher.want(["experiments"])
        gate.wait()
        desk.refresher.want(["experiments"])
        assert desk.state("experiments").is_reading
        gate.opened.set()
        desk.refresher.wait(["experiments"], 10)
        assert read.reads == 1


def test_at_most_four_sources_are_read_at_once(tmp_path: Path) -> None:
    gates = [Gate(f"m{at}") for at in range(6)]
    with Desk(tmp_path, *(source(f"s{at}", Script([gate])) for at, gate in enumerate(gates))) as desk:
        desk.refresher.want([f"s{at}" for at in range(6)])
        for gate in gates[:4]:
            gate.wait()
        assert [gate.reached.is_set() for gate in gates] == [True] * 4 + [False] * 2
        gates[0].opened.set()
        gates[4].wait()
        for gate in gates:
            gate.opened.set()


def test_a_stalled_service_holds_up_neither_the_states_nor_the_end(tmp_path: Path) -> None:
    gate = Gate("late")
    with Desk(tmp_path, source("experiments", Script([gate]))) as desk:
        desk.refresher.want(["experiments"])
        gate.wait()
        assert desk.state("experiments").is_reading
        assert not desk.refresher.stop(deadline=0.01)
        gate.opened.set()
        assert desk.refresher.stop(deadline=10)
        assert desk.keys("experiments") == []


def test_a_cancelled_read_stops_between_pages_and_marks_nothing_as_gone(tmp_path: Path) -> None:
    gate = Gate("b")
    with Desk(tmp_path, source("experiments", Script([["a", "z"]], [gate, ["c"]]))) as desk:
        desk.read("experiments")
        desk.clock.go(60)
        desk.refresher.wake()
        gate.wait()
        desk.refresher.pause()
        gate.opened.set()
        assert desk.refresher.wait(["experiments"], 10)
        assert desk.keys("experiments") == ["a", "z"]


def test_while_paused_only_what_is_asked_for_is_read(tmp_path: Path) -> None:
    read = Script([["a"]])
    with Desk(tmp_path, source("experiments", read)) as desk:
        desk.refresher.pause()
        desk.read("experiments")
        assert (read.reads, desk.state("experiments").word) == (0, "paused")
        desk.read("experiments", force=True)
        assert read.reads == 1
        desk.later(60, "experiments")
        desk.refresher.resume()
        assert desk.refresher.wait(["experiments"], 10)
        assert read.reads == 2


def test_what_a_complete_listing_did_not_hold_is_gone(tmp_path: Path) -> None:
    with Desk(tmp_path, source("experiments", Script([["a", "b"]], [["b"]]))) as desk:
        desk.read("experiments")
        desk.later(60, "experiments")
        assert desk.keys("experiments") == ["b"]
        assert desk.state("experiments").rows == 1
        desk.hear(lambda event: event.source == "experiments" and event.keys is None)


def test_nothing_is_gone_after_a_listing_with_items_set_aside_or_without_an_end(tmp_path: Path) -> None:
    def partly(reading: Reading):
        return page(reading, "b", aside=1)

    def endless(reading: Reading):
        return page(reading, "b", is_last=False)

    with Desk(tmp_path, source("experiments", Script([["a", "b"]], [partly], [endless]))) as desk:
        desk.read("experiments")
        desk.later(60, "experiments")
        assert desk.state("experiments").set_aside == 1
        desk.later(60, "experiments")
        assert desk.keys("experiments") == ["a", "b"]


def test_states_are_remembered_for_the_next_start(tmp_path: Path) -> None:
    sources = [
        source("experiments", Script([["a"]])),
        source("models", models([Forbidden("You may not list models", status=403)]), "models"),
    ]
    with Desk(tmp_path, *sources) as desk:
        desk.read("experiments", "models")
    with Desk(tmp_path, *sources) as again:
        assert (again.state("experiments").rows, again.state("experiments").last_ok) == (1, START)
        assert again.state("models").word == "forbidden"
        again.read("models")
        assert again.state("models").last_try == START


def test_another_workspace_begins_anew_and_late_pages_stay_with_the_old_one(tmp_path: Path) -> None:
    gate = Gate("old")
    with Desk(tmp_path, source("experiments", Script([gate], [["new"]]))) as desk:
        old = desk.session.scope
        desk.refresher.want(["experiments"])
        gate.wait()
        desk.session.choose(STAGING)
        desk.refresher.reset()
        assert desk.refresher.wait(["experiments"], 10)
        gate.opened.set()
        desk.refresher.stop()
        assert desk.keys("experiments") == ["new"]
        assert list(desk.store.records("experiments", old)) == []


def test_signing_in_as_somebody_else_shows_their_rows_and_not_the_last_ones(tmp_path: Path) -> None:
    def link() -> Link:
        return Link(Connection(NoToken()), Account("public", "tenant", "bob@example.com"))

    with Desk(tmp_path, source("experiments", Script([["a"]])), link=link) as desk:
        before = desk.session.scope
        desk.read("experiments")
        assert desk.session.scope == before.replace("ana@", "bob@")
        assert desk.keys("experiments") == ["a"]
        assert list(desk.store.records("experiments", before)) == []
        assert ACCOUNT in [event.source for event in desk.events]
