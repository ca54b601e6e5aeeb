"""What a source of facts is: how it is read, how often, after what, and into which table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from app.handed import Reading
from cache.store import Store
from cache.table import Table
from services.records import Page

Read = Callable[[Reading], Iterator[Page[Any]]]
Write = Callable[[Store, str, Page[Any]], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Source:
    """One thing the refresher reads, and the cache table it fills.

    Rows count as late after `stale_after` seconds. `after` names the sources to be read before this one; a derived
    source is rewritten when one of them changed. With `completes`, the end of a whole listing marks rows it did not
    hold as gone.
    """

    name: str
    title: str
    table: Table
    read: Read
    stale_after: float
    after: tuple[str, ...] = ()
    is_scope_account: bool = False
    is_derived: bool = False
    completes: bool = True
    is_patient: bool = False
    """It may take hours: one at a time, after everything else that is due, with what the others leave of the budget."""
    budget: str = "reads"
    """The budget its calls come from (`services.budgets`)."""
    write: Write | None = None
    """What puts its pages into the cache where they are no rows of the table."""
    floor: float = 0.0
    """Seconds after a good read during which it is not read again, whoever asks."""
    is_on_demand: bool = False
    """Read once a pane that shows it was opened, or somebody names it."""
