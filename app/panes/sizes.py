"""Sizes: the machines of the region, what they have, what they cost an hour, and how many of each still fit."""

from __future__ import annotations

from collections.abc import Sequence

from app.cells import commas, fact, number, per_hour, value
from app.machine_rows import SizeRow
from widgets import format as fmt
from widgets.pane import Cell, Column, Drill, Fact, Line, Look, Pane, Reference, Section, Span
from widgets.safe import Safe, plain, safe


def memory(size: SizeRow, look: Look) -> Cell:
    """Gigabytes; half ones too."""
    return fmt.DASH if size.memory_gb is None else (Span(Safe(f"{size.memory_gb:,g}")),)


def chips(size: SizeRow, look: Look) -> Cell:
    """GPU, FPGA or CPU."""
    return fmt.words(size.accelerator, "text" if size.accelerator in ("GPU", "FPGA") else "muted")


def low(size: SizeRow, look: Look) -> Cell:
    """Whether it can be had at low priority."""
    return (Span(fmt.flag(size.is_low_priority), "muted"),)


def most(size: SizeRow, look: Look) -> Cell:
    """How many fit; loud where none does."""
    if size.most is None:
        return fmt.DASH
    return (Span(fmt.count(size.most), "text" if size.most else "warn"),)


def family(size: SizeRow, look: Look) -> Cell:
    """Its family without its noise: `NCSv3`."""
    word = (size.family or "").removesuffix("Family").strip()
    return fmt.words(word.removeprefix("Standard ").removeprefix("standard"), "muted")


def price_lines(size: SizeRow, look: Look) -> Sequence[Line]:
    """What the prices are made of, or why there are none."""
    return [(Span(safe(text, 200), "muted"),) for text in size.priced]


def head(size: SizeRow, look: Look) -> Line:
    """Its name and what computes in it."""
    return (Span(safe(size.name), "strong", bold=True), Span(Safe(f"  {chips(size, look)[0].text}"), "muted"))


SIZES: Pane[SizeRow] = Pane(
    name="sizes",
    title="Sizes",
    digit="",
    record=SizeRow,
    table="size_rows",
    noun="sizes",
    sources=("vm_sizes", "quotas", "size_rows"),
    order="name",
    in_tabs=False,
    trouble="most=0",
    empty="Azure lists no machine size for this region.",
    columns=(
        Column("size", value("name"), 24, "name", grows=True, rank=1),
        Column("family", family, 16, "family", rank=4),
        Column("cores", number("cores"), 5, "cores", is_right=True, rank=1),
        Column("GB", memory, 6, "memory_gb", is_right=True, rank=1),
        Column("gpus", number("gpus"), 4, "gpus", is_right=True, rank=1),
        Column("chips", chips, 5, "accelerator", rank=6),
        Column("$/h", per_hour("per_hour"), 7, "per_hour", is_right=True, rank=2),
        Column("$/h low", per_hour("low_per_hour"), 7, "low_per_hour", is_right=True, rank=3),
        Column("low", low, 3, "is_low_priority", rank=6),
        Column("left", number("left", "muted"), 5, "left", is_right=True, rank=4),
        Column("fit", most, 4, "most", is_right=True, rank=2),
    ),
    head=head,
    sections=(
        Section(
            "",
            facts=(
                fact("family", "family"),
                fact("cores", "cores", number),
                Fact("memory GB", lambda size, look: memory(size, look) if size.memory_gb else None, "memory_gb"),
                fact("gpus", "gpus", number),
                fact("used for", "used_for", commas),
                Fact("infiniband", lambda size, look: _known(size.has_infiniband), "has_infiniband"),
                Fact("low prio", lambda size, look: _known(size.is_low_priority), "is_low_priority"),
                fact("cores left", "left", number),
                fact("fit", "most", number),
                fact("low left", "low_left", number),
                fact("low fit", "low_most", number),
                fact("generation", "generation"),
                fact("region", "location"),
            ),
        ),
        Section("An hour", lines=price_lines),
    ),
    drills=(Drill("Q", "quota", "quotas", lambda size: ""),),
    reference=Reference(lambda size: size.name),
    help="Machine sizes with cores, memory, GPUs, list price and how many of each the quota still has room for. "
    "`amldeck fits` says whether so many fit, and the cheapest that does what is needed.",
)


def _known(known: bool | None) -> Cell | None:
    return None if known is None else (Span(plain("yes") if known else plain("no")),)
