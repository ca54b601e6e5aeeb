"""What is put away comes back by itself: in time, when it begins anew, and always when it got worse."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.attention import CRITICAL, NOTE, WARNING, Attention, of_runs
from services.putting_away import OPEN, SEEN, SNOOZED, Kind, PutAway, standing
from services.run import Run

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def _thing(**given: Any) -> Attention:
    made: dict[str, Any] = {
        "id": "compute/gpu/idle", "severity": WARNING, "rank": 230.0, "what": "gpu: 6 of 8 nodes idle",
        "since": NOW - 5 * HOUR, "pane": "compute", "query": 'name="gpu"',
    }  # fmt: skip
    return Attention(**made | given)


def _put(kind: Kind, *, until: datetime | None = None, severity: str = WARNING) -> PutAway:
    one = _thing()
    return PutAway(id=one.id, kind=kind, at=NOW - HOUR, severity=severity, what=one.what, until=until, reason="known")


def _stands(put: PutAway, now: datetime = NOW, **given: Any) -> Attention:
    (found,) = standing([_thing(**given)], [put], now)
    return found


def test_a_snooze_ends_in_time_whatever_the_thing_says_meanwhile() -> None:
    put = _put(SNOOZED, until=NOW + HOUR)
    assert _stands(put, what="gpu: 7 of 8 nodes idle", since=NOW).state == SNOOZED
    assert _stands(put).reason == "known"
    assert _stands(put, NOW + HOUR).state == OPEN


@pytest.mark.parametrize(
    "change", [{"what": "gpu: 7 of 8 nodes idle"}, {"since": NOW - timedelta(minutes=5)}, {"severity": NOTE}]
)
def test_what_is_snoozed_until_it_changes_is_back_when_it_says_another_thing(change: dict[str, Any]) -> None:
    put = _put(SNOOZED)
    assert _stands(put).state == SNOOZED
    assert _stands(put, **change).state == OPEN


def test_what_is_seen_stays_seen_behind_all_others_until_it_begins_anew() -> None:
    put = _put(SEEN)
    found = _stands(put, what="gpu: 7 of 8 nodes idle")
    assert found.state == SEEN
    assert found.rank < 0.0
    assert _stands(put, since=NOW).state == OPEN


@pytest.mark.parametrize("put", [_put(SEEN), _put(SNOOZED), _put(SNOOZED, until=NOW + HOUR)])
def test_what_got_worse_is_back_and_says_what_it_was(put: PutAway) -> None:
    found = _stands(put, severity=CRITICAL, what="gpu: all nodes are lost", since=NOW)
    assert (found.state, found.was) == (OPEN, WARNING)


def test_what_was_brought_back_stands_as_if_nobody_had_put_it_away() -> None:
    assert _stands(_put(OPEN), severity=CRITICAL) == _thing(severity=CRITICAL)


def test_a_thing_keeps_its_name_when_its_sentence_changes() -> None:
    failed = [
        Run(id=f"r{at}", name=f"r{at}", experiment="fraud", status="Failed", ended=NOW - at * HOUR) for at in range(3)
    ]
    ids = {next(of_runs(failed[:count], NOW)).id for count in (1, 2, 3)}
    assert len(ids) == 1
