"""Going somewhere: panes, drills, back, history, another workspace. The view that is left is remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.deployment_row import DeploymentRow
from app.desk import BY_NAME
from app.doing import planning
from app.fetching import look_for, start_over
from app.stack import BILL, COMPARE, ELSEWHERE, OF_ENDPOINTS, TRIAGE, Visit
from services.records import WorkspaceRef
from widgets.lines import line_text
from widgets.pane import Drill, Pane, Row
from widgets.safe import Safe, plain, safe

if TYPE_CHECKING:
    from app.deck import Deck


def pane(deck: Deck, name: str, query: str = "") -> None:
    """Go to a pane as it was last left; with a query, to that."""
    desk = deck.desk
    if name not in BY_NAME:
        return
    deck.leave_view()
    fresh = desk.fresh(name)
    if query:
        shown = BY_NAME[name]
        deck.show(desk.trail.visit(Visit(name, query, shown.order, start=shown.filter)))
    elif desk.trail.now.pane != name or desk.trail.now.parent is not None:
        deck.show(desk.trail.switch(name, fresh))


def digit(deck: Deck, key: str) -> None:
    """What a digit means: the pane it stands for, or a condition to drop while those are offered."""
    drops = deck.view.drops if deck.view.opened is None and deck.view.keeper.count == 0 else ()
    if len(drops) > 1 and key != "0" and int(key) <= len(drops):
        drop = drops[int(key) - 1]
        if drop.is_everywhere:
            deck.view.filter_everywhere("")
        else:
            deck.view.search(drop.query)
        return
    found = next((one for one in BY_NAME.values() if one.digit == key), None)
    if found is not None:
        pane(deck, found.name)
    else:
        deck.tell(Safe(f"No pane has the digit {key}."))


def open_row(deck: Deck) -> None:
    """Go into the row under the cursor, as its pane says; to its detail where there is nothing further in."""
    if any(drill.key == "enter" for drill in deck.view.pane.drills):
        drill(deck, "enter")
    else:
        deck.do("describe")


def drill(deck: Deck, key: str) -> None:
    """Go the way into the row that this key stands for."""
    row = deck.view.row
    way = next((one for one in deck.view.pane.drills if one.key == key), None)
    if way is None:
        return
    if row is None:
        deck.tell(plain("No row is under the cursor."))
        return
    if way.is_here:
        deck.view.search(way.query(row.record))
        return
    if way.part:
        _open_part(deck, way, row)
        return
    target, query = target_of(way, row)
    if target == TRIAGE:
        open_triage(deck, query, safe(query, 40))
        return
    if target == ELSEWHERE:
        from app.doing import asking

        asking.go_to_workspace(deck, query)
        return
    shown = BY_NAME.get(target)
    if shown is None:
        deck.tell(plain("There is no pane for this."))
        return
    deck.leave_view()
    # A way that leads to the same place from every row is not about the row.
    crumb = crumb_of(deck.view.pane, row, deck) if query else plain("")
    narrowed = query or shown.filter
    deck.show(deck.desk.trail.drill(Visit(target, narrowed, shown.order, start=narrowed), crumb))


def _open_part(deck: Deck, way: Drill[Any], row: Row) -> None:
    """Open the row itself, at a part of it."""
    named, crumb = way.query(row.record), crumb_of(deck.view.pane, row, deck)
    if way.part == TRIAGE:
        open_triage(deck, named, crumb)
    elif way.part in OF_ENDPOINTS and way.pane == "endpoints":
        open_of_endpoint(deck, way.part, named)
    elif way.part == BILL:
        deck.leave_view()
        deck.show(deck.desk.trail.drill(Visit(deck.view.pane.name, part=BILL), plain("bill")))
    elif way.part == COMPARE and deck.view.pane.record is DeploymentRow:
        from app.doing import deployments

        deployments.compare(deck)
    else:
        from app.doing import runs

        runs.open_run(deck, named, crumb, way.part)


def open_triage(deck: Deck, endpoint: str, crumb: Safe) -> None:
    """Open the triage of an endpoint over what is shown; `back` leads there again."""
    deck.leave_view()
    deck.show(deck.desk.trail.drill(Visit("endpoints", endpoint=endpoint), crumb))


def open_of_endpoint(deck: Deck, part: str, named: str) -> None:
    """Open the logs or the requests of `ENDPOINT` or `ENDPOINT/DEPLOYMENT` over what is shown."""
    endpoint, _, deployment = named.partition("/")
    deck.leave_view()
    visit = Visit("endpoints", endpoint=endpoint, part=part, log=deployment)
    deck.show(deck.desk.trail.drill(visit, safe(named, 60)))


def in_triage(deck: Deck, name: str) -> None:
    """Do what a key of the triage does."""
    from app.triaging.keys import KEYS
    from app.triaging.view import TriageView

    opened = deck.view.opened
    if isinstance(opened, TriageView) and any(one.name == name and one.is_action for one in KEYS):
        getattr(opened, f"action_{name}")()


def target_of(way: Drill[Any], row: Row) -> tuple[str, str]:
    """Pane and filter a drill leads to; without a pane of its own, the first word of its query names one."""
    query = way.query(row.record)
    if way.pane:
        return way.pane, query
    target, _, rest = query.partition(" ")
    return target, rest


def crumb_of(shown: Pane[Any], row: Row, deck: Deck) -> Safe:
    """A row's name for the crumbs: the bold part of its title."""
    title = shown.head(row.record, deck.desk.look) if shown.head else ()
    named = [span.text for span in title if span.bold or span.tone == "strong"]
    return safe((named[0] if named else line_text(title) or row.key).strip(), 40)


