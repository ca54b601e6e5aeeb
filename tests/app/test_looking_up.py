"""Things are looked up when somebody looks at them: once at a time, no oftener than needed, and never in vain."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.handed import Reading
from app.looking_up import LookingUp
from app.lookups import Lookup
from app.source_state import SourceState
from services.errors import Forbidden, Unreachable
from services.records import Page
from tests.app.refreshing import PATIENCE, START, TABLE, Desk, Gate, page


class Looker(LookingUp):
    """Lookups of one desk, with one lookup whose steps the test writes."""

    def __init__(self, desk: Desk, *steps: Any, deadline: float = 60.0) -> None:
        self.desk, self.steps, self.reads = desk, steps, 0
        lookup = Lookup("thing", "Thing", self.read, TABLE["experiments"], 30.0, deadline)
        super().__init__(desk.session, desk.events.append, (lookup,))

    def read(self, reading: Reading, key: str) -> Iterator[Page[Any]]:
        self.reads += 1
        for step in self.steps:
            if isinstance(step, Exception):
                raise step
            yield step(reading) if callable(step) else page(reading, step, is_last=False)

    def get(self, key: str = "r1", *, force: bool = False) -> Any:
        self.look_up("thing", key, force=force)
        assert self.wait_for("thing", key, PATIENCE)
        return self.lookup_state("thing", key)


def test_a_thing_is_read_when_asked_for_written_and_told(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        looker = Looker(desk, "fraud")
        state = looker.get()
        assert (state.word, state.last_ok, desk.keys("experiments")) == ("ok", START, ["fraud"])
        assert {event.source for event in desk.events} == {"thing/r1"}
        assert ["fraud"] in [list(event.keys or ()) for event in desk.events]


def test_what_is_fresh_is_not_read_again_unless_asked_for_now(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        looker = Looker(desk, "fraud")
        looker.get()
        desk.clock.go(20)
        assert (looker.get(), looker.reads)[1] == 1
        assert (looker.get(force=True), looker.reads)[1] == 2
        desk.clock.go(31)
        assert (looker.get(), looker.reads)[1] == 3


def test_the_next_start_knows_how_old_it_is(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        Looker(desk, "fraud").get()
    with Desk(tmp_path) as desk:
        looker = Looker(desk, "fraud")
        assert looker.lookup_state("thing", "r1").last_ok == START
        assert (looker.get(), looker.reads)[1] == 0


def test_two_who_ask_for_a_thing_at_once_share_one_read(tmp_path: Path) -> None:
    gate = Gate("fraud")
    with Desk(tmp_path) as desk:
        looker = Looker(desk, gate)
        looker.look_up("thing", "r1")
        gate.wait()
        looker.look_up("thing", "r1", force=True)
        assert looker.lookup_state("thing", "r1").is_reading
        gate.opened.set()
        assert looker.wait_for("thing", "r1", PATIENCE)
        assert looker.reads == 1


def test_a_thing_nobody_looks_at_any_more_is_left_and_nothing_of_it_written(tmp_path: Path) -> None:
    gate = Gate("fraud")
    with Desk(tmp_path) as desk:
        looker = Looker(desk, gate)
        looker.look_up("thing", "r1/logs/user.txt")
        gate.wait()
        looker.leave("r1")
        gate.opened.set()
        for thread in looker.end_lookups():
            thread.join(PATIENCE)
        assert desk.keys("experiments") == []
        assert looker.lookup_state("thing", "r1/logs/user.txt").last_ok is None


def test_a_failure_is_a_problem_that_waits_for_its_next_try_and_keeps_what_was_read(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        looker = Looker(desk, "fraud", Unreachable("No route to Azure"))
        state = looker.get()
        assert (state.problem.kind, desk.keys("experiments")) == ("offline", ["fraud"])
        assert state.next_try > START
        assert (looker.get(), looker.reads)[1] == 1
        looker.forgive_lookups()
        assert (looker.get(), looker.reads)[1] == 2


def test_a_refusal_is_not_tried_again_by_itself(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        looker = Looker(desk, Forbidden("May not read runs"))
        assert looker.get().problem.kind == "forbidden"
        desk.clock.go(3600)
        assert (looker.get(), looker.reads)[1] == 1


def test_what_takes_too_long_is_given_up_with_a_sentence(tmp_path: Path) -> None:
    gate = Gate("fraud")
    with Desk(tmp_path) as desk:
        looker = Looker(desk, gate, deadline=0.05)
        looker.look_up("thing", "r1")
        gate.wait()
        end = time.monotonic() + PATIENCE
        while (problem := looker.lookup_state("thing", "r1").problem) is None and time.monotonic() < end:
            threading.Event().wait(0.01)
        assert problem is not None
        assert "no end after" in problem.sentence
        gate.opened.set()
        for thread in looker.end_lookups():
            thread.join(PATIENCE)
        assert desk.keys("experiments") == []


class Left(Looker):
    """Lookups of a desk that is left just as one of them is about to say how it ended."""

    threads: queue.Queue[threading.Thread]
    said = 0

    def lookup_state(self, name: str, key: str) -> SourceState:
        self.said += 1
        if self.said == len(("begun", "ended")):
            self.end_lookups()
            self.desk.session.store.close()
            self.threads.put(threading.current_thread())
        return super().lookup_state(name, key)


def test_a_deck_that_is_left_as_a_lookup_ends_hears_nothing_and_no_thread_dies_of_it(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        looker = Left(desk, Unreachable("No route to Azure"))
        looker.threads = queue.Queue()
        looker.look_up("thing", "r1")
        looker.threads.get(timeout=PATIENCE).join(PATIENCE)
        assert [event.keys for event in desk.events] == [()]


def test_paused_nothing_is_looked_up_unless_asked_for_now(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        looker = Looker(desk, "fraud")
        looker.is_holding = True
        assert (looker.get(), looker.reads)[1] == 0
        assert (looker.get(force=True), looker.reads)[1] == 1
