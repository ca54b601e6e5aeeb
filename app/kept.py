"""How the deck was left last time, as text for the cache."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from app.columns import default_of
from widgets.pane import Pane

KEPT = "deck"
"""The name it is remembered under."""


class Kept(msgspec.Struct):
    """Pane, filter and order of each pane, and the columns of those that do not show their own."""

    pane: str = ""
    views: dict[str, tuple[str, str]] = {}
    columns: dict[str, tuple[str, ...]] = {}
    differing: dict[str, tuple[str, ...]] = {}
    """Which of those columns stand there because they differ."""
    hidden: dict[str, tuple[str, ...]] = {}
    """What an earlier version remembered: titles of columns nobody wants."""


def kept_of(text: str | None) -> Kept:
    """How it was left; nothing for a text from another version, or none."""
    try:
        return msgspec.json.decode(text or "{}", type=Kept)
    except msgspec.MsgspecError:
        return Kept()


def columns_kept(kept: Kept, panes: Mapping[str, Pane[object]]) -> dict[str, tuple[str, ...]]:
    """The columns of each pane that shows others than its own."""
    before = {
        name: tuple(title for title in default_of(panes[name]) if title not in titles)
        for name, titles in kept.hidden.items()
        if name in panes
    }
    return {**before, **kept.columns}
