"""`w` on a run: what can be watched, the notice when it happens, and the list of it, also after a restart."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec

from app.source_state import Refreshed, SourceState
from services.emulator.world import World
from services.records import Provenance
from tests.journeys.stage import session_of, staged
from tests.journeys.writing import command, find


async def test_a_watched_run_is_said_to_have_ended_once_and_the_watch_outlives_the_deck(
    seen: tuple[Path, World],
) -> None:
    folder, _ = seen
    async with staged(folder, session=session_of(folder, None)) as stage:
        await find(stage, "status=Running")
        run = stage.deck.view.row
        assert run is not None
        await stage.press("w")
        await stage.see("A metric is NaN or infinite")
        await stage.press("enter")
        await stage.until(lambda: "it ends" in stage.notice, "the notice of the watch")
        await stage.press("w")
        await stage.see("crosses a line")
        await stage.type("crosses")
        await stage.press("enter")
        await stage.see("A metric, < or >")
        await stage.press("enter")
        await stage.until(lambda: "loss is below 0.3" in stage.notice, "the notice of the second watch")

    async with staged(folder, session=session_of(folder, None)) as stage:
        session = stage.deck.desk.session
        await command(stage, "watch")
        await stage.see("loss is below 0.3")
        assert run.record.name in stage.text
        await stage.press("escape")
        ended = msgspec.structs.replace(
            run.record,
            status="Failed",
            error="no \x1b]0;luck",
            ended=session.now(),
            started=session.now() - timedelta(hours=1),
        )
        provenance = Provenance("test", None, session.now())
        session.store.put("runs", session.scope, [ended], provenance=provenance)
        event = Refreshed("runs", [run.key], SourceState("runs", "Runs", 30.0))
        stage.deck.post_message(stage.deck.Told(event))
        await stage.until(lambda: "failed after 1 h" in stage.notice, "the notice of its end")
        assert "␛]0;luck" in stage.notice
        assert [one.kind for one in stage.deck.desk.watcher.watches] == ["metric"]
        stage.deck.post_message(stage.deck.Told(event))
        await command(stage, "watch")
        await stage.see("What happened")
        assert len(stage.deck.desk.watcher.past) == 1
