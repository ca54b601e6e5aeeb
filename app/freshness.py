"""How fresh the facts on the screen are, as the header and the notice line say it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from app.source_state import SourceState
from widgets import format as fmt
from widgets.age import Age
from widgets.lines import NO_LINE
from widgets.pane import Line, Look, Pane, Span
from widgets.safe import Safe, plain, safe

States = Mapping[str, SourceState]

GROUPS: tuple[tuple[Safe, tuple[str, ...]], ...] = (
    (plain("runs"), ("runs",)),
    (plain("resources"), ("models", "compute", "endpoints", "deployments")),
    (plain("activity"), ("activity",)),
    (plain("costs"), ("costs",)),
)
"""The ages of a wide header: a name for the sources it stands for; the oldest of them counts."""

FILLED: Mapping[tuple[str, str], str] = {("runs", "metrics"): "values"}
"""Fields that a source of their own fills in later, by table and field: rows without them may get them yet."""


def filled_by(pane: Pane[Any], fields: Iterable[str]) -> tuple[str, ...]:
    """The sources that fill in these fields of a pane's rows later than the rows themselves come."""
    found = (FILLED.get((pane.table, field)) for field in fields)
    return tuple(dict.fromkeys(source for source in found if source is not None))


def main_source(pane: Pane[Any], states: States) -> SourceState | None:
    """The source a pane is about: the one of its own name, else of its table, else its last."""
    names = (pane.name, pane.table, *reversed(pane.sources))
    return next((states[name] for name in names if name in states), None)


def is_unread(pane: Pane[Any], states: States) -> bool:
    """Whether nobody knows yet that a pane has no rows: nothing was read, or its rows were not made of it so far."""
    main, made = main_source(pane, states), states.get(pane.table)
    return main is None or main.last_ok is None or (made is not None and made.is_derived and made.last_ok is None)


def sources_of(pane: Pane[Any], states: States) -> list[SourceState]:
    """The states of a pane's sources; of all sources for a pane that names none (Sync)."""
    if not pane.sources:
        return list(states.values())
    return [states[name] for name in pane.sources if name in states]


def is_late(state: SourceState, now: datetime) -> bool:
    """Whether a source is older than twice its own patience: once is what a refresh takes to come round."""
    if state.last_ok is None or state.is_derived:
        return False
    return (now - state.last_ok).total_seconds() > 2 * state.stale_after


def age_of(states: Iterable[SourceState], name: Safe, now: datetime) -> Age | None:
    """The age of the oldest of these sources; None when none of them was ever read or is being read."""
    known = [state for state in states if state.last_ok is not None or state.is_reading]
    if not known:
        return None
    oldest = min(known, key=lambda state: state.last_ok.timestamp() if state.last_ok else 0.0)
    late = any(is_late(state, now) for state in known)
    is_reading = any(state.is_reading for state in known)
    shown = fmt.age(oldest.last_ok, now) if oldest.last_ok else ""
    return Age(name, Safe(f"{'~' if late else ''}{shown}{'…' if is_reading else ''}"), late)


def ages(states: States, now: datetime) -> tuple[Age, ...]:
    """The ages of a wide header."""
    found = (age_of((states[one] for one in names if one in states), name, now) for name, names in GROUPS)
    return tuple(age for age in found if age is not None)


def pane_age(pane: Pane[Any], states: States, now: datetime) -> Age | None:
    """The one age of a narrow header: the source the pane is about."""
    main = main_source(pane, states)
    return age_of([main], safe(main.title.lower()), now) if main is not None else None


def is_signed_out(states: States) -> bool:
    """Whether nobody is signed in, as far as the last tries say."""
    return any(state.problem is not None and state.problem.is_everywhere for state in states.values())


def offline_since(states: States) -> datetime | None:
    """Since when nothing is reached; None when something was, after the last time something was not.

    Sources are read at their own pace, so not all of them have to have failed: it is enough that none worked since.
    """
    own = [state for state in states.values() if not state.is_derived]
    newest = max((state.last_ok for state in own if state.last_ok is not None), default=None)
    problems = [state.problem for state in own if state.problem is not None and state.problem.kind == "offline"]
    return min((one.since for one in problems if newest is None or one.since >= newest), default=None)


def badge(pane: Pane[Any], states: States, look: Look, *, has_refresher: bool, is_paused: bool) -> Line:
    """The right end of the header: `● live`, `■ offline 3h 12m`, `▲ throttled`, `✗ signed out`, `= paused`."""
    ascii_ = look.is_ascii
    if is_signed_out(states):
        return (Span(plain("x " if ascii_ else "✗ "), "err"), Span(plain("signed out"), "err", bold=True))
    since = offline_since(states)
    if since is not None or not has_refresher:
        lasting = f" {fmt.duration((look.now - since).total_seconds())}" if since else ""
        sign = plain("# offline" if ascii_ else "■ offline")
        return (Span(sign, "warn", bold=True), Span(Safe(lasting), "warn"))
    if is_paused:
        return (Span(plain("= paused"), "warn"),)
    own = sources_of(pane, states) if pane.sources else []
    if any(state.problem is not None and state.problem.kind == "throttled" for state in own):
        return (Span(plain("! throttled" if ascii_ else "▲ throttled"), "warn"),)
    if not states:
        return NO_LINE
    return (Span(plain("* " if ascii_ else "● "), "ok"), Span(plain("live")))
