"""Budgets as lines: what is spent and expected of each, and which thresholds were reached. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from services.cost_budgets import FORECASTED, Budget
from services.records import Money
from widgets import format as fmt
from widgets.lines import blank, ends, fit_line, say, spaced, wrap_line
from widgets.pane import Line, Look, Span
from widgets.safe import Safe, plain, safe
from widgets.spark import gauge


def budget_lines(budgets: Sequence[Budget], currency: str, look: Look, width: int) -> list[Line]:
    """Each budget of the currency: what is spent and expected of it, and which thresholds were reached."""
    own = [one for one in budgets if one.amount is not None and one.amount.currency in (currency, "")]
    if not own:
        said = plain("No budget in this currency; one is made in the portal, under Cost Management.")
        return wrap_line(say(said, "muted"), width)
    lines: list[Line] = []
    for one in own:
        lines += _budget(one, look, width)
    return lines


def _budget(one: Budget, look: Look, width: int) -> list[Line]:
    scope = one.scope.rpartition("/")[2] if "/resourcegroups/" in one.scope else "the subscription"
    part = ", a part of it" if one.is_filtered else ""
    evaluated = f"evaluated {fmt.age(one.evaluated, look.now)} ago" if one.evaluated else "when evaluated is not said"
    head = ends(
        (Span(safe(one.name, 40), "strong"), Span(Safe(f"  {safe(scope, 30)}{part}"), "muted")),
        say(Safe(evaluated), "muted"), width,
    )  # fmt: skip
    rows = [
        _share("spent", one.share, one.spent, one, look, width),
        _share("expected", one.expected, one.forecast, one, look, width),
    ]
    said = [_threshold(one, index) for index in range(len(one.thresholds))]
    return [head, *rows, *wrap_line((blank(2), *spaced(said)), width, indent=2)]


def _share(word: str, share: float | None, money: Money | None, one: Budget, look: Look, width: int) -> Line:
    limits = [each.percent / 100 for each in one.thresholds if each.percent < 100]
    limit = max(limits, default=None)
    bar = gauge(share, max(8, min(24, width - 44)), limit=limit, is_ascii=look.is_ascii)
    of = fmt.money(one.amount)
    return (*fit_line(say(Safe(f"  {word}"), "muted"), 12), *bar, blank(1),
            Span(fmt.percent(share)), Span(Safe(f"  {fmt.money(money)} of {of}"), "muted"))  # fmt: skip


def _threshold(one: Budget, index: int) -> Line:
    threshold = one.thresholds[index]
    reached = one.is_reached(threshold)
    words = {True: "reached", False: "not reached", None: "not known"}[reached]
    of = " expected" if threshold.basis == FORECASTED else ""
    off = "" if threshold.is_enabled else ", switched off"
    return say(Safe(f"{threshold.percent:g} %{of} {words}{off}"), "warn" if reached else "muted")
