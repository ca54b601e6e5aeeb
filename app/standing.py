"""What stands in the way, as the notice line says it: what, since when, when it is tried again, which key helps."""

from __future__ import annotations

from collections.abc import Iterable

from app.freshness import States, is_signed_out, offline_since
from app.source_state import Problem, SourceState
from widgets import format as fmt
from widgets.lines import NO_LINE
from widgets.pane import Line, Look, Span
from widgets.safe import Safe, plain, safe


def standing(own: Iterable[SourceState], states: States, look: Look, *, is_told: bool = False) -> tuple[Line, Line]:
    """Left the trouble, right the key that may help; both empty when nothing stands in the way.

    `own` is how what is shown stands. `is_told` is True while a card in the pane tells of that already.
    """
    if is_signed_out(states):
        first = next(s.problem for s in states.values() if s.problem is not None and s.problem.is_everywhere)
        return _trouble("signed out", first.sentence, look), _try(plain("L"), plain("signs in"))
    since = offline_since(states)
    if since is not None:
        sentence = next(s.problem.sentence for s in states.values() if s.problem and s.problem.kind == "offline")
        upcoming = [state.next_try for state in states.values() if state.next_try is not None]
        # A cause may be long and is cut at its end, so the time of the next try stands before it.
        following = f"next try {fmt.clock(min(upcoming), look)}: " if upcoming else ""
        left = _trouble(f"offline since {fmt.clock(since, look)}", f"{following}{sentence.rstrip('.')}", look)
        return left, _try(plain("r"), plain("try now"))
    for state in () if is_told else own:
        if state.problem is not None and state.problem.kind != "waiting":
            return _of_source(state, state.problem, look)
    return NO_LINE, NO_LINE


def _of_source(state: SourceState, problem: Problem, look: Look) -> tuple[Line, Line]:
    name = f"{state.title.lower()} {problem.kind}"
    if problem.kind == "throttled":
        said = f"next try {fmt.clock(state.next_try, look)}" if state.next_try else problem.sentence
        return _trouble(name, said, look), _try(plain("p"), plain("pause"))
    return _trouble(name, problem.sentence, look), _try(plain("r"), plain("try now"))


def _trouble(head: str, rest: str, look: Look) -> Line:
    sign = plain("! " if look.is_ascii else "▲ ")
    return (Span(sign, "warn", bold=True), Span(safe(head), "warn", bold=True), Span(Safe(f"  {safe(rest)}")))


def _try(key: Safe, words: Safe) -> Line:
    return (Span(key, "accent"), Span(Safe(f" {words}")))
