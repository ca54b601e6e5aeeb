"""What something costs an hour and why that is the number, as lines of a detail."""

from __future__ import annotations

from collections.abc import Sequence

from app.deployment_row import DeploymentRow
from app.rows import EndpointRow
from widgets import format as fmt
from widgets.pane import Line, Look, Span
from widgets.safe import Safe, plain, safe

UNKNOWN = "is not known"
"""What `services.hourly` says of a price that can be read."""


def price_lines(row: EndpointRow | DeploymentRow, look: Look) -> Sequence[Line]:
    """The estimate first, then what it is made of; without one why there is none, and what reads the missing price."""
    told = (row.priced,) if isinstance(row.priced, str) else row.priced or ()
    if not told:
        return ()
    basis: list[Line] = [(Span(safe(text, 200), "muted"),) for text in told]
    if row.per_hour is not None:
        return ((Span(fmt.money(row.per_hour, is_estimate=True), "strong"), Span(plain(" an hour"))), *basis)
    lines: list[Line] = [(Span(plain("– no price"), "muted"),), *basis]
    if any(UNKNOWN in text for text in told):
        lines.append((Span(Safe("`amldeck prices refresh` or :prices reads list prices."), "muted"),))
    return lines
