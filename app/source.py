"""What a source of facts is: one thing the refresher reads, how often, after what, and into which table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from app.handed import Reading
from cache.store import Store
from cache.table import Table
from services.records import Page

MINUTE, HOUR = 60.0, 3600.0

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


def derived(
    name: str, title: str, table: Table, read: Read, *after: str, completes: bool = True, is_on_demand: bool = False
) -> Source:
    """A source that is made of other ones in the cache, and rewritten when one of them changed."""
    return Source(name, title, table, read, 15 * MINUTE, after, is_derived=True, completes=completes,
                  is_on_demand=is_on_demand)  # fmt: skip
