"""What runs cost, kept beside them: worked out as they are written, and again when prices or computes are others.

A page that is written touches its own runs and the parents above them, never the others. A parent's number is the sum
of what is directly below it, so that it follows from SQL, whatever the size of the cache.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import islice
from time import monotonic
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import msgspec

from app import tables
from app.pricing import price_book
from app.rows import ExperimentRow
from cache.amounts import Amount
from cache.query import parse
from cache.quoting import equals
from cache.store import Changed, Store
from cache.table import Table, fields_of
from cache.tree import Equals, Has, Not, Query
from services.estimates import Site, Sum, of_run
from services.records import Money, Page, Provenance
from services.run import Run
from services.run_kinds import PARENTS
from services.running_now import RunningNow, running_now

if TYPE_CHECKING:
    from app.handed import Reading

DEEPEST = 12
"""Levels of runs above another that are followed."""
SIZE = 500
MOST_GOING = 300
"""Runs at work that are looked at for what they cost an hour."""
METHOD = "1"
"""Another number makes every kept estimate be worked out again."""


class Priced(msgspec.Struct, frozen=True):
    """What one run costs by the prices that are known now."""

    id: str
    cost: Money


_sites: WeakKeyDictionary[Store, dict[str, tuple[float, Site]]] = WeakKeyDictionary()
FRESH = 20.0
"""Seconds for which pages that are written one after another share what was read of prices and computes."""


def site_of(store: Store, scope: str) -> Site:
    """Prices and computes as the cache knows them, gone computes too: old runs ran on them. Reads small tables."""
    site = _read_site(store, scope)
    _sites.setdefault(store, {})[scope] = (monotonic(), site)
    return site


def _lately(store: Store, scope: str) -> Site:
    """The same, as it was a few seconds ago: what has changed since makes `read_estimates` look at the runs again."""
    at, site = _sites.get(store, {}).get(scope, (-FRESH, None))
    return site if site is not None and monotonic() - at < FRESH else site_of(store, scope)


def _read_site(store: Store, scope: str) -> Site:
    computes = {one.key.lower(): one.record for one in store.records("compute", scope, include_gone=True)}
    places = [*computes.values(), *(one.record for one in store.records("endpoints", scope))]
    regions = {one.location for one in places if one.location}
    return Site(price_book(store, scope), computes, next(iter(regions)) if len(regions) == 1 else None)


def put(store: Store, table: Table, scope: str, page: Page[Any]) -> Changed:
    """Write a page into its table; runs with what they cost. Raises as `Store.put`."""
    if table.name != tables.RUNS.name:
        return store.put(table.name, scope, page.records, page.documents, provenance=page.provenance)
    site, at = _lately(store, scope), page.provenance.fetched_at
    runs = [msgspec.structs.replace(run, cost=of_run(run, site, at).money) for run in page.records]
    changed = store.put(table.name, scope, runs, page.documents, provenance=page.provenance)
    # Of all of them, not of the changed ones alone: who was ended between two writes makes good when it reads again.
    above, others = settle(store, scope, runs, at), set(changed.keys)
    more = tuple(key for key in above if key not in others)
    return Changed(changed.inserted, changed.changed + more, max(0, changed.unchanged - len(more)))


def settle(store: Store, scope: str, runs: Iterable[Run], now: datetime) -> Sequence[str]:
    """Sum up the parents among these runs and those above them. Gives the keys of the parents that cost otherwise."""
    wanted = {key for run in runs for key in (run.parent, run.id if run.kind in PARENTS else None) if key}
    changed: list[str] = []
    for _level in range(DEEPEST):
        given, above = _parents(store, scope, wanted, now)
        if not given:
            break
        changed += store.fill("runs", scope, given)
        wanted = above
    return changed


def _parents(
    store: Store, scope: str, wanted: Collection[str], now: datetime
) -> tuple[dict[str, dict[str, Any]], set[str]]:
    """What to keep of those parents whose sum is another now, and what stands above these."""
    given: dict[str, dict[str, Any]] = {}
    above: set[str] = set()
    for key in wanted:
        seen = store.get("runs", scope, key)
        if seen is None or seen.record.kind not in PARENTS:
            continue
        run: Run = seen.record
        found = below(store, scope, key, now)
        if (found.money, found.unknown) != (run.cost, run.cost_unknown):
            given[key] = {"cost": found.money, "cost_unknown": found.unknown}
            above |= {run.parent} if run.parent else set()
    return given, above


def below(store: Store, scope: str, key: str, now: datetime) -> Sum:
    """What the runs directly below one cost, each with all that is below it; one that is not known where there is none.

    One look into an index.
    """
    found = store.amounts("runs", scope, "parent", parse(equals("parent", key), tables.RUNS, now=now), *KEPT)
    parts = [part for some in found.values() for part in some]
    return summed(parts) if parts else Sum(unknown=1)


KEPT = ("cost", "cost_unknown")
"""The fields of a run that are summed."""


def summed(parts: Iterable[Amount]) -> Sum:
    """What rows cost together, none of which is below another."""
    amounts: dict[str, Decimal] = {}
    unknown = 0
    for one in parts:
        unknown += one.beside + (0 if one.currency else one.lacking)
        if one.currency:
            amounts[one.currency] = amounts.get(one.currency, Decimal(0)) + one.amount
    return Sum(amounts, unknown)


def basis_of(store: Store, scope: str, record: object, now: datetime) -> Sequence[str]:
    """What the estimate in a row is made of, a text each; nothing for a row without one. Reads small tables."""
    if isinstance(record, Run):
        return of_run(record, site_of(store, scope), now).basis
    if isinstance(record, ExperimentRow):
        unknown = f"{record.cost_unknown_7d:,} of them have no price" if record.cost_unknown_7d else ""
        return tuple(filter(None, ("list prices × the machines of the runs that ended in the last 7 days", unknown)))
    told = getattr(record, "priced", None) or ()
    return (told,) if isinstance(told, str) else told


def costs_by(store: Store, scope: str, table: Table, where: Query, by: str) -> dict[str, Sum]:
    """What rows cost by the values of a field, each machine once; nothing where rows have no cost. For a worker.

    Where children may be among the rows, their parents are left out: what they cost stands in the rows of the others.
    """
    if not set(KEPT) <= fields_of(table.record).keys():
        return {}
    if _TOPS not in where.clauses:
        where = Query(where.text, (*where.clauses, Not(Has("cost_unknown"))), where.problems)
    return {value: summed(parts) for value, parts in store.amounts(table.name, scope, by, where, *KEPT).items()}


_TOPS = Not(Has("parent"))
"""What `parent:none` means."""


def read_estimates(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of Priced, of the runs that may cost otherwise than was kept; none while what that is made of is as it was.

    Those on a compute that is another now, or all when prices are. What was written meanwhile knows the new ones.
    """
    store, scope = reading.store, reading.scope
    site = site_of(store, scope)
    marks, key = _marks(site), f"priced/{scope}"
    text = store.recall(key)
    known: dict[str, str] = json.loads(text) if text else {}
    provenance = Provenance("the cache: runs, prices, compute", None, reading.now, "estimated")
    if marks != known:
        rows = _otherwise(reading, site, _where(marks, known))
        while not reading.stop() and (page := tuple(islice(rows, SIZE))):
            yield Page(page, (), provenance)
        if reading.stop():
            return
        store.remember(key, json.dumps(marks))
    yield Page((), (), provenance, is_last=True)


