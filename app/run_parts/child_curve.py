"""How the best value of a sweep or of AutoML rose: each trial that ended a dot, the best so far a line in steps."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.message import Message

from app.family import Family, Rise, metric_of, rises
from app.run_parts.child_board import aim_of
from widgets import format as fmt
from widgets.chart_base import ChartBase
from widgets.chart_raster import Dots
from widgets.chart_series import Figure, Group, Series
from widgets.lines import GAP, ends
from widgets.pane import Line, Span
from widgets.safe import Safe, plain, safe

FEWEST = 2
"""Trials that make a curve."""


class Curve(ChartBase, can_focus=False):
    """The chart over the board of trials. Its cursor is the board's: it stands on the trial under that one.

    It takes no keys; a click posts `Picked`.
    """

    DEFAULT_CSS = "Curve { height: 14; margin: 0 1 1 1; }"

    class Picked(Message):
        """A trial was clicked."""

        def __init__(self, key: str) -> None:
            self.key = key
            super().__init__()

    def __init__(self, *, dots: Dots, id: str | None = None) -> None:
        super().__init__(dots=dots, id=id)
        self._rises: Sequence[Rise] = ()

    @property
    def has_rise(self) -> bool:
        """Whether enough trials ended for a curve."""
        return len(self._rises) >= FEWEST

    def take(self, family: Family, key: str | None) -> None:
        """Show what is known of the trials; the cursor stands on the one of this key."""
        found = rises(family.top, family.own)
        if found != self._rises:
            self._rises = found
            self.show((Group(plain(""), (figure_of(family, found),), has_large=True),))
        self.stand(key)

    def stand(self, key: str | None) -> None:
        """Put the cursor on a trial; on none while that one has not ended with a value."""
        place = next((at for at, one in enumerate(self._rises, start=1) if one.run.id == key), None)
        self.at = None if place is None else float(place)
        self.repaint()

    def beside(self, steps: int) -> str | None:
        """The trial that ended so many before or after the one under the cursor; from nowhere, the last or first."""
        if not self._rises:
            return None
        here = (0 if steps > 0 else len(self._rises) + 1) if self.at is None else int(self.at)
        return self._rises[min(max(1, here + steps), len(self._rises)) - 1].run.id

    def on_click(self, event: events.Click) -> None:
        """Tell which trial is nearest to where it was clicked."""
        box = self._box()
        if box is None or not self._rises:
            return
        drawing = self._drawing(box)
        share = (event.x - box.x - drawing.gutter) / max(1, drawing.columns - 1)
        if 0 <= share <= 1:
            place = round(drawing.plot.x.value(share))
            self.post_message(self.Picked(self._rises[min(max(1, place), len(self._rises)) - 1].run.id))

    def _says(self, width: int, seen: int) -> Line:
        """The trial under the cursor, what it reached, and the best until then."""
        if self.at is None or self.figure is None:
            return (Span(plain("← and → lead through the trials in the order they ended"), "muted"),) if seen else ()
        one = self._rises[int(self.at) - 1]
        place = Safe(f"trial {int(self.at):,} of {len(self._rises):,}")
        left = (
            Span(plain("cursor "), "muted"), Span(place, "strong", bold=True),
            GAP, Span(safe(one.run.name, 40), "text"),
            GAP, Span(self.figure.title, "muted"), Span(plain(" ")), Span(fmt.metric(one.value), "text"),
            GAP, Span(plain("best so far"), "muted"), Span(plain(" ")), Span(fmt.metric(one.best), "accent", bold=True),
        )  # fmt: skip
        return ends(left, (), width)


def figure_of(family: Family, found: Sequence[Rise]) -> Figure:
    """The chart: places in the order of their ends along x."""
    places = [float(at) for at in range(1, len(found) + 1)]
    best = Series(plain("best so far"), [one.best for one in found], steps=places, is_thick=True, shape="steps")
    each = Series(plain("trials"), [one.value for one in found], steps=places, tone="muted", shape="dots")
    title = safe(metric_of(family.top, family.own) or "metric", 40)
    return Figure(title, (best, each), unit=_about(family, found), counts=plain("trial"))


def _about(family: Family, found: Sequence[Rise]) -> Safe:
    """`best so far 0.861 by hpo-12_4, larger is better, of 14 trials that ended with a value`."""
    if not found:
        return plain("")
    winner = next(one for one in found if one.value == found[-1].best)
    reached = f"best so far {fmt.metric(winner.value)} by {safe(winner.run.name, 40)}"
    return Safe(f"{reached}   {aim_of(family)}   {len(found):,} ended with a value")
