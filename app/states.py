"""The sentences for when there is nothing to show: what is the case, why, and which key helps.

Made from source states, never by hand. Nothing here draws or asks anybody anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.cards import Card, key_lines, lead, make_card, muted, strong
from app.freshness import States, main_source, sources_of
from app.key_map import DEFAULT, KeyMap
from app.refusals import forbidden
from app.source_state import Problem, SourceState
from widgets import format as fmt
from widgets.lines import NO_LINE, fit_line, say
from widgets.pane import Line, Look, Pane, Span
from widgets.safe import Safe, plain, safe, safe_lines


@dataclass(frozen=True, slots=True)
class Without:
    """How many rows match when one condition of the filter is dropped; None while it is being counted."""

    condition: Safe
    query: str
    matches: int | None = None
    is_everywhere: bool = False
    """The condition is the filter of all panes, and not this one's."""


def loading(pane: Pane[Any], state: SourceState | None) -> list[Line]:
    """The first read goes on: how far it is."""
    progress = f" {state.progress:,}…" if state is not None and state.progress else "…"
    return [muted(f"loading {pane.noun}{progress}")]


def no_workspaces(state: SourceState | None, *, is_online: bool) -> list[Line]:
    """No workspace was seen yet: what would bring some."""
    if not is_online:
        return [
            say(plain("  No workspace is kept on this machine yet.")), NO_LINE,
            _way("amldeck", "sign in, and keep what is seen for later"),
            _way("amldeck demo", "a living workspace, without an account"),
        ]  # fmt: skip
    if state is None or (state.last_ok is None and state.problem is None):
        return [muted("  Asking Azure for the workspaces you may see…")]
    if state.problem is not None:
        return [say(Safe(f"  {line}"), "warn") for line in safe_lines(state.problem.sentence)[:4]]
    return [say(plain("  Azure lists no workspace that you may see.")), NO_LINE,
            _way("esc, then L", "sign in as somebody else")]  # fmt: skip


def _way(key: str, words: str) -> Line:
    return (Span(Safe(f"  {key:<14}"), "accent", bold=True), Span(Safe(words)))


def looking(pane: Pane[Any]) -> list[Line]:
    """The cache is asked, and it takes long."""
    return [
        muted(f"Looking for the {pane.noun}…"),
        muted("Many are put in order first; the next time it is quicker."),
    ]


def empty(
    pane: Pane[Any], state: SourceState | None, workspace: Safe, look: Look, keys: KeyMap = DEFAULT
) -> list[Line]:
    """There is nothing, and we know it: when that was last seen, and what would fill the pane."""
    checked = f"Last checked {fmt.age(state.last_ok, look.now)} ago." if state and state.last_ok else "Not checked yet."
    where = f" in {workspace}" if workspace else ""
    lines = [strong(f"No {pane.noun}{where}"), muted(checked), NO_LINE]
    lines += [say(safe(line), "text") for line in safe_lines(keys.said(pane.empty))]
    ways = key_lines(keys, ("refresh", plain("check again")), ("0", plain("see every source")))
    return [*lines, NO_LINE, *ways]


def homeless(keys: KeyMap = DEFAULT, *, is_online: bool) -> list[Line]:
    """No workspace is chosen, so there is nothing to show or to ask for."""
    lines = [strong("No workspace is chosen"), muted("Everything here belongs to one."), NO_LINE]
    lines += key_lines(keys, ("workspaces", plain("choose one")))
    if is_online:
        lines += key_lines(keys, ("0", plain("see how the list of workspaces comes along")))
    return lines


def unread(
    pane: Pane[Any], state: SourceState | None, keys: KeyMap = DEFAULT, *, has_refresher: bool, is_paused: bool
) -> list[Line]:
    """Nothing was read yet, and nothing is being read."""
    if not has_refresher:
        return [strong(f"No {pane.noun} were ever seen here"),
                muted("Started offline: what is not in the cache stays unknown.")]  # fmt: skip
    if is_paused:
        return [strong("Paused before anything was read"), *key_lines(keys, ("pause", plain("go on")))]
    return loading(pane, state)


_ALL = ("", "this", "both conditions", "all three conditions", "all four conditions", "all five conditions")


