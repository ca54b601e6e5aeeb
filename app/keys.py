"""Every key of the deck, as data: footer, help, palette and command line are made from this table.

An action says what it does in words, and why it cannot be done here when it cannot; `{back}` in it stands for the
key that action has (`KeyMap.said`). What it does is in `app.doing` under the same id; keys the table widget answers
itself (`j`, `space` …) stand here only to be found and shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from app.here import Here
from widgets.safe import Safe, plain

Group = Literal["places", "row", "rows", "view", "data", "deck"]

GROUPS: dict[Group, Safe] = {
    "row": plain("The row under the cursor"),
    "rows": plain("Filter, sort, mark"),
    "places": plain("Places"),
    "view": plain("What is shown"),
    "data": plain("Fresh or not"),
    "deck": plain("The deck"),
}
"""The order and the titles help lists them under."""


Why = Callable[[Here], Safe | None]


def _always(here: Here) -> Safe | None:
    return None


def _table(here: Here) -> Safe | None:
    return plain("That is about rows; {escape} leads back to them.") if here.is_opened else None


def _row(here: Here) -> Safe | None:
    return None if here.has_row else plain("No row is under the cursor.")


def _copyable(here: Here) -> Safe | None:
    return None if here.is_refused else _row(here)


def _row_of_table(here: Here) -> Safe | None:
    return _table(here) or _row(here)


def _rows(here: Here) -> Safe | None:
    if here.is_opened:
        return _table(here)
    return None if here.row_count else plain("There are no rows here.")


def _document(here: Here) -> Safe | None:
    return _row(here) or (None if here.has_document else plain("Azure's own document is not kept for this."))


def _studio(here: Here) -> Safe | None:
    return _row(here) or (None if here.has_studio else plain("The studio has no page for this."))


def _portal(here: Here) -> Safe | None:
    return _row(here) or (None if here.has_arm_id else plain("This has no ARM id, so no page in the portal."))


def _trouble(here: Here) -> Safe | None:
    if here.is_opened:
        return _table(here)
    return None if here.pane.trouble else plain("Nothing here counts as a problem.")


def _marked(here: Here) -> Safe | None:
    return None if here.marked else plain("Nothing is marked.")


def _everywhere(here: Here) -> Safe | None:
    return None if here.has_everywhere else plain("No filter applies in all panes; {filter_all} types one.")


def _deep(here: Here) -> Safe | None:
    has_layer = here.is_filtered or here.is_planning or here.is_detail or here.is_in_detail
    return None if here.depth or has_layer else plain("This is the top; {back} quits.")


def _earlier(here: Here) -> Safe | None:
    return None if here.has_earlier else plain("No earlier view.")


def _later(here: Here) -> Safe | None:
    return None if here.has_later else plain("No later view.")


def _differing(here: Here) -> Safe | None:
    return _rows(here) or (None if here.has_pairs else plain("These rows have no params, tags or metrics to compare."))


def _doable(here: Here) -> Safe | None:
    if not here.pane.verbs and not here.has_commands:
        return plain("Nothing here can be changed from amldeck.")
    return None if here.marked else _row(here)


def _undoable(here: Here) -> Safe | None:
    if here.pane.name in PUT_AWAY:
        return plain("Here this key snoozes; Intents, :intents, says what was changed, and takes it back.")
    if not here.pane.verbs and here.pane.name != "intents":
        return plain("Nothing here can be changed from amldeck.")
    return _row(here)


def _watchable(here: Here) -> Safe | None:
    if here.pane.name not in WATCHED:
        return plain("Runs, endpoints and costs can be watched; :watch lists what is.")
    return _row(here)


def _unlocked(here: Here) -> Safe | None:
    return None if here.is_writing else plain("This is read-only already.")


def _refresher(here: Here) -> Safe | None:
    return None if here.has_refresher else plain("Started with --offline: nothing is fetched.")


def _snoozable(here: Here) -> Safe | None:
    if here.pane.name not in PUT_AWAY:
        return plain("Only what Pulse and Waste show can be snoozed.")
    return _table(here) if here.marked else _row_of_table(here)


def _snoozed(here: Here) -> Safe | None:
    is_one = here.pane.name in PUT_AWAY
    return _table(here) if is_one else plain("Only what Pulse and Waste show can be snoozed.")


PUT_AWAY = ("pulse", "waste")
"""The panes whose rows can be put away: in them the key of `undo` snoozes."""

WATCHED = ("runs", "endpoints", "costs")
"""The panes whose rows can be watched."""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a key does. `word` is the footer's; `about` is a sentence for help and palette.

    `foot` is the place in the footer, lowest first; None keeps it out. `is_table` marks keys the table answers.
    `is_typed` marks what has no key: its `keys` say how it is typed behind `:`.
    """

    id: str
    keys: tuple[str, ...]
    word: Safe
    about: Safe
    group: Group
    why_not: Why = _always
    foot: int | None = None
    is_table: bool = False
    is_typed: bool = False


