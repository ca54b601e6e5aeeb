"""What a run was asked to do: read from Azure when it is wanted, kept redacted, and there again offline."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from cache.errors import CacheError
from cache.store import Store
from services.job_definition import Definition, get_job_document, parse_definition
from services.planning import only
from services.records import WorkspaceRef

if TYPE_CHECKING:
    from services.connection import Connection

TABLE = "definitions"


def kept_definition(store: Store, scope: str, run: str) -> Definition | None:
    """The definition as it was last read; None when it never was. Reads one row."""
    document = store.document(TABLE, scope, run)
    return parse_definition(document) if document is not None else None


def read_definition(store: Store, scope: str, connection: Connection, ref: WorkspaceRef, run: str) -> Definition:
    """The definition as Azure has it now, which is kept too. Raises ServiceError. For workers."""
    page = get_job_document(connection, ref, run)
    only(page, on=run)
    if not store.is_read_only:
        with suppress(CacheError):  # it was read all the same
            store.put(TABLE, scope, page.records, page.documents, provenance=page.provenance)
    return parse_definition(page.documents[0])
