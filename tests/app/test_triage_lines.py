"""The lines of a triage: what the cursor picks out, what had been logged by a moment, and nothing cut that has room."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.rows import LogAnswer
from app.tables import TABLES
from app.triaging.facts import BY_LOG, facts_of
from app.triaging.logged import logged_of
from app.triaging.panels import event_lines, few_rows, logged_lines, step_lines
from app.triaging.signals import Paper, signal_lines
from app.triaging.window import Window, window_for
from cache.origins import Provenance
from cache.store import Store
from services.endpoints import Endpoint
from services.step import Step
from services.suspects import Cleared, Suspect
from services.triage import Triage, judge
from services.triage_facts import Caller, Change, CodeCount, ContainerEvent, LoggedLine, Signal
from services.verdict import Verdict
from widgets.lines import line_text, say
from widgets.pane import Line, Look
from widgets.safe import plain

NOW = datetime(2026, 11, 23, 14, 7, tzinfo=UTC)
LOOK = Look(NOW)


def ago(minutes: int) -> datetime:
    return NOW - timedelta(minutes=minutes)


EVENTS = [ContainerEvent(deployment="green", kind=f"kind {n}", first=ago(n), last=ago(n)) for n in range(8)]
LINES = [
    LoggedLine(deployment="green", line="KeyError", count=90, first=ago(26), last=ago(0)),
    LoggedLine(deployment="green", line="warming up", first=ago(50), last=ago(50)),
]


def dimmed(lines: list[Line]) -> list[bool]:
    return [all(span.tone == "edge" for span in line) for line in lines]


def test_the_cursor_picks_out_the_events_and_lines_of_its_minute_and_dims_the_rest() -> None:
    assert not any(dimmed(event_lines(EVENTS, LOOK, 100)))
    picked = event_lines(EVENTS, LOOK, 100, ago(6))
    assert "kind 6" in line_text(picked[0]), "an event that is not among the newest is there too"
    assert dimmed(picked) == [False, True, True, True]
    assert dimmed(logged_lines(LINES, LOOK, 100, ago(50))) == [False, True]
    first, *_ = logged_lines(LINES, LOOK, 100, ago(50))
    assert "warming up" in line_text(first)
    assert dimmed(logged_lines(LINES, LOOK, 100, ago(20))) == [False, True], "it goes on from first to last"


def test_what_began_more_than_an_hour_ago_is_looked_at_from_its_onset_on() -> None:
    begins = [window_for(onset, NOW) for onset in (None, ago(26), ago(57), ago(150))]
    assert [length / timedelta(hours=1) for length in begins] == [1, 1, 3, 3]


def test_what_was_changed_in_the_minute_under_the_cursor_is_named() -> None:
    change = Change(id="c", at=ago(40), operation="compute/write")
    suspect = Suspect(what="traffic blue 100 → 0 %", kind="traffic", score=0.9, at=ago(29), minutes_before=3.0,
                      who="ana", touches="this endpoint", reason="close")  # fmt: skip
    found = Triage(endpoint="e", now=NOW, verdict=Verdict(state="failing", since=ago(26)), suspects=(suspect,),
                   cleared=(Cleared(change=change, what="compute written", reason="nothing runs on it"),))  # fmt: skip

    def last(cursor: datetime | None) -> str:
        window = Window(ago(60), NOW, cursor)
        return line_text(signal_lines(found, window, Paper(LOOK, 80))[-1]).strip()

    assert last(ago(29)) == "traffic blue 100 → 0 % by ana"
    assert last(ago(40)) == "compute written: nothing runs on it"
    assert last(ago(10)) == "no change in this minute"
    assert last(None).startswith("changes")


def test_a_reason_has_the_rows_it_needs_and_ends_tidily_where_it_has_none_left() -> None:
    line = say(plain("2 min before the onset; it gave green 100 % more of the traffic, where the failures are"))
    assert len(few_rows(line, 46, most=3)) == 2
    cut = [line_text(row).rstrip() for row in few_rows(line, 30)]
    assert cut == ["2 min before the onset; it", "gave green 100 % more of the …"]


def test_a_step_that_is_chosen_says_why_whether_it_has_a_command_or_not() -> None:
    steps = (Step(say="scale"), Step(say="see which caller sends most", why="archive-export sends 84 %"))
    found = Triage(endpoint="e", now=NOW, verdict=Verdict(state="failing"), steps=steps)
    assert not any("archive-export" in line_text(line) for line in step_lines(found, 80))
    assert any("archive-export" in line_text(line) for line in step_lines(found, 80, 2))


def test_that_a_step_writes_is_said_however_long_it_is() -> None:
    steps = (Step(say="raise the number of instances: 5 of blue", writes=True),)
    found = Triage(endpoint="e", now=NOW, verdict=Verdict(state="failing"), steps=steps)
    assert line_text(step_lines(found, 40)[0]) == "1     raise the number of insta…  writes"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path, TABLES, now=lambda: NOW)
    yield opened
    opened.close()


def test_at_an_earlier_moment_nothing_is_told_that_was_logged_later(store: Store) -> None:
    facts: dict[str, list[Any]] = {
        "codes": [CodeCount(deployment="green", code=code, requests=9, first=ago(first), last=NOW)
                  for code, first in ((424, 26), (200, 170))],
        "tracebacks": [LINES[0]],
        "container events": EVENTS,
        "callers": [Caller(agent="a", requests=3, errors=1)],
        "minutes": [Signal(name="RequestsPerMinute", times=(ago(30), ago(10)), values=(5.0, 6.0))],
    }  # fmt: skip
    answers = [LogAnswer(id=f"e/{name}", endpoint="e", query=name, at=NOW, since=ago(180),
                         body=msgspec.json.encode(found).decode()) for name, found in facts.items()]  # fmt: skip
    store.put("log_answers", "s", answers, provenance=Provenance("/test", None, NOW))

    now, then, before = (logged_of(store, "s", "e", None, None, at) for at in (None, ago(20), ago(60)))
    assert [len(now[name]) for name in ("codes", "lines", "events", "callers")] == [2, 1, 8, 1]
    assert [(one.count, one.last) for one in then["lines"]] == [(1, ago(20))], "how often by then is not known"
    assert [one.code for one in before["codes"]] == [200]
    assert [one.values for one in (*now["minutes"], *then["minutes"])] == [(5.0, 6.0), (5.0,)]
    assert (before["lines"], before["events"]) == ((), ())
    assert "callers" not in then, "those of three hours are not those of then"
    assert not logged_of(store, "s", "e", None, None, ago(200)), "the logs were not asked so far back"


def test_where_no_metrics_are_known_the_traffic_log_tells_errors_rate_and_latency_and_that_is_said(
    store: Store,
) -> None:
    times = tuple(ago(minutes) for minutes in range(60, 0, -1))
    split = [Signal(name="RequestsPerMinute", deployment="green", code=code, times=times, values=(number,) * 60)
             for code, number in (("200", 40.0), ("424", 60.0))]  # fmt: skip
    slow = [
        Signal(name="RequestLatency_P95", deployment="green", times=times, values=(80.0,) * 60, unit="MilliSeconds")
    ]
    answers = [LogAnswer(id=f"e/{name}", endpoint="e", query=name, at=NOW, since=ago(180),
                         body=msgspec.json.encode(found).decode())
               for name, found in (("codes by minute", split), ("minutes", slow))]  # fmt: skip
    origin = Provenance("/test", None, NOW)
    store.put("endpoints", "s", [Endpoint(id="e", name="e", traffic={"green": 100.0})], provenance=origin)
    store.put("log_answers", "s", answers, provenance=origin)
    facts = facts_of(store, "s", "e", NOW)
    assert facts is not None
    told = judge(facts)
    assert (told.verdict.failed, told.verdict.p95, told.state) == (0.6, 0.08, "failing")
    assert BY_LOG in told.missing
    later = facts_of(store, "s", "e", NOW + timedelta(days=1))
    assert later is not None
    assert not later.signals, "that was yesterday"
