"""Waste beside workspaces (W16): stores, vaults, registries and Application Insights that none of them uses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from services.orphans import Orphan
from services.records import Money
from services.waste_facts import Facts
from services.waste_finding import Confidence, Finding

NOUNS = {"storage": "storage account", "vault": "key vault", "registry": "container registry",
         "insights": "Application Insights"}  # fmt: skip
SETTLED = timedelta(hours=72)
"""How old a day must be before nothing is added to it any more."""


def left_behind(facts: Facts) -> Iterator[Finding]:
    """W16: what no workspace in sight names. amldeck only reports it: what else uses it, Azure does not say."""
    for one in facts.orphans or ():
        if one.stem is not None:
            yield _left(facts, one)


def _left(facts: Facts, one: Orphan) -> Finding:
    billed = billed_a_day(facts, one.id)
    noun = NOUNS.get(one.kind, one.kind)
    confidence: Confidence = "likely" if billed is not None else "unknown"
    others = f" {one.beside} more named after “{one.stem}” are left as well." if one.beside else ""
    return Finding(
        id=f"W16/{one.id}", rule="W16", why="orphan", what=one.name, kind=noun, since=one.created, per_day=billed,
        basis="billed, an average of the last complete days" if billed else
        "the bill of this resource group does not name it",
        confidence=confidence,
        evidence=f"The {noun} {one.name} is named as Azure ML names what it makes for a workspace, and none of the "
        f"{one.workspaces} workspaces in sight uses it.{others}",
        unless="something else uses it, or a workspace you may not see", save="look, then delete it in Azure",
        target=one.arm_id, pane="costs", query=f'name="{one.name}"',
        as_of=facts.as_of("orphans", "costs"),
    )  # fmt: skip


def billed_a_day(facts: Facts, resource: str) -> Money | None:
    """What a resource was billed on an average complete day of the last fortnight; None where no line names it."""
    newest = facts.now - SETTLED
    days: dict[datetime, Decimal] = {}
    currencies: set[str] = set()
    for line in facts.costs or ():
        is_its = line.resource == resource and line.cost is not None and not line.is_total
        if is_its and line.cost is not None and newest - timedelta(days=14) <= line.day <= newest:
            days[line.day] = days.get(line.day, Decimal(0)) + line.cost.amount
            currencies.add(line.cost.currency)
    if len(currencies) != 1:
        return None
    return Money(sum(days.values(), Decimal(0)) / len(days), currencies.pop())
