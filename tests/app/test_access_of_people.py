"""What the Access views say for different people of the emulated account."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.access_rows import AccessRow, AssignmentRow, RoleRow
from app.derived.access import scope_name
from app.links import DEMO, Link
from app.panes.access import ACCESS
from app.panes.assignments import ASSIGNMENTS
from app.refresh import Refresher
from app.session import Session
from app.tables import TABLES
from cache.store import Store
from services.abilities import DOCUMENTED
from services.connection import Connection
from services.emulator.faults import Fault
from services.emulator.samples import PEOPLE_IDS, UPNS
from services.emulator.transport import FakeCredential, in_process
from services.emulator.world import World
from widgets.lines import line_text
from widgets.pane import Look
from widgets.table_layout import lay_out

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LOOK = Look(now=NOW)
EVERYTHING = ("access", "assignments", "roles")


class Person:
    """One person's session on a world, on ml-prod."""

    def __init__(self, folder: Path, number: int) -> None:
        self.world = World(runs=200, clock=lambda: NOW)
        connection = Connection(FakeCredential(number), transport=in_process(self.world), now=lambda: NOW)
        store = Store.open(folder, TABLES, now=lambda: NOW)
        self.session = Session(store, mode="demo", account=DEMO, link=lambda: Link(connection, DEMO), now=lambda: NOW)
        self.session.workspace = self.world.workspaces["ml-prod"]
        self.refresher = Refresher(self.session)

    def read(self, *names: str, force: bool = False) -> None:
        self.refresher.want(names, force=force)
        assert self.refresher.wait(names, 30)

    def rows(self, table: str) -> list[Any]:
        return [seen.record for seen in self.session.store.records(table, self.session.scope)]

    def by(self, table: str = "access") -> dict[str, Any]:
        return {row.id: row for row in self.rows(table)}

    def verdict(self, table: str, pane: Any) -> str:
        rows = self.rows(table)

        class Tally:
            def by(self, field: str, query: str = "") -> dict[str, int]:
                return {}

            def rows(self) -> list[Any]:
                return rows

        return line_text(pane.verdict(Tally(), LOOK))


@pytest.fixture
def person(tmp_path: Path) -> Iterator[Any]:
    made: list[Person] = []

    def make(number: int) -> Person:
        made.append(Person(tmp_path / str(len(made)), number))
        return made[-1]

    yield make
    for one in made:
        one.refresher.stop()
        one.session.close()


def test_a_data_scientist_and_compute_operator_may_run_and_make_compute_and_no_workspace(person: Any) -> None:
    one = person(1)
    one.read(*EVERYTHING)
    rows: dict[str, AccessRow] = one.by()
    assert (rows["Run experiment"].me, rows["Create compute target"].me) == ("allowed", "allowed")
    assert rows["Change quota"].level == "subscription"
    assert (rows["Create workspace"].me, rows["Create workspace"].role) == ("denied", "Azure AI Administrator")
    assert rows["Create workspace"].request is not None
    assert rows["Run experiment"].request is None
    verdict = one.verdict("access", ACCESS)
    assert "person01@example.com   AzureML Data Scientist on workspace ml-prod" in verdict
    assert "Reader on subscription" in verdict
    assert "through groups: unknown" in verdict
    assert "more than most days need" not in verdict


def test_the_documents_rows_come_first_and_differ_where_they_say_so(person: Any) -> None:
    one = person(1)
    one.read("access")
    rows = sorted(one.rows("access"), key=lambda row: row.number)
    assert [row.id for row in rows[: len(DOCUMENTED)]] == [ability.title for ability in DOCUMENTED]
    assert {row.id for row in rows if row.is_different} == {
        "Upgrade workspace to Enterprise edition", "Call web service",
    }  # fmt: skip
    assert {row.owner for row in rows[len(DOCUMENTED) :]} == {None}


@pytest.mark.parametrize(
    ("number", "words"),
    [(8, "Contributor: more than"), (9, "Owner: more than"), (4, "A role as wide as Contributor: more than")],
)
def test_whoever_may_too_much_is_warned(person: Any, number: int, words: str) -> None:
    one = person(number)
    one.read("access")
    assert words in one.verdict("access", ACCESS)


