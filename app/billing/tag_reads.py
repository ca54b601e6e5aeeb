"""Reading the bill by tags, a call each: likely keys first, and no more of them than it takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import msgspec

from app.billing.asked import COMPUTE, DEPLOYMENT, ENDPOINT
from app.billing.matching import Tagged, by_tag, matching
from app.billing_facts import DAYS
from services.cost_cuts import PAIR, TAG, list_cut
from services.cost_dimensions import list_dimensions, tag_keys
from services.cost_queries import CostKind
from services.errors import Refused
from services.records import Page

if TYPE_CHECKING:
    from app.handed import Reading
    from cache.store import Store

MOST_TAGS = 8
"""Keys of tags that are read: each is a call, a minute apart."""
KEYS_FOR = timedelta(hours=4)
"""How long the keys that were found are believed."""
LIKELY = {ENDPOINT: ("endpoint",), DEPLOYMENT: ("deployment",), COMPUTE: ("compute", "cluster")}
"""What a key may have in its name whose values are such names: it is asked first, and believed for its values alone."""


class _Keys(msgspec.Struct, frozen=True):
    at: datetime
    keys: tuple[str, ...]


def read_named(reading: Reading, kind: str, cut: str) -> Iterator[Page[Any]]:
    """Pages of CutLine until a tag tells endpoints, deployments or computes apart.

    Deployments are asked for by two tags at once: the name of one is the name of another endpoint's, too.
    """
    keys = keys_of(reading)
    if cut == DEPLOYMENT and (pair := _pair(keys)):
        try:
            yield from _of_cut(reading, kind, pair)
        except Refused as problem:
            if problem.status != 400:
                raise
            # It does not group by two tags: each alone still says something.
    for key in _in_order(keys, LIKELY[cut]):
        if reading.stop() or matching(reading.store, reading.scope, _known(reading, kind), cut) is not None:
            return
        yield from _of_tag(reading, kind, key)
    if cut == DEPLOYMENT and (pair := _found_pair(reading, kind)):
        yield from _of_cut(reading, kind, pair)


def keys_of(reading: Reading) -> tuple[str, ...]:
    """The keys of tags that usage carries, as Azure said in the last hours: asking is a call like any other."""
    known = _kept_keys(reading.store, reading.scope)
    if known is not None and timedelta(0) <= reading.now - known.at < KEYS_FOR:
        return known.keys
    found = tuple(key for page in list_dimensions(*reading.azure, stop=reading.stop) for key in tag_keys(page.records))
    if not reading.stop():
        reading.store.remember(_note(reading.scope), msgspec.json.encode(_Keys(reading.now, found)).decode())
    return found


def known_keys(store: Store, scope: str) -> tuple[str, ...]:
    """The keys of tags that were found last, however long ago."""
    known = _kept_keys(store, scope)
    return known.keys if known is not None else ()


def _kept_keys(store: Store, scope: str) -> _Keys | None:
    kept = store.recall(_note(scope))
    return msgspec.json.decode(kept, type=_Keys) if kept is not None else None


def _note(scope: str) -> str:
    return f"cost tags {scope}"


def _in_order(keys: Sequence[str], words: Sequence[str]) -> list[str]:
    return sorted(keys, key=lambda key: not any(word in key.lower() for word in words))[:MOST_TAGS]


def _pair(keys: Sequence[str]) -> str | None:
    """The cut by the two tags whose keys say that they name endpoints and deployments."""
    first, second = (
        next((key for key in keys if LIKELY[cut][0] in key.lower()), None) for cut in (ENDPOINT, DEPLOYMENT)
    )
    return f"{PAIR}{first}/{second}" if first and second and first != second else None


def _found_pair(reading: Reading, kind: str) -> str | None:
    """The cut by the two tags whose values are names of endpoints and deployments; None where it was read."""
    known = _known(reading, kind)
    if any(one.startswith(PAIR) for one in known):
        return None
    first, second = (matching(reading.store, reading.scope, known, cut) for cut in (ENDPOINT, DEPLOYMENT))
    return f"{PAIR}{first.removeprefix(TAG)}/{second.removeprefix(TAG)}" if first and second else None


def _known(reading: Reading, kind: str) -> Tagged:
    return by_tag((seen.record for seen in reading.store.records("cost_cuts", reading.scope)), kind)


def _of_tag(reading: Reading, kind: str, key: str) -> Iterator[Page[Any]]:
    return _of_cut(reading, kind, f"{TAG}{key}")


def _of_cut(reading: Reading, kind: str, cut: str) -> Iterator[Page[Any]]:
    if reading.stop():
        return
    yield from list_cut(*reading.azure, cut, kind=cast("CostKind", kind), start=reading.now - DAYS,
                        end=reading.now, now=reading.now, stop=reading.stop)  # fmt: skip
