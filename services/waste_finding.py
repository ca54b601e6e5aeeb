"""One finding of the search for waste: what costs and does nothing, how much, how sure, and what would save it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Literal

import msgspec

from services.records import Money

NOT_LOOKED_AT = "not looked at"
Confidence = Literal["sure", "likely", "unknown", "not looked at"]

WARNING, NOTE = "warning", "note"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that costs and does nothing. Its money is None unless a price and a measurement say how much."""

    id: str
    """`rule/thing`: stays what it is while numbers change."""
    rule: str
    """W1 … W18."""
    why: str
    """One or two words: idle, no calls, orphan …"""
    what: str
    """The name of the thing."""
    kind: str
    """instance, cluster, endpoint, deployment, run, runs, storage …"""
    since: datetime | None = None
    per_day: Money | None = None
    """What it costs, or what the step would save, in a day if nothing changes."""
    basis: str = ""
    """How that came about, or why there is none."""
    confidence: Confidence
    evidence: str
    """A sentence with numbers and their ages."""
    unless: str = ""
    """What would make it no waste."""
    save: str
    """What would save it, in a few words."""
    verb: str = ""
    """What amldeck can do about it (`services.verbs`); empty where it only says so."""
    target: str = ""
    """What that is done to, below the workspace; the whole ARM id of what lies beside it."""
    answers: dict[str, str | None] = {}
    """What the verb is answered."""
    command: tuple[str, ...] = ()
    """The same, as what follows `az ml`, without where the workspace is."""
    owner: str | None = None
    pane: str = ""
    query: str = ""
    """The pane and the filter that show the thing."""
    as_of: datetime | None = None
    """When the oldest fact of it was read."""
    severity: str = NOTE
    rank: float = 0.0
    """Orders the list: money a day, whatever the currency; what is unknown or not looked at comes last."""
    state: str = "open"
    """open, seen, snoozed: `services.putting_away`."""
    was: str | None = None
    put_at: datetime | None = None
    until: datetime | None = None
    reason: str | None = None

    @property
    def name(self) -> str:
        """What it is called where something is done about it."""
        return self.what


def is_counted(one: Finding) -> bool:
    """Whether what a finding costs is part of the sum: it is known, goes on, and nobody has put it away.

    What failed runs have cost is past: that as much will fail again is no more than a guess.
    """
    return one.per_day is not None and one.state == "open" and one.kind != "runs"


def a_day_of(findings: Iterable[Finding]) -> tuple[Money, ...]:
    """Return what all of it costs a day, a sum a currency: of two findings about one thing the dearer one counts."""
    dearest: dict[tuple[str, str, str], Decimal] = {}
    for one in findings:
        if one.per_day is not None and is_counted(one):
            key = (one.kind, one.what, one.per_day.currency)
            dearest[key] = max(dearest.get(key, Decimal(0)), one.per_day.amount)
    sums: dict[str, Decimal] = {}
    for (_, _, currency), amount in dearest.items():
        sums[currency] = sums.get(currency, Decimal(0)) + amount
    return tuple(Money(amount, currency) for currency, amount in sorted(sums.items()))
