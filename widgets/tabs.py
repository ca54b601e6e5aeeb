"""The tab row: a digit and a name per pane, the one you are on, and what needs a look elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.strip import Strip

from widgets.bar import Bar, Zone, zones_of
from widgets.drawn_lines import segments
from widgets.lines import NO_LINE, line_width, spaced
from widgets.pane import Line, Span
from widgets.safe import Safe, plain
from widgets.theme import palette_of

WIDE = 120
"""Columns from which on the active tab has a ground of its own."""


@dataclass(frozen=True, slots=True)
class Tab:
    """One pane's tab. `badge` is what stands behind the name: `2` in err, `▲` in warn."""

    name: str
    digit: Safe
    title: Safe
    short: Safe
    badge: Line = NO_LINE


def wide_tab(tab: Tab, *, is_active: bool) -> Line:
    """` 3 Runs 2 `, with a cell of padding on both sides."""
    tone = "accent" if is_active else "muted"
    name = Span(Safe(f" {tab.title}"), "accent" if is_active else "text", bold=is_active)
    badge = (Span(plain(" ")), *tab.badge) if tab.badge else NO_LINE
    return (Span(plain(" ")), Span(tab.digit, tone), name, *badge, Span(plain(" ")))


def narrow_tab(tab: Tab, *, is_active: bool) -> Line:
    """`3Runs2`: the digit touches the name, the active name is underlined."""
    tone = "accent" if is_active else "muted"
    name = Span(tab.short, "accent" if is_active else "text", bold=is_active, underline=is_active)
    return (Span(tab.digit, tone), name, *tab.badge)


def digit_tab(tab: Tab, *, is_active: bool) -> Line:
    """Only the digit, for terminals where the names do not fit; the active one keeps its name."""
    if is_active:
        return narrow_tab(tab, is_active=True)
    # A count beside a digit would read as a number of two digits.
    return (Span(tab.digit, "muted"), *(span._replace(text=plain("!")) for span in tab.badge))


class Tabs(Bar):
    """The row under the header. Posts `Bar.Pressed("pane:NAME")`."""

    MARGIN = 0

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._tabs: tuple[Tab, ...] = ()
        self._active = ""
        self._is_wide = False

    def say(self, tabs: Sequence[Tab], active: str) -> None:
        """Show these tabs with the one called `active` lit."""
        self._tabs, self._active = tuple(tabs), active
        if self.size.width and not self.is_said((self._tabs, active)):
            self._draw()

    def on_resize(self, event: events.Resize) -> None:
        """Fit the new width."""
        self._draw()

    def _draw(self) -> None:
        width = self.size.width
        wide = [wide_tab(tab, is_active=tab.name == self._active) for tab in self._tabs]
        right = (Span(plain("W"), "accent"), Span(plain(" workspaces "), "muted"))
        wide_row = (Span(plain(" ")), *spaced(wide, 1))
        if width >= WIDE and line_width(wide_row) + line_width(right) + 2 <= width:
            at = width - line_width(right)
            zones = [*self._zones_for(wide, 1), Zone(at, width, "workspaces")]
            self._is_wide = True
            self.show(wide_row, right, on="bg", zones=zones)
            return
        self._is_wide = False
        parts = [narrow_tab(tab, is_active=tab.name == self._active) for tab in self._tabs]
        if line_width(spaced(parts, 1)) > width:
            parts = [digit_tab(tab, is_active=tab.name == self._active) for tab in self._tabs]
        self.show(spaced(parts, 1), on="bg", zones=self._zones_for(parts, 0))

    def _zones_for(self, parts: Sequence[Line], start: int) -> list[Zone]:
        named = [(part, f"pane:{tab.name}") for part, tab in zip(parts, self._tabs, strict=True)]
        return zones_of(named, start=start, gap=1)

    def render_line(self, y: int) -> Strip:
        """The row; the active tab on a ground of its own where there is room for its padding."""
        row = super().render_line(y)
        zone = next((zone for zone in self._zones if zone.action == f"pane:{self._active}"), None)
        active = next((tab for tab in self._tabs if tab.name == self._active), None)
        if zone is None or active is None or not self._is_wide:
            return row
        lit = Strip(segments(wide_tab(active, is_active=True), palette_of(self), "accentbg"))
        return Strip.join([row.crop(0, zone.start), lit, row.crop(zone.end)])
