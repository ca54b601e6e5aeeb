"""From asking to the outcome: once on the wire, recorded before and after, whatever happens in between."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.machine_rows import ComputeRow
from app.naming import with_names
from cache.origins import Provenance
from services.compute_record import BELONGS
from services.errors import Conflict, NotFound, ServiceError
from services.verbs import VERBS
from tests.app.acting import Acting
from tests.services.test_verbs import SAMPLES, TELLING


@pytest.fixture
def acting(tmp_path: Path) -> Iterator[Acting]:
    made = Acting(tmp_path)
    yield made
    made.close()


def fault_on(acting: Acting, change: Any, **fault: Any) -> None:
    path = change.call.url.partition("://")[2]
    acting.azure.fault(f"{change.call.method} {path}", times=1, **fault)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_confirmed_change_is_made_once_and_its_outcome_recorded(acting: Acting, name: str) -> None:
    change = acting.planned(name)
    before = len(acting.writes)
    ended = acting.carry_out(change)
    assert all(one.startswith(f"{change.what}: ") for one in acting.told), acting.told
    assert ended.outcome == "done", ended.said
    assert len(acting.writes) - before == 1
    if name in TELLING:
        assert acting.stands_as_asked(change)
    (intent,) = acting.intents
    assert (intent.step, intent.verb, intent.target, intent.who) == (
        "done",
        name,
        change.target,
        "person01@example.com",
    )


@pytest.mark.parametrize("name", SAMPLES)
def test_while_locked_nothing_is_sent_and_nothing_recorded(acting: Acting, name: str) -> None:
    change = acting.planned(name)
    before = len(acting.writes)
    acting.session.relock()
    ended = acting.carry_out(change)
    assert (ended.outcome, "read-only" in ended.said) == ("refused", True)
    assert (len(acting.writes), acting.intents) == (before, [])


def test_what_the_account_may_not_do_is_not_sent(tmp_path: Path) -> None:
    acting = Acting(tmp_path, person=2)
    change = acting.planned("stop")
    assert acting.actor.may("stop").answer == "unknown"
    acting.read_permissions()
    may = acting.actor.may("stop")
    assert (may.answer, may.action, bool(may.role)) == ("denied", VERBS["stop"].action, True)
    ended = acting.carry_out(change)
    assert ended.outcome == "refused"
    assert may.action in ended.said
    assert acting.writes == []
    acting.close()


def test_a_target_that_changed_since_it_was_planned_is_left_alone(acting: Acting) -> None:
    change = acting.planned("shift-traffic")
    other = acting.actor.plan("shift-traffic", "/onlineEndpoints/fraud-score", {"traffic": "blue=40 green=60"})
    assert acting.carry_out(other).outcome == "done"
    before = len(acting.writes)
    ended = acting.carry_out(change)
    assert (ended.outcome, "has changed since" in ended.said) == ("refused", True)
    assert len(acting.writes) == before


@pytest.mark.parametrize("name", TELLING)
def test_a_reply_lost_after_the_write_is_read_back_and_never_sent_again(acting: Acting, name: str) -> None:
    change = acting.planned(name)
    before = len(acting.writes)
    fault_on(acting, change, lose=True)
    ended = acting.carry_out(change)
    assert ended.outcome == "done", ended.said
    assert len(acting.writes) - before == 1
    assert acting.stands_as_asked(change)
    assert acting.intents[0].step == "done"


@pytest.mark.parametrize("name", TELLING)
def test_a_request_that_never_arrived_is_found_to_have_changed_nothing(acting: Acting, name: str) -> None:
    change = acting.planned(name)
    fault_on(acting, change, drop=True)
    ended = acting.carry_out(change)
    assert (ended.outcome, ended.said) == ("failed", "it did not take effect; nothing was changed")
    assert not acting.stands_as_asked(change)
    assert acting.intents[0].step == "failed"


def test_a_lost_reply_nothing_can_tell_about_stays_unknown(acting: Acting) -> None:
    change = acting.planned("resync-keys")
    fault_on(acting, change, lose=True)
    assert acting.carry_out(change).outcome == "unknown"
    assert acting.intents[0].step == "unknown"


@pytest.mark.parametrize("status", [400, 403, 409, 412, 429])
def test_a_clear_refusal_ends_it_with_azures_sentence(acting: Acting, status: int) -> None:
    change = acting.planned("stop")
    fault_on(acting, change, status=status)
    ended = acting.carry_out(change)
    assert ended.outcome == "refused"
    assert acting.intents[0].step == "refused"
    assert acting.intents[0].said == ended.said


def test_a_refusal_teaches_that_the_account_may_not(acting: Acting) -> None:
    acting.read_permissions()
    assert acting.actor.may("stop").answer == "allowed"
    change = acting.planned("stop")
    fault_on(acting, change, status=403)
    assert acting.carry_out(change).outcome == "refused"
    assert acting.actor.may("stop").answer == "denied"


def test_a_server_error_is_read_back_and_found_to_have_changed_nothing(acting: Acting) -> None:
    change = acting.planned("stop")
    fault_on(acting, change, status=500)
    ended = acting.carry_out(change)
    assert ended.outcome == "failed"


class Breaks:
    """A transport that raises what nobody expects, once."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def send(self, request: Any, **options: Any) -> Any:
        if request.method != "GET":
            raise RuntimeError("a bug of somebody's")
        return self._inner.send(request, **options)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def test_a_verb_that_raises_leaves_its_intent_unknown_and_never_open(acting: Acting) -> None:
    change = acting.planned("stop")
    pipeline = acting.azure.connection._pipeline  # type: ignore[reportPrivateUsage]
    pipeline._impl_policies[-1].next._sender = Breaks(pipeline._transport)
    ended = acting.carry_out(change)
    assert ended.outcome == "unknown"
    assert acting.intents[0].step == "unknown"
    assert acting.session.intents.open_ones() == []


