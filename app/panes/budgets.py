"""Budgets: what was meant to be spent of resource group and subscription, what was, and what is expected."""

from __future__ import annotations

from collections.abc import Sequence

from app.cells import ago, fact, value
from app.cells import exact as exactly
from services.cost_budgets import FORECASTED, Budget
from widgets import format as fmt
from widgets.pane import Cell, Column, Drill, Fact, Line, Look, Pane, Reference, Section, Span
from widgets.safe import Safe, plain, safe
from widgets.spark import gauge

BAR = 12


def state(one: Budget, look: Look) -> Cell:
    """Glyph and word: over, soon over, within, or not known."""
    if one.share is None:
        return (Span(plain("? "), "muted"), Span(plain("unknown"), "muted"))
    if one.share > 1:
        return (Span(plain("x " if look.is_ascii else "✗ "), "err"), Span(plain("spent"), "err"))
    if (one.expected or 0) > 1:
        return (Span(plain("! " if look.is_ascii else "▲ "), "warn"), Span(plain("will be over"), "warn"))
    return (Span(plain("v " if look.is_ascii else "✓ "), "ok"), Span(plain("within"), "muted"))


def spent(one: Budget, look: Look) -> Cell:
    """What was spent of it, as a bar with its number."""
    return (*gauge(one.share, BAR, is_ascii=look.is_ascii), Span(Safe(f" {fmt.percent(one.share):>6}")))


def expected(one: Budget, look: Look) -> Cell:
    """What is expected to be spent of it."""
    return (*gauge(one.expected, BAR, is_ascii=look.is_ascii), Span(Safe(f" {fmt.percent(one.expected):>6}")))


def scope(one: Budget, look: Look) -> Cell:
    """The resource group, or that it is the whole subscription; that only a part counts."""
    name = safe(one.scope.rpartition("/")[2]) if "/resourcegroups/" in one.scope else plain("subscription")
    return (Span(name, "muted"), Span(plain(", in part" if one.is_filtered else ""), "muted"))


def threshold_lines(one: Budget, look: Look) -> Sequence[Line]:
    """Each share at which somebody is told, and whether it was reached."""
    lines: list[Line] = []
    for each in one.thresholds:
        reached = one.is_reached(each)
        word = {True: "reached", False: "not reached", None: "not known"}[reached]
        of = "expected" if each.basis == FORECASTED else "spent"
        off = "" if each.is_enabled else ", switched off"
        tone = "warn" if reached else "muted"
        lines.append((Span(Safe(f"{each.percent:g} % {of}  "), "text"), Span(Safe(f"{word}{off}"), tone)))
    return lines


def head(one: Budget, look: Look) -> Line:
    """Name and amount."""
    return (Span(safe(one.name), "strong", bold=True), Span(Safe(f"  {fmt.money(one.amount)}"), "muted"))


BUDGETS: Pane[Budget] = Pane(
    name="budgets",
    title="Budgets",
    digit="",
    record=Budget,
    table="budgets",
    noun="budgets",
    sources=("budgets",),
    order="-share",
    in_tabs=False,
    empty="Neither the resource group nor the subscription has a budget. The portal makes one, in Cost Management.",
    columns=(
        Column("state", state, 14, rank=1),
        Column("budget", value("name"), 20, "name", grows=True, rank=1),
        Column("of", scope, 18, rank=4),
        Column("spent", spent, 19, "share", rank=1),
        Column("expected", expected, 19, "expected", rank=2),
        Column("amount", lambda one, look: (Span(fmt.money(one.amount)),), 12, "amount", is_right=True, rank=3),
        Column("evaluated", ago("evaluated"), 9, "evaluated", is_right=True, rank=4),
    ),
    head=head,
    sections=(
        Section(
            "",
            facts=(
                Fact("amount", lambda one, look: (Span(fmt.money(one.amount)),), "amount"),
                Fact("spent", lambda one, look: (Span(fmt.money(one.spent)),), "spent"),
                Fact("expected", lambda one, look: (Span(fmt.money(one.forecast)),), "forecast"),
                fact("each", "grain"),
                fact("counts", "category"),
                fact("evaluated", "evaluated", exactly),
                fact("from", "start", exactly),
                fact("until", "end", exactly),
                fact("of", "scope"),
            ),
        ),
        Section("Thresholds", lines=threshold_lines),
    ),
    drills=(Drill("enter", "the bill", "costs", lambda one: ""),),
    reference=Reference(lambda one: one.name, lambda one, workspace: one.id),
    help="Budgets of resource group and subscription: what was spent and is expected of each, which thresholds were "
    "reached. Azure evaluates them once a day. They are made and changed in the portal, under Cost Management.",
)
