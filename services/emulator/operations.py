"""What was done to the resources, as operations on a timetable: the activity log is read off it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from services.emulator.callers import Caller
from services.emulator.compute_documents import CYCLE
from services.emulator.dice import Dice, guid
from services.emulator.endpoints import ROUND, STEPS, UPDATE_EVERY, traffic_change
from services.emulator.places import Place
from services.emulator.samples import PEOPLE, PEOPLE_IDS, PIPELINE_APP, UPNS
from services.emulator.ticks import DAY, HOUR, MINUTE, SECOND

AML = "Microsoft.MachineLearningServices"
_WS = f"{AML}/workspaces"


class Kind(NamedTuple):
    """One kind of operation: its name, its title, on what, with which method, and how it tends to end."""

    action: str
    title: str
    on: str
    method: str = "PUT"
    seconds: float = 0.0
    """How long the service works on it; 0 is done at once, without an Accepted."""
    fails: float = 0.0
    failure: str = "Conflict"
    by_app: float = 0.0


class Operation(NamedTuple):
    """One operation. `caller` is a person's number, None for the application that deploys; `by` goes before."""

    kind: Kind
    at: int
    caller: int | None
    correlation: str
    is_failed: bool
    ends: int
    place: Place
    by: Caller | None = None
    """Who asked for it, where somebody did."""

    @property
    def resource(self) -> str:
        """The ARM id of what was changed; the resource group in lower case, as the log often has it."""
        on = self.kind.on
        if on.startswith("~"):
            return f"/subscriptions/{self.place.subscription}/resourcegroups/{self.place.group}/providers/{on[1:]}"
        return f"{self.place.id}{on}"

    @property
    def caller_name(self) -> str:
        """The caller as the log names it: a UPN, or the application's id."""
        return self.by.name if self.by else PIPELINE_APP if self.caller is None else UPNS[self.caller]

    @property
    def caller_id(self) -> str:
        """The object id of the caller."""
        return self.by.id if self.by else PIPELINE_APP if self.caller is None else PEOPLE_IDS[self.caller]

    @property
    def person(self) -> str | None:
        """What the person is called who did it, None for an application."""
        if self.by is not None:
            return None if self.by.is_app else self.by.title
        return None if self.caller is None else PEOPLE[self.caller]


TRAFFIC = Kind(
    f"{_WS}/onlineEndpoints/write", "Create or Update Online Endpoint", "/onlineEndpoints/fraud-score", seconds=140
)
UPDATE = Kind(f"{_WS}/onlineEndpoints/deployments/write", "Create or Update Online Deployment",
              "/onlineEndpoints/price-elast/deployments/blue", seconds=14_370, by_app=1.0)  # fmt: skip
START = Kind(f"{_WS}/computes/start/action", "Starts compute instance", "/computes/ci-noor", "POST", 230)
STOP = Kind(f"{_WS}/computes/stop/action", "Stops compute instance", "/computes/ci-noor", "POST", 170)
SCALE = Kind(f"{_WS}/computes/write", "Creates or updates compute", "/computes/gpu-a100", "PATCH", 25)

OTHERS = (
    Kind(f"{_WS}/onlineEndpoints/deployments/write", "Create or Update Online Deployment",
         "/onlineEndpoints/fraud-score/deployments/green", seconds=410, fails=0.2, by_app=0.6),
    Kind(f"{_WS}/onlineEndpoints/deployments/write", "Create or Update Online Deployment",
         "/onlineEndpoints/embed/deployments/green", seconds=600, fails=0.8, failure="ImagePullFailed", by_app=0.4),
    Kind(f"{_WS}/onlineEndpoints/listKeys/action", "List Keys of Online Endpoint", "/onlineEndpoints/churn", "POST"),
    Kind(f"{_WS}/computes/write", "Creates or updates compute", "/computes/h100-new", seconds=40, fails=1.0,
         failure="ClusterMinNodesExceedCoreQuota"),
    Kind(f"{_WS}/computes/write", "Creates or updates compute", "/computes/t4-spot", "PATCH", 20, 0.05),
    Kind(f"{_WS}/jobs/write", "Create or Update Job", "/jobs/churn-nightly", by_app=1.0),
    Kind(f"{_WS}/schedules/write", "Create or Update Schedule", "/schedules/churn-nightly-schedule", seconds=3),
    Kind(f"{_WS}/models/versions/write", "Create or Update Model Version", "/models/fraud-score/versions/41",
         by_app=0.5),
    Kind(f"{_WS}/environments/versions/write", "Create or Update Environment Version",
         "/environments/fraud-train/versions/41"),
    Kind(f"{_WS}/datastores/listSecrets/action", "List Secrets of Datastore", "/datastores/workspaceblobstore",
         "POST", by_app=0.7),
    Kind(f"{_WS}/write", "Creates or updates Azure Machine Learning workspace", "", seconds=30),
    Kind("Microsoft.Authorization/roleAssignments/write", "Create role assignment",
         "/providers/Microsoft.Authorization/roleAssignments/88888888-0000-4000-8000-000000000004", fails=0.3,
         failure="RoleAssignmentExists"),
    Kind("Microsoft.Storage/storageAccounts/listKeys/action", "List Storage Account Keys",
         "~Microsoft.Storage/storageAccounts/stmlprod", "POST", by_app=0.9),
    Kind("Microsoft.KeyVault/vaults/write", "Update Key Vault", "~Microsoft.KeyVault/vaults/kv-ml-prod"),
)  # fmt: skip

