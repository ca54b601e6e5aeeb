"""The triage of an endpoint on so many cells: side by side where there is room, else one under the other. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.triaging.deployment_table import deployment_lines
from app.triaging.judged import Judged
from app.triaging.measured import measured_lines
from app.triaging.notes import note_lines
from app.triaging.panels import (
    caller_lines,
    code_lines,
    event_lines,
    logged_lines,
    missing_lines,
    step_lines,
    suspect_lines,
)
from app.triaging.signals import Paper, signal_lines
from app.triaging.verdict_line import meaning_lines, verdict_line
from app.triaging.window import Window
from services.triage import Triage
from services.triage_facts import Facts
from widgets import format as fmt
from widgets.chart_raster import Dots
from widgets.lines import NO_LINE, blank, fit_line, say, titled, wrap_line
from widgets.pane import Line, Look, Span
from widgets.safe import Safe, plain, safe

WIDE = 130
"""Columns from which on suspects and callers stand at the right."""
RIGHT = 52
GAP = 3
LOG_NAMES = {
    "AmlOnlineEndpointTrafficLog": "traffic", "AmlOnlineEndpointConsoleLog": "console",
    "AmlOnlineEndpointEventLog": "events",
}  # fmt: skip
"""The tables an endpoint may send its logs to, as they are called here."""


@dataclass(frozen=True, slots=True)
class Shown:
    """How it is looked at: the window, the chosen step, ages of what is shown, by panel."""

    window: Window
    look: Look
    dots: Dots = "braille"
    step: int | None = None
    ages: tuple[Line, Line, Line] = (NO_LINE, NO_LINE, NO_LINE)
    """Of metrics, of changes, of logs."""
    is_focused: bool = False


def triage_lines(judged: Judged, shown: Shown, width: int) -> list[Line]:
    """All lines, from the verdict down."""
    top = [verdict_line(judged.found, shown.look, width), *meaning_lines(judged.found, width)]
    if width >= WIDE:
        return [NO_LINE, *top, NO_LINE, *_wide(judged, shown, width)]
    return [*top, *_narrow(judged, shown, width)]


def _wide(judged: Judged, shown: Shown, width: int) -> list[Line]:
    left = width - RIGHT - GAP
    found = judged.found
    signals = _signals(found, shown, left, is_tall=True)
    beside = [*_suspects(found, shown, RIGHT), NO_LINE, *_next(found, shown, RIGHT)]
    below = [*_deployments(judged, shown, left), NO_LINE, *code_lines(found, left)]
    callers = _callers(judged, shown, RIGHT)
    return [*_beside(signals, beside, left), NO_LINE, *_beside(below, callers, left), NO_LINE,
            *_logs(judged, shown, width), *_measured(found, shown, width), *_notes(judged, shown, width)]  # fmt: skip


def _narrow(judged: Judged, shown: Shown, width: int) -> list[Line]:
    found = judged.found
    codes = code_lines(found, width)
    return [
        *_signals(found, shown, width, is_tall=False), NO_LINE, *_deployments(judged, shown, width),
        NO_LINE, *_suspects(found, shown, width), NO_LINE, *_next(found, shown, width),
        *((NO_LINE, *codes) if codes else ()), NO_LINE, *_logs(judged, shown, width), NO_LINE,
        *_callers(judged, shown, width), *_measured(found, shown, width), *_notes(judged, shown, width),
    ]  # fmt: skip


def _measured(found: Triage, shown: Shown, width: int) -> list[Line]:
    lines = measured_lines(found, shown.window, width, shown.dots, shown.look)
    beside = say(plain("every percentile is a series of its own; of instances the highest"), "muted")
    return [NO_LINE, _title("All signals", beside, shown.ages[0], width), *lines] if lines else []


def _beside(left: Sequence[Line], right: Sequence[Line], width: int) -> list[Line]:
    rows = max(len(left), len(right))
    pairs = zip([*left, *[NO_LINE] * (rows - len(left))], [*right, *[NO_LINE] * (rows - len(right))], strict=True)
    return [(*fit_line(one, width), blank(GAP), *other) if other else one for one, other in pairs]


def _title(word: str, beside: Line, age: Line, width: int, *, is_focused: bool = False) -> Line:
    head = Span(Safe(word), "accent" if is_focused else "strong", bold=True)
    return titled((head, *((blank(2), *beside) if beside else ())), age, width, is_focused=is_focused)


def _signals(found: Triage, shown: Shown, width: int, *, is_tall: bool) -> list[Line]:
    window, look = shown.window, shown.look
    stretch = say(Safe(f"{fmt.clock(window.start, look)} to {fmt.clock(window.end, look)}"), "muted")
    paper = Paper(look, width, shown.dots, is_tall)
    return [_title("Signals", stretch, shown.ages[0], width, is_focused=shown.is_focused),
            *signal_lines(found, window, paper)]  # fmt: skip


def _deployments(judged: Judged, shown: Shown, width: int) -> list[Line]:
    on = [one.name for one in judged.facts.sources if one.is_on]
    many = judged.facts.deployments
    named = ", ".join(dict.fromkeys("logs" if name.startswith("Aml") else name for name in on)) or "none"
    beside = say(Safe(f"{len(many) if many is not None else '–'}   signals on: {named}"), "muted")
    return [_title("Deployments", beside, NO_LINE, width), *deployment_lines(judged.found, shown.look, width)]


def _suspects(found: Triage, shown: Shown, width: int) -> list[Line]:
    beside = say(plain("what changed before the onset"), "muted") if found.onset is not None else NO_LINE
    return [_title("Suspects", beside, shown.ages[1], width), *suspect_lines(found, shown.look, width)]


def _next(found: Triage, shown: Shown, width: int) -> list[Line]:
    return [_title("Next", NO_LINE, NO_LINE, width), *step_lines(found, width, shown.step)]


def _callers(judged: Judged, shown: Shown, width: int) -> list[Line]:
    callers = judged.facts.callers
    word = "by failed requests" if any(one.errors for one in callers or ()) else "by requests"
    lines = caller_lines(callers, width, is_ascii=shown.look.is_ascii)
    return [_title("Callers", say(Safe(word), "muted"), shown.ages[2], width), *lines]


def _logs(judged: Judged, shown: Shown, width: int) -> list[Line]:
    facts = judged.facts
    cursor = shown.window.cursor
    events = event_lines(facts.events, shown.look, width, cursor)
    lines = logged_lines(facts.lines, shown.look, width, cursor)
    body = [*events, *lines]
    is_at = cursor is not None and body
    about = f"what goes on at {fmt.clock(cursor, shown.look)}, the rest dimmed" if is_at else _switched_on(facts)
    title = _title("Logs", say(Safe(about), "muted"), shown.ages[2], width)
    if not body and facts.lines is not None:
        body = [say(plain("The containers' logs of these hours tell of no trouble."), "muted")]
    return [title, *body, *missing_lines(judged.found.missing, width), *_switching_on(facts, width)]


def _switched_on(facts: Facts) -> str:
    """`on: traffic, events; off: console`: which of its logs an endpoint sends where they can be asked."""
    said = [
        f"{word}: {', '.join(names)}"
        for word, is_on in (("on", True), ("off", False))
        if (names := [LOG_NAMES[one.name] for one in facts.sources if one.name in LOG_NAMES and one.is_on is is_on])
    ]
    return "; ".join(said) or "container events, then lines that tell of trouble"


def _notes(judged: Judged, shown: Shown, width: int) -> list[Line]:
    """What people wrote down; no panel while nobody did."""
    lines = note_lines(judged.notes, shown.look, width)
    return [NO_LINE, _title("Notes", NO_LINE, NO_LINE, width), *lines] if lines else []


def _switching_on(facts: Facts, width: int) -> list[Line]:
    """The command that switches on what is off: one does for all tables of an endpoint."""
    command = next((one.switch_on for one in facts.sources if one.is_on is False and one.switch_on), None)
    return wrap_line(say(safe(command, 4_000), "accent"), width, indent=2) if command else []
