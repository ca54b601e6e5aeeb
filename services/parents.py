"""Listings of listings: the runs of each experiment, the deployments of each endpoint, as one listing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import msgspec

from services.errors import NotFound, ServiceError
from services.records import Page, Provenance, SetAside, Stop

P = TypeVar("P")
T = TypeVar("T")


def each_of(
    parents: Sequence[P],
    read: Callable[[P], Iterator[Page[T]]],
    *,
    asked: Provenance | None,
    stop: Stop,
    named: Callable[[P], str] = str,
    aside: tuple[type[ServiceError], ...] = (),
) -> Iterator[Page[T]]:
    """Yield the pages of every parent in turn; only the page that completes the last parent says it is last.

    A parent that is gone meanwhile holds nothing; one that fails with an error of `aside` is set aside with its reason,
    and one whose pages broke off leaves the listing incomplete too. `asked` is where the parents came from: an empty
    page that ends the listing carries it. Raises the other ServiceErrors, and the first of `aside` where all parents
    failed.
    """
    is_whole, is_done = True, False
    refused: list[ServiceError] = []
    for at, parent in enumerate(parents, start=1):
        if stop():
            return
        is_ended = False
        try:
            for page in read(parent):
                is_ended, asked = page.is_last, page.provenance
                is_done = is_ended and is_whole and at == len(parents)
                yield msgspec.structs.replace(page, is_last=is_done)
        except NotFound:
            is_ended = True
        except aside as refusal:
            refused.append(refusal)
            if asked is not None:
                yield Page((), (), asked, set_aside=(SetAside(named(parent), str(refusal)),))
        is_whole = is_whole and is_ended
    if refused and len(refused) == len(parents):
        raise refused[0]
    if is_whole and not is_done and asked is not None:
        yield Page((), (), asked, is_last=True)


def names_in(pages: Iterator[Page[T]], name: Callable[[T], str]) -> tuple[list[str], Provenance | None, bool]:
    """Return the names of all records of a listing, where the last page came from, and whether it came to its end."""
    found: list[str] = []
    asked, is_whole = None, False
    for page in pages:
        found += [name(record) for record in page.records]
        asked, is_whole = page.provenance, page.is_last and not page.set_aside
    return found, asked, is_whole
