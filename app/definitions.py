"""What a run was asked to do, as the lookup `definition` kept it: redacted, and there again offline."""

from __future__ import annotations

from cache.store import Store
from services.job_definition import Definition, parse_definition

TABLE = "definitions"


def kept_definition(store: Store, scope: str, run: str) -> Definition | None:
    """The definition as it was last read; None when it never was. Reads one row."""
    document = store.document(TABLE, scope, run)
    return parse_definition(document) if document is not None else None


def not_a_job(run: str) -> str:
    """Why a run that was looked up has no definition of its own."""
    return f"{run} is no job of its own: a step or a trial is written down with its parent."
