"""What differs between runs: pure reasoning over their records, no reading.

The first run is the base. What is not known of a run stays unknown: it is neither equal nor different.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal

import msgspec

from services.run import Run, is_azures_own

FEWEST, MOST = 2, 20
"""How many runs are compared."""

Section = Literal["metrics", "curves", "params", "code", "environment", "compute", "command", "tags", "run"]
Likeness = Literal["base", "same", "differs", "unknown"]

SECTIONS: tuple[Section, ...] = (
    "metrics", "curves", "params", "code", "environment", "compute", "command", "tags", "run",
)  # fmt: skip
"""In the order they are shown: what came out, then what may explain it."""

UNSET = "not set"
"""What a parameter or a tag is that other runs have and this one is known not to have."""
EMPTY = "no value"

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,4})?", re.IGNORECASE | re.ASCII)


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One thing the runs have in common or differ in: a value, its likeness and its distance for each run."""

    section: Section
    name: str
    values: tuple[str | None, ...]
    """None where Azure did not say."""
    numbers: tuple[float | None, ...] = ()
    """The values as numbers, where all that are known are numbers; empty where one is not."""
    likeness: tuple[Likeness, ...]
    """Of each value to the base's; with an unknown base, to the first that is known."""
    deltas: tuple[float | None, ...] = ()
    """How far each number is from the base's; empty where they are no numbers."""
    shares: tuple[float | None, ...] = ()
    """The same as a share of the base's number; None where that is zero."""

    @property
    def differs(self) -> bool:
        """Whether two known values are different."""
        return "differs" in self.likeness

    @property
    def is_known(self) -> bool:
        """Whether at least two values can be compared at all."""
        return sum(one != "unknown" for one in self.likeness) > 1


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Two to twenty runs side by side, the base first."""

    runs: tuple[Run, ...]
    lines: tuple[Line, ...]

    def of(self, section: Section) -> tuple[Line, ...]:
        """Return the lines of a section."""
        return tuple(line for line in self.lines if line.section == section)

    def counted(self, section: Section) -> tuple[int, int]:
        """Return how many lines of a section differ, and of how many that can be compared."""
        known = [line for line in self.of(section) if line.is_known]
        return sum(line.differs for line in known), len(known)


def compare(runs: Sequence[Run], curves: Iterable[Line] = ()) -> Comparison:
    """Return what is equal and what differs between runs; the first is the base. Raises ValueError for too few or many.

    `curves` are lines about what they logged on their way (`services.curves`). Within a section what differs comes
    first, else by name. What no run knows is left out.
    """
    if not FEWEST <= len(runs) <= MOST:
        raise ValueError(f"{FEWEST} to {MOST} runs can be compared, not {len(runs)}")
    found = [line for line in (*_lines(runs), *curves) if any(value is not None for value in line.values)]
    order = {section: place for place, section in enumerate(SECTIONS)}
    found.sort(key=lambda line: (order[line.section], not line.differs))
    return Comparison(runs=tuple(runs), lines=tuple(found))


def _lines(runs: Sequence[Run]) -> Iterable[Line]:
    yield from _of_pairs("metrics", [{name: number_text(one) for name, one in run.metrics.items()} for run in runs])
    yield from _of_pairs("params", [run.params for run in runs], says_all=lambda given: bool(given))
    for section, label, field in _FIELDS:
        yield line_of(section, label, [_text(getattr(run, field)) for run in runs])
    yield from _of_pairs("tags", [run.tags for run in runs], says_all=lambda given: True)


_FIELDS: tuple[tuple[Section, str, str], ...] = (
    ("code", "commit", "git_commit"), ("code", "branch", "git_branch"), ("code", "repository", "git_repo"),
    ("code", "changed files", "is_git_dirty"), ("code", "snapshot", "snapshot"),
    ("environment", "environment", "environment"),
    ("compute", "compute", "compute"), ("compute", "size", "vm_size"), ("compute", "nodes", "nodes"),
    ("compute", "gpus", "gpus"), ("compute", "priority", "priority"), ("compute", "type", "compute_type"),
    ("command", "command", "command"),
    ("run", "experiment", "experiment"), ("run", "kind", "kind"), ("run", "user", "user"),
    ("run", "schedule", "schedule"), ("run", "parent", "parent"), ("run", "primary metric", "primary_metric"),
    ("run", "status", "status"), ("run", "error", "error_code"),
)  # fmt: skip

Pairs = Mapping[str, str | None]


def _of_pairs(
    section: Section, given: Sequence[Pairs], *, says_all: Callable[[Pairs], bool] = lambda given: False
) -> Iterable[Line]:
    """Yield a line for every name; `says_all` tells whether a name that is missing is known not to be there."""
    names = {name for pairs in given for name in pairs if not is_azures_own(name)}
    for name in sorted(names):
        yield line_of(section, name, [
            (EMPTY if pairs[name] is None else pairs[name]) if name in pairs else UNSET if says_all(pairs) else None
            for pairs in given
        ])  # fmt: skip


def line_of(section: Section, name: str, values: Sequence[str | None]) -> Line:
    """Return a line of the values of all runs, the base's first; None where Azure did not say."""
    exact = [None if value is None else _number(value) for value in values]
    base = next((place for place, value in enumerate(values) if value is not None), 0)
    is_numeric = all(number is not None for number, value in zip(exact, values, strict=True) if value is not None)
    numbers = tuple(_finite(number) for number in exact) if is_numeric else ()
    deltas = tuple(_delta(number, numbers[base]) for number in numbers)
    return Line(
        section=section, name=name, values=tuple(values), numbers=numbers,
        likeness=tuple(_likeness(place, base, values, exact) for place in range(len(values))),
        deltas=deltas, shares=tuple(_share(delta, numbers[base]) for delta in deltas),
    )  # fmt: skip


def _likeness(place: int, base: int, values: Sequence[str | None], exact: Sequence[Decimal | None]) -> Likeness:
    if values[place] is None:
        return "unknown"
    if place == base:
        return "base"
    ours, theirs = exact[place], exact[base]
    is_same = values[place] == values[base] or (ours is not None and theirs is not None and ours == theirs)
    return "same" if is_same else "differs"


def _number(text: str) -> Decimal | None:
    """Return a number that is written as one: 3e-4 and 0.0003 are the same. A text of odd digits is none."""
    return Decimal(text) if len(text) <= 64 and _NUMBER.fullmatch(text) else None


def _finite(number: Decimal | None) -> float | None:
    value = None if number is None else float(number)
    return value if value is not None and math.isfinite(value) else None


def _delta(number: float | None, base: float | None) -> float | None:
    return None if number is None or base is None else number - base


def _share(delta: float | None, base: float | None) -> float | None:
    share = delta / abs(base) if delta is not None and base else None
    return share if share is not None and math.isfinite(share) else None


def _text(value: Any) -> str | None:
    if value is None or value == "":
        return None
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def number_text(number: float) -> str:
    """Return a metric as it is exported: every digit, and a whole number without a point."""
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
