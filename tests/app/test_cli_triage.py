"""`amldeck triage`: which endpoint it judges, and what it says where that is not known."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cli import triage
from app.cli.asked import Asked
from app.cli.errand import Errand
from app.rows import EndpointHealth, EndpointRow
from app.settings import Settings
from services.emulator.faults import Fault
from services.endpoints import Endpoint
from tests.app.commanding import Command, cached, put
from tests.app.test_triaging import Watched

NAMES = ("churn", "ocr-batch")


@pytest.fixture
def amldeck(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(tmp_path, capsys)


def leave_endpoints(folder: Path, health: dict[str, str]) -> None:
    """A cache with two endpoints, and how those that are named there answered."""
    with cached(folder) as session:
        put(session, "endpoints", *(Endpoint(id=name, name=name) for name in NAMES))
        put(session, "endpoint_rows", *(_row(name, health.get(name)) for name in NAMES))
        if health:
            put(session, "endpoint_health", *map(_health, health.items()))


def _health(named: tuple[str, str]) -> EndpointHealth:
    name, state = named
    return EndpointHealth(id=name, state=state, is_unhealthy=state == "failing", failed=0.01, rate=1.0)


def _row(name: str, state: str | None) -> EndpointRow:
    return EndpointRow(id=name, name=name, health=state)


@pytest.mark.parametrize(
    ("health", "code", "said"),
    [
        ({}, 3, "Which of 2 endpoints stands worst is not known: this is the first by name"),
        ({"churn": "healthy"}, 0, "1 endpoints stand well; how 1 of them answer was not measured."),
        ({"churn": "healthy", "ocr-batch": "healthy"}, 0, "2 endpoints stand well."),
        ({"churn": "healthy", "ocr-batch": "failing"}, 0, "ocr-batch stands worst of 2."),
    ],
)
def test_without_a_name_it_says_which_endpoint_it_takes_and_of_which_nothing_was_measured(
    amldeck: Command, tmp_path: Path, health: dict[str, str], code: int, said: str
) -> None:
    leave_endpoints(tmp_path, health)
    found = amldeck("triage", "--offline")
    assert said in found.err
    assert found.code == code, found.err
    assert "so nothing is suspect" not in found.out, "nothing was measured"


def test_an_endpoint_is_found_however_its_name_is_written_and_before_it_was_seen_that_is_said(
    amldeck: Command, tmp_path: Path
) -> None:
    leave_endpoints(tmp_path, {})
    assert amldeck("triage", "CHURN", "--offline", "--json").out.startswith('{\n  "endpoint": "churn"')
    early = amldeck("triage", "churn", "--offline", "--at", "5h")
    assert (early.code, early.out) == (1, "")
    assert "Nothing was known of churn then: the cache holds it since " in early.err
    assert "There are churn, ocr-batch." in amldeck("triage", "chrun", "--offline").err


def test_without_the_right_to_metrics_it_goes_on_and_asks_the_traffic_log_for_what_they_would_tell(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    watched = Watched(tmp_path, "quiet", Fault(status=403, match="metrics:getBatch"))
    watched.refresher.want(("endpoints",))
    assert watched.refresher.wait(("endpoints",), 120)
    triage.look_up(Errand(Asked(), watched.session, watched.refresher, Settings()), "fraud-old")
    assert watched.refresher.wait_for("endpoint_logs", "fraud-old", 120)
    session = watched.session
    asked = {seen.record.query for seen in session.store.records("log_answers", session.scope)}
    watched.close()
    assert "Signals: forbidden." in capsys.readouterr().err
    assert {"codes", "minutes", "codes by minute"} <= asked
