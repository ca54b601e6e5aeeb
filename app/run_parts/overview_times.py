"""The times of a run: what it spent waiting, preparing and running, as a bar; and its states as they were seen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.panes.runs import elapsed_seconds, ran
from app.words import run_state, state_cell
from cache.history import Past
from services.run import ENDED_RUNS, Run
from widgets import format as fmt
from widgets.detail import Block
from widgets.lines import say
from widgets.pane import Cell, Line, Look, Span, Tone
from widgets.safe import Safe, plain

BAR = 40
MOST = 12
"""States that are listed."""
STROKES = {"queued": ("─", "-"), "preparing": ("╌", "~"), "running": ("━", "=")}
"""What each share of the bar is drawn with, and in ASCII: told apart without colour too."""
PREPARING = ("preparing", "starting", "provisioning")


def times_blocks(run: Run, past: Sequence[Past], look: Look) -> list[Block]:
    """Bar and times, then the states it was seen in."""
    seen = states_seen(run, past)
    facts: list[tuple[Safe, Cell]] = [
        (plain("created"), say(fmt.moment(run.created, look))),
        (plain("started"), say(fmt.moment(run.started, look))),
        (plain("ended"), say(fmt.moment(run.ended, look))),
        (plain("waited"), say(fmt.duration(waited(run, look.now)))),
        (plain("ran"), ran(run, look)),
        (plain("on compute"), say(fmt.duration(run.compute_duration))),
    ]
    if run.attempt is not None and run.attempt > 1:
        facts.append((plain("attempt"), say(Safe(f"{run.attempt}"), "warn")))
    made = [Block(_title("Times"), facts=tuple(facts), lines=tuple(bar_lines(run, seen, look)))]
    if len(seen) > 1:
        made.append(Block(_title("States, as they were seen from here"), lines=tuple(_seen_lines(seen, look))))
    return made


def states_seen(run: Run, past: Sequence[Past]) -> list[tuple[datetime | None, str]]:
    """Each state with the moment it was first seen; None for the first one, which may be older."""
    changes = [(one.at, str(one.changes["status"])) for one in past if "status" in one.changes]
    if not changes:
        return [(run.modified, run.status)]
    found: list[tuple[datetime | None, str]] = [(run.created, changes[0][1])]
    found += [(at, changes[index + 1][1]) for index, (at, _was) in enumerate(changes[:-1])]
    return [*found, (changes[-1][0], run.status)]


def waited(run: Run, now: datetime) -> float | None:
    """Seconds from created to started, or to now while it waits; None when it never started."""
    if run.queued is not None or run.created is None:
        return run.queued
    if run.started is not None or run.status in ENDED_RUNS:
        return None
    return max(0.0, (now - run.created).total_seconds())


def bar_lines(run: Run, seen: Sequence[tuple[datetime | None, str]], look: Look) -> list[Line]:
    """`──╌╌━━━━━━` in shares: waiting, preparing where it was seen, running by its state; then what is what."""
    waiting, running = waited(run, look.now) or 0.0, elapsed_seconds(run, look.now) or 0.0
    preparing = 0.0
    first = next((at for at, status in seen if run_state(status).word in PREPARING and at is not None), None)
    if first is not None and run.created is not None:
        preparing = min(waiting, max(0.0, waiting - (first - run.created).total_seconds()))
    parts: list[tuple[str, float, Tone]] = [
        ("queued", waiting - preparing, "muted"),
        ("preparing", preparing, "warn"),
        ("running", running, "err" if run.status == "Failed" else "run"),
    ]
    whole = sum(seconds for _, seconds, _ in parts)
    shown: list[tuple[str, float, Tone]] = [one for one in parts if one[1] > 0]
    if whole <= 0 or len(shown) < 2:
        return []
    cells = [max(1, round(BAR * seconds / whole)) for _, seconds, _ in shown]
    signs = [STROKES[name][look.is_ascii] for name, _, _ in shown]
    spans = tuple(Span(Safe(sign * width), tone) for (_, _, tone), sign, width in zip(shown, signs, cells, strict=True))
    words = tuple(
        Span(Safe(f"{'   ' if at else ''}{signs[at]} {name} {fmt.duration(seconds)}"), tone)
        for at, (name, seconds, tone) in enumerate(shown)
    )
    return [spans, words]


def _seen_lines(seen: Sequence[tuple[datetime | None, str]], look: Look) -> list[Line]:
    return [(Span(Safe(f"{fmt.when(at, look)}  "), "muted"), *state_cell(run_state(status), look))
            for at, status in seen[-MOST:]]  # fmt: skip


def _title(text: str) -> Line:
    return say(Safe(text), "strong")
