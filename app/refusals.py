"""When Azure says no: which action, where, which role would do, and the words to ask for it."""

from __future__ import annotations

import re
from typing import Any

from app.cards import Card, key_lines, lead, make_card, muted, strong
from app.key_map import KeyMap
from app.permits import request
from app.source_state import Problem, SourceState
from services.built_in_roles import role_that_grants
from widgets import format as fmt
from widgets.lines import NO_LINE, say
from widgets.pane import Line, Look, Pane, Span
from widgets.safe import Safe, plain, safe, safe_lines

_ACTION = re.compile(r"Microsoft\.[A-Za-z]+/[\w./]+[\w]")
_SCOPE = re.compile(r"/subscriptions/[^\s'\",;]+")


def role_for(action: str) -> str:
    """The smallest built-in role that would allow it; Owner for what no role of ours names."""
    return (role_that_grants(action) if action else "Reader") or "Owner"


def refusal(problem: Problem) -> tuple[str | None, str | None]:
    """Action and scope that Azure named in a refusal; None where it did not."""
    action, scope = _ACTION.search(problem.sentence), _SCOPE.search(problem.sentence)
    return (action[0] if action else None, scope[0].rstrip(".'") if scope else None)


def request_text(pane: Pane[Any], problem: Problem, account: str | None, workspace_id: str | None) -> Safe:
    """What to send to an administrator so that a refused read is granted."""
    action, scope = refusal(problem)
    where = scope or workspace_id or "the workspace"
    return safe(request(account, (action,) if action else (), where, "" if action else f"reading {pane.noun}"), 2000)


def forbidden(
    pane: Pane[Any], state: SourceState, problem: Problem, account: str | None, look: Look, keys: KeyMap
) -> Card:
    """Azure refused: which action, where, which role would do, and what works without it."""
    action, scope = refusal(problem)
    rows = [("action", action), ("scope", _short_scope(scope)), ("role", f"{role_for(action or '')} would allow it")]
    asked = fmt.clock(state.last_try or problem.since, look)
    at = f"at {fmt.clock(state.next_try, look)} or " if state.next_try else ""
    again = f", again {at}with {keys.name('refresh')}"
    facts = [*rows, ("asked", f"{asked}{again}")]
    body: list[Line] = [
        lead(f"You may not read {pane.title.lower()} here", look),
        NO_LINE,
        muted(f"Azure refused this for {safe(account) if account else 'your account'}:"),
        NO_LINE,
        *((Span(Safe(f"{name:<11}"), "muted"), Span(safe(value))) for name, value in facts if value),
    ]
    if action is None:
        body += [NO_LINE, *(say(line, "muted") for line in safe_lines(problem.sentence))]
    body += [NO_LINE, strong("Still here without it"), say(plain("every other pane, and all that was seen before")),
             NO_LINE, *key_lines(keys, ("copy", plain("copy the request for your administrator")),
                                 ("0", plain("every source and its state")))]  # fmt: skip
    return make_card(pane, "forbidden", state, look, body)


def _short_scope(scope: str | None) -> str | None:
    if scope is None:
        return None
    parts = [part for part in scope.split("/") if part]
    lowered = [part.lower() for part in parts]
    if "workspaces" in lowered and lowered.index("workspaces") + 1 < len(parts):
        return f"workspace {parts[lowered.index('workspaces') + 1]}"
    if "resourcegroups" in lowered and lowered.index("resourcegroups") + 1 < len(parts):
        return f"resource group {parts[lowered.index('resourcegroups') + 1]}"
    return f"subscription {parts[1]}" if len(parts) > 1 else scope
