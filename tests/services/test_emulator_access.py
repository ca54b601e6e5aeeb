"""Different people of the emulated account may do different things, and are told so as Azure tells it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from services.connection import Connection
from services.emulator.access import HELD, may
from services.emulator.asking import request_of
from services.emulator.callers import FIRST, caller_of
from services.emulator.places import PLACES
from services.emulator.samples import PEOPLE_IDS
from services.emulator.transport import FakeCredential, in_process
from services.emulator.world import World
from services.errors import Forbidden
from services.nodes import list_nodes
from services.permissions import list_permissions
from services.permissions import may as grants_allow
from services.records import WorkspaceRef
from services.role_assignments import list_role_assignments
from services.role_definitions import get_role_definition, list_role_definitions
from services.runs import list_runs
from services.subscriptions import list_subscriptions
from services.workspaces import list_workspaces

WORLD = World(runs=200, clock=lambda: datetime(2026, 11, 21, 14, 1, tzinfo=UTC))
PROD = next(place for place in PLACES if place.name == "ml-prod")
REF = WorkspaceRef(PROD.subscription, PROD.group, PROD.name)
ML = "Microsoft.MachineLearningServices/workspaces"


def as_person(number: int) -> Connection:
    return Connection(FakeCredential(number), transport=in_process(WORLD))


def records(pages: Any) -> list[Any]:
    return [record for page in pages for record in page.records]


@pytest.mark.parametrize(
    ("number", "action", "is_allowed"),
    [
        (1, "jobs/cancel/action", True),
        (1, "computes/write", True),
        (1, "write", False),
        (1, "computes/listNodes/action", True),
        (2, "jobs/read", True),
        (2, "computes/start/action", False),
        (3, "onlineEndpoints/write", False),
        (4, "onlineEndpoints/write", True),
        (4, "onlineEndpoints/deployments/delete", False),
        (4, "computes/write", False),
        (5, "computes/write", True),
        (5, "onlineEndpoints/write", False),
        (6, "onlineEndpoints/write", True),
        (6, "onlineEndpoints/listKeys/action", False),
        (8, "write", True),
        (9, "delete", True),
    ],
)
def test_the_permissions_answer_and_the_emulated_gate_say_the_same(number: int, action: str, is_allowed: bool) -> None:
    grants = records(list_permissions(as_person(number), REF.id))
    assert grants_allow(grants, f"{ML}/{action}") == ("allowed" if is_allowed else "denied")
    caller = caller_of(_request(number))
    assert may(WORLD, caller, PROD, f"{ML}/{action}") is is_allowed


def _request(number: int) -> Any:
    token = FakeCredential(number).get_token("https://management.azure.com/.default").token
    asked = request_of("GET", f"https://management.azure.com{PROD.id}")
    return type(asked)(method="GET", host=asked.host, path=asked.path, headers={"authorization": f"Bearer {token}"})


def test_a_token_that_says_nothing_is_the_first_person() -> None:
    assert caller_of(request_of("GET", f"https://management.azure.com{PROD.id}")) == FIRST


def test_a_refused_call_names_the_caller_the_action_and_the_scope() -> None:
    with pytest.raises(Forbidden) as refused:
        list(list_nodes(as_person(2), REF, "gpu-a100"))
    assert refused.value.action == f"{ML}/computes/listNodes/action"
    assert refused.value.scope == PROD.id


def test_run_history_asks_for_the_right_on_runs() -> None:
    stranger = next(place for place in PLACES if place.name == "ml-research")
    elsewhere = WorkspaceRef(stranger.subscription, stranger.group, stranger.name)
    with pytest.raises(Forbidden):
        list(list_runs(as_person(2), elsewhere, "fraud"))
    assert records(list_runs(as_person(2), REF, "fraud"))


def test_what_is_locked_lets_in_its_owner_alone_though_permissions_do_not_say_so() -> None:
    locked = next(place for place in PLACES if place.access == "forbidden")
    action = f"{ML}/read"
    owner, first = caller_of(_request(6)), caller_of(_request(1))
    assert may(WORLD, owner, locked, action)
    assert not may(WORLD, first, locked, action)


def test_everybody_lists_only_what_they_hold_something_of() -> None:
    assert {one.name for one in records(list_subscriptions(as_person(1)))} == {"ML Production", "ML Research"}
    assert {one.name for one in records(list_subscriptions(as_person(2)))} == {"ML Production"}
    assert "ml-research" not in {one.name for one in records(list_workspaces(as_person(4)))}


def test_assignments_come_from_the_scope_and_from_above_it() -> None:
    found = records(list_role_assignments(as_person(1), REF.id))
    kinds = {one.scope_kind for one in found}
    assert kinds == {"workspace", "resource group", "subscription", "management group"}
    assert {one.is_inherited for one in found if one.scope_kind == "workspace"} == {False}
    assert all(one.is_inherited for one in found if one.scope_kind != "workspace")
    mine = {one.id for one in found if one.principal == PEOPLE_IDS[0]}
    assert mine == {held.id for held in HELD if held.principal == PEOPLE_IDS[0] and _is_for_prod(held.scope)}
    assert any(one.condition for one in found)


def _is_for_prod(scope: str) -> bool:
    return PROD.id.startswith(scope)


def test_the_roles_of_one_principal_are_found_below_a_subscription_too() -> None:
    scope = f"/subscriptions/{PROD.subscription}"
    found = records(list_role_assignments(as_person(1), scope, principal=PEOPLE_IDS[0]))
    assert {one.principal for one in found} == {PEOPLE_IDS[0]}
    assert {one.scope_kind for one in found} == {"workspace", "resource group", "subscription"}


def test_roles_are_listed_by_scope_and_one_is_given_by_its_id() -> None:
    found = {one.name: one for one in records(list_role_definitions(as_person(1), REF.id))}
    assert found["Data Scientist"].is_custom
    assert found["Reader"].is_custom is False
    assert any("computes/*/write" in one for one in found["Data Scientist"].grants[0].not_actions)
    (one,) = get_role_definition(as_person(1), REF.id, found["Data Scientist"].id).records
    assert one == found["Data Scientist"]
