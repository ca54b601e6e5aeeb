"""Scales of a chart: which part of the numbers is seen, where its ticks are, and what they are called. Pure functions.

A scale maps a value to a share of 1: 0 is its low end, 1 its high end. Nothing here knows cells or dots.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, isfinite, log10

from widgets.safe import Safe, plain

MOST_TICKS = 3

_STEPS = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.5)
_ROOM = 0.04
"""What is left free above the highest and below the lowest value, as a share of their distance."""
_LEAST, _MOST = 1e-300, 1e300


@dataclass(frozen=True, slots=True)
class Scale:
    """A range of numbers on one axis, always wider than nothing. A logarithmic one is above zero."""

    low: float
    high: float
    is_log: bool = False

    def share(self, value: float) -> float:
        """Where a value lies: 0 at the low end, 1 at the high end, outside of both beyond."""
        if not self.is_log:
            return (value - self.low) / (self.high - self.low)
        low = log10(self.low)
        return (log10(max(value, _LEAST)) - low) / (log10(self.high) - low)

    def value(self, share: float) -> float:
        """The value at a share: the other way round."""
        if not self.is_log:
            return self.low * (1 - share) + self.high * share
        low, high = log10(self.low), log10(self.high)
        return 10 ** (low * (1 - share) + high * share)


def scale_of(low: float, high: float, *, is_log: bool = False) -> Scale:
    """A scale with a little room around what it has to show. A logarithmic one needs `low` above zero.

    It ends at 1e300: what is larger lies beyond it.
    """
    if is_log:
        low, high = min(_MOST, max(low, _LEAST)), min(_MOST, max(high, _LEAST))
        room = (log10(high) - log10(low)) * _ROOM or 0.5
        return Scale(10 ** max(-307.0, log10(low) - room), 10 ** min(308.0, log10(high) + room), is_log=True)
    low, high = max(-_MOST, min(_MOST, low)), max(-_MOST, min(_MOST, high))
    room = (high - low) * _ROOM
    if low - room == low or high + room == high:
        room = max(abs(low), abs(high)) * 0.1 or 1.0
    return Scale(low - room, high + room)


def ticks(scale: Scale, most: int = MOST_TICKS) -> tuple[float, ...]:
    """Round values on the scale, ascending, at most `most` of them and as many as that allows."""
    return _decades(scale, most) if scale.is_log else _round_values(scale.low, scale.high, most)


def _round_values(low: float, high: float, most: int) -> tuple[float, ...]:
    power = max(-300, floor(log10(max(_LEAST, (high - low) / most))))
    best: tuple[float, ...] = ()
    for exponent in (power + 1, power, power - 1):
        for factor in reversed(_STEPS):
            found = _multiples(low, high, factor * 10.0 ** max(-300, exponent), most)
            if len(found) > len(best):
                best = found
    return best


def _multiples(low: float, high: float, step: float, most: int) -> tuple[float, ...]:
    """The multiples of a step within a range; none when there are too many, or a float cannot tell them apart."""
    first, last = ceil(low / step), floor(high / step)
    if last - first + 1 > most:
        return ()
    found = [round(number * step, _digits(step)) for number in range(first, last + 1)]
    return tuple(dict.fromkeys(value for value in found if low <= value <= high))


def _decades(scale: Scale, most: int) -> tuple[float, ...]:
    first, last = ceil(log10(scale.low) - 1e-9), floor(log10(scale.high) + 1e-9)
    count = last - first + 1
    if count < 2:
        return _round_values(scale.low, scale.high, most)
    every = ceil(count / most)
    powers = (10.0**exponent for exponent in range(first, last + 1, every))
    return tuple(value for value in powers if scale.low <= value <= scale.high)


def _digits(step: float) -> int:
    """Digits behind the point that write multiples of a step exactly."""
    return max(0, 2 - floor(log10(step))) if step > _LEAST else 300


def tick_text(value: float, beside: tuple[float, ...]) -> Safe:
    """A tick's number as short as it can be told from those beside it: `0.3`, `1.5k`, `3e-3`."""
    if value == 0:
        return plain("0")
    size = max(abs(one) for one in (*beside, value))
    if size >= 1e6 or size < 1e-2:
        return _power(value)
    if size >= 1000:
        return Safe(f"{value / 1000:.6g}k")
    return Safe(f"{value:.6g}")


def _power(value: float) -> Safe:
    """A number in powers of ten without a spare sign or zero: `3e-3`, `1.5e6`."""
    mantissa, _, exponent = f"{value:.2e}".partition("e")
    mantissa = mantissa.rstrip("0").rstrip(".")
    return Safe(f"{mantissa}e{int(exponent)}")


def value_text(value: float | None, span: float) -> Safe:
    """A measured value with as many digits as matter on a chart that spans so much: `0.861`, `84.2`, `3e-4`, `NaN`."""
    if value is None:
        return plain("–")
    if not isfinite(value):
        return plain("NaN") if value != value else plain("∞") if value > 0 else plain("−∞")
    size = abs(value)
    if not size:
        return plain("0")
    if size < 1e-3 or size >= 1e6:
        return _power(value)
    digits = 3 if not span or not isfinite(span) else min(6, max(3 if size < 10 else 0, 2 + ceil(-log10(span))))
    return Safe(f"{value:,.{digits}f}")


__all__ = ["MOST_TICKS", "Scale", "scale_of", "tick_text", "ticks", "value_text"]
