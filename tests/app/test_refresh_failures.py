"""A failure is a state with a next try, and rows stay; what a person has to mend waits for a person."""

from __future__ import annotations

import sqlite3
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from app.links import Account, Link
from services.connection import Connection
from services.errors import Forbidden, Malformed, NotSignedIn, ServiceBroken, Throttled, Unreachable
from tests.app.refreshing import START, Desk, NoToken, Script, models, source


def test_failures_wait_two_four_eight_seconds_up_to_five_minutes(tmp_path: Path) -> None:
    read = Script([Unreachable("No connection")])
    with Desk(tmp_path, source("experiments", read)) as desk:
        desk.read("experiments")
        for expected in (2, 4, 8, 16, 32, 64, 128, 256, 300, 300):
            state = desk.state("experiments")
            wait = (state.next_try - desk.clock()).total_seconds()
            assert 0.8 * expected <= wait <= 1.2 * expected
            assert (state.problem.kind, state.problem.since) == ("offline", START)
            desk.later(wait, "experiments")
        assert read.reads == 11


def test_after_a_success_the_waits_begin_anew(tmp_path: Path) -> None:
    broken = ServiceBroken("Azure failed", status=500)
    read = Script([broken], [broken], [["a"]], [broken])
    with Desk(tmp_path, source("experiments", read)) as desk:
        desk.read("experiments")
        desk.later(3, "experiments")
        desk.later(5, "experiments")
        assert desk.state("experiments").problem is None
        desk.later(60, "experiments")
        assert (desk.state("experiments").next_try - desk.clock()).total_seconds() < 3


def test_a_throttled_source_waits_exactly_as_long_as_azure_asks(tmp_path: Path) -> None:
    read = Script([Throttled("Too many calls", retry_after=97.0)], [["a"]])
    with Desk(tmp_path, source("experiments", read)) as desk:
        desk.read("experiments")
        assert desk.state("experiments").next_try == START + timedelta(seconds=97)
        desk.later(96, "experiments")
        assert read.reads == 1
        desk.later(1, "experiments")
        assert desk.state("experiments").word == "ok"


def test_what_azure_asked_an_earlier_process_to_wait_for_is_waited_for(tmp_path: Path) -> None:
    throttled, read = Script([Throttled("Too many calls", retry_after=600.0)]), Script([["a"]])
    with Desk(tmp_path, source("experiments", throttled)) as desk:
        desk.read("experiments")
    with Desk(tmp_path, source("experiments", read)) as again:
        again.clock.go(60)
        again.read("experiments")
        assert (read.reads, again.state("experiments").word) == (0, "throttled")
        again.later(540, "experiments")
        assert read.reads == 1


@pytest.mark.parametrize("error", [Forbidden("You may not", status=403), NotSignedIn("Expired", status=401)])
def test_what_a_person_has_to_mend_waits_for_a_person(tmp_path: Path, error: Exception) -> None:
    read = Script([error], [["a"]])
    with Desk(tmp_path, source("experiments", read)) as desk:
        desk.read("experiments")
        assert desk.state("experiments").next_try is None
        desk.later(86400, "experiments")
        assert read.reads == 1
        desk.read("experiments", force=True)
        assert desk.state("experiments").word == "ok"


def test_rows_stay_when_a_read_fails(tmp_path: Path) -> None:
    with Desk(tmp_path, source("experiments", Script([["a"]], [Malformed("No JSON")]))) as desk:
        desk.read("experiments")
        desk.later(60, "experiments")
        assert desk.keys("experiments") == ["a"]
        assert desk.state("experiments").word == "malformed"
        assert desk.state("experiments").last_ok == START


def test_without_a_sign_in_no_other_source_is_tried_until_somebody_asks(tmp_path: Path) -> None:
    tries: list[int] = []

    def link() -> Link:
        tries.append(1)
        if len(tries) == 1:
            raise NotSignedIn("Nobody is signed in", do="run `az login`")
        return Link(Connection(NoToken()), Account("public", "tenant", "ana@example.com"))

    sources = [source("experiments", Script([["a"]])), source("models", models([["m"]]), "models")]
    with Desk(tmp_path, *sources, link=link) as desk:
        desk.read("experiments", "models")
        desk.later(3600, "experiments", "models")
        assert [desk.state(name).word for name in ("experiments", "models")] == ["signed out", "signed out"]
        assert desk.state("models").problem.is_everywhere
        assert len(tries) == 1
        desk.read("experiments", "models", force=True)
        assert [desk.state(name).word for name in ("experiments", "models")] == ["ok", "ok"]


def test_a_bug_looks_like_a_bug_and_the_source_is_marked_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    caught: list[type[BaseException]] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: caught.append(args.exc_type))  # pyright: ignore
    with Desk(tmp_path, source("experiments", Script([ZeroDivisionError()]))) as desk:
        desk.read("experiments")
        assert desk.state("experiments").word == "broken"
        desk.refresher.stop()
    assert caught == [ZeroDivisionError]


def test_a_cache_that_cannot_be_written_is_a_state_and_not_a_crash(tmp_path: Path) -> None:
    with Desk(tmp_path, source("experiments", Script([["a"]]))) as desk:
        desk.read("experiments")
    with sqlite3.connect(next(tmp_path.glob("*.db"))) as db:
        db.execute("PRAGMA user_version = 9999")
    db.close()
    read = Script([["b"]])
    with Desk(tmp_path, source("experiments", read)) as desk:
        desk.read("experiments", force=True)
        assert (read.reads, desk.state("experiments").word) == (0, "cache")
        assert "newer amldeck" in desk.state("experiments").problem.sentence
        assert desk.keys("experiments") == ["a"]
