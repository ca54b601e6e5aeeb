"""May I: permissions, and what Azure refused lately."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.permits import LESSON, Denial, Denials, grants_at, judge, learn, learn_from, may_i, request
from app.tables import TABLES
from cache.store import Store
from services.errors import Forbidden
from services.permissions import Grant
from services.records import Provenance

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SUBSCRIPTION = "/subscriptions/s"
GROUP = f"{SUBSCRIPTION}/resourceGroups/g"
WORKSPACE = f"{GROUP}/providers/Microsoft.MachineLearningServices/workspaces/w"
CANCEL = "Microsoft.MachineLearningServices/workspaces/jobs/cancel/action"
OWNER = (Grant(actions=("*",)),)


def refused(action: str = CANCEL, scope: str = WORKSPACE, seconds: float = 0) -> Denials:
    return Denials().with_one(Denial(action, scope, NOW - timedelta(seconds=seconds)))


def test_a_refusal_outweighs_what_permissions_say_and_what_nobody_knows() -> None:
    for grants in (OWNER, None):
        permit = judge(grants, refused(), (CANCEL,), WORKSPACE)
        assert (permit.answer, permit.missing, permit.was_refused) == ("denied", (CANCEL,), True)
    assert judge(OWNER, Denials(), (CANCEL,), WORKSPACE).answer == "allowed"
    assert judge(None, Denials(), (CANCEL,), WORKSPACE).answer == "unknown"


@pytest.mark.parametrize(
    ("action", "scope", "is_covered"),
    [
        (CANCEL.upper(), WORKSPACE.upper(), True),
        (CANCEL, f"{WORKSPACE}/jobs/a", True),
        (CANCEL, GROUP, True),
        (CANCEL, f"{GROUP}/providers/Microsoft.MachineLearningServices/workspaces/other", False),
        ("Microsoft.MachineLearningServices/workspaces/jobs/write", WORKSPACE, False),
    ],
)
def test_a_refusal_counts_for_its_action_around_its_scope(action: str, scope: str, is_covered: bool) -> None:
    assert refused().cover(action, scope) is is_covered


@pytest.mark.parametrize(
    ("age", "read_after", "stands"),
    [(60, None, True), (60, 30, True), (LESSON + 60, 30, False), (LESSON + 60, -30, True), (LESSON + 60, None, True)],
)
def test_a_refusal_stands_ten_minutes_and_until_permissions_are_read(
    age: float, read_after: float | None, stands: bool
) -> None:
    denials = refused(seconds=age)
    read_at = None if read_after is None else denials.known[0].at + timedelta(seconds=read_after)
    assert bool(denials.standing(read_at, NOW).known) is stands


def test_a_second_refusal_of_the_same_takes_the_place_of_the_first() -> None:
    again = refused(seconds=60).with_one(Denial(CANCEL.lower(), f"{WORKSPACE}/", NOW))
    assert [one.at for one in again.known] == [NOW]


def test_the_nearest_scope_that_was_read_decides() -> None:
    read = [Grant(scope=SUBSCRIPTION, actions=("*/read",)), Grant(scope=WORKSPACE.upper(), actions=("*",))]
    assert grants_at(read, f"{WORKSPACE}/jobs/a") == (read[1],)
    assert grants_at(read, GROUP) == (read[0],)
    assert grants_at(read, "/subscriptions/other") is None


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(tmp_path, TABLES, now=lambda: NOW)


def test_the_write_flow_asks_the_cache_and_teaches_it(store: Store) -> None:
    assert may_i(store, "scope", WORKSPACE, CANCEL, now=NOW).answer == "unknown"
    grant = Grant(id="g#0", scope=WORKSPACE, actions=("*",))
    store.put("permissions", "scope", [grant], [b"{}"], provenance=Provenance("r", None, NOW))
    store.note_source("scope", "permissions", last_ok=NOW - timedelta(minutes=1))
    assert may_i(store, "scope", WORKSPACE, CANCEL, now=NOW).answer == "allowed"
    error = Forbidden("no", on="w")
    assert not learn_from(store, "scope", error, NOW)
    error.action, error.scope = CANCEL, WORKSPACE
    assert learn_from(store, "scope", error, NOW)
    permit = may_i(store, "scope", WORKSPACE, CANCEL, now=NOW)
    assert (permit.answer, permit.was_refused, permit.role) == ("denied", True, "AzureML Data Scientist")
    assert may_i(store, "another", WORKSPACE, CANCEL, now=NOW).answer == "unknown"


def test_a_refusal_without_an_action_teaches_nothing(store: Store) -> None:
    assert not learn(store, "scope", None, WORKSPACE, NOW)
    assert not learn(store, "scope", CANCEL, None, NOW)


def test_a_request_names_who_what_where_and_the_role() -> None:
    text = request("person01@example.com", (CANCEL,), WORKSPACE, "Cancel a run")
    assert text == (
        f"Please grant person01@example.com the action {CANCEL} (cancel a run) on {WORKSPACE}. "
        "The built-in role AzureML Data Scientist includes it."
    )
    assert request(None, (), GROUP, "reading costs").startswith("Please grant my account reading costs on")
