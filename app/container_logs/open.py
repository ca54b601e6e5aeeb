"""The log of a container that is open: its kept file, and which others there are beside it. On the event loop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from app.container_logs.kept import ContainerLog, Where, kept_container, path_of, wheres_of
from app.endpoint_tables import DEPLOYMENTS
from app.kept_logs import log_files
from cache.log_text import LogText
from cache.query import parse

if TYPE_CHECKING:
    from app.session import Session

MOST = 100
"""Deployments of one endpoint that are listed."""


class Opening:
    """One container's log on the screen."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.where: Where | None = None
        self.text: LogText | None = None
        self.kept: ContainerLog | None = None

    def deployments(self, endpoint: str) -> tuple[Any, list[str]]:
        """The row of an endpoint, and the names of its deployments, as the cache has them. Reads a few rows."""
        session = self._session
        query = parse(f'endpoint="{endpoint}"', DEPLOYMENTS, now=session.now())
        found = session.store.records(DEPLOYMENTS.name, session.scope, query, "name", MOST)
        return session.store.get("endpoint_rows", session.scope, endpoint), [seen.record.name for seen in found]

    @staticmethod
    def wheres(endpoint: str, names: Sequence[str], traffic: Mapping[str, float] | None, first: str) -> list[Where]:
        """All containers, those with the most traffic first; that of `first` is there though nobody knows it."""
        named = first.partition("/")[0]
        known = [*names, *([named] if named and named not in names else [])]
        known.sort(key=lambda name: (-(traffic or {}).get(name, 0.0), name))
        return wheres_of(endpoint, known)

    def open(self, where: Where) -> LogText | None:
        """Open a log as it is kept; None when no line of it is."""
        self.close()
        self.where, self.kept = where, self._known(where)
        if self.kept is None or not self.kept.kept:
            return None
        path = path_of(self._session.store, self._session.scope, where.key)
        log_files(self._session.store).touch(path)
        self.text = LogText(path)
        return self.text

    def is_another(self) -> bool:
        """Note how far it was read; True when its file is another one than what is open."""
        if self.where is None:
            return False
        before, self.kept = self.kept, self._known(self.where)
        if self.kept is None:
            return False
        return (self.text is None and self.kept.kept > 0) or (before is not None and self.kept.kept < before.kept)

    def close(self) -> None:
        """Close what is open."""
        if self.text is not None:
            self.text.close()
        self.where = self.text = self.kept = None

    def _known(self, where: Where) -> ContainerLog | None:
        return kept_container(self._session.store, self._session.scope, where.key)
