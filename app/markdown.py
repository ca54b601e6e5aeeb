"""Markdown of what others wrote: no name becomes a link, a heading or a cell of a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from widgets.safe import safe

_MARKS = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_[]<>|#"})


def escaped(text: str | None) -> str:
    """Foreign text as Markdown shows it."""
    return safe(text or "", 400).translate(_MARKS)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], rights: Sequence[bool]) -> list[str]:
    """The lines of a table. Cells are Markdown already."""
    rule = "|".join("---:" if is_right else "---" for is_right in rights)
    return [f"| {' | '.join(heads)} |", f"|{rule}|", *(f"| {' | '.join(row)} |" for row in rows)]
