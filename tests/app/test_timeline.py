"""Pulse's timeline: the last hour of a workspace, what matters before the everyday life of runs."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from app.asked_timeline import MOST, ask_timeline
from app.derived.doings import RUN_HISTORY
from app.rows import Operation
from app.timeline_lines import timeline_blocks
from services.attention import Attention
from services.records import Provenance
from tests.app.refreshing import Desk
from widgets.lines import line_text, line_width
from widgets.pane import Look


def test_what_failed_and_what_people_did_stands_before_runs_that_go_well(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        now = desk.clock()

        def ago(minutes: float):
            return now - timedelta(minutes=minutes)

        runs = [
            Operation(id=f"run/{at}", at=ago(at), status="Started", title="Run started", resource_name="\x1b[2Jhpo",
                      caller="ana@example.com", origin=RUN_HISTORY)
            for at in range(1, 41)
        ]  # fmt: skip
        moved = Operation(
            id="a", at=ago(50), status="Succeeded", title="Update an endpoint", resource_name="fraud-score"
        )
        gone = Operation(id="b", at=ago(70), status="Succeeded", title="Update an endpoint", resource_name="old")
        began = Attention(id="e", severity="critical", rank=350, what="endpoint fraud-score is failing", since=ago(48),
                          pane="endpoints", query="")  # fmt: skip
        known = Provenance("test", None, now)
        desk.store.put("operations", desk.session.scope, [*runs, moved, gone], provenance=known)
        desk.store.put("attention", desk.session.scope, [began], provenance=known)
        found = ask_timeline(desk.session)
        (block,) = timeline_blocks(found, Look(now))
        lines = [line_text(line).rstrip() for line in block.lines]
        assert len(lines) == MOST
        assert lines[0] == "11:59 ◆ Run started     ␛[2Jhpo           ana"
        assert lines[-2:] == [
            "11:12 ✗ endpoint fraud-score is failing", "11:10 ✓ Update an endp… fraud-score"
        ]  # fmt: skip
        assert max(line_width(line) for line in block.lines) <= 52
        (empty,) = timeline_blocks((), Look(now))
        assert line_text(empty.lines[0]) == "Nothing, as far as is known."
