"""The tab row of an opened thing: a key and a name per part, the one you are on, and at the right how it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events

from widgets.bar import Bar, zones_of
from widgets.lines import NO_LINE, line_width, spaced
from widgets.pane import Line, Span
from widgets.safe import Safe, plain


@dataclass(frozen=True, slots=True)
class PartTab:
    """One part's tab: the key that opens it, and its title. `action` is what a click on it runs."""

    key: Safe
    title: Safe
    action: str


def tab_line(tab: PartTab, *, is_active: bool, has_key: bool = True) -> Line:
    """`m Metrics`: the key muted, the active name in accent and underlined."""
    name = Span(tab.title, "accent" if is_active else "text", bold=is_active, underline=is_active)
    if not has_key:
        return (name,)
    return (Span(Safe(f"{tab.key}"), "accent" if is_active else "muted"), Span(plain(" ")), name)


class PartTabs(Bar):
    """The row above an opened thing. Posts `Bar.Pressed` with a tab's action."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._tabs: tuple[PartTab, ...] = ()
        self._active = ""
        self._rights: tuple[Line, ...] = ()

    def say(self, tabs: Sequence[PartTab], active: str, rights: Sequence[Line]) -> None:
        """Show these tabs, that of the action `active` lit. `rights` is what may stand right, the longest first."""
        self._tabs, self._active, self._rights = tuple(tabs), active, tuple(rights)
        if self.size.width:
            self._draw()

    def on_resize(self, event: events.Resize) -> None:
        """Fit the new width."""
        self._draw()

    def _draw(self) -> None:
        parts, gap = self._parts()
        taken = line_width(spaced(parts, gap)) + 2
        right = next((one for one in self._rights if taken + line_width(one) <= self.room), NO_LINE)
        named = list(zip(parts, (tab.action for tab in self._tabs), strict=True))
        self.show(spaced(parts, gap), right, on="bg", zones=zones_of(named, start=self.MARGIN, gap=gap))

    def _parts(self) -> tuple[list[Line], int]:
        """The tabs as wide as they fit: with keys, without, and last the active one with the keys of the others."""
        for has_key, gap in ((True, 3), (True, 2), (False, 2), (False, 1)):
            parts = [tab_line(tab, is_active=tab.action == self._active, has_key=has_key) for tab in self._tabs]
            if line_width(spaced(parts, gap)) <= self.room:
                return parts, gap
        active = [tab_line(tab, is_active=True) if tab.action == self._active else (Span(tab.key, "muted"),)
                  for tab in self._tabs]  # fmt: skip
        return active, 1
