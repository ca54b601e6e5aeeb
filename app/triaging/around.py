"""What stands around a triage on the screen: how old each part is, and why there may be nothing to judge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.cards import muted, strong
from app.freshness import age_of
from app.source_state import SourceState
from widgets import format as fmt
from widgets.lines import NO_LINE, say
from widgets.pane import Line
from widgets.safe import Safe, plain, safe, safe_lines

if TYPE_CHECKING:
    from app.triaging.actions import TriageActions

SIGNALS, LOGS = "signals", "endpoint_logs"
"""The lookups of a triage, by name."""


def panel_ages(view: TriageActions) -> tuple[Line, Line, Line]:
    """How old metrics, changes and logs are; which time is looked at, instead of now."""
    if view.at is not None:
        then = say(Safe(f"as of {fmt.moment(view.at, view.desk.look)}"), "warn")
        return then, then, then
    states = {one.name.partition("/")[0]: one for one in view.states()}
    metrics, changes, logs = (_age(view, states.get(name)) for name in (SIGNALS, "activity", LOGS))
    return metrics, changes, logs


def _age(view: TriageActions, state: SourceState | None) -> Line:
    age = age_of([state], plain(""), view.desk.session.now()) if state is not None else None
    return say(age.text, "warn" if age.is_late else "muted") if age is not None else NO_LINE


def why_none(view: TriageActions) -> list[Line]:
    """Why nothing is judged."""
    if view.at is not None:
        return [strong("Nothing was known of this endpoint then"), muted("esc leads back to now.")]
    if view.is_judging:
        return []
    problem = next((one.problem for one in view.states() if one.problem is not None), None)
    lines = [strong(f"Nothing is known of {safe(view.key, 60)} here")]
    return [*lines, *(say(line) for line in safe_lines(problem.sentence)[:4])] if problem else lines
