"""What is watched, and what happened to it: pure, from two looks at the same thing.

A look that does not tell is none (`None`), and unknown is no event. What happened is said once: by the look that first
shows it, whatever there was between the two.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Literal

import msgspec

from services.records import Money

Kind = Literal["end", "nan", "stall", "metric", "state", "errors", "p95", "spend"]

OF_RUNS: tuple[Kind, ...] = ("end", "nan", "stall", "metric")
OF_ENDPOINTS: tuple[Kind, ...] = ("state", "errors", "p95")
_TWO_WAYS = frozenset({"stall", "errors", "p95"})
"""What may happen again once it is over."""


class Watch(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that may happen, and to what."""

    kind: Kind
    thing: str = ""
    """The id of the run, or the endpoint's name; empty for what is spent."""
    name: str = ""
    """What people call it."""
    since: datetime
    """What happened before is not told."""
    metric: str = ""
    is_below: bool = False
    """The line is crossed downwards."""
    limit: float | None = None
    """Of a metric its value, of errors a share from 0 to 1, of stalls and latencies seconds."""
    sum: Money | None = None

    @property
    def key(self) -> str:
        """What tells it from others."""
        line = "" if self.limit is None else f"{'<' if self.is_below else '>'}{self.limit:g}"
        total = f"{self.sum.amount} {self.sum.currency}" if self.sum is not None else ""
        return "/".join((self.kind, self.thing, self.metric + line + total))

    @property
    def noun(self) -> str:
        """What kind of thing it is about."""
        return "run" if self.kind in OF_RUNS else "endpoint" if self.kind in OF_ENDPOINTS else "spend"

    @property
    def about(self) -> str:
        """What is waited for, in words that follow the name of the thing."""
        limit, side = self.limit or 0.0, "below" if self.is_below else "above"
        total = money(self.sum.amount, self.sum.currency) if self.sum is not None else ""
        return {
            "end": "it ends",
            "nan": f"{self.metric or 'a metric'} is NaN or infinite",
            "stall": f"it logs nothing for {span(limit)}",
            "metric": f"{self.metric} is {side} {limit:g}",
            "state": "its state turns",
            "errors": f"more than {percent(limit)} of its requests fail",
            "p95": f"its p95 is above {span(limit)}",
            "spend": f"the month passes {total}",
        }[self.kind]

    @property
    def whose(self) -> str:
        """The thing as a sentence begins with it."""
        return "this month" if self.kind == "spend" else f"{self.noun} {self.name or self.thing}"


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How one watch stands at one look."""

    word: str
    """The state in a word: `running`, `failed`, `failing`, `fine`."""
    said: str = ""
    """What there is to say about it, in words that follow the name of the thing."""
    is_so: bool = False
    """What is watched for is the case."""
    is_bad: bool = False
    """Somebody should do something."""
    is_over: bool = False
    """It cannot happen any more: the run has ended, and all it logged is known."""
    at: datetime | None = None
    """Since when, where that is known."""


class Happening(msgspec.Struct, frozen=True, kw_only=True):
    """One event, told once."""

    kind: Kind
    thing: str
    name: str
    state: str
    sentence: str
    is_bad: bool = False
    is_last: bool = False
    """Nothing more can happen: the watch is over."""
    at: datetime | None = None
    watch: str = ""
    """The key of the watch."""


def happened(watch: Watch, before: Standing | None, now: Standing | None) -> tuple[Happening, ...]:
    """Return what happened between two looks; `before` is None at the first one."""
    if now is None:
        return ()
    if watch.kind == "state":
        is_new = before is not None and before.word != now.word
        return (_told(watch, now, now.said),) if is_new else ()
    was_so = before is not None and before.is_so
    if now.is_so:
        is_last = watch.kind not in _TWO_WAYS
        return () if was_so else (_told(watch, now, now.said, is_last=is_last),)
    if now.is_over:
        said = "has ended, and is watched no more"
        return () if before is not None and before.is_over else (_told(watch, now, said, is_last=True),)
    return (_told(watch, now, now.said),) if was_so and watch.kind in _TWO_WAYS else ()


def _told(watch: Watch, now: Standing, said: str, *, is_last: bool = False) -> Happening:
    return Happening(
        kind=watch.kind, thing=watch.thing, name=watch.name or watch.thing, state=now.word, at=now.at,
        sentence=f"{watch.whose} {said}", is_bad=now.is_bad, is_last=is_last, watch=watch.key,
    )  # fmt: skip


def percent(share: float) -> str:
    """Return a share as text: `5 %`, `0.5 %`."""
    return f"{100 * share:.3g} %"


def span(seconds: float) -> str:
    """Return a length as it is typed: `800 ms`, `2 s`, `15 min`."""
    if seconds < 1:
        return f"{1000 * seconds:.3g} ms"
    return f"{seconds:.3g} s" if seconds < 120 else f"{seconds / 60:.3g} min"


def money(amount: Decimal, currency: str) -> str:
    """Return an amount as text."""
    return f"{amount:,.2f} {currency}"
