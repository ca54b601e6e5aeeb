"""The panels of a triage as lines: codes, suspects, next steps, callers, container events and log lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from app.triaging.window import MINUTE
from services.suspects import Suspect
from services.triage import Triage
from services.triage_facts import Caller, ContainerEvent, LoggedLine
from services.verdict import UNKNOWN
from widgets import format as fmt
from widgets.lines import NO_LINE, blank, clip_line, ends, fit_line, line_width, say, wrap_line
from widgets.pane import Line, Look, Span, Tone
from widgets.safe import Safe, plain, safe
from widgets.spark import amount_bar

LIKELY, POSSIBLE = 0.7, 0.4
"""Scores from which on a suspect is coloured as the one, or as one to look at."""
LEAST_SHARE = 0.005
"""Of a deployment's requests: rarer codes are noise in this list; the table of codes has them all."""
Lasting = TypeVar("Lasting", ContainerEvent, LoggedLine)
"""What was seen first and last at some time."""
CODES, CALLERS, EVENTS, LOG_LINES, STEPS = 3, 5, 4, 6, 5


def few_rows(line: Line, width: int, *, indent: int = 0, most: int = 2) -> list[Line]:
    """A line on a few rows at most; what does not fit ends in `…`."""
    rows = wrap_line(line, width, indent=indent)
    if len(rows) <= most:
        return rows
    last = rows[most - 1]
    cut = last[-1]._replace(text=Safe(f"{str(last[-1].text).rstrip()} …"))
    return [*rows[: most - 1], clip_line((*last[:-1], cut), width)]


def code_lines(found: Triage, width: int) -> list[Line]:
    """The codes that are not well, most first: how often, what they mean, what to do."""
    lines: list[Line] = []
    bad = [one for one in found.codes if (one.is_error or one.is_refusal) and (one.share or 0.0) >= LEAST_SHARE]
    for one in sorted(bad, key=lambda one: -one.requests)[:CODES]:
        model = f", model {one.model_code}" if one.model_code else ""
        of = safe(one.deployment, 20) or plain("all")
        head = (Span(Safe(f"{one.code:>3}"), "err" if one.is_error else "warn", bold=True),
                Span(Safe(f"  {fmt.percent(one.share)} of {of}{model}")))  # fmt: skip
        told = ". ".join(text for text in (one.meaning, one.next_step) if text)
        lines += few_rows((*head, Span(Safe(f"  {safe(told, 300)}"), "muted")), width, indent=5)
    return lines


def suspect_lines(found: Triage, look: Look, width: int) -> list[Line]:
    """What may have done it, then what was looked at and is not suspect."""
    if found.onset is None and found.state == UNKNOWN:
        return [say(plain("Nothing was measured: whether something is wrong is not known."), "muted")]
    if found.onset is None:
        return [say(plain("Nothing left its usual bounds, so nothing is suspect."), "muted")]
    lines: list[Line] = []
    for one in found.suspects[:4]:
        lines += _suspect(one, look, width)
    if not found.suspects:
        lines.append(say(plain("No change came before the onset."), "muted"))
    return [*lines, *_cleared(found, look, width)]


def _suspect(one: Suspect, look: Look, width: int) -> list[Line]:
    tone: Tone = "err" if one.score >= LIKELY else "warn" if one.score >= POSSIBLE else "muted"
    by = f" by {safe(one.who, 24)}" if one.who else ""
    when = Safe(f"{fmt.clock(one.at, look)}{by}")
    head: Line = (Span(Safe(f"{one.score:.2f}"), tone, bold=tone != "muted"), blank(2),
                  Span(safe(one.what, 120), "strong", bold=True))  # fmt: skip
    if width >= 70:
        return [ends(clip_line(head, width - 4), say(when, "muted"), width),
                *_indented(say(safe(one.reason, 300), "muted"), width)]  # fmt: skip
    return [clip_line(head, width), *_indented(say(Safe(f"{when}: {safe(one.reason, 300)}"), "muted"), width, most=3)]


def _indented(line: Line, width: int, most: int = 2) -> list[Line]:
    return [(blank(6), *row) for row in few_rows(line, width - 6, most=most)]


def _cleared(found: Triage, look: Look, width: int) -> list[Line]:
    said: list[str] = []
    if found.cleared:
        many = len(found.cleared)
        said.append(f"{many} other change{'s' if many > 1 else ''} looked at and not suspect")
    if found.untouched:
        said.append(f"unchanged: {', '.join(found.untouched)}")
    if not said:
        return []
    sign = Span(plain("v" if look.is_ascii else "✓"), "ok")
    rows = few_rows(say(safe("; ".join(said)), "muted"), width - 6, most=3)
    return [((sign, blank(5)) if place == 0 else (blank(6),)) + row for place, row in enumerate(rows)]


