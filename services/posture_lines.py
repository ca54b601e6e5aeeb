"""One line of the posture of a workspace, and what the rules that write such lines are handed."""

from __future__ import annotations

import shlex
from datetime import datetime
from typing import Generic, Literal, TypeVar

import msgspec

from services.dependent_parsers import Dependent, DependentKind
from services.diagnostics import Diagnostics
from services.endpoints import Endpoint
from services.identity_grants import IdentityGrants
from services.job_variables import JobVariables
from services.outbound_rules import OutboundRule
from services.parsing import id_part
from services.policies import PolicyFinding
from services.workspace_settings import WorkspaceSettings

T = TypeVar("T")

Standing = Literal["weak", "unknown", "note", "ok"]
Area = Literal["identity", "secrets", "storage", "network", "encryption", "logging", "policy", "jobs"]

STANDINGS: tuple[Standing, ...] = ("weak", "unknown", "note", "ok")
AREAS: tuple[Area, ...] = ("identity", "secrets", "storage", "network", "encryption", "logging", "policy", "jobs")
UNKNOWN_FACT = "–"
LEARN = "https://learn.microsoft.com/azure/machine-learning/"


class PostureLine(msgspec.Struct, frozen=True, kw_only=True):
    """One fact about how safe a workspace is, what it means and how to change it.

    `standing` is weak (act on it), unknown (it could not be seen), note or ok; `rank` puts what needs action first.
    """

    id: str
    area: str
    rank: int
    about: str
    fact: str
    standing: str
    detail: str | None = None
    why: str
    change: str | None = None
    """A command, or the place in the portal; None when there is nothing to change."""
    source: str
    """The call the fact came from, or the documentation."""
    seen: datetime | None = None
    """When the fact was read; None for what the documentation says."""
    document: str | None = None


class Sighting(msgspec.Struct, Generic[T], frozen=True):
    """A record with the call it came from and when that was."""

    record: T
    route: str
    at: datetime


class Known(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """What is known of one kind. `at` is when it was last read whole: None means that it never was."""

    asked: str
    """The call that would tell."""
    sightings: tuple[Sighting[T], ...] = ()
    at: datetime | None = None
    problem: str | None = None
    """Why the last try failed."""

    @property
    def records(self) -> tuple[T, ...]:
        """The records themselves."""
        return tuple(one.record for one in self.sightings)

    @property
    def missing(self) -> str | None:
        """Why nothing can be said; None when it was read, were it long ago."""
        return None if self.at is not None else self.problem or "It was not read yet."


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the rules look at. `now` is aware UTC."""

    now: datetime
    settings: Known[WorkspaceSettings]
    dependents: Known[Dependent]
    grants: Known[IdentityGrants]
    rules: Known[OutboundRule]
    diagnostics: Known[Diagnostics]
    findings: Known[PolicyFinding]
    variables: Known[JobVariables]
    endpoints: Known[Endpoint]
    support_apps: tuple[str, ...] = ()
    """Callers of the activity log that are applications of Azure Machine Learning itself."""
    oldest_event: datetime | None = None
    """The oldest event of the activity log in the cache."""
    oldest_run: datetime | None = None

    @property
    def workspace(self) -> Sighting[WorkspaceSettings]:
        """The workspace's settings; rules are asked only when they are known."""
        return self.settings.sightings[0]

    def one(self, kind: DependentKind) -> Sighting[Dependent] | None:
        """The resource of a kind the workspace hangs on."""
        return next((one for one in self.dependents.sightings if one.record.kind == kind), None)


class FromDocuments(msgspec.Struct, frozen=True):
    """The source of what no call tells: how the service works."""

    page: str


Source = Sighting[T] | Known[T] | FromDocuments


def line(
    area: Area, key: str, about: str, fact: str, standing: Standing, of: Source[T], *,
    why: str, change: str | None = None, detail: str | None = None, document: str | None = None,
) -> PostureLine:  # fmt: skip
    """Return one line; `key` tells it from the others of its area."""
    source, seen = _origin(of)
    return PostureLine(
        id=f"{area}/{key}",
        area=area,
        rank=STANDINGS.index(standing) * 100 + AREAS.index(area),
        about=about,
        fact=fact,
        standing=standing,
        detail=detail,
        why=why,
        change=change,
        source=source,
        seen=seen,
        document=document or (of.page if isinstance(of, FromDocuments) else None),
    )


def unseen(area: Area, key: str, about: str, of: Source[T], reason: str, *, why: str) -> PostureLine:
    """Return the line of what could not be seen, with the reason: never taken for good or bad."""
    return line(area, key, about, UNKNOWN_FACT, "unknown", of, why=why, detail=reason)


def _origin(of: Source[T]) -> tuple[str, datetime | None]:
    if isinstance(of, FromDocuments):
        return "documentation", None
    if isinstance(of, Known):
        return (of.sightings[0].route if of.sightings else of.asked), of.at
    return of.route, of.at


def place_of(resource: str) -> str:
    """Return the options of `az` that name a resource by its ARM id, quoted for a shell."""
    group, subscription = id_part(resource, "resourceGroups"), id_part(resource, "subscriptions")
    name = resource.rstrip("/").rpartition("/")[2]
    return shlex.join(["-n", name, "-g", group or "", "--subscription", subscription or ""])


def counted(number: int, one: str, many: str = "") -> str:
    """Return `1 rule`, `3 rules`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(names: list[str] | tuple[str, ...], most: int = 8) -> str:
    """Return names with commas between, and how many more there are."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")