def write_estimates(store: Store, scope: str, page: Page[Priced]) -> Sequence[str]:
    """Keep what a page says. Gives the keys of the runs that cost otherwise, parents too."""
    keys = store.fill("runs", scope, {one.id: {"cost": one.cost} for one in page.records})
    runs = [seen.record for key in keys if (seen := store.get("runs", scope, key)) is not None]
    return (*keys, *settle(store, scope, runs, page.provenance.fetched_at))


def catch_up(store: Store, scope: str, now: datetime) -> None:
    """Work out again what runs cost, after prices were read. Every run may be read: for a command line of its own."""
    from app.handed import Reading
    from services.records import never

    for page in read_estimates(Reading(None, None, store, scope, now, never)):
        write_estimates(store, scope, page)


def _otherwise(reading: Reading, site: Site, where: str) -> Iterator[Priced]:
    query = parse(where, tables.RUNS, now=reading.now) if where else None
    for seen in reading.store.records("runs", reading.scope, query, "-created"):
        money = of_run(seen.record, site, seen.fetched_at).money
        if money is not None and money != seen.record.cost:
            yield Priced(seen.key, money)


def _marks(site: Site) -> dict[str, str]:
    """What estimates are made of, in short: the prices under "", each compute under its name."""
    found = {name: f"{one.kind}/{one.vm_size}/{one.location}/{one.priority}" for name, one in site.computes.items()}
    return found | {"": f"{METHOD}/{site.region}/{site.book.mark}"}


def _where(marks: dict[str, str], known: dict[str, str]) -> str:
    if marks[""] != known.get(""):
        return ""
    names = [name for name, mark in marks.items() if known.get(name) != mark]
    return " | ".join(f"compute={json.dumps(name, ensure_ascii=False)}" for name in names)


def running_in(store: Store, scope: str) -> RunningNow:
    """What everything that is up costs an hour now, as the cache knows it. Reads small tables: for a worker."""
    site = site_of(store, scope)
    places = {one.record.name.lower(): one.record.location for one in store.records("endpoints", scope)}
    computes = (one.record for one in store.records("compute", scope))
    deployments = (one.record for one in store.records("deployments", scope))
    going = Query("", (Equals("status", "Running"),))
    runs = [seen.record for seen in store.records("runs", scope, going, "-created", MOST_GOING)]
    return running_now(computes, deployments, site.book, places, site.region, runs)
