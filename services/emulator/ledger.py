"""The runs of one experiment, none of which is kept: run number 41,207 is computed when somebody asks for it.

Runs are numbered from 2015 on, in the order they were created. A round of the script repeats for ever, so the time of
a number, and the newest number at a time, are arithmetic. That is what makes a million runs as cheap as four thousand.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from services.emulator.dice import Dice
from services.emulator.scripts import ROOTS, Part, Script, Step
from services.emulator.ticks import HOUR, MINUTE, SECOND, ticks_of

EPOCH = ticks_of(datetime(2015, 1, 1, tzinfo=UTC))

_SLACK_OF_SCHEDULED = 4 * SECOND
_SLACK_OF_CHILDREN = MINUTE
_GRAIN = SECOND // 16
"""How long after each other the runs inside of one step are created."""
_OVERHEAD = 5 * MINUTE
"""What a child may need on top of its waiting and running: it starts late, is prepared, started and finished."""

LOST_FOR = 29 * HOUR
"""How long a run stays without a heartbeat before it is given up: longer than a round, so one can always be seen."""


class Seat(NamedTuple):
    """One place in a round. Ticks count from the start of the round."""

    part: Part
    offset: int
    slack: int
    """The run starts up to this much later; never as late as the next seat."""
    parent: int
    """The parent's place in the round, -1 for a root."""
    child: int
    """Which child it is, from 0."""
    ordinal: int
    """Which of the parts with this name it is, and of how many: they number the display names."""
    alike: int
    tail: int
    """When the last child may still be at work."""


class Ledger:
    """The runs of one experiment between `first` and the newest. Immutable; safe on any thread."""

    def __init__(self, seed: object, number: int, script: Script, *, squeeze: float = 1.0) -> None:
        self.number = number
        self.script = script
        self.period = int(script.minutes * MINUTE * squeeze)
        self.seats = _seats(script, squeeze, self.period)
        self._offsets = [seat.offset for seat in self.seats]
        self._key = f"{seed}/{script.name}"
        self.longest = max(_longest(seat) for seat in self.seats)
        self.first = 0

    @property
    def name(self) -> str:
        """The experiment's name."""
        return self.script.name

    @property
    def key(self) -> str:
        """What its throws hang on, beside a run's number."""
        return self._key

    def dice(self, index: int) -> Dice:
        """Return the throws of one run."""
        return Dice(self._key, index)

    def seat(self, index: int) -> Seat:
        """Return the place of a run in its round."""
        return self.seats[index % len(self.seats)]

    def round_at(self, at: int) -> int:
        """Return the number of the round that goes on at a time."""
        return (at - EPOCH) // self.period

    def round_start(self, index: int) -> int:
        """Return when the round of a run began, in ticks."""
        return EPOCH + index // len(self.seats) * self.period

    def created(self, index: int, dice: Dice | None = None) -> int:
        """Return when a run was created, in ticks. Later numbers are later times."""
        seat = self.seat(index)
        late = int((dice or self.dice(index)).unit(0) * seat.slack)
        return self.round_start(index) + seat.offset + late

    def newest(self, at: int) -> int:
        """Return the number of the newest run created at or before a time; -1 before the first."""
        rounds, rest = divmod(at - EPOCH, self.period)
        index = rounds * len(self.seats) + bisect_right(self._offsets, rest) - 1
        return index if index < 0 or self.created(index) <= at else index - 1

    def count(self, at: int) -> int:
        """Return how many runs exist at a time."""
        return max(0, self.newest(at) - self.first + 1)

    def children(self, index: int) -> list[int]:
        """Return the numbers of a run's children, oldest first, whether they exist yet or not."""
        at = index % len(self.seats)
        return [index - at + place for place, seat in enumerate(self.seats) if seat.parent == at]

    def parent(self, index: int) -> int | None:
        """Return the number of a run's parent."""
        place = self.seat(index).parent
        return None if place < 0 else index - index % len(self.seats) + place


