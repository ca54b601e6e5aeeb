"""A triage as lines for a terminal without a screen."""

from __future__ import annotations

from collections.abc import Iterator

from app.triaging.deployment_table import deployment_lines
from app.triaging.judged import Judged
from app.triaging.notes import note_lines
from app.triaging.panels import code_lines, event_lines, logged_lines, missing_lines, step_lines, suspect_lines
from app.triaging.verdict_line import meaning_lines, verdict_line
from services.triage import Triage
from widgets.lines import line_text
from widgets.pane import Line, Look

WIDTH = 100


def written(judged: Judged, look: Look) -> Iterator[str]:
    """Yield the same lines as the screen shows, without colours and charts."""
    facts, found = judged.facts, judged.found
    yield line_text(verdict_line(found, look, WIDTH + 40)).strip()
    for line in meaning_lines(found, WIDTH):
        yield line_text(line)
    parts: tuple[tuple[str, list[Line]], ...] = (
        ("Suspects", suspect_lines(found, look, WIDTH)),
        ("Next", _steps(found)),
        ("Deployments", deployment_lines(found, look, WIDTH)),
        ("Codes", code_lines(found, WIDTH)),
        ("Logs", [*event_lines(facts.events, look, WIDTH), *logged_lines(facts.lines, look, WIDTH)]),
        ("Notes", note_lines(judged.notes, look, WIDTH)),
        ("Not known", missing_lines(found.missing, WIDTH)),
    )
    for title, lines in parts:
        if lines:
            yield ""
            yield title
            yield from (f"  {line_text(line).rstrip()}" for line in lines)


def _steps(found: Triage) -> list[Line]:
    """Every step with its command: nobody can ask for it here."""
    lines: list[Line] = []
    for number in range(1, len(found.steps) + 1):
        lines += step_lines(found, 1_000, chosen=number, only=number)
    return lines or step_lines(found, WIDTH)
