"""What becomes of a read: its source's state after success, failure and everything between, kept for the next start."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from app.permits import learn
from app.reading import Outcome, depth_key, is_as_deep
from app.session import Session
from app.source import Source
from app.source_state import Problem, SourceState, kind_named, problem_of
from app.turns import LEASED_AGAIN, Job, Timetable, Turn, back_off
from cache.errors import CacheError
from services.errors import ServiceError, Throttled

PERMISSIONS = "permissions"
"""The source that a refusal casts doubt on."""
OURS = "amldeck itself failed while reading this. Please report it with what was printed."


def settle(
    timetable: Timetable,
    job: Job,
    outcome: Outcome | None,
    failure: ServiceError | CacheError | None,
    session: Session,
    dice: random.Random,
) -> list[Turn]:
    """Note how a read ended. Gives the turns whose state changed; none when its scope is no longer looked at."""
    turn, now = job.turn, session.now()
    turn.state = replace(turn.state, progress=None, rate=None)
    if outcome is None:
        return _failed(timetable, turn, failure, now, dice)
    if outcome.kind == "done":
        _done(timetable, turn, outcome, now)
    elif outcome.kind == "adopted":
        _adopted(timetable, turn, job, session)
    elif outcome.kind == "leased":
        turn.failed(Problem("waiting", "Another amldeck is reading this now.", now), now, LEASED_AGAIN)
        turn.forced_at = job.asked_at if job.is_forced else None
    return [turn, *_others(timetable, turn)]


def _done(timetable: Timetable, turn: Turn, outcome: Outcome, now: datetime) -> None:
    progress = outcome.progress
    turn.failures, turn.is_restored = 0, False
    turn.state = replace(
        turn.state,
        problem=None,
        next_try=None,
        is_short=False,
        last_ok=now,
        last_try=now,
        rows=outcome.rows,
        total=progress.total,
        set_aside=progress.set_aside,
        calls=turn.state.calls + progress.calls,
        note=progress.note or None,
    )
    if outcome.has_gone or (progress.has_changed and not turn.source.is_derived):
        mark_dirty(timetable, turn)


def _adopted(timetable: Timetable, turn: Turn, job: Job, session: Session) -> None:
    """Another process read it: its facts are ours."""
    turn.failures, turn.is_restored = 0, False
    turn.state = replace(_restored(turn.source, session, job.scope), problem=None, next_try=None)
    mark_dirty(timetable, turn)


def _failed(
    timetable: Timetable, turn: Turn, failure: ServiceError | CacheError | None, now: datetime, dice: random.Random
) -> list[Turn]:
    turn.failures += 1
    problem = _problem(turn, failure, now)
    if problem.action is not None:
        _doubt(timetable)
    if problem.kind in ("forbidden", "signed out"):
        turn.failed(problem, now, None)
    elif isinstance(failure, Throttled) and failure.retry_after is not None:
        turn.failed(problem, now, failure.retry_after)
    else:
        turn.failed(problem, now, back_off(turn.failures, dice))
    if problem.is_everywhere:
        timetable.signed_out = problem
        return [other for other in timetable.turns.values() if other.is_wanted]
    return [turn, *_others(timetable, turn)]


def _doubt(timetable: Timetable) -> None:
    """A refusal contradicts what is known of permissions: they are read again before they are shown as fresh."""
    if (known := timetable.turns.get(PERMISSIONS)) is not None:
        known.state = replace(known.state, last_ok=None)
        for other in timetable.dependents(known):
            other.is_dirty = True


def _others(timetable: Timetable, turn: Turn) -> list[Turn]:
    """The sources that show a problem of this one as theirs."""
    return [other for other in timetable.dependents(turn) if other.is_wanted]


def _problem(turn: Turn, failure: ServiceError | CacheError | None, now: datetime) -> Problem:
    before = None if turn.is_restored else turn.state.problem
    if isinstance(failure, ServiceError):
        return problem_of(failure, now, before)
    if failure is None:
        return Problem("broken", OURS, now)
    since = before.since if before is not None and before.kind == "cache" else now
    return Problem("cache", str(failure), since)


def mark_dirty(timetable: Timetable, turn: Turn) -> None:
    """The rows of a source changed: what is made of them is to be made again."""
    for other in timetable.dependents(turn):
        other.is_dirty = other.source.is_derived


def mark_unseen(timetable: Timetable, job: Job, failure: ServiceError | CacheError | None) -> None:
    """A source failed for the first time in a row: what is made of it may have to say why it cannot be seen."""
    if failure is not None and job.turn.failures == 1:
        mark_dirty(timetable, job.turn)


def timetable_of(session: Session, sources: Sequence[Source], *, is_paused: bool = False) -> Timetable:
    """A timetable for what the session looks at now."""
    return Timetable(
        load_turns(session, sources),
        is_online=session.is_online,
        unwritable=lambda: unwritable(session),
        has_workspace=session.workspace is not None,
        is_paused=is_paused,
    )


def unwritable(session: Session) -> Problem | None:
    """Why nothing can be refreshed into this cache; None when it takes rows."""
    if not session.store.is_read_only:
        return None
    return Problem("cache", next(reversed(session.store.notes), "The cache cannot be written."), session.now())


def forgive(timetable: Timetable, session: Session) -> None:
    """Try again as if nobody had failed to sign in: somebody says it is worth it."""
    session.forget_failure()
    timetable.signed_out = None
    for turn in timetable.turns.values():
        if turn.state.problem is not None and turn.state.problem.is_everywhere:
            turn.state = replace(turn.state, problem=None, next_try=None)


def load_turns(session: Session, sources: Sequence[Source]) -> Mapping[str, Turn]:
    """Every source as the cache remembers it."""
    turns: dict[str, Turn] = {}
    for source in sources:
        scope = session.account_scope if source.is_scope_account else session.scope
        turns[source.name] = Turn(source, _restored(source, session, scope))
    for turn in turns.values():
        if turn.source.is_derived:
            # What is made of no source may have changed while nobody looked.
            turn.is_dirty = not turn.source.after or _is_outdated(
                turn, [turns[name] for name in turn.source.after if name in turns]
            )
    return turns


def _is_outdated(turn: Turn, inputs: list[Turn]) -> bool:
    """Whether something a roll-up is made of was read after it was made."""
    moments = [before.state.last_ok for before in inputs if before.state.last_ok is not None]
    return bool(moments) and (turn.state.last_ok is None or max(moments) > turn.state.last_ok)


def _restored(source: Source, session: Session, scope: str) -> SourceState:
    """A source's state as it was noted last, its problem included."""
    state = SourceState(source.name, source.title, source.stale_after, is_derived=source.is_derived)
    kept = session.store.sources(scope).get(source.name)
    if kept is None:
        return state
    is_short = not is_as_deep(session, source, scope, session.depth)
    problem = None
    if kept.error_text is not None:
        problem = Problem(kind_named(kept.error_kind), kept.error_text, kept.last_try or session.now())
    return replace(
        state,
        last_ok=kept.last_ok,
        last_try=kept.last_try,
        next_try=None if is_short else kept.next_try,
        is_short=is_short,
        problem=problem,
        rows=kept.rows,
        total=kept.total,
        set_aside=kept.set_aside or 0,
        calls=kept.calls or 0,
        note=kept.note,
    )


