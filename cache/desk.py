"""What the deck keeps in its cache besides records: states of sources, leases, settings, the first paint; upkeep.

Every write waits for its turn, so it belongs on a worker; every read but `sizes` is one small page.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from cache import first_paint, sources, upkeep
from cache.core import Core
from cache.errors import CacheReadOnly
from cache.first_paint import FirstPaint
from cache.series import SeriesShelf
from cache.sources import SourceState
from cache.upkeep import Owned, Pruned, Sizes


class Desk:
    """The part of a store that is not records."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._owner = secrets.token_hex(8)
        self._remembered: dict[str, str] = {}
        self.series = SeriesShelf(core)

    @property
    def is_read_only(self) -> bool:
        """True when nothing can be written: writes raise CacheReadOnly. It may become so when the disk is full."""
        return bool(self._core.writer.refusal)

    def sources(self, scope: str) -> dict[str, SourceState]:
        """What is known about the sources of a scope, by name."""
        with self._core.lent() as db:
            return sources.states(db, scope)

    def source_by_scope(self, name: str) -> dict[str, SourceState]:
        """One source as it stands in every scope where it was ever read."""
        with self._core.lent() as db:
            return sources.by_scope(db, name)

    def note_source(self, scope: str, name: str, **fields: Any) -> SourceState:
        """Change these fields of a source's state and keep the others; an unknown field raises TypeError."""
        with self._core.writing() as db:
            return sources.note(db, scope, name, fields)

    def lease(self, scope: str, name: str, seconds: float) -> bool:
        """Take (or prolong) the right to read a source; False while another store has it, or nothing can be written."""
        try:
            with self._core.writing() as db:
                return sources.lease(db, scope, name, self._owner, seconds, self._core.now())
        except CacheReadOnly:
            return False

    def release(self, scope: str, name: str) -> None:
        """Give that right back."""
        if not self.is_read_only:
            with self._core.writing() as db:
                sources.release(db, scope, name, self._owner)

    def remember(self, key: str, value: str) -> None:
        """Keep a small setting of the deck; for this session only when nothing can be written. It waits its turn."""
        self._remembered[key] = value
        if not self.is_read_only:
            with self._core.writing() as db:
                db.execute("INSERT OR REPLACE INTO _settings VALUES (?, ?)", (key, value))

    def recall(self, key: str) -> str | None:
        """A remembered setting; None when there is none."""
        if key in self._remembered:
            return self._remembered[key]
        with self._core.lent() as db:
            found = db.execute("SELECT value FROM _settings WHERE key = ?", (key,)).fetchone()
        return found[0] if found else None

    def write_first_paint(
        self,
        pane: str,
        width: int,
        height: int,
        lines: Sequence[str],
        *,
        title: str = "",
        scope: str = "",
        widths: Sequence[int] = (),
        rows: Sequence[Sequence[str]] = (),
    ) -> None:
        """Keep what the next start paints, as `cache.first_paint` says. Nothing happens when nothing can be written.

        `lines` are ready for a terminal of `width` by `height`; `rows` (the first: headings) are plain safe cells of
        columns `widths` wide, for another size.
        """
        paint = FirstPaint(
            pane=pane,
            scope=scope,
            width=width,
            height=height,
            lines=tuple(lines),
            at=self._core.now(),
            title=title,
            widths=tuple(widths),
            rows=tuple(tuple(cells) for cells in rows),
        )
        if not self.is_read_only:
            with self._core.writing() as db:
                first_paint.write(db, paint)

    def first_paint(self) -> FirstPaint | None:
        """What the next start would paint."""
        with self._core.lent() as db:
            return first_paint.read(db)

    def sizes(self) -> Sizes:
        """What the file is full of. Reads all of it: for a worker."""
        return upkeep.sizes(self._core)

    def prune(
        self,
        before: datetime,
        *,
        kept: Sequence[str] = (),
        ended: Sequence[str] = (),
        is_dry: bool = False,
        told: Callable[[int], object] = int,
        owned: Owned | None = None,
    ) -> Pruned:
        """Take out what is old and gone; see `cache.upkeep.prune`. Raises CacheError."""
        return upkeep.prune(self._core, before, kept, ended, told, is_dry=is_dry, owned=owned)

    def vacuum(self) -> tuple[int, int]:
        """Pack the file; gives its bytes before and after. Other writers wait. Raises CacheError."""
        return upkeep.vacuum(self._core)
