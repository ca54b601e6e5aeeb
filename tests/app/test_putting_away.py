"""Pulse's roll-up: what was put away, and what other workspaces were like when somebody last looked at them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.doing.snoozing import choices, said, tomorrow
from app.handed import Reading
from app.panes.pulse import look_at, target, verdict, what, why
from app.putting_away import put_away
from app.rollups import attention
from app.sums import Sums
from app.tables import ATTENTION
from services.attention import Attention
from services.compute_record import Compute
from services.putting_away import OPEN, SEEN, SNOOZED
from services.records import Provenance, WorkspaceRef, never
from services.workspaces import Workspace
from tests.app.refreshing import PROD, STAGING, Desk
from widgets.lines import line_text
from widgets.pane import Look


class Rolled:
    """The attention of workspaces that stand in one cache, worked out as the refresher does."""

    def __init__(self, desk: Desk) -> None:
        self.session, self.desk = desk.session, desk

    def put(self, table: str, scope: str, *records: object) -> None:
        provenance = Provenance("test", None, self.desk.clock())
        self.session.store.put(table, scope, records, provenance=provenance)

    def fail(self, ref: WorkspaceRef, *names: str, days_ago: float = 1) -> None:
        """Computes that failed."""
        changed = self.desk.clock() - timedelta(days=days_ago)
        found = [Compute(id=name, name=name, kind="AmlCompute", provisioning="Failed", modified=changed)
                 for name in names]  # fmt: skip
        self.put("compute", self.session.scope_of(ref), *found)

    def roll(self, ref: WorkspaceRef = PROD) -> dict[str, Attention]:
        store, scope, now = self.session.store, self.session.scope_of(ref), self.desk.clock()
        for page in attention(Reading(None, ref, store, scope, now, never)):
            self.put("attention", scope, *page.records)
        store.finish("attention", scope, now)
        store.note_source(scope, "attention", last_ok=now)
        return {seen.record.what: seen.record for seen in store.records("attention", scope)}

    def verdict(self) -> str:
        return line_text(verdict(Sums(self.session, ATTENTION), self.look))

    @property
    def look(self) -> Look:
        return Look(self.desk.clock())


@pytest.fixture
def rolled(tmp_path: Path) -> Iterator[Rolled]:
    with Desk(tmp_path) as desk:
        made = Rolled(desk)
        workspaces = [
            Workspace(id=ref.id, subscription=ref.subscription, resource_group=ref.resource_group, name=ref.name)
            for ref in (PROD, STAGING)
        ]
        made.put("workspaces", desk.session.account_scope, *workspaces)
        yield made


def test_what_is_put_away_is_counted_above_and_comes_back(rolled: Rolled) -> None:
    rolled.fail(PROD, "gpu", "cpu", "etl")
    found = rolled.roll()
    now = rolled.desk.clock()
    put_away(rolled.session, [found["gpu failed"]], SNOOZED, now + timedelta(hours=1), "sig=abc, known to ops")
    put_away(rolled.session, [found["cpu failed"]], SEEN)
    found = rolled.roll()
    assert {one.what: one.state for one in found.values()} == {
        "gpu failed": SNOOZED, "cpu failed": SEEN, "etl failed": OPEN
    }  # fmt: skip
    assert rolled.verdict() == "▲ 1 thing needs attention   1 seen   1 snoozed   1 warning"
    assert line_text(why(found["gpu failed"], rolled.look)).strip() == "snoozed until 21 Nov 13:00"
    assert choices([found["gpu failed"]], rolled.look)[0].id == "back"
    put_away(rolled.session, [found["cpu failed"]], OPEN)
    assert rolled.roll()["cpu failed"].state == OPEN
    rolled.desk.clock.go(3600)
    assert rolled.roll()["gpu failed"].state == OPEN


def test_lines_of_another_workspace_are_marked_aged_and_lead_there(rolled: Rolled) -> None:
    rolled.fail(PROD, "gpu")
    rolled.fail(STAGING, "old", "new")
    there = rolled.roll(STAGING)
    rolled.session.choose(STAGING)
    put_away(rolled.session, [there["old failed"]], SNOOZED)
    rolled.roll(STAGING)
    rolled.session.choose(PROD)
    rolled.desk.clock.go(6 * 3600)
    found = rolled.roll()
    assert set(found) == {"gpu failed", "new failed"}
    one = found["new failed"]
    assert line_text(what(one, rolled.look)) == "ml-staging  new failed"
    assert line_text(why(one, rolled.look)).strip() == "~6h"
    assert target(one) == f"elsewhere {STAGING.id}"
    assert line_text(look_at(one, rolled.look)) == "amldeck -w ml-staging compute 'name=\"new\"'"
    # What stands in this one because it stands in that one is not news over there.
    assert set(rolled.roll(STAGING)) == {"old failed", "new failed", "gpu failed"}
    assert len(rolled.roll()) == 2
    rolled.desk.clock.go(8 * 86400)
    assert set(rolled.roll()) == {"gpu failed"}


def test_tomorrow_begins_at_the_midnight_of_the_zone_that_is_shown() -> None:
    look = Look(datetime.fromisoformat("2026-11-21T23:30:00+00:00"))
    assert tomorrow(look).isoformat() == "2026-11-22T00:00:00+00:00"
    local = tomorrow(Look(look.now, is_local=True)).astimezone()
    assert (local.hour, local.minute) == (0, 0)
    assert timedelta(0) < local - look.now <= timedelta(hours=25)


def test_a_name_with_braces_is_no_key() -> None:
    one = Attention(id="x", severity="note", rank=1.0, what="run {quit} waits", pane="runs", query="")
    look = Look(datetime.fromisoformat("2026-11-21T12:00:00+00:00"))
    assert said([one], SNOOZED, None, look) == (
        "Snoozed until it changes: run (quit) waits. {snoozed} shows what is snoozed."
    )
