"""What goes into a bundle: the rows and series a triage of one endpoint is made of, redacted, as lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec

from app.bundles.form import KINDS, MOST_LINE, MOST_PAST, WITH_PAST, Before, KeptRow, KeptSeries, record_of
from app.noted import about_endpoint
from app.session import Session
from app.tables import TABLES
from app.triaging.facts import CHANGED_IN
from cache.history import rewind
from cache.query import Query, parse
from cache.store import Seen
from services.redact import redact

BY_NAME = {table.name: table for table in TABLES}


class Rows:
    """The lines of one table, and how many could not be written."""

    def __init__(self, session: Session, endpoint: str, at: datetime) -> None:
        self._session, self._endpoint, self._at = session, endpoint, at
        self.unwritable = 0

    def lines(self, table: str) -> Iterator[bytes]:
        """The rows of a table, the newest first where there may be many. Raises CacheError."""
        for seen in self._seen(table):
            try:
                line = msgspec.json.encode(self._kept(table, seen))
            except (ValueError, RecursionError, OverflowError, TypeError):
                self.unwritable += 1
                continue
            if len(line) > MOST_LINE:
                self.unwritable += 1
            else:
                yield line

    def _seen(self, table: str) -> Iterable[Seen]:
        store, scope, name = self._session.store, self._session.scope, self._endpoint
        if table in ("endpoints", "endpoint_rows", "endpoint_health"):
            return [seen] if (seen := store.get(table, scope, name)) is not None else []
        if table == "diagnostics":
            workspace = self._session.workspace
            key = f"{workspace.id}/onlineEndpoints/{name}".lower() if workspace is not None else ""
            return [seen] if (seen := store.get(table, scope, key)) is not None else []
        if table == "deployments":
            return store.records(table, scope, self._query(f'endpoint="{name}"', table), include_gone=True)
        if table == "log_answers":
            return store.records(table, scope, self._query(f'endpoint="{name}"', table))
        if table == "notes":
            return store.records(table, scope, self._query(f'about="{about_endpoint(name)}"', table), "-at")
        return self._since(table)

    def _since(self, table: str) -> Iterator[Seen]:
        """Operations of the stretch that is looked at; of what was asked of Azure, what was asked of this endpoint."""
        own = f"/onlineendpoints/{self._endpoint.lower()}"
        for seen in self._session.store.records(table, self._session.scope, None, "-at"):
            if seen.record.at < self._at - CHANGED_IN:
                return
            if table != "intents" or own in (seen.record.target or "").lower():
                yield seen

    def _query(self, text: str, table: str) -> Query:
        return parse(text, BY_NAME[table], now=self._at)

    def _kept(self, table: str, seen: Seen) -> KeptRow:
        origin = seen.provenance
        return KeptRow(
            record=self._clean(table, seen.record), fetched_at=seen.fetched_at, route=origin.route, basis=origin.basis,
            api_version=origin.api_version, method=origin.method, is_gone=seen.is_gone,
            before=tuple(self._before(table, seen)) if table in WITH_PAST else (),
        )  # fmt: skip

    def _before(self, table: str, seen: Seen) -> Iterator[Before]:
        past = self._session.store.history(table, self._session.scope, seen.key)
        moments = [seen.first_seen, *(one.at for one in past)]
        for at in moments[-MOST_PAST:]:
            record, _ = rewind(seen.record, seen.is_gone, past, at)
            yield Before(at, self._clean(table, record))

    def _clean(self, table: str, record: object) -> msgspec.Raw:
        """A record without secrets. Raises ValueError where it is none without them."""
        body = redact(msgspec.json.encode(record))
        record_of(BY_NAME[table], body)
        return msgspec.Raw(body)


def series_lines(session: Session, endpoint: str) -> Iterator[bytes]:
    """Everything that was measured of the endpoint, what is of now first. Raises CacheError."""
    for kind in KINDS:
        for one in session.store.series.read(session.scope, endpoint, kind):
            yield msgspec.json.encode(
                KeptSeries(
                    kind=kind, name=one.name, part=one.part, unit=one.unit, times=tuple(one.times),
                    values=tuple(value if value == value else None for value in one.values),
                    fetched_at=one.fetched_at,
                )
            )  # fmt: skip
