"""What the cache knows of deployments that are compared. Reads rows, documents and series: for workers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import msgspec

from app.deployment_row import DeploymentRow
from app.endpoint_tables import DEPLOYMENT_ROWS
from app.panes.deployment_facts import bounds
from app.series_kinds import SIGNALS
from app.session import Session
from app.triaging.series import signals_of
from cache.query import parse
from services.deployment_comparison import MOST, Side
from services.wire import as_dict, text_of
from widgets import format as fmt

WINDOW = timedelta(hours=1)
LATE = timedelta(minutes=3)
"""What is measured comes so late: an hour that ends now would end with minutes nobody knows yet."""


def sides_of(session: Session, keys: Sequence[str]) -> tuple[Side, ...]:
    """The deployments of these keys that are cached, in this order. Raises CacheError."""
    rows = (session.store.get("deployment_rows", session.scope, key) for key in keys)
    return tuple(_side(session, row.record) for row in rows if row is not None)


def with_others(session: Session, key: str) -> tuple[str, ...]:
    """A deployment and those beside it at its endpoint, those with the most traffic first. Raises CacheError."""
    endpoint = key.partition("/")[0]
    query = parse(f'endpoint="{endpoint}"', DEPLOYMENT_ROWS, now=session.now())
    found: list[DeploymentRow] = [
        seen.record for seen in session.store.records("deployment_rows", session.scope, query)
    ]
    others = sorted((one for one in found if one.id != key), key=lambda one: (-(one.traffic or 0.0), one.name))
    return (key, *(one.id for one in others))[:MOST]


def _side(session: Session, row: DeploymentRow) -> Side:
    end = session.now()
    kept = session.store.series.read(session.scope, row.endpoint, SIGNALS)
    price = str(fmt.money(row.per_hour)) if row.per_hour is not None else None
    return Side(
        deployment=row, per_hour=price, traffic=row.traffic, autoscale=bounds(row),
        variables=_variables(session, row.id), signals=tuple(signals_of(kept, end - WINDOW - LATE, end)),
    )  # fmt: skip


def _variables(session: Session, key: str) -> dict[str, str] | None:
    document = session.store.document("deployments", session.scope, key)
    if document is None:
        return None
    try:
        given = as_dict(as_dict(msgspec.json.decode(document)).get("properties")).get("environmentVariables")
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
    return {name: text_of(value) or "" for name, value in as_dict(given).items()}
