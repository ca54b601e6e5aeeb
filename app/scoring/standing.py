"""Whether requests to an endpoint are kept at all, and the exact command that has them kept. From the cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.endpoint_tables import DEPLOYMENTS
from cache.query import parse
from services.log_sources import insights_source
from services.triage_facts import SourceOn

if TYPE_CHECKING:
    from app.session import Session

MOST = 100


def insights_standing(session: Session, endpoint: str) -> SourceOn | None:
    """What is known of Application Insights behind an endpoint; None where no deployment of it is known.

    Reads a few rows.
    """
    workspace = session.workspace
    query = parse(f'endpoint="{endpoint}"', DEPLOYMENTS, now=session.now())
    found = [seen.record for seen in session.store.records(DEPLOYMENTS.name, session.scope, query, "name", MOST)]
    if workspace is None or not found:
        return None
    return insights_source(f"{workspace.id}/onlineEndpoints/{endpoint}", found, None)