def step_lines(found: Triage, width: int, chosen: int | None = None, *, only: int | None = None) -> list[Line]:
    """What to do next, numbered; the first with why, the chosen one also with its command. One alone with `only`."""
    lines: list[Line] = []
    for number, step in enumerate(found.steps if only else found.steps[:STEPS], start=1):
        if only is not None and number != only:
            continue
        writes = (Span(plain("  writes"), "warn"),) if step.writes else NO_LINE
        is_first = number == 1
        words = Span(safe(step.say, 160), "strong" if is_first else "text", bold=is_first)
        head: Line = (Span(Safe(f"{number}"), "accent", bold=True), blank(5), words)
        # That it writes is never cut away.
        lines.append((*clip_line(head, width - line_width(writes)), *writes))
        if step.why and number in (1, chosen):
            lines += _indented(say(safe(step.why, 300), "muted"), width)
        if number == chosen and step.command:
            lines += [(blank(6), *row) for row in wrap_line(say(safe(step.command, 4_000), "accent"), width - 6)]
    nothing = "What to do is not known." if found.state == UNKNOWN else "Nothing has to be done."
    return lines or [say(Safe(nothing), "muted")]


def caller_lines(callers: Sequence[Caller] | None, width: int, *, is_ascii: bool) -> list[Line]:
    """Who calls, by failed requests where there are any."""
    if callers is None:
        return [say(plain("Not known: no traffic log tells."), "muted")]
    failed = sum(one.errors for one in callers)
    total = failed or sum(one.requests for one in callers)
    if not total:
        return [say(plain("Nobody called."), "muted")]
    lines: list[Line] = []
    for one in sorted(callers, key=lambda one: -(one.errors if failed else one.requests))[:CALLERS]:
        share = (one.errors if failed else one.requests) / total
        name = say(safe(one.agent or one.identity or "unnamed", 60))
        bar = amount_bar(share, 16, is_ascii=is_ascii)
        lines.append((*fit_line(name, max(10, width - 26)), blank(2), *bar,
                      *fit_line(say(fmt.percent(share)), 8, is_right=True)))  # fmt: skip
    return lines


def event_lines(
    events: Sequence[ContainerEvent] | None, look: Look, width: int, cursor: datetime | None = None
) -> list[Line]:
    """What happened to containers, the newest first; with a cursor what happened in its minute, the rest dimmed."""
    lines: list[Line] = []
    for one in _at_first(events or (), cursor)[:EVENTS]:
        many = f" ×{one.count:,}" if one.count > 1 else ""
        head: Line = (Span(fmt.clock(one.last or one.first, look), "muted"), blank(2), Span(safe(one.deployment, 16)),
                      blank(2), Span(Safe(f"{safe(one.kind, 30)}{many}"), "warn", bold=True))  # fmt: skip
        line = clip_line((*head, blank(2), Span(safe(one.sample, 300), "muted")), width)
        lines.append(line if cursor is None or _is_at(one, cursor) else _dimmed(line))
    return lines


def logged_lines(
    given: Sequence[LoggedLine] | None, look: Look, width: int, cursor: datetime | None = None
) -> list[Line]:
    """Lines of the containers' logs that tell of trouble; with a cursor those of its minute, the rest dimmed."""
    lines: list[Line] = []
    for one in _at_first(given or (), cursor)[:LOG_LINES]:
        many = Safe(f"×{one.count:,}") if one.count > 1 else plain("")
        left: Line = (Span(fmt.clock(one.first, look), "muted"), blank(2), Span(safe(one.deployment, 16)), blank(2),
                      Span(safe(one.line, 400)))  # fmt: skip
        line = ends(left, say(many, "strong", bold=True), width)
        lines.append(line if cursor is None or _is_at(one, cursor) else _dimmed(line))
    return lines


def _at_first(found: Sequence[Lasting], cursor: datetime | None) -> list[Lasting]:
    """Those of the minute under the cursor first, else as they are."""
    return sorted(found, key=lambda one: cursor is not None and not _is_at(one, cursor))


def _is_at(one: ContainerEvent | LoggedLine, cursor: datetime) -> bool:
    """Whether it was seen in the minute under the cursor, or before and after it."""
    first, last = one.first or one.last, one.last or one.first
    return first is not None and last is not None and first < cursor + MINUTE and last >= cursor


def _dimmed(line: Line) -> Line:
    return tuple(Span(span.text, "edge") for span in line)


def missing_lines(missing: Iterable[str], width: int) -> list[Line]:
    """What is not known and limits the judgement."""
    said = [say(safe(f"{text.rstrip('.')}.", 300), "muted") for text in missing]
    return [row for line in said for row in wrap_line(line, width, indent=2)]
