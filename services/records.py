"""What every reader yields: pages of frozen records, each with where it came from.

Raw JSON stops at a reader. What leaves it is a `Page`: typed records, the redacted documents they were read from,
one `Provenance` for the page, and the items that could not be read, counted and named.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Generic, Literal, TypeVar

import msgspec

T = TypeVar("T")

Basis = Literal["measured", "estimated", "inferred", "billed"]

Stop = Callable[[], bool]
"""Asked between pages: True means the caller no longer wants the rest."""


def never() -> bool:
    """Answer False: the stop of a caller who wants every page."""
    return False


class Money(msgspec.Struct, frozen=True):
    """An amount in its own currency, as billed or quoted. Amounts of different currencies are never compared."""

    amount: Decimal
    currency: str


class Provenance(msgspec.Struct, frozen=True):
    """Where a page of records came from: the call that brought it, when (aware UTC), and how far to trust it."""

    route: str
    api_version: str | None
    fetched_at: datetime
    basis: Basis = "measured"
    method: str = "GET"


class SetAside(msgspec.Struct, frozen=True):
    """An item of a page that could not be read: what it called itself, if anything, and why."""

    item: str
    reason: str


class Page(msgspec.Struct, Generic[T], frozen=True):
    """One page of a listing, in the order the service gave it.

    `documents` holds the redacted JSON each record was read from, in the same order as `records`. `total` is how many
    the service says it has (None when it does not say). `is_last` is True on the page that completes the listing: only
    then may a caller conclude that what it did not see is gone. `token` is where a listing that can be taken up later
    goes on after this page, as the service says it.
    """

    records: tuple[T, ...]
    documents: tuple[bytes, ...]
    provenance: Provenance
    set_aside: tuple[SetAside, ...] = ()
    total: int | None = None
    is_last: bool = False
    token: str | None = None


class WorkspaceRef(msgspec.Struct, frozen=True):
    """The three names that make a workspace's address. Compare with `key`, never by spelling: ids change case."""

    subscription: str
    resource_group: str
    name: str

    @property
    def id(self) -> str:
        """The ARM id, with a leading slash and in ARM's own spelling of the fixed parts."""
        return (
            f"/subscriptions/{self.subscription}/resourceGroups/{self.resource_group}"
            f"/providers/Microsoft.MachineLearningServices/workspaces/{self.name}"
        )

    @property
    def key(self) -> str:
        """The id in lower case: two spellings of one workspace have one key."""
        return self.id.lower()
