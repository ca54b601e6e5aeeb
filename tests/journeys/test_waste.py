"""Waste, from what the cache holds: a finding is looked at and snoozed, which asks for a reason, and counted above."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from services.compute import Compute
from services.records import Provenance, WorkspaceRef
from tests.journeys.stage import WIDE, session_of, staged


def _cached(folder: Path):
    """A cache that holds an instance nobody stops, and nothing that was measured."""
    session = session_of(folder, None)
    session.choose(WorkspaceRef("1111", "rg-ml", "ml-prod"))
    now, store = session.now(), session.store
    up = Compute(id="ci-free", name="ci-free", kind="ComputeInstance", state="Running", vm_size="Standard_DS3_v2",
                 location="westeurope", changed=now - timedelta(days=6))  # fmt: skip
    store.put("compute", session.scope, [up], provenance=Provenance("/computes", "v1", now))
    store.note_source(session.scope, "compute", last_ok=now, last_try=now, rows=1)
    return session


async def test_a_finding_is_snoozed_for_a_reason_counted_and_found_again(tmp_path: Path) -> None:
    async with staged(tmp_path, session=_cached(tmp_path), pane="waste", size=WIDE) as stage:
        await stage.see("ci-free runs since")
        await stage.see("1 found   1 unknown   not looked at: W2 W4")
        assert "never stops" in stage.text
        await stage.press("z")
        await stage.see("Snooze for an hour")
        await stage.press("enter")
        await stage.see("Why")
        await stage.press("enter")
        await stage.see("Say why, for whoever looks at the bill next.")
        await stage.type("a demo on Friday")
        await stage.press("enter")
        await stage.until(lambda: "Snoozed until" in stage.notice, "the notice")
        await stage.see("0 found   1 snoozed")
        await stage.press("M")
        await stage.until(lambda: stage.cursor == "W1/ci-free", "the snoozed finding")
        await stage.see("a demo on Friday")
