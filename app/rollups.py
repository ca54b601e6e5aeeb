"""Roll-ups as sources: read cached records, reason with `app.derived`, give pages for the tables of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import msgspec

from app import tables
from app.derived.costs import cost_rows
from app.derived.deployments import deployment_rows
from app.derived.doings import REGISTRY, RUN_HISTORY, of_models, of_runs
from app.derived.endpoints import endpoint_rows
from app.derived.experiments import TOP, experiment_rows
from app.derived.intents import intent_rows
from app.derived.models import model_rows
from app.derived.operations import operations as joined
from app.derived.overdue import of_schedules
from app.derived.running import running_runs
from app.derived.unhealthy import of_health
from app.elsewhere import of_other_workspaces
from app.pricing import price_book
from app.putting_away import read_away
from app.rows import Operation
from app.series_kinds import LOGGED
from cache.groups import RollUp
from cache.query import parse
from services import attention as reasons
from services.alert_attention import of_alerts, of_rules
from services.attention_runs import Logged, of_running
from services.autoscale_attention import of_autoscale
from services.hourly import PriceBook
from services.money_attention import of_budgets, of_idle_money
from services.putting_away import standing
from services.records import Page, Provenance
from services.run import Run

if TYPE_CHECKING:
    from app.handed import Reading
    from cache.store import Store

LOOKS_BACK = timedelta(days=9)
"""How old an operation may be that is still worked out anew."""

COMES_LATE = timedelta(hours=2)
"""How much later than it happened a start, an end or a registration may be known here."""

SIZE = 500
"""Rows of one page."""


class Facts:
    """Questions about the cached runs of one workspace (`app.derived.experiments.RunFacts`)."""

    def __init__(self, store: Store, scope: str, now: datetime) -> None:
        self._store = store
        self._scope = scope
        self._now = now

    def counts(self, by: str, where: str) -> dict[str, int]:
        """Runs by the values of a field."""
        return self._store.counts("runs", self._scope, by, parse(where, tables.RUNS, now=self._now))

    def parts(self, by: str, split: str, where: str) -> dict[str, dict[str, int]]:
        """Runs by the values of a field, and those by the values of another."""
        query = parse(where, tables.RUNS, now=self._now)
        found = self._store.groups("runs", self._scope, by, query, RollUp(split))
        return {one.value: one.by for one in found}

    def runs(self, where: str, order: str = "", limit: int | None = None) -> Iterator[Run]:
        """The runs themselves."""
        query = parse(where, tables.RUNS, now=self._now)
        for seen in self._store.records("runs", self._scope, query, order, limit):
            yield seen.record


def experiments(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of ExperimentRow."""
    facts = Facts(reading.store, reading.scope, reading.now)
    return pages(reading, "experiments, runs", experiment_rows(all_of(reading, "experiments"), facts))


