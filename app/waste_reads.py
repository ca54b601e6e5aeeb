"""What the search for waste reads, as `app.sources` calls it: once Waste, or what shows it, was opened.

What runs took is read from the cache every ten minutes, the newest twenty thousand of a month; all else it looks at is
small.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from app.derived.running import running_runs
from app.pricing import price_book
from app.putting_away import read_away
from app.rollups import Facts as Runs
from app.rollups import all_of, pages, was_read
from app.tables import COSTS, RUNS
from cache.query import parse
from cache.quoting import equals
from services.compute import Compute
from services.records import Page
from services.run import ENDED_RUNS, Run

if TYPE_CHECKING:
    from app.handed import Reading
    from services.waste_facts import Facts

MONTH = "30d"
MOST = 20_000
"""Ended runs that are put together: a quarter of a second."""

_READ = {
    "computes": "compute", "endpoints": "endpoints", "deployments": "deployments", "autoscale": "autoscale",
    "utilization": "utilization", "run_use": "run_use", "orphans": "orphans", "costs": "costs",
}  # fmt: skip
"""What the rules look at, and the table and source it is in."""
_FIELDS = ("experiment", "compute", "vm_size", "priority", "status", "error_code", "kind", "compute_duration",
           "duration", "nodes", "ended")  # fmt: skip


def read_used(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of Utilization; none where nobody says in which region the workspace is."""
    from app.metric_reads import region_of
    from services.utilization_metrics import read_utilization

    region = region_of(reading)
    names = [f"{one.endpoint}/{one.name}" for one in all_of(reading, "deployments") if one.kind != "Kubernetes"]
    if region is not None:
        yield from read_utilization(
            *reading.azure, region=region, deployments=names, now=reading.now, stop=reading.stop
        )


def read_left_behind(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of Orphan."""
    from services.orphans import list_orphans

    return list_orphans(*reading.azure, stop=reading.stop)


def read_run_use(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of RunUse, from the cached runs that ended in the last thirty days."""
    from services.run_use import Figures, use_of

    where = parse(f"ended<{MONTH}", RUNS, now=reading.now)
    rows = reading.store.figures("runs", reading.scope, _FIELDS, where, "ended", MOST)
    found = (
        Figures(*row[:7], seconds=row[7] if row[7] is not None else row[8], nodes=row[9], ended=row[10]) for row in rows
    )
    return pages(reading, "runs", use_of(found, is_cut=len(rows) >= MOST))


def waste(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of Finding, those that somebody has put away marked as such."""
    from services.putting_away import standing
    from services.waste import find_waste

    found = find_waste(facts_of(reading))
    away = read_away(reading.store, reading.scope)
    return pages(reading, "computes, deployments, runs, metrics, costs, prices", standing(found, away, reading.now))


def facts_of(reading: Reading) -> Facts:
    """What is known: of what was never read, nothing, which the rules do not take for none."""
    from services.waste_facts import Facts

    known = {name: tuple(all_of(reading, table)) for name, table in _READ.items() if was_read(reading, table)}
    if "costs" in known:
        query = parse("day<31d", COSTS, now=reading.now)
        known["costs"] = tuple(seen.record for seen in reading.store.records("costs", reading.scope, query))
    runs = Runs(reading.store, reading.scope, reading.now)
    measured = [one.name for one in known.get("utilization", ()) if one.kind == "run"]
    are_runs_known = was_read(reading, "runs")
    return Facts(
        now=reading.now, prices=price_book(reading.store, reading.scope), sizes=tuple(all_of(reading, "vm_sizes")),
        running=tuple(running_runs(runs, lambda run: ())) if are_runs_known else None,
        working=tuple(_not_ended(reading, measured)),
        busy=_busy(runs, known.get("computes", ())) if are_runs_known else None,
        read_at=_read_at(reading), **known,
    )  # fmt: skip


def _not_ended(reading: Reading, ids: Sequence[str]) -> Iterator[Run]:
    """Those of these runs that the cache knows and that go on."""
    for id in ids:
        seen = reading.store.get("runs", reading.scope, id)
        if seen is not None and not seen.is_gone and seen.record.status not in ENDED_RUNS:
            yield seen.record


def _busy(runs: Runs, computes: tuple[Compute, ...]) -> frozenset[str]:
    """The clusters with a minimum of nodes that a run holds or held in the last day: asked of no others."""
    held = [one.name for one in computes if one.min_nodes]
    statuses = {name.lower(): by for name, by in runs.parts("compute", "status", "").items()} if held else {}
    live = {name for name, by in statuses.items() if any(count and one not in ENDED_RUNS for one, count in by.items())}
    for name in held:
        where = f"{equals('compute', name)} created<31d ended<24h"
        if name.lower() not in live and next(runs.runs(where, "-created", 1), None) is not None:
            live.add(name.lower())
    return frozenset(live)


def _read_at(reading: Reading) -> dict[str, datetime]:
    known = reading.store.sources(reading.scope)
    names = {**_READ, "running": "runs", "busy": "runs"}
    read = {name: known[source].last_ok for name, source in names.items() if source in known}
    return {name: at for name, at in read.items() if at is not None}