def keep_note(session: Session, job: Job, outcome: Outcome | None) -> None:
    """Keep how a read ended for the next start and for other processes. Writes: never with the lock held."""
    if job.stop.is_set() or session.store.is_read_only or (outcome is not None and outcome.kind != "done"):
        return
    state = job.turn.state
    problem = state.problem
    try:
        if problem is not None and outcome is None:
            learn(session.store, job.scope, problem.action, problem.scope, session.now())
        session.store.note_source(
            job.scope,
            state.name,
            last_ok=state.last_ok,
            last_try=state.last_try,
            next_try=state.next_try,
            error_kind=problem.kind if problem else None,
            error_text=problem.sentence if problem else None,
            rows=state.rows,
            total=state.total,
            set_aside=state.set_aside,
            calls=state.calls,
            note=state.note,
        )
        if job.turn.source.is_patient and outcome is not None:
            session.store.remember(depth_key(job.turn.source, job.scope), repr(job.depth))
        _tidy(session)
    except CacheError:
        # The note is for the next start only, and what is wrong with the cache shows at the next page that is put.
        return


def _tidy(session: Session) -> None:
    """Once a day, thin the history of what is polled."""
    now, last = session.now(), session.store.recall("thinned")
    if last is None or abs(now - datetime.fromisoformat(last)) > timedelta(days=1):
        session.store.remember("thinned", now.isoformat())
        session.store.thin()
