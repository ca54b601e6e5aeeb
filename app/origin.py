"""Where a value came from: the source, the call, its age, how far to trust it, and the command that asks again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.addresses import Addressed, rest_call
from app.source_state import SourceState
from cache.history import Past
from cache.origins import Origin
from widgets import format as fmt
from widgets.lines import NO_LINE, say
from widgets.pane import Line, Look, Span
from widgets.safe import Safe, plain, safe

BASES: dict[str, Safe] = {
    "measured": plain("measured: as Azure said it"),
    "billed": plain("billed: as Cost Management says it"),
    "estimated": plain("estimated here, from measured parts"),
    "inferred": plain("inferred here, from rows of the cache"),
}
CHANGES = 8
"""Changes of a row that are listed."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the cache knows of a row beside the row."""

    origin: Origin | None
    past: Sequence[Past]
    basis: Sequence[str] = ()
    """What its estimate is made of, a text each."""
    headroom: Sequence[str] = ()
    """How what is left of a quota was worked out, a step each."""


def origin_lines(row: Addressed, known: Known, states: Mapping[str, SourceState], look: Look) -> list[Line]:
    """What `i` shows."""
    origin = known.origin
    lines: list[Line] = []
    if origin is None:
        lines.append(say(plain("The deck made this row itself; it is not from Azure."), "text"))
    else:
        aged = f"{fmt.moment(origin.fetched_at, look)}, {fmt.age(origin.fetched_at, look.now)} ago"
        lines += fact_lines(
            ("source", _source(row, states)),
            ("read", Safe(aged)),
            ("basis", BASES.get(origin.basis, safe(origin.basis))),
            ("call", safe(f"{origin.method} {origin.route}", 2000)),
            ("api-version", safe(origin.api_version) if origin.api_version else None),
        )
        lines += [NO_LINE, *fact_lines(("az", row.az()), ("REST", rest_call(origin, row.cloud)))]
    if known.basis:
        lines += [NO_LINE, say(plain("What its estimated cost is made of"), "strong", bold=True)]
        lines += [say(safe(text, 200)) for text in known.basis]
    if known.headroom:
        lines += [NO_LINE, say(plain("How what is left was worked out"), "strong", bold=True)]
        lines += [say(safe(text, 200)) for text in known.headroom]
    if known.past:
        lines += [NO_LINE, say(plain("What it was before"), "strong", bold=True)]
        lines += [_change(past, look) for past in list(known.past)[-CHANGES:][::-1]]
    return lines


def _source(row: Addressed, states: Mapping[str, SourceState]) -> Safe:
    state = states.get(row.pane.name) or states.get(row.pane.table)
    return safe(state.title if state is not None else row.pane.title)


def fact_lines(*facts: tuple[str, Safe | None]) -> list[Line]:
    """A line for each fact that is known."""
    return [(Span(Safe(f"{label:<13}"), "muted"), Span(value)) for label, value in facts if value]


def _change(past: Past, look: Look) -> Line:
    shown: dict[str, Any] = past.changes
    what = ", ".join(f"{safe(name)} {safe(value, 40)}" for name, value in list(shown.items())[:4])
    more = f" and {len(shown) - 4} more" if len(shown) > 4 else ""
    return (Span(fmt.when(past.at, look), "muted"), Span(Safe(f"  {what}{more}")))
