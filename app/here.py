"""What the view on the screen offers at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from widgets.pane import Pane


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """What the view on the screen offers at this moment: what decides which keys work."""

    pane: Pane[Any]
    has_row: bool = False
    row_count: int | None = None
    marked: int = 0
    is_filtered: bool = False
    has_everywhere: bool = False
    """A filter applies in all panes."""
    has_own_filter: bool = False
    """The filter is another than the one the pane starts with."""
    has_document: bool = False
    has_origin: bool = False
    """It is known where what is shown came from."""
    has_studio: bool = False
    has_arm_id: bool = False
    depth: int = 0
    has_earlier: bool = False
    has_later: bool = False
    has_refresher: bool = True
    is_paused: bool = False
    is_detail: bool = False
    """The detail stands over the whole screen."""
    is_in_detail: bool = False
    """Keys go to the detail and not to the rows."""
    is_refused: bool = False
    """The pane shows why it may not be read; `y` copies the request for the administrator."""
    is_writing: bool = False
    is_planning: bool = False
    """A change is being worked out, and `esc` leaves it."""
    has_commands: bool = False
    """The settings have commands for this pane."""
    missing: int = 0
    """Conditions offered for dropping: the filter matches nothing."""
    is_opened: bool = False
    """A run is open over the rows."""
    part: str = ""
    """The part of it that is looked at."""
    has_pairs: bool = False
    """A row on the screen has params, tags or metrics."""
