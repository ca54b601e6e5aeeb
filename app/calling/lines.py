"""How test calls ended, as lines: status and its meaning, times, ids; then the answer, or several beside each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.answer_difference import Difference, compare_answers
from services.endpoint_calls import Outcome, known_of, meaning_of
from services.scoring import Scored
from widgets.lines import NO_LINE, blank, fit_line, say, wrap_line
from widgets.pane import Line, Span, Tone
from widgets.raw_text import lines_of, paint
from widgets.safe import Safe, plain, safe

LABEL = 14
"""Cells of a label and the blanks after it."""
MOST_LINES = 2_000
"""Lines of an answer, and fields of several, that are shown."""
PATH = 30
"""Cells of a field's path beside several answers, at most."""


def outcome_lines(outcomes: Sequence[Outcome], width: int, *, is_ascii: bool = False) -> list[Line]:
    """Return all of it in rows of `width` cells: one call with its answer, several as columns."""
    if len(outcomes) == 1:
        return [*_facts(outcomes, width, is_ascii=is_ascii), NO_LINE, *_answer(outcomes[0])]
    return [*_facts(outcomes, width, is_ascii=is_ascii), NO_LINE, *_beside(outcomes, width, is_ascii=is_ascii)]


def status_of(one: Outcome, *, is_ascii: bool = False) -> Line:
    """`✓ 200`, `✗ 424`; without an answer a sign alone."""
    good, bad = (plain("v "), plain("x ")) if is_ascii else (plain("✓ "), plain("✗ "))
    if one.scored is None:
        return (Span(bad, "err"), Span(plain("no answer"), "err"))
    tone: Tone = "ok" if one.is_good else "err"
    return (Span(good if one.is_good else bad, tone), Span(Safe(str(one.scored.status)), tone, bold=True))


def took(seconds: float | None) -> Safe:
    """`38 ms`, `1.24 s`."""
    if seconds is None:
        return plain("–")
    return Safe(f"{seconds * 1000:,.0f} ms" if seconds < 1 else f"{seconds:,.2f} s")


def said_of(one: Outcome) -> str:
    """What became of a call, in a sentence."""
    return one.problem or (meaning_of(one.scored) if one.scored is not None else "")


def _facts(outcomes: Sequence[Outcome], width: int, *, is_ascii: bool) -> Iterator[Line]:
    rows: list[tuple[Safe, list[Line]]] = [
        (plain("deployment"), [_deployment(one) for one in outcomes]),
        (plain("status"), [status_of(one, is_ascii=is_ascii) for one in outcomes]),
        (plain("meaning"), [say(safe(said_of(one), 600)) for one in outcomes]),
        (plain("took"), [_times(one.scored) for one in outcomes]),
        (plain("model said"), [_model(one.scored) for one in outcomes]),
        (plain("request id"), [_id(one.scored) for one in outcomes]),
        (plain("what to do"), [_step(one.scored) for one in outcomes]),
    ]
    room = (width - LABEL) // len(outcomes)
    for label, cells in rows:
        if any(cells):
            yield from _row(label, cells, room)


def _row(label: Safe, cells: Sequence[Line], room: int) -> Iterator[Line]:
    """One label and a cell for each call, each wrapped in its own column."""
    columns = [wrap_line(cell, max(8, room - 2)) if cell else [] for cell in cells]
    for number in range(max(map(len, columns))):
        first = say(label, "muted") if number == 0 else NO_LINE
        row = [*fit_line(first, LABEL)]
        for column in columns:
            row += fit_line(column[number] if number < len(column) else NO_LINE, room)
        yield tuple(row)


def _deployment(one: Outcome) -> Line:
    answered = one.scored.answered_by if one.scored is not None else None
    if one.deployment:
        wrong = answered and answered.lower() != one.deployment.lower()
        other: Line = (Span(Safe(f", answered by {safe(answered, 40)}"), "warn"),) if wrong else NO_LINE
        return (*say(safe(one.deployment, 40), "strong", bold=True), *other)
    if answered is None:
        return say(plain("the traffic chose; not said which"), "muted")
    return (*say(safe(answered, 40), "strong", bold=True), Span(plain(", which the traffic chose"), "muted"))


def _times(scored: Scored | None) -> Line:
    if scored is None:
        return NO_LINE
    first = Safe(f", first byte after {took(scored.first_byte)}") if scored.first_byte is not None else plain("")
    return (Span(took(scored.seconds)), Span(first, "muted"))


def _model(scored: Scored | None) -> Line:
    if scored is None or scored.model_status is None:
        return NO_LINE
    return (Span(Safe(str(scored.model_status)), "err"), Span(Safe(f" {safe(scored.model_reason or '', 80)}"), "muted"))


def _id(scored: Scored | None) -> Line:
    return say(safe(scored.request_id, 80)) if scored is not None and scored.request_id else NO_LINE


def _step(scored: Scored | None) -> Line:
    known = known_of(scored) if scored is not None else None
    return say(safe(known.steps[0].say, 300)) if known is not None and known.steps else NO_LINE


def _answer(one: Outcome) -> Iterator[Line]:
    """The body, pretty printed."""
    if one.scored is None:
        return
    if not one.scored.body:
        yield say(plain("The answer is empty."), "muted")
        return
    lines = lines_of(one.scored.body, "json")
    yield from (paint(line, "json") for line in lines[:MOST_LINES])
    if len(lines) > MOST_LINES:
        yield say(Safe(f"and {len(lines) - MOST_LINES:,} more lines"), "muted")


def _beside(outcomes: Sequence[Outcome], width: int, *, is_ascii: bool) -> Iterator[Line]:
    """The fields of all answers: those that differ first and with a sign, else in the order of the answers."""
    answered = [one for one in outcomes if one.scored is not None]
    if len(answered) < 2:
        yield say(plain("There are no two answers to compare."), "muted")
        return
    if not all(one.is_good for one in answered):
        for one in answered:
            yield (*_deployment(one), Span(plain(" answered"), "muted"))
            yield from _answer(one)
        return
    found = compare_answers([one.scored.body for one in answered if one.scored is not None])
    yield _counted(found)
    label = min(PATH, max(LABEL, *(len(one.path) + 4 for one in found.fields), 0))
    room = max(8, (width - label) // len(answered))
    yield (blank(label), *(span for one in answered for span in (*fit_line(_deployment(one), room - 2), blank(2))))
    sign = plain("! ") if is_ascii else plain("≠ ")
    for field in sorted(found.fields, key=lambda one: not one.differs)[:MOST_LINES]:
        mark: Line = (Span(sign, "warn"),) if field.differs else (blank(2),)
        path = (*mark, Span(safe(field.path, 200) if field.path else plain("(the answer)"), "muted"))
        row = [*fit_line(path, label, in_middle=True)]
        for value in field.values:
            cell = say(safe(value, 300), "warn" if field.differs else "text") if value is not None else say(plain("–"))
            row += (*fit_line(cell, room - 2), blank(2))
        yield tuple(row)


def _counted(found: Difference) -> Line:
    """`3 of 7 fields of the answers differ`."""
    more = Safe(f"; {found.left_out:,} more are not compared") if found.left_out else plain("")
    if not found.differing:
        return (Span(Safe(f"The answers agree on all {len(found.fields):,} fields"), "ok"), Span(more, "muted"))
    return (Span(Safe(f"{found.differing:,} of {len(found.fields):,} fields of the answers differ"), "strong"),
            Span(more, "muted"))  # fmt: skip
