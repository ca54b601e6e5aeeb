"""The help of a view: every key that does something here or elsewhere, searchable, and enter runs it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.billing.keys import KEYS as BILL_KEYS
from app.here import Here
from app.key_map import DEFAULT, KeyMap, moves
from app.keys import ACTIONS, GROUPS, PUT_AWAY, Action
from app.log_lines import LOG_WORDS
from app.run_parts import PARTS, Part
from app.scoring.keys import REQUEST_WORDS
from app.stack import BILL, LOGS, OF_ENDPOINTS, REQUESTS
from app.triaging.keys import KEYS as TRIAGE_KEYS
from services.compute_targets import TARGETS, Target
from services.run import Run
from widgets.bar import NO_TEXT
from widgets.choices import Choice
from widgets.lines import fit_line, say
from widgets.pane import Pane, Span
from widgets.safe import Safe, cell_width, plain, safe

_SHARED = ("undo", "snooze")
"""Two actions have one key, and each pane lists one of them: Pulse the second, all others the first."""

KEY_CELLS = 15
"""Cells the keys stand in."""
WORD_CELLS = 44
"""Cells for what they do; what is longer is written out under the list."""
NOTE_ROWS = 2
"""Rows for that."""

OWN_KEYS = {LOGS: LOG_WORDS, REQUESTS: REQUEST_WORDS}
"""The keys of what is open of an endpoint beside its triage."""

PRIVACY = plain("amldeck sends no telemetry")
"""Said under the list, where it is always seen."""

NOTES: tuple[tuple[Safe, Safe], ...] = (
    (plain("privacy"), plain("what amldeck sees stays in its cache on this machine")),
    (plain("scripts"), plain("every pane prints: amldeck runs 'status:failed' --json")),
    (plain("tokens"), plain("the token a run works with opens the whole workspace: it is neither asked for nor shown")),
    (plain("editions"), plain("Basic and Enterprise are one today: there is nothing to upgrade")),
    (plain("writes"), plain("{act} shows a change; :rw 10m lets it be sent; {undo} takes it back")),
)
"""What people ask the help for beside keys."""


def choice(id: str, keys: Safe, words: Safe, group: Safe, *, why_not: Safe | None = None, search: str = "") -> Choice:
    """A line of help: key in accent, then what it does."""
    line = (*fit_line(say(keys, "accent"), KEY_CELLS), Span(words))
    note = words if cell_width(words) > WORD_CELLS and why_not is None else why_not or NO_TEXT
    return Choice(id, line, group=group, words=search, why_not=why_not, note=note)


def drills(here: Here, keys: KeyMap) -> list[Choice]:
    """The ways into the row, in the pane's own words; those to a part of a run stand among the parts."""
    if here.is_opened:
        return []
    others = {part.key for part in PARTS} if here.pane.record is Run else set[str]()
    why = None if here.has_row else plain("No row is under the cursor.")
    group = GROUPS["row"]
    made = [
        choice(
            f"drill:{drill.key}",
            keys.of_drill(drill),
            safe(f"{drill.title[:1].upper()}{drill.title[1:]}"),
            group,
            why_not=why,
        )
        for drill in here.pane.drills
        if drill.key not in others
    ]
    if not any(drill.key == "enter" for drill in here.pane.drills):
        made.insert(0, choice("describe", plain("enter"), plain("Show the detail"), group, why_not=why))
    return made


def parts(here: Here, keys: KeyMap) -> list[Choice]:
    """The parts of a run: of the one that is open, or of the one under the cursor; the keys of an opened triage."""
    if here.is_opened and here.part == BILL:
        return [choice("", one.shown, one.about, plain("In the bill")) for one in BILL_KEYS]
    if here.is_opened and here.pane.name == "endpoints" and here.part in OF_ENDPOINTS:
        return [choice("", shown, words, OF_ENDPOINTS[here.part]) for shown, words in OWN_KEYS[here.part]]
    if here.is_opened and here.pane.name == "endpoints":
        return [
            choice(f"triage:{one.name}" if one.is_action else "", one.shown, one.about, plain("In this triage"))
            for one in TRIAGE_KEYS
        ]
    if here.pane.record is not Run:
        return []
    why, group = None if here.has_row else plain("No row is under the cursor."), plain("Look into the run")
    return [
        choice(f"part:{part.name}", keys.first(part.name), _about(part), group, why_not=why, search=part.name)
        for part in PARTS
        if keys.of(part.name)  # the overview is the detail of a run, and listed as that
    ]


def _about(part: Part) -> Safe:
    return Safe(f"{part.title}: {part.about[0].lower()}{part.about[1:]}")


def of_action(action: Action, here: Here, keys: KeyMap) -> Choice:
    """One action's line; an action that is not possible says why."""
    words, why = f"{action.id} {action.word}", action.why_not(here)
    shown = Safe(" ".join(action.keys if action.is_typed else keys.written(action.id)))
    return choice(action.id, shown, action.about, GROUPS[action.group], search=words,
                  why_not=keys.said(why) if why else None)  # fmt: skip


def panes(all_panes: Sequence[Pane[Any]], keys: KeyMap) -> list[Choice]:
    """A line for every pane a digit opens."""
    group = plain("Panes")
    return [
        choice(
            f"pane:{pane.name}",
            safe(pane.digit),
            safe(f"{pane.title}: {keys.said(pane.help)}"),
            group,
            search=pane.name,
        )
        for pane in all_panes
        if pane.digit
    ]


def of_targets(here: Here) -> list[Choice]:
    """Every kind of target a run or an endpoint can be sent to, in the help of the computes."""
    if here.pane.name != "compute" or here.is_opened:
        return []
    group = plain("Kinds of compute")
    return [choice("", safe(one.word), target_words(one), group, search=one.title) for one in TARGETS]


def target_words(one: Target) -> Safe:
    """`Azure Databricks: trains. Its workspace …`: what it is good for, then what amldeck does with it."""
    uses = [word for word, does in (("trains", one.trains), ("serves", one.serves)) if does]
    sdk = f", SDK {one.sdk} alone" if one.sdk else ""
    return Safe(f"{one.title}: {' and '.join(uses) or 'neither trains nor serves'}{sdk}. {one.does}")


def choices(here: Here, all_panes: Sequence[Pane[Any]], keys: KeyMap = DEFAULT) -> list[Choice]:
    """All of it, what concerns the row first."""
    found = [*parts(here, keys)] if here.is_opened else [*drills(here, keys)]
    listed = [action for action in ACTIONS if action.id not in ("open", _SHARED[here.pane.name not in PUT_AWAY])]
    for group in GROUPS:
        found += [of_action(action, here, keys) for action in listed if action.group == group]
        if group == "row" and not here.is_opened:
            found += parts(here, keys)
        if group == "rows":
            found += [choice("", shown, words, plain("Move")) for shown, words in moves(keys)]
    found += of_targets(here)
    notes = [choice("", name, keys.said(words), plain("Good to know")) for name, words in NOTES]
    return [*found, *panes(all_panes, keys), *notes]