def test_a_custom_role_is_shown_with_what_it_takes_away(person: Any) -> None:
    one = person(4)
    one.read(*EVERYTHING)
    rows = one.by()
    assert (rows["Deploy web service"].me, rows["Delete a deployment"].me) == ("allowed", "denied")
    roles: list[RoleRow] = one.rows("roles")
    mine = next(row for row in roles if row.is_mine and row.is_custom)
    assert any("computes/*/write" in taken for taken in mine.takes_away)
    assert "Create compute target" in mine.cannot
    assert all(row.holders or row.is_custom for row in roles)


def test_assignments_say_who_where_and_what_kind_and_know_names_from_runs(person: Any) -> None:
    one = person(1)
    one.read("runs", "activity")
    one.read("assignments")
    rows: list[AssignmentRow] = one.rows("assignments")
    mine = [row for row in rows if row.is_me]
    assert {row.principal for row in mine} == {PEOPLE_IDS[0]}
    assert {row.who for row in mine} == {UPNS[0]}
    assert any(row.who.startswith("Person0") for row in rows if not row.is_me)
    assert {row.kind for row in rows} == {"person", "app", "group"}
    assert {row.scope_kind for row in rows if not row.is_inherited} == {"workspace"}
    assert "1 Owner" in one.verdict("assignments", ASSIGNMENTS)


def test_where_assignments_may_not_be_read_the_rest_goes_on(person: Any) -> None:
    one = person(1)
    one.world.faults.add(Fault(match="roleAssignments", status=403))
    one.read(*EVERYTHING)
    states = one.refresher.states()
    assert (states["role_assignments"].word, states["permissions"].word) == ("forbidden", "ok")
    row: AccessRow = one.by()["Run experiment"]
    assert (row.me, row.are_roles_known) == ("allowed", False)
    assert "roles not known" in one.verdict("access", ACCESS)


def test_where_nothing_may_be_read_everything_is_unknown(person: Any) -> None:
    one = person(1)
    one.world.faults.add(Fault(match="Microsoft.Authorization/permissions", status=403))
    one.read(*EVERYTHING)
    assert {row.me for row in one.rows("access") if not row.was_refused} == {"unknown"}
    assert all(row.request for row in one.rows("access"))


def test_a_scope_that_is_out_of_sight_leaves_only_its_own_rows_unknown(person: Any) -> None:
    one = person(1)
    subscription = one.session.workspace.subscription
    one.world.faults.add(Fault(match=f"/subscriptions/{subscription}/providers/Microsoft.Authorization", status=403))
    one.read("access")
    rows = one.by()
    assert (rows["Change quota"].me, rows["Run experiment"].me) == ("unknown", "allowed")


def test_a_refused_read_teaches_the_access_view(person: Any) -> None:
    one = person(1)
    one.read("access")
    assert one.by()["See compute and its nodes"].me == "allowed"
    one.world.faults.add(Fault(match="/computes", status=403))
    one.read("compute")
    one.read("access", force=True)
    row: AccessRow = one.by()["See compute and its nodes"]
    assert (row.me, row.was_refused) == ("denied", True)


@pytest.mark.parametrize(
    ("scope", "name"),
    [
        ("/", "/"),
        ("/subscriptions/0a4f1d2e-6b7c", "subscription 0a4f1d2e"),
        ("/subscriptions/s/resourceGroups/g", "group g"),
        ("/subscriptions/s/resourcegroups/g/providers/Microsoft.Storage/storageAccounts/st", "st"),
        ("/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w", "workspace w"),
        ("/providers/Microsoft.Management/managementGroups/mg", "management group mg"),
    ],
)
def test_a_scope_has_a_short_name(scope: str, name: str) -> None:
    assert scope_name(scope) == name


def test_at_which_scope_a_role_is_held_is_seen_on_the_smallest_screen() -> None:
    assert {placed.column.field for placed in lay_out(ASSIGNMENTS.columns, 80).placed} >= {"who", "role", "scope_kind"}