ACTIONS: tuple[Action, ...] = (
    Action("open", ("enter",), plain("open"), plain("Go into the row"), "row", _row, 10, is_table=True),
    Action("describe", ("d",), plain("detail"), plain("Show the detail over the whole screen"), "row", _row, 38),
    Action("raw", ("v",), plain("raw"), plain("Azure's own document, as JSON or YAML"), "row", _document, 70),
    Action("copy", ("y",), plain("copy"), plain("Copy the name or id"), "row", _copyable, 50),
    Action("copy_menu", ("Y",), plain("copy as"),
           plain("Copy ARM id, link, az command, REST call, a cell; a run as YAML or Python"), "row", _row, 90),
    Action("studio", ("o",), plain("studio"), plain("Open in Azure Machine Learning studio"), "row", _studio, 60),
    Action("portal", ("O",), plain("portal"), plain("Open in the Azure portal"), "row", _portal),
    Action("origin", ("i",), plain("origin"), plain("Where the value came from, and how old it is"), "row",
           lambda here: None if here.has_origin else _row(here), 95),
    Action("act", ("a",), plain("actions"), plain("What can be done to the row, or to the marked rows"), "row", _doable,
           24),
    Action("undo", ("z",), plain("take back"), plain("Take back the last change made to the row from here"), "row",
           _undoable),
    Action("snooze", ("z",), plain("snooze"), plain("Pulse, Waste: put it, or what is marked, away for a while"), "row",
           _snoozable, 12),
    Action("snoozed", ("M",), plain("snoozed"), plain("Pulse, Waste: what is snoozed, and back"), "rows", _snoozed, 36),
    Action("watch", ("w",), plain("watch"), plain("Say when it ends, stalls, turns or crosses a line"), "row",
           _watchable, 37),
    Action("watches", (":watch",), plain("watched"), plain("What is watched, and what happened to it"), "data",
           is_typed=True),
    Action("prices", (":prices",), plain("prices"), plain("Read list prices of the machine sizes in use"), "data",
           _refresher, is_typed=True),
    Action("filter", ("/",), plain("filter"), plain("Narrow the rows: words, field:value"), "rows", _table, 25),
    Action("filter_all", ("//",), plain("filter all panes"),
           plain("Narrow every pane at once; empty clears it"), "rows", _table),
    Action("clear_all", ("X",), plain("clear //"), plain("Clear the filter of all panes"), "rows", _everywhere, 26),
    Action("trouble", ("!",), plain("problems"), plain("Problems only, and back"), "rows", _trouble, 35),
    Action("mark", ("space",), plain("mark"), plain("Mark the row"), "rows", _row_of_table, 20, is_table=True),
    Action("mark_range", ("V",), plain("mark range"), plain("Mark from the last mark to here"), "rows", _row_of_table,
           is_table=True),
    Action("mark_all", ("*",), plain("mark all"), plain("Mark every row on the screen"), "rows", _rows, is_table=True),
    Action("unmark", ("\\",), plain("clear marks"), plain("Clear all marks"), "rows", _marked, is_table=True),
    Action("sort", ("s",), plain("sort"), plain("Choose what to sort by"), "rows", _table, 40),
    Action("sort_previous", ("<",), plain("sort left"), plain("Sort by the column to the left"), "rows", _table),
    Action("sort_next", (">",), plain("sort right"), plain("Sort by the column to the right"), "rows", _table),
    Action("sort_reverse", ("I",), plain("reverse"), plain("Reverse the order"), "rows", _table),
    Action("export", ("e",), plain("export"), plain("Write the rows of this view to a file"), "rows", _rows, 80),
    Action("save_view", ("b",), plain("save view"), plain("Save filter, order and columns under a name"), "view",
           _table),
    Action("views", ("B",), plain("views"), plain("Saved views, and those for research, triage and cost"), "view",
           foot=84),
    Action("frequency", ("F",), plain("frequency"), plain("How often each value of a column is there; enter filters"),
           "view", _table),
    Action("group", ("#",), plain("group"), plain("Group by experiment, user, a tag: counts, success, hours, last"),
           "view", _table, 83),
    Action("columns", ("c",), plain("columns"), plain("Choose the columns"), "view", _table, 85),
    Action("differs", ("D",), plain("what differs"),
           plain("Columns for what differs among the rows seen, or marked; and back"), "view", _differing, 39),
    Action("zone", ("U",), plain("local/UTC"), plain("Times in local time or UTC"), "view"),
    Action("compact", ("ctrl+e",), plain("compact"), plain("Hide or show header and tabs"), "view"),
    Action("focus_next", ("tab",), plain("next panel"), plain("To the detail; to the next part of a run"), "view"),
    Action("focus_previous", ("shift+tab",), plain("previous panel"), plain("To the panel or part before"), "view"),
    Action("back", ("q",), plain("back"), plain("Back to where this was opened from; quits at the top"), "places"),
    Action("escape", ("escape",), plain("back"), plain("Clear the innermost layer, then back"), "places", _deep, 22),
    Action("last", ("-",), plain("last view"), plain("The view before this one, and back"), "places", _earlier),
    Action("earlier", ("[",), plain("earlier"), plain("Back through history"), "places", _earlier),
    Action("later", ("]",), plain("later"), plain("Forward through history"), "places", _later),
    Action("workspaces", ("W",), plain("workspaces"), plain("Choose another workspace"), "places", _always, 75),
    Action("refresh", ("r", "ctrl+r"), plain("refresh"), plain("Fetch this pane's sources now"), "data",
           _refresher, 65),
    Action("pause", ("p",), plain("pause"), plain("Stop fetching, and go on"), "data", _refresher, 88),
    Action("command", (":",), plain("command"), plain("Type a command: a pane, :ws, :theme, :filter"), "deck", foot=86),
    Action("rw", (":rw 10m",), plain("unlock writing"), plain("Unlock writing for a while, 1 to 60 minutes"), "deck",
           is_typed=True),
    Action("ro", (":ro",), plain("lock writing"), plain("Lock writing at once"), "deck", _unlocked, is_typed=True),
    Action("palette", ("ctrl+p",), plain("palette"), plain("Find anything by typing"), "deck"),
    Action("help", ("?",), plain("keys"), plain("This list; enter runs the action"), "deck"),
    Action("sign_in", ("L",), plain("sign in"), plain("Sign in, or as somebody else; by key while signed out"), "deck",
           _refresher),
    Action("suspend", ("ctrl+z",), plain("suspend"), plain("Back to the shell; fg returns"), "deck"),
    Action("quit", ("ctrl+q",), plain("quit"), plain("Leave amldeck"), "deck"),
    Action("interrupt", ("ctrl+c",), plain("cancel"), plain("Cancel what is going on; twice quits"), "deck"),
)  # fmt: skip

BY_ID: dict[str, Action] = {action.id: action for action in ACTIONS}


def why_not(action_id: str, here: Here) -> Safe | None:
    """The reason an action is not possible now; None when it is."""
    return BY_ID[action_id].why_not(here)
