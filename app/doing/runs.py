"""Looking into a run: opening it, its parts, and finding it by name or id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.deployment_row import DeploymentRow
from app.doing import places
from app.quoting import quoted
from app.run_parts import BY_PART, PARTS
from app.stack import COMPARE, Visit
from services.comparison import MOST
from services.run import Run
from widgets.pane import Row
from widgets.safe import Safe, plain, safe

if TYPE_CHECKING:
    from app.deck import Deck

SEVERAL = 2
"""Runs of one name that are looked for: then it is a list and not a run."""


def open_run(deck: Deck, key: str, crumb: Safe, part: str = "", against: tuple[str, ...] = ()) -> None:
    """Open a run over what is shown; `back` leads there again."""
    deck.leave_view()
    visit = Visit("runs", run=key, part=part if part in BY_PART else PARTS[0].name, against=against)
    deck.show(deck.desk.trail.drill(visit, crumb))


def part(deck: Deck, name: str) -> None:
    """Show a part of the run that is open; of the row under the cursor where rows are runs."""
    view = deck.view
    if view.opened is deck.run_view:
        deck.run_view.turn_to(name)
        deck.leave_view()  # the crumbs and the history know the part
        return
    way = next((one for one in view.pane.drills if one.part == name), None)
    if view.pane.record is DeploymentRow and name == COMPARE:
        from app.doing import deployments

        deployments.compare(deck)
    elif view.pane.record is not Run and way is not None and view.opened is None:
        places.drill(deck, way.key)
    elif view.pane.record is not Run:
        deck.tell(plain("That is a part of a run, and these rows are no runs."))
    elif name == COMPARE and len(view.table.marks) > 1:
        compare_marked(deck)
    elif view.row is None:
        deck.tell(plain("No row is under the cursor."))
    else:
        open_run(deck, view.row.key, places.crumb_of(view.pane, view.row, deck), name)


def step(deck: Deck, by: int) -> None:
    """Show the part so many further on."""
    if deck.view.opened is not None:
        deck.view.opened.step(by)
    deck.leave_view()


def compare_marked(deck: Deck) -> None:
    """Compare the marked runs, in the order they were marked: the first is the base."""
    marked = deck.view.table.marks
    if len(marked) > MOST:
        deck.tell(Safe(f"{len(marked):,} runs are marked; {MOST} at most are compared."))
    else:
        open_run(deck, marked[0], Safe(f"{len(marked)} runs"), "compare", tuple(marked))


def open_named(deck: Deck, text: str) -> None:
    """Open the run of this id or name: from the cache, else by asking run history for the id."""
    session = deck.desk.session
    store, scope = session.store, session.scope
    finder, pane = deck.desk.finder, places.BY_NAME["runs"]

    def find() -> list[Row]:
        seen = store.get("runs", scope, text)
        if seen is not None:
            return [Row(seen.key, seen.record, seen.fetched_at)]
        found = finder.rows(pane, f"name={quoted(text)}", pane.order)
        return [Row(*row) for row in found.window(0, SEVERAL)]

    def go(found: list[Row]) -> None:
        if len(found) >= SEVERAL:
            places.pane(deck, "runs", f"name={quoted(text)}")
        elif found:
            open_run(deck, found[0].key, safe(found[0].record.name, 40))
        elif session.is_online and session.workspace is not None:
            open_run(deck, text, safe(text, 40))
        else:
            deck.tell(Safe(f"No run seen here is called {safe(text, 60)}."))

    deck.view.ask(find, go)