def test_a_change_under_way_is_taken_up_by_the_next_start(acting: Acting) -> None:
    change = acting.planned("shift-traffic")
    acting.clock.leaves = True
    ended = acting.carry_out(change)
    assert ended.outcome == "running"
    assert acting.intents[0].is_open
    before = len(acting.writes)
    again = acting.reopen()
    (found,) = again.actor.resume(again.told.append)
    assert found.outcome == "done"
    assert again.intents[0].step == "done"
    assert len(again.writes) == before


def test_a_write_cut_off_before_its_answer_is_resolved_by_the_next_start(acting: Acting) -> None:
    change = acting.planned("stop")
    asked = acting.actor._asked(change)  # type: ignore[reportPrivateUsage]
    acting.session.intents.begin(asked)
    acting.azure.send(change)  # and then the process was killed
    before = len(acting.writes)
    again = acting.reopen()
    (found,) = again.actor.resume(again.told.append)
    assert found.outcome == "done"
    assert len(again.writes) == before


def test_what_another_living_process_is_at_is_left_to_it(acting: Acting) -> None:
    change = acting.planned("stop")
    intent = acting.session.intents.begin(acting.actor._asked(change))  # type: ignore[reportPrivateUsage]
    db = acting.session.intents._db  # type: ignore[reportPrivateUsage]
    assert db is not None
    db.execute("DROP TRIGGER intents_update_never")
    db.execute("UPDATE intents SET process = ? WHERE id = ?", (os.getppid(), intent.id))
    assert acting.actor.resume() == []
    assert acting.intents[0].is_open


def test_a_change_is_taken_back_and_both_say_so(acting: Acting) -> None:
    change = acting.actor.plan("shift-traffic", "/onlineEndpoints/fraud-score", {"traffic": "blue=20 green=80"})
    ended = acting.carry_out(change)
    back = acting.actor.undo(ended.intent)
    assert [row.after for row in back.rows] == [row.now for row in change.rows]
    assert acting.carry_out(back).outcome == "done"
    newest, first = acting.intents
    assert (first.step, newest.step) == ("undone", "done")
    with pytest.raises(NotFound, match="nothing to take back"):
        acting.actor.undo(ended.intent)


def test_what_has_moved_on_is_not_taken_back(acting: Acting) -> None:
    first = acting.actor.plan("shift-traffic", "/onlineEndpoints/fraud-score", {"traffic": "blue=20 green=80"})
    ended = acting.carry_out(first)
    second = acting.actor.plan("shift-traffic", "/onlineEndpoints/fraud-score", {"traffic": "blue=60 green=40"})
    acting.carry_out(second)
    with pytest.raises(Conflict, match="has changed since"):
        acting.actor.undo(ended.intent)


def test_where_it_cannot_be_recorded_it_is_not_sent(acting: Acting) -> None:
    change = acting.planned("stop")
    acting.session.intents.refusal = "The disk is full."
    ended = acting.carry_out(change)
    assert (ended.outcome, ended.said) == ("refused", "The disk is full. Nothing was sent.")
    assert acting.writes == []


def test_a_second_change_of_the_same_thing_waits_for_the_first(acting: Acting) -> None:
    change = acting.planned("stop")
    acting.session.intents.begin(acting.actor._asked(change))  # type: ignore[reportPrivateUsage]
    ended = acting.carry_out(change)
    assert (ended.outcome, "still under way" in ended.said) == ("refused", True)
    assert acting.writes == []


def test_the_record_holds_no_secret_of_the_document_that_was_sent(acting: Acting, tmp_path: Path) -> None:
    change = acting.planned("tag")
    body: Any = change.call.body
    body["tags"]["connection"] = "Endpoint=sb://x;SharedAccessKey=c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlYw=="
    acting.carry_out(change)
    written = (tmp_path / "intents.db").read_bytes()
    assert b"c2VjcmV0LXNlY3JldC1" not in written


def test_planning_says_why_a_change_is_refused(acting: Acting) -> None:
    with pytest.raises(ServiceError, match="No deployment would have traffic"):
        acting.actor.plan("shift-traffic", "/onlineEndpoints/fraud-score", {"traffic": "blue=0 green=0"})


def test_what_this_process_is_at_itself_is_not_looked_at_a_second_time(acting: Acting) -> None:
    change = acting.planned("stop")
    acting.session.intents.begin(acting.actor._asked(change))  # type: ignore[reportPrivateUsage]
    with acting.actor._alone.at(change.target.upper()) as is_free:  # type: ignore[reportPrivateUsage]
        assert is_free
        assert acting.actor.resume() == []
        assert acting.carry_out(change).outcome == "refused"
    assert [one.outcome for one in acting.actor.resume()] == ["failed"]


def test_whose_an_instance_is_is_shown_by_name(acting: Acting) -> None:
    change = acting.planned("restart")
    (owner,) = [note.text for note in change.notes if note.label == BELONGS]
    assert with_names(acting.session.store, acting.session.scope, change) == change
    row = ComputeRow(id=change.name, name=change.name, kind="ComputeInstance", assigned_to=owner, user_name="Ana")
    provenance = Provenance("test", None, acting.azure.now(), "measured")
    acting.session.store.put("compute_rows", acting.session.scope, [row], [b"{}"], provenance=provenance)
    planned = acting.actor.plan("restart", change.target[len(change.workspace) :], {})
    assert [note.text for note in planned.notes if note.label == BELONGS] == ["Ana"]
