"""From when to when a query wants rows: read from its own conditions, so that no month is made to show an hour."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import takewhile

from services.emulator.kql.binding import Scope, bind
from services.emulator.kql.bound import Bound
from services.emulator.kql.errors import SemanticFault
from services.emulator.kql.relation import Window
from services.emulator.kql.tree import Between, Binary, Name, Named, Node, Step


def window_of(steps: Sequence[Step], scope: Scope, times: Sequence[str]) -> Window:
    """Return the window outside of which no row passes the `where`s. It only narrows."""
    found = Window()
    for step in takewhile(lambda step: _keeps_time(step, times), steps):
        if step.operator == "where":
            found = found.within(_of(step.items[0], scope, times))
    return found


def keeps_time(steps: Sequence[Step], times: Sequence[str]) -> bool:
    """Return whether rows come out of steps with the times they went in with, and none instead of another."""
    return all(_keeps_time(step, times) for step in steps)


def _keeps_time(step: Step, times: Sequence[str]) -> bool:
    is_renamed = any(isinstance(item, Named) and set(item.names) & set(times) for item in step.items)
    return step.operator in ("where", "order", "extend", "project") and not is_renamed


def _of(node: Node, scope: Scope, times: Sequence[str]) -> Window:
    if isinstance(node, Binary) and node.sign == "and":
        return _of(node.left, scope, times).within(_of(node.right, scope, times))
    if isinstance(node, Between) and not node.is_not and _is_time(node.value, times):
        low, high = _constant(node.low, scope), _constant(node.high, scope)
        start, end = (None if one is None else one.get(()) for one in (low, high))
        if isinstance(end, timedelta):
            end = None if start is None else start + end
        return Window(start, end)
    if isinstance(node, Binary) and node.sign in (">", ">=", "<", "<=") and _is_time(node.left, times):
        bound = _constant(node.right, scope)
        if bound is not None and bound.kind == "datetime":
            at = bound.get(())
            return Window(at, None) if node.sign[0] == ">" else Window(None, at)
    return Window()


def _is_time(node: Node, times: Sequence[str]) -> bool:
    return isinstance(node, Name) and node.text in times


def _constant(node: Node, scope: Scope) -> Bound | None:
    """Return a value that needs no row, None for others: what is wrong with them is said when they are worked out."""
    try:
        value = bind(node, scope)
    except SemanticFault:
        return None
    return value if value.is_constant and value.kind in ("datetime", "timespan") else None
