"""Cells and facts made from a field's name, so that a pane says what it shows and not how.

Every maker gives a function of (record, look). Unknown is a dash in a column and no line at all in the detail.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from typing import Any

from app.words import State
from services.records import WorkspaceRef
from services.ssh import ssh_command
from widgets import format as fmt
from widgets.pane import Cell, Fact, Line, Look, Span, Tone
from widgets.safe import Safe, safe, safe_lines

CellOf = Callable[[Any, Look], Cell]


def value(field: str, tone: Tone = "text") -> CellOf:
    """The field's own text, made safe."""
    return lambda record, look: fmt.words(getattr(record, field), tone)


def number(field: str, tone: Tone = "text") -> CellOf:
    """A whole number with thousands apart."""

    def cell(record: Any, look: Look) -> Cell:
        known = getattr(record, field)
        return (Span(fmt.count(known), "muted" if known is None else tone),)

    return cell


def listed(field: str) -> CellOf:
    """A moment as lists show it."""
    return lambda record, look: (Span(fmt.when(getattr(record, field), look), "muted"),)


def ago(field: str, tone: Tone = "muted") -> CellOf:
    """The age of a moment."""
    return lambda record, look: (Span(fmt.age(getattr(record, field), look.now), tone),)


def lasted(field: str, tone: Tone = "muted") -> CellOf:
    """A number of seconds as a duration."""
    return lambda record, look: (Span(fmt.duration(getattr(record, field)), tone),)


def exact(field: str) -> CellOf:
    """A moment to the second, with its zone."""
    return lambda record, look: (Span(fmt.moment(getattr(record, field), look)),)


def machine(field: str, tone: Tone = "muted") -> CellOf:
    """A VM size without its noise."""
    return lambda record, look: (Span(fmt.vm_size(getattr(record, field)), tone),)


def per_hour(field: str) -> CellOf:
    """What it costs an hour, marked as an estimate; the header names dollars, other currencies name themselves."""

    def cell(record: Any, look: Look) -> Cell:
        known = getattr(record, field)
        if known is None:
            return fmt.DASH
        mark = "~" if look.is_ascii else "≈"
        text = f"{known.amount:,.2f}" if known.currency == "USD" else f"{safe(known.currency, 4)} {known.amount:,.2f}"
        return (Span(Safe(f"{mark}{text}")),)

    return cell


def fact(label: str, field: str, make: Callable[[str], CellOf] = value) -> Fact[Any]:
    """A labelled line that is there only when the field is known."""
    cell = make(field)

    def known(record: Any, look: Look) -> Cell | None:
        held = getattr(record, field)
        return None if held is None or held == "" or held == () else cell(record, look)

    return Fact(label, known, field)


def titled(name: str, state: State, look: Look) -> Line:
    """The detail's title: the name, then glyph and word of its state."""
    glyph = state.ascii if look.is_ascii else state.glyph
    return (
        Span(safe(name), "strong", bold=True),
        Span(Safe(f"  {glyph} "), state.tone),
        Span(state.word, state.word_tone, bold=state.tone == "err"),
    )


def commas(field: str, tone: Tone = "text") -> CellOf:
    """Several texts in one cell, a comma between."""
    return lambda record, look: fmt.words(", ".join(getattr(record, field)), tone)


def az(ref: WorkspaceRef, *command: str, **options: str) -> str:
    """An `az ml` command on this workspace, quoted for a shell: names are foreign text there too."""
    flags = [part for name, given in options.items() for part in (f"-{name}", given)]
    place = ["-w", ref.name, "-g", ref.resource_group, "--subscription", ref.subscription]
    return shlex.join(["az", "ml", *command, *flags, *place])


def paragraph(field: str, most: int = 8) -> Callable[[Any, Look], Sequence[Line]]:
    """The field's text as lines of its own, the first `most` of them; none when Azure said nothing."""

    def lines(record: Any, look: Look) -> Sequence[Line]:
        text = getattr(record, field)
        return [(Span(line),) for line in safe_lines(text)[:most]] if text else []

    return lines


def ssh(user: str | None, address: str | None, port: int | None) -> Cell | None:
    """The command to sign in over SSH; None where Azure does not say how."""
    command = ssh_command(user, address, port)
    return (Span(safe(command, 120)),) if command else None
