"""The timeline of Pulse as a block under the detail: a line each for what happened in the last hour."""

from __future__ import annotations

from app.asked_timeline import MINUTES, Happened, moment_of
from app.panes.activity import title
from app.panes.pulse import severity_sign
from app.rows import Operation
from app.words import event_state
from services.attention import Attention
from widgets import format as fmt
from widgets.detail import Block
from widgets.lines import blank, fit_line, say
from widgets.pane import Line, Look, Span
from widgets.safe import Safe, plain, safe

WORD, NAME, WHO = 15, 17, 9
"""Cells of what was done, to what, and by whom."""


def timeline_blocks(found: Happened, look: Look) -> tuple[Block, ...]:
    """The block; a sentence where nothing happened."""
    head = (Span(plain("Timeline"), "strong"), Span(Safe(f"  last {MINUTES} min"), "muted"))
    lines = tuple(_line(one, look) for one in found) or (say(plain("Nothing, as far as is known."), "muted"),)
    return (Block(head, lines=lines),)


def _line(one: Operation | Attention, look: Look) -> Line:
    """`13:58 ✗ Run failed  fraud-931  ana`; of what began to need attention its sentence."""
    start: Line = (Span(Safe(f"{fmt.clock(moment_of(one), look)[:5]} "), "muted"), _sign(one, look), blank(1))
    if isinstance(one, Attention):
        return (*start, Span(safe(one.what, WORD + NAME + WHO + 2)))
    who = (one.caller_name or one.caller or "").partition("@")[0].split(" ")[0]
    return (
        *start,
        *fit_line(say(title(one, look)[0].text, "muted"), WORD),
        blank(1),
        *fit_line(say(safe(one.resource_name or "")), NAME),
        blank(1),
        *fit_line(say(safe(who), "muted"), WHO),
    )


def _sign(one: Operation | Attention, look: Look) -> Span:
    if isinstance(one, Attention):
        return severity_sign(one.severity, look)
    state = event_state(one.status)
    return Span(state.ascii if look.is_ascii else state.glyph, state.tone)
