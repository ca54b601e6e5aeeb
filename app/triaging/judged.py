"""An endpoint judged from the cache, with what people noted on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.note import Note
from app.noted import about_endpoint, notes_of
from app.session import Session
from app.triaging.facts import LOOKED_AT, facts_of
from services.triage import Triage, judge
from services.triage_facts import Facts


@dataclass(frozen=True, slots=True)
class Judged:
    """Facts and what they were judged to be."""

    facts: Facts
    found: Triage
    notes: tuple[Note, ...] = ()
    """Oldest first."""


def judged_of(
    session: Session, endpoint: str, *, at: datetime | None = None, back: timedelta = LOOKED_AT
) -> Judged | None:
    """Judge an endpoint as it is known now or was at a moment; None where nothing is, or was then, known of it.

    Reads the cache alone. For a worker. Raises CacheError.
    """
    facts = facts_of(
        session.store, session.scope, endpoint, session.now(), at=at, back=back, workspace=session.workspace
    )
    if facts is None:
        return None
    notes = notes_of(session.store, session.scope, about_endpoint(endpoint))
    return Judged(facts, judge(facts), tuple(one for one in notes if at is None or one.at <= at))
