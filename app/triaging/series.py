"""Signals of endpoints as series of the cache, and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from math import isnan, nan

from cache.series import Series
from services.triage_facts import Signal

_BETWEEN = "\t"
_CUT = "+"
"""At the end of a part: there were more series than were given."""


def series_of(signal: Signal) -> Series:
    """A signal as it is kept."""
    part = _BETWEEN.join((signal.deployment, signal.code, signal.part, _CUT if signal.is_cut else ""))
    return Series(
        name=signal.name,
        part=part,
        unit=signal.unit or "",
        times=[at.timestamp() for at in signal.times],
        values=[nan if value is None else value for value in signal.values],
    )


def signals_of(kept: Iterable[Series], since: datetime | None = None, until: datetime | None = None) -> list[Signal]:
    """Kept series as signals, from a moment (it included) to another (it not); those without a point are left out."""
    found = [_signal(one, since, until) for one in kept]
    return [one for one in found if one.times]


def _signal(kept: Series, since: datetime | None, until: datetime | None) -> Signal:
    deployment, code, part, cut = (*kept.part.split(_BETWEEN), "", "", "", "")[:4]
    points = list(_points(kept, since, until))
    return Signal(
        name=kept.name, deployment=deployment, code=code, part=part, unit=kept.unit or None, is_cut=cut == _CUT,
        times=tuple(at for at, _ in points), values=tuple(value for _, value in points),
    )  # fmt: skip


def _points(kept: Series, since: datetime | None, until: datetime | None) -> Iterator[tuple[datetime, float | None]]:
    for seconds, value in zip(kept.times, kept.values, strict=True):
        if seconds is None:
            continue
        at = datetime.fromtimestamp(seconds, UTC)
        if (since is None or at >= since) and (until is None or at < until):
            yield at, None if isnan(value) else value


def newest_of(kept: Sequence[Series]) -> datetime | None:
    """The newest minute that is kept; None where there is none."""
    newest = max((at for one in kept for at in one.times[-1:] if at is not None), default=None)
    return None if newest is None else datetime.fromtimestamp(newest, UTC)


def merged(before: Sequence[Series], new: Sequence[Series], oldest: datetime) -> list[Series]:
    """What was kept and what is new, which counts where both know a moment; what is older than `oldest` goes."""
    known = {(one.name, one.part): one for one in before}
    fresh = {(one.name, one.part): one for one in new}
    return [_joined(known.get(key), fresh.get(key), oldest.timestamp()) for key in dict.fromkeys((*known, *fresh))]


def _joined(before: Series | None, new: Series | None, oldest: float) -> Series:
    some = new or before
    assert some is not None
    values: dict[float, float] = {}
    for one in (before, new):
        if one is not None:
            values.update((at, value) for at, value in zip(one.times, one.values, strict=True) if at is not None)
    times = sorted(at for at in values if at >= oldest)
    return Series(name=some.name, part=some.part, unit=some.unit, times=times, values=[values[at] for at in times])