def models(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of ModelRow."""
    parts = [all_of(reading, name) for name in ("models", "versions", "deployments")]
    return pages(reading, "models, versions, deployments", model_rows(*parts))


def endpoints(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of EndpointRow."""
    parts = [all_of(reading, name) for name in ("endpoints", "deployments", "endpoint_health", "autoscale")]
    query = parse("operation:regenerateKeys", tables.ACTIVITY, now=reading.now)
    renewed = (seen.record for seen in reading.store.records("activity", reading.scope, query))
    found = endpoint_rows(
        *parts, regenerations=renewed, prices=_prices(reading), are_deployments_known=was_read(reading, "deployments")
    )
    return pages(reading, "endpoints, deployments, their health, autoscale, activity, prices", found)


def deployments(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of DeploymentRow, each with the document its deployment was read from."""
    parts = [all_of(reading, name) for name in ("deployments", "endpoints", "autoscale")]
    query = parse('operation:"autoscalesettings/scale"', tables.ACTIVITY, now=reading.now)
    actions = (seen.record for seen in reading.store.records("activity", reading.scope, query))
    found = deployment_rows(
        *parts, scale_actions=actions, prices=_prices(reading), are_settings_known=was_read(reading, "autoscale")
    )
    for page in pages(reading, "deployments, endpoints, autoscale, activity, prices", found):
        own = (reading.store.document("deployments", reading.scope, row.id) for row in page.records)
        kept = tuple(given or made for given, made in zip(own, page.documents, strict=True))
        yield msgspec.structs.replace(page, documents=kept)


def _prices(reading: Reading) -> PriceBook:
    return price_book(reading.store, reading.scope)


def was_read(reading: Reading, source: str) -> bool:
    """Whether a source was ever read to its end in the scope of this reading."""
    known = reading.store.sources(reading.scope).get(source)
    return known is not None and known.last_ok is not None


def operations(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of Operation, of the events that may still get company: those of the last nine days.

    One day more is read, so that no operation loses the events before that line. Runs and models are read from where
    the last reading ended: they get no company.
    """
    query = parse("at<10d", tables.ACTIVITY, now=reading.now)
    events = (seen.record for seen in reading.store.records("activity", reading.scope, query))
    found = (row for row in joined(events) if reading.now - row.at < LOOKS_BACK)
    return pages(reading, "activity, runs, versions", chain(found, _of_runs(reading), _of_models(reading)))


def _of_runs(reading: Reading) -> Iterator[Operation]:
    oldest, facts = reading.now - LOOKS_BACK, Facts(reading.store, reading.scope, reading.now)
    # Older runs than those of the last reading come while the past is read.
    since = oldest if _is_newer(reading, "history", "operations") else _known_until(reading, RUN_HISTORY)
    age = f"{(reading.now - since).total_seconds():.0f}s"
    runs = {run.id: run for field in ("started", "ended") for run in facts.runs(f"{TOP} {field}<{age}")}
    return of_runs(runs.values(), since)


def _of_models(reading: Reading) -> Iterator[Operation]:
    since = _known_until(reading, REGISTRY)
    query = parse(f"created<{(reading.now - since).total_seconds():.0f}s", tables.VERSIONS, now=reading.now)
    return of_models((seen.record for seen in reading.store.records("versions", reading.scope, query)), since)


def _is_newer(reading: Reading, source: str, than: str) -> bool:
    """Whether a source was read to its end since another one was, or that one never was."""
    known = reading.store.sources(reading.scope)
    ends = [known[name].last_ok if name in known else None for name in (source, than)]
    return ends[1] is None or (ends[0] is not None and ends[0] >= ends[1])


def _known_until(reading: Reading, origin: str) -> datetime:
    """From when on operations of an origin may be missing: they come late, and runs end while they are read."""
    query = parse(f'origin="{origin}"', tables.OPERATIONS, now=reading.now)
    newest = next(reading.store.records("operations", reading.scope, query, "-at", 1), None)
    oldest = reading.now - LOOKS_BACK
    return oldest if newest is None else max(oldest, newest.record.at - COMES_LATE)


def costs(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of CostRow; their basis is billed, since sums of bills are bills."""
    query = parse("day<62d", tables.COSTS, now=reading.now)
    lines = (seen.record for seen in reading.store.records("costs", reading.scope, query))
    return pages(reading, "costs", cost_rows(lines, reading.now))


def intents(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of IntentRow, newest first; none where nothing can be recorded."""
    found = reading.intents.all(reading.scope) if reading.intents is not None else []
    return pages(reading, "the record of what was asked of Azure", intent_rows(found))


def attention(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of Attention, from what each rule needs."""
    facts, now = Facts(reading.store, reading.scope, reading.now), reading.now
    runs = chain.from_iterable(
        facts.runs(f"{TOP} {where}") for where in ("status=Failed ended<24h", "status=NotResponding", "status=Queued")
    )
    query = parse("day<31d", tables.COSTS, now=now)
    lines = (seen.record for seen in reading.store.records("costs", reading.scope, query))
    owners = {row.name: row.user_name for row in all_of(reading, "compute_rows")}
    found = chain(
        reasons.of_runs(runs, now),
        of_running(running_runs(facts, partial(_logged, reading)), now),
        reasons.of_compute(all_of(reading, "compute"), now, owners),
        reasons.of_endpoints(all_of(reading, "endpoints"), all_of(reading, "deployments"), now),
        of_autoscale(all_of(reading, "autoscale")),
        of_health(all_of(reading, "endpoint_health")),
        of_alerts(all_of(reading, "alerts")),
        of_rules(all_of(reading, "alert_rules")),
        of_schedules(all_of(reading, "schedule_rows"), now),
        reasons.of_quotas(all_of(reading, "quotas")),
        of_idle_money(all_of(reading, "compute"), _prices(reading), now),
        of_budgets(all_of(reading, "budgets")),
        reasons.of_costs(lines, now),
    )
    found = standing(chain(found, of_other_workspaces(reading)), read_away(reading.store, reading.scope), now)
    return pages(
        reading, "runs, compute, endpoints, deployments, alerts, schedules, quotas, costs, other workspaces", found
    )


def _logged(reading: Reading, run: str) -> list[Logged]:
    """What is cached of the metrics that a run logged."""
    return [
        Logged(name=one.name, times=one.times, values=one.values, read_at=one.fetched_at)
        for one in reading.store.series.read(reading.scope, run, LOGGED)
    ]


def all_of(reading: Reading, table: str) -> Iterator[Any]:
    """All records of a table in the scope of this reading."""
    return (seen.record for seen in reading.store.records(table, reading.scope))


def pages(reading: Reading, made_of: str, rows: Iterable[Any]) -> Iterator[Page[Any]]:
    """The rows in pages; the last one says so, also when there is none."""
    provenance = Provenance(f"the cache: {made_of}", None, reading.now, "inferred")
    rows = iter(rows)
    page = tuple(islice(rows, SIZE))
    while not reading.stop():
        following = tuple(islice(rows, SIZE))
        documents = tuple(msgspec.json.encode(row) for row in page)
        yield Page(page, documents, provenance, is_last=not following)
        if not following:
            return
        page = following