def back(deck: Deck) -> None:
    """Back out of the detail, then out of a drill; quit at the top."""
    if deck.view.has_class("-detail-only"):
        deck.do("describe")
        return
    deck.leave_view()
    visit = deck.desk.trail.back()
    if visit is not None:
        deck.show(visit)
    else:
        deck.leave()


def escape(deck: Deck) -> None:
    """Clear the innermost layer: the detail on its own, the filter, then back out of a drill."""
    view = deck.view
    if planning.cancel(deck):
        return
    if view.opened is not None:
        if not view.opened.escape():
            back(deck)
    elif view.has_class("-detail-only"):
        deck.do("describe")
    elif view.detail.has_focus or view.clear_layer():
        view.table.focus()
    elif deck.desk.trail.now.parent is not None:
        back(deck)
    else:
        deck.tell(deck.keys.said("This is the top; {back} quits."))


def last(deck: Deck) -> None:
    """The view before this one."""
    deck.leave_view()
    deck.show(deck.desk.trail.last())


def earlier(deck: Deck) -> None:
    """Back through history."""
    deck.leave_view()
    deck.show(deck.desk.trail.earlier())


def later(deck: Deck) -> None:
    """Forward through history."""
    deck.leave_view()
    deck.show(deck.desk.trail.later())


def workspace(deck: Deck, ref: WorkspaceRef) -> None:
    """Look at another workspace: its cached rows at once, Azure's when they come."""
    desk = deck.desk
    session = desk.session
    if session.workspace is not None and session.workspace.key == ref.key:
        deck.tell(Safe(f"{safe(ref.name)} is on the screen already."))
        return
    session.choose(ref, is_remembered=False)
    start_over(deck)
    deck.tell(Safe(f"Now in {safe(ref.name)}."))
    # Writing may wait for another process, and the refresher for its readers' page.
    deck.view.ask(lambda: _settle_in(deck, ref), lambda _: look_for(deck, ()))


def _settle_in(deck: Deck, ref: WorkspaceRef) -> None:
    deck.desk.session.choose(ref)
    deck.desk.refresher.reset()
