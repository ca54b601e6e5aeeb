"""`s`: what to sort by. A metric, param or tag that is no column becomes one, so that what is sorted by is seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from app.columns import is_azures_own, name_of, reach_column
from app.doing.arranging import MOST_NAMES
from app.screens.menu import Menu
from cache.table import fields_of
from widgets.choices import Choice
from widgets.lines import say
from widgets.pane import Column
from widgets.safe import Safe, plain, safe
from widgets.table_sort import order_by

if TYPE_CHECKING:
    from app.deck import Deck


def sort(deck: Deck) -> None:
    """Choose what to sort by; picking the present column turns the order round."""
    view, desk = deck.view, deck.desk
    pane, finder, order = view.pane, desk.finder, view.table.order
    columns = tuple(dict.fromkeys((*desk.columns(pane), *pane.columns)))
    table = finder.table(pane)
    kinds = {name: field.kind for name, field in fields_of(table.record).items()}
    own = _choices(columns, order, kinds, plain(""))
    menu = Menu(plain("Sort by"), own, placeholder=plain("column, metric, param or tag"))
    deck.push_screen(menu, lambda chosen: _sort(deck, chosen, [name_of(column) for column in columns]))

    def ask() -> list[Column[Any]]:
        known = {column.field for column in columns}
        names = (name for name in finder.reaches(pane) if not is_azures_own(name.partition(".")[2]))
        found = sorted(name for name in names if name not in known)[:MOST_NAMES]
        made = (reach_column(name, table, lambda field, reach: finder.is_number(pane, field, reach)) for name in found)
        return [column for column in made if column is not None]

    view.ask(ask, lambda more: menu.offer([*own, *_choices(more, order, kinds, plain("Seen in the rows"))]))


def _choices(columns: Sequence[Column[Any]], order: str, kinds: Mapping[str, str], group: Safe) -> list[Choice]:
    here = order.removeprefix("-")
    offered = [(column, wanted) for column in columns if (wanted := order_by(column, order))]
    return [
        Choice(wanted, say(_title(column), "strong" if wanted.removeprefix("-") == here else "text"),
               say(_direction(column, wanted, kinds.get(column.field)), "muted"), group=group)
        for column, wanted in offered
    ]  # fmt: skip


def _direction(column: Column[Any], order: str, kind: str | None) -> Safe:
    is_down = order.startswith("-")
    if kind == "time":
        return plain("newest first") if is_down else plain("oldest first")
    if column.is_right:
        return plain("largest first") if is_down else plain("smallest first")
    return plain("z to a") if is_down else plain("a to z")


def _title(column: Column[Any]) -> Safe:
    return safe(column.field, 56) if "." in column.field else Safe(column.title or column.field)


def _sort(deck: Deck, order: str | None, columns: Sequence[str]) -> None:
    if not order:
        return
    name = order.removeprefix("-")
    if "." in name and name not in columns:
        shown = [name_of(column) for column in deck.desk.columns(deck.view.pane)]
        deck.desk.choose_columns(deck.view.pane, [*shown, name])
        deck.view.show_columns()
    deck.view.table.set_order(order)
