"""A comparison as a table: a line for each thing, a column for each run. The same on the screen and on a command line.

What is equal is muted, what differs warns. A metric keeps its own colour: nearly all of them differ, so the distance
from the base stands beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from math import isfinite
from typing import Any

import msgspec

from app.words import run_state
from services.comparison import SECTIONS, Comparison, Line, Section
from services.run import Run
from widgets import format as fmt
from widgets.pane import Cell, Column, Look, Pane, Span
from widgets.pane import Line as Drawn
from widgets.safe import Safe, cell_width, clip_middle, plain, safe, safe_lines

NAME_WIDTH, RUN_WIDTH, MOST_WIDTH = 22, 18, 24
"""Cells of the column of names, and the least and the most of each run's."""
ID_END = 6
"""Signs of an id that tell runs of one name apart."""
LONGEST = 300
"""Characters of one value that are shown."""
COMMIT = 12
"""Characters of a commit that tell it from others."""

_TITLES: dict[Section, Safe] = {
    "metrics": plain("Metrics"), "curves": plain("Curves"), "params": plain("Parameters"),
    "code": plain("Code"), "tags": plain("Tags"),
    "environment": plain("Environment"), "compute": plain("Compute"), "command": plain("Command"), "run": plain("Run"),
}  # fmt: skip


class Heading(msgspec.Struct, frozen=True):
    """The title of a section, with how many of its lines differ, of how many that can be compared."""

    section: Section
    differing: int
    known: int


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One value of one run in a comparison: what exports and scripts get."""

    section: str
    name: str
    run: str
    run_name: str
    value: str | None = None
    number: float | None = None
    likeness: str
    """base, same, differs or unknown."""
    delta: float | None = None
    """The distance from the base's number."""
    share: float | None = None


def entries(comparison: Comparison, *, is_all: bool) -> list[Heading | Line]:
    """The lines under their headings: what differs, or everything. A section with nothing to show is left out."""
    found: list[Heading | Line] = []
    for section in SECTIONS:
        lines = [line for line in comparison.of(section) if is_all or line.differs]
        if lines:
            found += [Heading(section, *comparison.counted(section)), *lines]
    return found


def told(comparison: Comparison, *, is_all: bool) -> Iterator[Told]:
    """A record for each value of each run."""
    for line in comparison.lines:
        if is_all or line.differs:
            for place, run in enumerate(comparison.runs):
                yield Told(
                    section=line.section, name=line.name, run=run.id, run_name=run.name, value=line.values[place],
                    number=_at(line.numbers, place), likeness=line.likeness[place], delta=_at(line.deltas, place),
                    share=_at(line.shares, place),
                )  # fmt: skip


def _at(numbers: Sequence[float | None], place: int) -> float | None:
    return numbers[place] if numbers else None


def columns(comparison: Comparison, shown: Sequence[int] | None = None) -> tuple[Column[Any], ...]:
    """The column of names, then one for each run, or for those at the places `shown`; names and base do not scroll."""
    places = range(len(comparison.runs)) if shown is None else shown
    names = names_of(comparison.runs)
    return (
        Column("", _name, NAME_WIDTH, rank=1),
        *(_run_column(names[place], place) for place in places),
    )


def names_of(runs: Sequence[Run]) -> list[Safe]:
    """What the runs are called beside each other: those of one name with the end of their id, `nightly …kt5xs7`."""
    often = Counter(run.name for run in runs)
    return [
        safe(run.name, 60)
        if often[run.name] == 1
        else Safe(f"{clip_middle(safe(run.name, 60), MOST_WIDTH - ID_END - 2)} …{safe(run.id)[-ID_END:]}")
        for run in runs
    ]


def _run_column(title: Safe, place: int) -> Column[Any]:
    width = max(RUN_WIDTH, min(MOST_WIDTH, cell_width(title)))
    return Column(title, lambda entry, look: _value(entry, place, look), width, rank=1 if place == 0 else 2)


