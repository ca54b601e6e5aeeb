"""The reads and the roll-up behind the posture of a workspace, as `app.sources` calls them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from app.derived.posture import ASKED, facts_of
from app.rollups import all_of, pages
from services.dependent_parsers import DependentKind
from services.dependents import read_dependents
from services.diagnostics import read_diagnostics
from services.identity_grants import read_grants
from services.job_variables import list_job_variables
from services.outbound_rules import list_outbound_rules
from services.policies import list_findings
from services.posture import posture
from services.posture_identity import principals_of, scopes_of
from services.records import Page, Provenance
from services.workspace_settings import WorkspaceSettings, get_settings

if TYPE_CHECKING:
    from app.handed import Reading

MADE_OF = tuple(ASKED)
"""The sources the lines are made of; the activity log and the runs lend a date when they happen to be there."""


def read_settings(reading: Reading) -> Iterator[Page[Any]]:
    """The workspace's own settings."""
    yield get_settings(*reading.azure)


def read_stores(reading: Reading) -> Iterator[Page[Any]]:
    """What the workspace hangs on, and the Log Analytics workspaces that its logs go to."""
    one = _settings(reading)
    if one is None:
        return _nothing(reading)
    asked: list[tuple[DependentKind, str | None]] = [
        ("storage", one.storage),
        ("key vault", one.key_vault),
        ("registry", one.registry),
        ("app insights", one.app_insights),
    ]
    named: list[tuple[DependentKind, str]] = [(kind, resource) for kind, resource in asked if resource is not None]
    logs = [workspace for one in all_of(reading, "diagnostics") for workspace in one.log_workspaces]
    connection, _ = reading.azure
    return read_dependents(connection, named, logs, at=reading.now, stop=reading.stop)


def read_settings_of_logs(reading: Reading) -> Iterator[Page[Any]]:
    """The diagnostic settings of the workspace and of its endpoints."""
    return read_diagnostics(*reading.azure, _endpoints(reading), at=reading.now, stop=reading.stop)


def read_identity(reading: Reading) -> Iterator[Page[Any]]:
    """What the workspace's identity holds where it needs something."""
    one = _settings(reading)
    if one is None or not principals_of(one):
        return _nothing(reading)
    connection, _ = reading.azure
    scopes = tuple(scopes_of(one).values())
    return read_grants(connection, principals_of(one), scopes, at=reading.now, stop=reading.stop)


def read_rules(reading: Reading) -> Iterator[Page[Any]]:
    """The outbound rules, of a workspace whose network is managed."""
    one = _settings(reading)
    if one is None or (one.isolation or "").lower() in ("", "disabled"):
        return _nothing(reading)
    return list_outbound_rules(*reading.azure, stop=reading.stop)


def read_findings(reading: Reading) -> Iterator[Page[Any]]:
    """What Azure Policy found in the workspace's resource group."""
    return list_findings(*reading.azure, stop=reading.stop)


def read_variables(reading: Reading) -> Iterator[Page[Any]]:
    """Which variables of deployments and of the newest jobs seem to hold secrets."""
    return list_job_variables(*reading.azure, endpoints=_endpoints(reading), stop=reading.stop)


def lines(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of PostureLine."""
    return pages(
        reading, "what Azure says of the workspace", posture(facts_of(reading.store, reading.scope, reading.now))
    )


def _settings(reading: Reading) -> WorkspaceSettings | None:
    return next(all_of(reading, "workspace_settings"), None)


def _endpoints(reading: Reading) -> list[str]:
    return [one.name for one in all_of(reading, "endpoints")]


def _nothing(reading: Reading) -> Iterator[Page[Any]]:
    """The complete listing of nothing: there is nobody to ask about."""
    yield Page((), (), Provenance("the cache", None, reading.now, "inferred"), is_last=True)
