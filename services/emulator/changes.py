"""What was changed in a world since it began: the only thing in it that is remembered and not worked out.

Every document is made from data that these changes are laid over, so all routes tell of them alike.
"""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager

import msgspec
from msgspec.structs import replace

from services.emulator.answers import Json
from services.emulator.given import Given
from services.emulator.incident import Incident
from services.emulator.operations import Operation
from services.emulator.plans import NEVER, Edit, Plan
from services.emulator.ticks import SECOND

CANCELING_FOR = 8 * SECOND
STARTING_FOR = 14 * SECOND
STOPPING_FOR = 9 * SECOND
SHIFTING_FOR = 6 * SECOND
SCALING_FOR = 12 * SECOND
SYNCING_FOR = 7 * SECOND
RESIZING_FOR = 10 * SECOND
DELETING_FOR = 20 * SECOND
STALE_FOR = SECOND
"""How long a GET may still show the traffic from before."""


class RunChange(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody did to one run, in ticks."""

    canceled_at: int = NEVER
    is_deleted: bool = False
    hidden: bool | None = None
    tags: dict[str, str | None] = {}
    edited_at: int = NEVER


class InstanceChange(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody did to a compute instance: the last operation on it, and its idle setting."""

    operation: str = ""
    """Start, Stop or Restart; empty where only the setting changed."""
    at: int = 0
    idle_shutdown: str | None = None
    """ISO 8601; None where nobody set it, empty where it was taken away."""


class ClusterChange(msgspec.Struct, frozen=True, kw_only=True):
    """How far a cluster may grow and shrink since a PATCH, and how far it could before."""

    at: int
    low: int
    high: int
    idle_timeout: str | None
    before: tuple[int, int, str | None]


class EndpointChange(msgspec.Struct, frozen=True, kw_only=True):
    """What the last PUT said of an endpoint, and the traffic before it."""

    at: int
    traffic: dict[str, int]
    before: dict[str, int]
    mirror: dict[str, int]
    tags: dict[str, str]
    description: str | None
    public: str


class ScaleChange(msgspec.Struct, frozen=True, kw_only=True):
    """How many instances a deployment was given, and how many it had. A failed one keeps those it had."""

    at: int
    instances: int
    before: int
    is_failed: bool = False


class LongRunning(msgspec.Struct, frozen=True, kw_only=True):
    """One operation that takes its time. `parts` name the resource it leaves, as a path does; none when none."""

    id: str
    area: str
    """job, endpoint, deployment, compute or workspace."""
    place: str
    started: int
    ends: int
    parts: dict[str, str] = {}
    going: str = "InProgress"
    error: Json | None = None


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """One change that was taken: what was asked of which resource, by whom and with what."""

    at: int
    action: str
    resource: str
    caller: str
    correlation: str
    body: Json


class Called(msgspec.Struct, frozen=True, kw_only=True):
    """One request that was sent to an endpoint, in the minute that began at `at`, and how it was answered."""

    place: str
    endpoint: str
    at: int
    deployment: str
    code: int
    agent: str
    identity: str
    id: str


class Changes:
    """The changes of one world, oldest first. Reading is safe on any thread; writers take their `turn`."""

    def __init__(self, incident: Incident | None = None) -> None:
        self._turn = threading.RLock()
        self._made: list[Made] = []
        self._operations: list[Operation] = list(incident.operations) if incident else []
        self.incident = incident
        """What is going wrong in this world, if anything is."""
        self._runs: dict[tuple[str, int, int], RunChange] = {}
        self._given: dict[str, list[Given]] = {}
        self.instances: dict[tuple[str, str], InstanceChange] = {}
        self.clusters: dict[tuple[str, str], ClusterChange] = {}
        self.lost_computes: dict[tuple[str, str], int] = {}
        """When computes were deleted or detached."""
        self.endpoints: dict[tuple[str, str], EndpointChange] = {}
        self.scales: dict[tuple[str, str, str], ScaleChange] = {}
        self.removals: dict[tuple[str, str, str], int] = {}
        """When somebody had a deployment deleted, by workspace, endpoint and name."""
        self.autoscale: dict[tuple[str, str], Json] = {}
        """What the last PUT made of an autoscale setting, by workspace and name."""
        self.lost_experiments: set[tuple[str, str]] = set()
        self.long_running: dict[str, LongRunning] = {}
        self.called: list[Called] = []
        """Requests that were really sent to endpoints of this world."""

    @contextmanager
    def turn(self) -> Generator[None]:
        """Let nobody else change anything between looking and changing."""
        with self._turn:
            yield

    @property
    def made(self) -> tuple[Made, ...]:
        """Every change that was taken."""
        with self._turn:
            return tuple(self._made)

    @property
    def operations(self) -> tuple[Operation, ...]:
        """The operations the activity log tells of, also those that were refused."""
        with self._turn:
            return tuple(self._operations)

    def note(self, made: Made) -> None:
        """Remember that a change was taken."""
        with self._turn:
            self._made.append(made)

    def log(self, operation: Operation) -> None:
        """Put an operation into the activity log."""
        with self._turn:
            self._operations.append(operation)

    def run(self, place: str, plan: Plan) -> RunChange:
        """Return what was done to a run."""
        return self._runs.get((place, plan.ledger.number, plan.index), RunChange())

    def change_run(self, place: str, plan: Plan, change: RunChange) -> None:
        """Remember what was done to a run."""
        self._runs[place, plan.ledger.number, plan.index] = change

    def edited_runs(self, place: str, ledger: int) -> tuple[int, ...]:
        """Return the numbers of the runs of an experiment that somebody changed."""
        with self._turn:
            return tuple(index for name, number, index in self._runs if (name, number) == (place, ledger))

    def submit(self, place: str, given: Given) -> None:
        """Remember a submitted job."""
        with self._turn:
            self._given.setdefault(place, []).append(given)

    def given(self, place: str) -> tuple[Given, ...]:
        """Return the jobs submitted to a workspace, oldest first."""
        with self._turn:
            return tuple(self._given.get(place, ()))

    def edit(self, place: str) -> Edit:
        """Return what lays the changes of a workspace over a run."""

        def edited(plan: Plan) -> Plan:
            change = self._runs.get((place, plan.ledger.number, plan.index))
            if (place, plan.ledger.name) in self.lost_experiments:
                return replace(plan, is_deleted=True)
            return plan if change is None else _edited(plan, change)

        return edited


def _edited(plan: Plan, change: RunChange) -> Plan:
    if change.canceled_at < NEVER:
        plan = _canceled(plan, change.canceled_at, change.canceled_at + CANCELING_FOR)
    return replace(
        plan, is_deleted=change.is_deleted, hidden=change.hidden, own_tags=change.tags, edited_at=change.edited_at
    )


def _canceled(plan: Plan, asked: int, gone: int) -> Plan:
    """Return the plan of a run that somebody canceled at `asked` and that ends at `gone`, if it did not end before."""
    if plan.ended <= gone:
        return plan
    moments = ("accepted", "ready", "starting", "started", "lost_at")
    past = {name: at if (at := getattr(plan, name)) < gone else NEVER for name in moments}
    return replace(plan, **past, finishing=NEVER, cancel_at=asked, ended=gone, outcome="Canceled", failure="",
                   step=-1, is_cut_short=True)  # fmt: skip