def no_match(
    pane: Pane[Any],
    drops: Sequence[Without],
    total: int | None,
    look: Look,
    keys: KeyMap = DEFAULT,
    *,
    has_own: bool = True,
    filling: Sequence[SourceState] = (),
) -> list[Line]:
    """No row matches: how many there are, and how many would match without each condition. `drops` as `ranked`.

    `filling` are the sources that fill in later what was asked for.
    """
    count = len(drops)
    one = pane.noun[:-1] if pane.noun.endswith("s") else pane.noun
    meant = _ALL[max(1, count)] if count < len(_ALL) else f"all {count} conditions"
    lines = [strong(f"No {one} matches {meant}")]
    if total is not None:
        lines.append(muted(f"0 of {fmt.count(total)}, every one of them searched"))
    lines += [say(one, "warn") for one in map(_not_filled, filling) if one]
    if count > 1:
        most = max(drop.matches or 0 for drop in drops)
        lines += [NO_LINE, muted(f"{'without':<45}{'matches':>11}")]
        lines += [_drop_line(index, drop, most, look) for index, drop in enumerate(drops, 1)]
    ways = [("escape", plain("clear the filter")), ("filter", plain("edit it"))] if has_own else []
    if not has_own or any(drop.is_everywhere for drop in drops):
        ways.append(("clear_all", plain("clear the filter of all panes")))
    return [*lines, NO_LINE, *key_lines(keys, *ways)]


def _not_filled(state: SourceState) -> Safe:
    """That a row may match yet, because a field of it is not known; empty when it would be by now."""
    if state.is_reading and state.total is not None and (state.done or 0) < state.total:
        return Safe(f"{safe(state.title)} are still being read: {state.done or 0:,} of {state.total:,}")
    if state.last_ok is None:
        return Safe(f"{safe(state.title)} were never read: what is asked of them nobody knows yet")
    return plain("")


def ranked(drops: Sequence[Without]) -> list[Without]:
    """The conditions in the order they are offered for dropping: what helps most first."""
    return sorted(drops, key=lambda drop: -(drop.matches or 0))


def _drop_line(index: int, drop: Without, most: int, look: Look) -> Line:
    cells = round(20 * (drop.matches or 0) / most) if most else 0
    bar = Safe(("=" if look.is_ascii else "━") * max(cells, 1 if drop.matches else 0))
    name = fit_line(say(drop.condition), 22)
    number = plain("…") if drop.matches is None else fmt.count(drop.matches)
    return (
        Span(Safe(f"{index}  "), "accent", bold=True),
        *name,
        *fit_line(say(bar, "accent"), 21),
        *fit_line(say(number, "text" if drop.matches else "muted"), 10, is_right=True),
    )


def obstacle(pane: Pane[Any], state: SourceState, problem: Problem, look: Look, keys: KeyMap = DEFAULT) -> Card:
    """Nothing was ever read and the last try failed: what happened, and when it is tried again."""
    words = {
        "offline": f"No connection, and no {pane.noun} in the cache",
        "throttled": f"Azure asks to wait before it lists {pane.noun}",
        "signed out": "Nobody is signed in" if problem.is_everywhere else "Azure does not accept this sign-in",
        "broken": f"Azure could not list {pane.noun}",
        "malformed": f"The answer with {pane.noun} could not be read",
        "cache": "The cache cannot be written",
        "waiting": "Another amldeck is reading this now",
    }
    body: list[Line] = [lead(words.get(problem.kind, f"{pane.title} could not be read"), look), NO_LINE]
    body += [say(line) for line in safe_lines(problem.sentence)[:4]]
    if state.next_try is not None:
        body += [NO_LINE, muted(f"next try {fmt.clock(state.next_try, look)}")]
    if problem.kind == "signed out":
        body += [NO_LINE, *key_lines(keys, ("sign_in", plain("sign in")))]
    body += [NO_LINE, *key_lines(keys, ("refresh", plain("try now")), ("0", plain("every source and its state")))]
    return make_card(pane, problem.kind, state, look, body)


def blocking(pane: Pane[Any], states: States) -> SourceState | None:
    """The source that keeps a pane without rows empty: its problem is the reason; None when there is none."""
    main = main_source(pane, states)
    if main is not None and main.problem is not None:
        return main
    return next((state for state in sources_of(pane, states) if state.problem is not None and pane.sources), None)


def card(pane: Pane[Any], states: States, account: str | None, look: Look, keys: KeyMap = DEFAULT) -> Card | None:
    """What stands in the place of the table while a pane has no rows because its sources failed."""
    state = blocking(pane, states)
    if state is None or state.problem is None:
        return None
    if state.problem.kind == "forbidden":
        return forbidden(pane, state, state.problem, account, look, keys)
    return obstacle(pane, state, state.problem, look, keys)