_FAILURES = {
    "ResourceNotReady": "User container of deployment {name} has crashed or terminated.",
    "BadArgument": "The image of deployment {name} was not found in the container registry: manifest unknown.",
}
"""What the service says of a failure beyond its code."""


def failure_message(code: str, name: str) -> str:
    """Return what the service says of an operation on a resource of this name that failed."""
    return _FAILURES.get(code, "The operation on {name} failed: {code}").format(name=name, code=code)


LONGEST = 5 * HOUR
"""No operation takes longer."""

_GRID = 95 * MINUTE

Timetable = Callable[[int], tuple[Kind, int, int | None]]
"""From the number of an operation to its kind, its time and its caller."""


def _others(number: int) -> tuple[Kind, int, int | None]:
    dice = Dice("operation", number)
    kind = dice.pick(0, OTHERS)
    at = number * _GRID + int(dice.between(1, 0, 60) * MINUTE)
    return kind, at, None if dice.happens(2, kind.by_app) else dice.whole(3, len(UPNS))


def _traffic(number: int) -> tuple[Kind, int, int | None]:
    rounds, step = divmod(number, len(STEPS))
    return TRAFFIC, _ROUND_ZERO + rounds * ROUND + STEPS[step][0], number % 2


_ROUND_ZERO = (lambda start: start % ROUND)(traffic_change(0)[1])


def _updates(number: int) -> tuple[Kind, int, int | None]:
    return UPDATE, number * UPDATE_EVERY + 11 * MINUTE, None


def _cycles(number: int) -> tuple[Kind, int, int | None]:
    rounds, is_stop = divmod(number, 2)
    return (STOP if is_stop else START), rounds * CYCLE + 100 * MINUTE * is_stop, 4


def _scales(number: int) -> tuple[Kind, int, int | None]:
    return SCALE, number * DAY + 11 * HOUR + 22 * MINUTE, 8


_STREAMS: tuple[tuple[str, Timetable, float], ...] = (
    ("others", _others, 1 / _GRID), ("traffic", _traffic, len(STEPS) / ROUND),
    ("updates", _updates, 1 / UPDATE_EVERY),
    ("cycles", _cycles, 2 / CYCLE), ("scales", _scales, 1 / DAY),
)  # fmt: skip
"""What happens, when, and how often: operations a tick."""


def streams(place: Place, before: int, since: int) -> list[Iterator[Operation]]:
    """Return the operations on a workspace, newest first, as one iterator for each timetable."""
    return [stream(place, name, table, pace, before, since) for name, table, pace in _STREAMS]


def stream(place: Place, name: str, table: Timetable, pace: float, before: int, since: int) -> Iterator[Operation]:
    """Yield the operations of one timetable with `since` <= time < `before`, newest first. `pace` is a tick's."""
    number = int(before * pace) + 3
    while True:
        kind, at, caller = table(number)
        if at < since - LONGEST:
            return
        if at < before:
            yield _operation(place, name, number, kind, at, caller)
        number -= 1


def _operation(place: Place, name: str, number: int, kind: Kind, at: int, caller: int | None) -> Operation:
    dice = Dice("operation", place.name, name, number)
    at += dice.whole(0, 9_000_000)
    is_failed = dice.happens(1, kind.fails)
    share = 1.0 if kind is UPDATE else dice.between(2, 0.8, 1.2)
    worked = int(kind.seconds * share * SECOND) + int(dice.between(3, 0.2, 2.0) * SECOND)
    return Operation(kind, at, caller, guid("correlation", place.name, name, number), is_failed, at + worked, place)
