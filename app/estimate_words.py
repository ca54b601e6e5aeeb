"""Estimates in words: `≈$12.40`, `at least ≈$12.40` where a part is not known, and what they are made of."""

from __future__ import annotations

from app.price_lines import UNKNOWN
from services.estimates import Estimate, Sum, cost_of
from services.records import Money
from services.run import Run
from services.run_kinds import PARENTS
from services.what_if import WhatIf
from widgets import format as fmt
from widgets.pane import Cell, Line, Look, Span
from widgets.safe import Safe, plain, safe


def estimate_cell(found: Sum, look: Look) -> Cell:
    """A sum in a column whose header names dollars; other currencies name themselves, `≥` says that more is in it."""
    money = found.money
    if money is None or (found.is_at_least and not money.amount):
        return fmt.DASH
    about, least = ("~", ">") if look.is_ascii else ("≈", "≥")
    mark = least if found.is_at_least else about
    text = f"{money.amount:,.2f}" if money.currency == "USD" else f"{safe(money.currency, 4)} {money.amount:,.2f}"
    return (Span(Safe(f"{mark}{text}")),)


def estimate_words(found: Sum) -> Safe:
    """`≈$12.40`, `at least ≈$12.40, 3 of it not known`, or why there is no number."""
    money = found.money
    unknown = f"{found.unknown:,} {'run' if found.unknown == 1 else 'runs'} without a price"
    if money is None:
        return Safe(unknown) if found.unknown else plain("–")
    text = fmt.money(money, is_estimate=True)
    return Safe(f"at least {text}, {unknown}") if found.is_at_least else text


def made_of(one: Estimate) -> Safe | None:
    """`3h 10m × 4 nodes × $0.98/h`: the number as a product; None where there is none."""
    if one.money is None or one.each is None or one.seconds is None:
        return None
    length = fmt.duration(one.seconds)
    nodes = "" if one.nodes is None else f" × {one.nodes:,} node{'s' if one.nodes != 1 else ''}"
    return Safe(f"{length}{nodes} × {_hour(one.each)}/h")


def cost_cell(run: Run, one: Estimate) -> Cell:
    """`≈$12.40 estimated: 3h 10m × 4 nodes × $0.98/h`; of a parent what ran below it; a dash where nothing is known."""
    found = cost_of(run) if run.kind in PARENTS else Sum({one.money.currency: one.money.amount} if one.money else {})
    if found.money is None:
        return (*fmt.DASH, Span(safe(f"  {one.basis[0]}", 90), "muted")) if one.basis else fmt.DASH
    product = made_of(one)
    how = Safe(f" estimated: {product}") if product else plain(" estimated, of what ran below it")
    return (Span(estimate_words(found)), Span(how if run.kind in PARENTS or product else plain(""), "muted"))


def basis_lines(one: Estimate) -> list[Line]:
    """What an estimate is made of, a line each, or why there is none and what reads a missing price."""
    lines: list[Line] = [(Span(safe(text, 200), "muted"),) for text in one.basis]
    if one.money is None and any(UNKNOWN in text for text in one.basis):
        lines.append((Span(plain("`amldeck prices refresh` or :prices reads list prices."), "muted"),))
    return lines


def _hour(each: Money) -> str:
    """A price as exact as it is: an hour of a small machine costs less than a cent."""
    shown = fmt.money(each)
    exact = f"{each.amount.normalize():f}"
    return str(shown) if len(exact.partition(".")[2]) <= 2 else f"{shown.rstrip('0123456789.,')}{exact}"


def what_if_lines(found: WhatIf) -> list[Line]:
    """`≈$36.72 for 3 h`, what an hour costs, what low priority saves, and what it is made of."""
    if found.per_hour is None:
        return [(Span(plain("– no price"), "muted"),), (Span(safe(found.basis, 300), "muted"),)]
    hour = fmt.money(found.per_hour, is_estimate=True)
    lines: list[Line] = []
    if found.total is not None and found.hours is not None:
        total = fmt.money(found.total, is_estimate=True)
        lines.append((Span(total, "strong", bold=True), Span(Safe(f" for {fmt.duration(found.hours * 3600)}"))))
    lines.append((Span(hour, "text"), Span(plain(" an hour"), "muted")))
    if found.saving is not None:
        saved = fmt.money(found.saving, is_estimate=True)
        lines.append((Span(Safe(f"{saved} less than dedicated, but nodes may be taken away"), "muted"),))
    return [*lines, (Span(safe(found.basis, 300), "muted"),)]