def _name(entry: Heading | Line, look: Look) -> Cell:
    if isinstance(entry, Heading):
        return (Span(_TITLES[entry.section], "strong", bold=True),)
    return (Span(Safe(f"  {safe(entry.name, 60)}"), "text" if entry.differs else "muted"),)


def _value(entry: Heading | Line, place: int, look: Look) -> Cell:
    if isinstance(entry, Heading):
        return (Span(counted(entry), "muted"),) if place == 0 else ()
    if entry.values[place] is None:
        return fmt.DASH
    if entry.section == "run" and entry.name == "status":
        return _status(entry, place, look)
    number = _at(entry.numbers, place)
    if entry.section in ("metrics", "curves") and entry.deltas and number is not None:
        return _metric(entry, place, number)
    tone = "warn" if entry.likeness[place] == "differs" else "text" if _is_base(entry, place) else "muted"
    return (Span(_shown(entry, place), tone),)


def _shown(line: Line, place: int) -> Safe:
    value = line.values[place]
    if line.section == "code" and line.name == "commit":
        return safe(value, COMMIT)
    return fmt.vm_size(value) if line.section == "compute" and line.name == "size" else safe(value, LONGEST)


def _is_base(line: Line, place: int) -> bool:
    return line.differs and line.likeness[place] == "base"


def counted(heading: Heading) -> Safe:
    """`2 of 8 differ`; of what is known of one run alone nothing can be said."""
    return Safe(f"{heading.differing} of {heading.known} differ") if heading.known else plain("nothing to compare")


def _status(line: Line, place: int, look: Look) -> Cell:
    state = run_state(line.values[place])
    return (Span(state.ascii if look.is_ascii else state.glyph, state.tone), Span(Safe(f" {state.word}"), "muted"))


def _metric(line: Line, place: int, number: float) -> Cell:
    value = Span(fmt.metric(number), "text" if line.differs else "muted")
    delta = _at(line.deltas, place)
    if line.likeness[place] != "differs" or delta is None:
        return (value,)
    return (value, Span(Safe(f" {signed(delta, number)}"), "warn"))


def signed(distance: float, beside: float) -> Safe:
    """A distance, always signed, with the digits of the value it stands beside: `−0.067`."""
    size = abs(distance)
    is_alike = isfinite(beside) and 0.01 <= abs(beside) < 100_000 and 0.0005 <= size < 0.01
    return Safe(f"{'−' if distance < 0 else '+'}{f'{size:.3f}' if is_alike else fmt.metric(size)}")


def counted_sections(comparison: Comparison) -> Safe:
    """`2 of 8 parameters, 1 of 4 code differ`: where the differences are."""
    counts = [(_TITLES[section].lower(), comparison.counted(section)) for section in SECTIONS]
    said = [f"{differing} of {known} {title}" for title, (differing, known) in counts if differing]
    return Safe(f"{', '.join(said)} differ") if said else plain("nothing differs")


def counted_whole(comparison: Comparison) -> Safe:
    """`32 of 41 differ`: the same where there is less room."""
    counts = [comparison.counted(section) for section in SECTIONS]
    differing, known = (sum(numbers) for numbers in zip(*counts, strict=True))
    return Safe(f"{differing} of {known} differ") if differing else plain("nothing differs")


def whole(line: Line, runs: Sequence[Run]) -> list[Drawn]:
    """One line in full: the name of each run, and its value below."""
    found: list[Drawn] = []
    for place, run in enumerate(runs):
        tone = "warn" if line.likeness[place] == "differs" else "text"
        found.append(((Span(safe(run.name, 60), "muted")),))
        value = line.values[place]
        found += [(Span(Safe(f"  {one}"), tone),) for one in safe_lines(value)] if value is not None else [fmt.DASH]
    return found


def as_pane(comparison: Comparison, shown: Sequence[int]) -> Pane[Any]:
    """The table as the command line writes one."""
    return Pane(
        name="compare", title="Compare", digit="", record=Line, table="", columns=columns(comparison, shown),
        sources=(), order="", empty="",
    )  # fmt: skip