class EmptyLedger(Ledger):
    """The runs of an experiment that no script starts any of: it has the submitted ones alone."""

    def __init__(self, number: int, script: Script) -> None:
        self.number = number
        self.script = script
        self.period = HOUR
        self.seats = ()
        self.longest = 0
        self.first = 0

    def newest(self, at: int) -> int:
        """Return -1: there is none."""
        return -1

    def children(self, index: int) -> list[int]:
        """Return no numbers."""
        return []


class _Drawn(NamedTuple):
    """A seat before it has its place: it is known by the order in which it was drawn."""

    offset: int
    order: int
    part: Part
    parent: int
    child: int
    key: int
    """Which part of the script is at its top."""


def _seats(script: Script, squeeze: float, period: int) -> tuple[Seat, ...]:
    """Return the seats of a round in the order they start."""
    drawn: list[_Drawn] = []
    tails: dict[int, int] = {}
    for key, part in enumerate(script.parts):
        top = _Drawn(int(part.at * MINUTE * squeeze), len(drawn), part, -1, 0, key)
        drawn.append(top)
        starts = _child_starts(part, top.offset, squeeze)
        for count, (start, child) in enumerate(starts):
            drawn.append(_Drawn(start, len(drawn), child, top.order, count, key))
            _draw_insides(drawn, drawn[-1])
        tails[key] = max((start + _room(child) for start, child in starts), default=top.offset)
    drawn.sort(key=lambda one: (one.offset, one.order))
    places = {one.order: place for place, one in enumerate(drawn)}
    ends = [one.offset for one in drawn[1:]] + [period + drawn[0].offset]
    return tuple(
        Seat(one.part, one.offset, _slack(one, end - one.offset, script), places.get(one.parent, -1), one.child,
             *_alike(script.parts, one.key), tails[one.key])
        for one, end in zip(drawn, ends, strict=True)
    )  # fmt: skip


def _draw_insides(drawn: list[_Drawn], above: _Drawn) -> None:
    """Draw what a step of a pipeline consists of, at any depth, each a moment after the one before."""
    part = above.part
    insides = (*((part.inner,) if part.inner else ()), *map(_step, part.steps),
               *((part.child,) * part.children if part.child else ()))  # fmt: skip
    for count, one in enumerate(insides):
        drawn.append(_Drawn(drawn[-1].offset + _GRAIN, len(drawn), one, above.order, count, above.key))
        _draw_insides(drawn, drawn[-1])


def _step(one: Step, failures: tuple[str, ...] = ("traceback",)) -> Part:
    return Part(kind=one.kind, name=one.name, compute=one.compute, failures=failures, inner=one.inner)


@lru_cache(maxsize=256)
def family_of(part: Part) -> tuple[Seat, ...]:
    """Return a run of this part and everything under it, itself first, as seats of a round of its own."""
    return _seats(Script(name="", minutes=60, parts=(part,)), 1.0, HOUR)


def _child_starts(part: Part, offset: int, squeeze: float) -> list[tuple[int, Part]]:
    if part.child is not None:
        first = offset + int(MINUTE * squeeze)
        return [(first + int(part.every * MINUTE * squeeze) * count, part.child) for count in range(part.children)]
    return [(offset + (2 + count) * SECOND, _step(one, part.failures)) for count, one in enumerate(part.steps)]


def _room(child: Part) -> int:
    return int((child.wait[1] + child.runs[1]) * MINUTE) + _OVERHEAD


def _slack(one: _Drawn, gap: int, script: Script) -> int:
    part = one.part
    if one.parent >= 0 and script.parts[one.key].steps:
        return min(gap // 4, SECOND // 2)
    if part.kind not in ROOTS:
        return min(gap // 2, _SLACK_OF_CHILDREN)
    return min(gap // 2, _SLACK_OF_SCHEDULED if part.is_scheduled else 20 * MINUTE)


def _alike(parts: tuple[Part, ...], key: int) -> tuple[int, int]:
    same = [place for place, part in enumerate(parts) if part.name == parts[key].name]
    return same.index(key), len(same)


def _longest(seat: Seat) -> int:
    part = seat.part
    alone = int((part.wait[1] + part.runs[1]) * MINUTE) + LOST_FOR * (part.fate == "lost") + _OVERHEAD * 2
    return max(alone, seat.tail - seat.offset + seat.slack + _OVERHEAD * 2)
