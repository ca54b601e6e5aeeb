"""Scoring requests on their way into the cache: followed without saying anything twice, grouped, one of them whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from app.asked_things import note_key
from app.handed import Reading
from app.key_map import DEFAULT
from app.scoring.reading import read_groups, read_one_request, read_requests
from app.scoring.rows import ANSWERS, REQUESTS, RequestAnswer, RequestRow, within
from app.scoring.saying import headline, nothing_lines, one_lines, told_of
from app.source_state import SourceState
from app.tables import TABLES
from cache.query import parse
from cache.store import Store
from services.deployments import Deployment
from services.emulator.faults import Fault
from services.log_sources import insights_source
from services.scoring_requests import RequestGroup
from tests.services.emulated import Emulated
from widgets.lines import line_text
from widgets.pane import Line, Look

SCOPE = "demo/ml-prod"
KEY = "fraud-score/6"
STATE = SourceState("requests", "Requests", 15.0)


@pytest.fixture(scope="module")
def azure() -> Emulated:
    return Emulated(runs=20)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path, TABLES)
    yield opened
    opened.close()


def reading(azure: Emulated, store: Store) -> Reading:
    return Reading(azure.connection, azure.ref, store, SCOPE, azure.now(), lambda: False)


def read(azure: Emulated, store: Store) -> RequestAnswer:
    """Read as the refresher does, which notes when."""
    list(read_requests(reading(azure, store), KEY))
    store.remember(note_key(SCOPE, "requests", KEY), azure.now().isoformat())
    return answer(store, KEY)


def answer(store: Store, key: str) -> RequestAnswer:
    seen = store.get(ANSWERS.name, SCOPE, key)
    assert seen is not None
    return seen.record


def rows(store: Store, now: datetime, text: str = "") -> list[RequestRow]:
    query = parse(f'endpoint="fraud-score" {text}', REQUESTS, now=now)
    assert not query.problems
    return [seen.record for seen in store.records(REQUESTS.name, SCOPE, query, "-at")]


def said(lines: list[Line]) -> str:
    return "\n".join(map(line_text, lines))


def test_requests_are_followed_from_the_last_answer_and_none_is_there_twice(store: Store) -> None:
    azure = Emulated(runs=20)
    first = read(azure, store)
    kept = rows(store, azure.now())
    assert len(kept) == len({one.request for one in kept}) > 100
    assert first.since == azure.now() - timedelta(minutes=6)
    one = kept[0]
    assert (one.method, one.compute, one.code, one.agent is None) == ("POST", "Managed", 200, False)
    azure.forward(120)
    asked = len(azure.world.log)
    second = read(azure, store)
    assert second.since == first.since  # nothing is missing between the two
    assert len(azure.world.log) - asked <= 2
    more = rows(store, azure.now())
    assert len(kept) < len(more) == len({one.request for one in more})
    later = azure.now() + timedelta(days=3)
    kept_of_then = parse(within("fraud-score", timedelta(minutes=4), second, later), REQUESTS, now=later)
    assert 0 < len(list(store.records(REQUESTS.name, SCOPE, kept_of_then))) <= len(more)
    assert len(rows(store, azure.now(), f"requestid={more[0].request} statuscode=200 dur<9s at<1h")) == 1


def test_an_answer_that_was_cut_says_from_when_on_it_is_whole(
    azure: Emulated, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.scoring_queries.MOST_REQUESTS", 50)
    monkeypatch.setattr("app.scoring.reading.MOST_REQUESTS", 50)
    found = read(azure, store)
    kept = rows(store, azure.now())
    assert (len(kept), found.since) == (50, kept[-1].at)
    look = Look(azure.now())
    monkeypatch.setattr("app.scoring.reading.MOST_KEPT", 20)
    capped = read(azure, store)
    newest = rows(store, azure.now())
    assert (newest, capped.since) == (kept[:20], kept[19].at)
    line = line_text(headline(timedelta(minutes=6), None, found, STATE, look, is_following=True))
    assert f"all since {found.since:%H:%M}Z, of before only some" in line
    assert "only some" not in line_text(headline(timedelta(0), None, found, STATE, look, is_following=True))


def test_groups_count_all_requests_of_the_window_by_status_and_by_caller(azure: Emulated, store: Store) -> None:
    for page in read_groups(reading(azure, store), KEY):
        store.put(ANSWERS.name, SCOPE, page.records, provenance=page.provenance)
    status, caller = (
        msgspec.json.decode(answer(store, f"{KEY}/{by}").body, type=list[RequestGroup]) for by in ("status", "caller")
    )
    assert {one.name for one in status} >= {"200"}
    assert sum(one.requests for one in status) == sum(one.requests for one in caller) > 100
    assert all(one.p95 is not None and one.p50 is not None and one.p50 <= one.p95 for one in (*status, *caller))


def test_one_request_is_told_by_every_table_and_a_refusal_of_one_hides_no_other(store: Store) -> None:
    azure = Emulated(runs=20)
    read(azure, store)
    one = rows(store, azure.now())[0]

    def told() -> RequestAnswer:
        for page in read_one_request(reading(azure, store), one.id):
            store.put(ANSWERS.name, SCOPE, page.records, provenance=page.provenance)
        return answer(store, one.id)

    whole = told()
    assert {row.source for row in told_of(whole)} == {"traffic", "request", "console"}
    text = said(one_lines(one.request or "", whole, STATE, Look(azure.now()), 120))
    assert f"POST /score {one.code}" in text
    azure.forward(90)
    azure.world.faults.add(Fault(match="onlineEndpoints/fraud-score/query", status=403))
    partly = told()
    assert {row.source for row in told_of(partly)} == {"request"}
    assert partly.said


def test_where_it_is_off_the_exact_command_that_switches_it_on_is_said() -> None:
    deployment = Deployment(id="churn/blue", name="blue", endpoint="churn", has_app_insights=False)
    off = insights_source(
        "/subscriptions/s/resourceGroups/g/x/y/workspaces/w/onlineEndpoints/churn", [deployment], None
    )
    text = said(nothing_lines(off, None, STATE, DEFAULT, is_filtered=False, is_online=True, width=400))
    assert "Application Insights is off" in text
    assert "az ml online-deployment update --name blue --endpoint-name churn" in text
    assert "--set app_insights_enabled=true" in text
