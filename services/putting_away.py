"""Things that need attention and were put away: seen, or snoozed for a while. Pure reasoning, no I/O.

What was put away comes back by itself: when its time is over, when it began anew, and always when it got worse.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Literal, TypeVar

import msgspec

from services.attention import CRITICAL, NOTE, WARNING, Attention
from services.waste_finding import Finding

OPEN, SEEN, SNOOZED = "open", "seen", "snoozed"

Kind = Literal["open", "seen", "snoozed"]
Handled = Attention | Finding
"""What can be put away: what needs attention, and waste."""
T = TypeVar("T", Attention, Finding)

_BADNESS = {NOTE: 0, WARNING: 1, CRITICAL: 2}
_SEEN_LAST = 300.0
"""What is seen ranks behind everything that is not."""


class PutAway(msgspec.Struct, frozen=True, kw_only=True):
    """What was decided about one thing, with how it stood then. Snoozed without `until` means: until it changes."""

    id: str
    kind: Kind
    at: datetime
    severity: str
    what: str
    until: datetime | None = None
    reason: str = ""


def standing(found: Iterable[T], away: Iterable[PutAway], now: datetime) -> Iterator[T]:
    """Yield everything that needs attention, with how it stands: open, seen or snoozed; `was` where it got worse."""
    known = {one.id: one for one in away}
    for one in found:
        put = known.get(one.id)
        yield one if put is None or _is_over(put, now) else _standing(one, put)


def _is_over(put: PutAway, now: datetime) -> bool:
    return put.kind == OPEN or (put.until is not None and now >= put.until)


def _standing(one: T, put: PutAway) -> T:
    before, now = _BADNESS.get(put.severity, 0), _BADNESS.get(one.severity, 0)
    if now > before:
        return msgspec.structs.replace(one, was=put.severity, put_at=put.at, reason=put.reason or None)
    if put.until is None and _is_another(one, put, has_eased=now < before):
        return one
    rank = one.rank - _SEEN_LAST if put.kind == SEEN else one.rank
    return msgspec.structs.replace(
        one, state=put.kind, rank=rank, put_at=put.at, until=put.until, reason=put.reason or None
    )


def _is_another(one: Handled, put: PutAway, *, has_eased: bool) -> bool:
    """Whether it began anew since then; of what is snoozed until it changes, whether it says something else."""
    has_begun = one.since is not None and one.since > put.at
    return has_begun or (put.kind == SNOOZED and (has_eased or one.what != put.what))
