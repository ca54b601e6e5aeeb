"""Signals laid side by side, minute by minute: requests, errors and refusals. Pure; what was not measured stays None.

`RequestsPerMinute` is an average: over a point of several minutes it is still requests a minute, and the requests of
that point are the value times its minutes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import msgspec

from services.triage_facts import Signal

REQUESTS = "RequestsPerMinute"
P95 = "RequestLatency_P95"
MINUTE = timedelta(minutes=1)
NOW = timedelta(minutes=5)
"""How far back `now` reaches from the newest minute that was measured."""
OLD = timedelta(minutes=10)
"""What was last measured longer ago is not now."""
_MOST = 1e12
"""A measured value beyond this is none."""

Values = tuple[float | None, ...]


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One value over time, oldest first."""

    deployment: str = ""
    part: str = ""
    times: tuple[datetime, ...] = ()
    values: Values = ()

    @property
    def minutes(self) -> float:
        """How many minutes a point stands for."""
        return _grain(self.times) / MINUTE

    def points(self) -> Iterator[tuple[datetime, float]]:
        """Yield what was measured."""
        for at, value in zip(self.times, self.values, strict=True):
            if value is not None:
                yield at, value


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """Requests a minute of an endpoint or one deployment, and how many of them failed. Oldest first."""

    times: tuple[datetime, ...] = ()
    grain: timedelta = MINUTE
    requests: Values = ()
    errors: Values = ()
    """None where the requests were not split by status code."""
    refusals: Values = ()
    """401, 403 and 404."""
    codes: dict[int, Values] = {}

    @property
    def minutes(self) -> float:
        """How many minutes a point stands for."""
        return self.grain / MINUTE

    def shares(self, of: Values) -> Line:
        """The share of all requests, from 0 to 1; None where there was none."""
        pairs = zip(of, self.requests, strict=True)
        values = tuple(part / whole if part is not None and whole else None for part, whole in pairs)
        return Line(times=self.times, values=values)

    def newest(self) -> tuple[int, ...]:
        """Where the last minutes that were measured are."""
        measured = [at for at, value in enumerate(self.requests) if value is not None]
        return tuple(at for at in measured if self.times[measured[-1]] - self.times[at] < NOW)


def is_error(code: int) -> bool:
    """Whether the endpoint is to blame: 5xx, and what its model, its time-out and its capacity cause."""
    return code >= 500 or code in (408, 424, 429)


def is_refusal(code: int) -> bool:
    """Whether it is how an endpoint turns callers away."""
    return code in (401, 403, 404)


def code_number(text: str) -> int | None:
    """Return a status code as a number; of a class such as `5xx` its first."""
    text = text.strip()[:4].lower().replace("x", "0")
    return int(text) if text.isascii() and text.isdigit() else None


def line_of(signal: Signal) -> Line:
    """Return a signal with its numbers checked: what is no number, or impossible, was not measured."""
    pairs = dict(zip(signal.times, signal.values, strict=False))
    times = tuple(sorted(pairs))
    return Line(
        deployment=signal.deployment, part=signal.part, times=times, values=tuple(_number(pairs[at]) for at in times)
    )


def lines_of(signals: Iterable[Signal], name: str) -> list[Line]:
    """Return all lines of one metric, in the order they were given."""
    return [line_of(signal) for signal in signals if signal.name == name and signal.times]


def newest_of(line: Line) -> float | None:
    """Return what was last measured; None where that is long ago."""
    points = list(line.points())
    return points[-1][1] if points and line.times[-1] - points[-1][0] <= OLD else None


def counts_of(signals: Iterable[Signal], deployment: str | None = None) -> Counts:
    """Return the requests of an endpoint, or of one of its deployments."""
    own = [one for one in signals if one.name == REQUESTS and deployment in (None, one.deployment)]
    coded = [(code, line_of(one)) for one in own if (code := code_number(one.code)) is not None]
    lines = [line for _, line in coded] or [line_of(one) for one in own]
    times = tuple(sorted({at for line in lines for at in line.times}))
    codes: dict[int, Values] = {}
    for code in sorted({code for code, _ in coded}):
        codes[code] = _sums([line for each, line in coded if each == code], times)
    requests = _sums(lines, times)
    return Counts(
        times=times,
        grain=_grain(times),
        requests=requests,
        errors=_part(codes, requests, is_error),
        refusals=_part(codes, requests, is_refusal),
        codes=codes,
    )


def coarser(counts: Counts, points: int) -> Counts:
    """Return the counts with so many points put together in each, requests still a minute."""
    if points <= 1 or not counts.times:
        return counts
    grain, first = counts.grain * points, counts.times[0]
    places: dict[int, list[int]] = {}
    for place, at in enumerate(counts.times):
        places.setdefault((at - first) // grain, []).append(place)

    def mean(values: Values) -> Values:
        sums = (total(values, some) for some in places.values())
        return tuple(None if one is None else one / points for one in sums)

    return Counts(
        times=tuple(counts.times[some[0]] for some in places.values()), grain=grain, requests=mean(counts.requests),
        errors=mean(counts.errors), refusals=mean(counts.refusals),
        codes={code: mean(values) for code, values in counts.codes.items()},
    )  # fmt: skip


def deployments_in(signals: Iterable[Signal]) -> list[str]:
    """Return the deployments whose requests were measured, in alphabetical order."""
    return sorted({one.deployment for one in signals if one.name == REQUESTS and one.deployment})


def total(values: Sequence[float | None], places: Iterable[int] | None = None) -> float | None:
    """Return the sum of what was measured, of these places or of all; None when nothing was."""
    chosen = values if places is None else [values[at] for at in places]
    known = [value for value in chosen if value is not None]
    return sum(known) if known else None


def shifted(signals: Iterable[Signal], by: timedelta) -> list[Signal]:
    """Return signals as if they had been measured later: those of last week, laid over these."""
    return [msgspec.structs.replace(one, times=tuple(_later(at, by) for at in one.times)) for one in signals]


def _later(at: datetime, by: timedelta) -> datetime:
    try:
        return at + by
    except OverflowError:
        return at


def _number(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) and 0 <= value <= _MOST else None


def _sums(lines: Iterable[Line], times: tuple[datetime, ...]) -> Values:
    sums: dict[datetime, float] = {}
    for line in lines:
        for at, value in line.points():
            sums[at] = sums.get(at, 0.0) + value
    return tuple(sums.get(at) for at in times)


def _part(codes: dict[int, Values], requests: Values, is_of: Callable[[int], bool]) -> Values:
    if not codes:
        return (None,) * len(requests)
    chosen = [values for code, values in codes.items() if is_of(code)]
    return tuple(
        None if whole is None else sum(values[at] or 0.0 for values in chosen) for at, whole in enumerate(requests)
    )


def _grain(times: tuple[datetime, ...]) -> timedelta:
    gaps = (later - earlier for earlier, later in pairwise(times))
    return min(gaps, default=MINUTE)
