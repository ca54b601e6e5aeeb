"""What was asked of Azure as rows: the change in words, how it ended, and whether it can be taken back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from app.rows import IntentRow
from cache.intent import Intent
from services.change import Change


def intent_rows(intents: Iterable[Intent]) -> Iterator[IntentRow]:
    """Yield one row an intent. A change that cannot be read any more still has its sentence and its outcome."""
    for intent in intents:
        change = change_of(intent)
        yield IntentRow(
            id=intent.id,
            at=intent.at,
            outcome=intent.step,
            since=intent.since,
            verb=intent.verb,
            name=intent.name,
            what=intent.what,
            said=intent.said or None,
            who=intent.who,
            target=intent.target,
            workspace=intent.workspace,
            can_undo=intent.step == "done" and change is not None and change.inverse is not None,
            changes=tuple(f"{row.label}: {row.now} → {row.after}" for row in change.rows) if change else (),
            command=(change.az or None) if change else None,
            operation=intent.operation,
        )


def change_of(intent: Intent) -> Change | None:
    """Return the change an intent recorded; None when it is from a version whose changes were others."""
    try:
        return msgspec.json.decode(intent.change, type=Change)
    except msgspec.MsgspecError:
        return None
