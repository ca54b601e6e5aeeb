"""What can be done to a schedule: have it run once, now."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from services.change import Answers, Change, Note, Row, Seen, Verb
from services.planning import (
    UNSAID,
    az,
    fingerprint,
    id_of,
    names_of,
    only,
    path_of,
    target_of,
    workspace_of,
    write_call,
)
from services.records import WorkspaceRef
from services.schedules import Schedule, get_schedule

if TYPE_CHECKING:
    from services.connection import Connection

API = "2024-01-01-preview"
"""The one version that knows the action; azure-ai-ml asks for it too."""


def _fresh(connection: Connection, ref: WorkspaceRef, target: str) -> Schedule:
    (name,) = names_of(target, "schedules")
    return only(get_schedule(connection, ref, name), f"schedule {name}")


def _seen(schedule: Schedule) -> str:
    return fingerprint(schedule.is_on, schedule.due, schedule.action)


def plan_trigger(connection: Connection, ref: WorkspaceRef, target: str, answers: Answers) -> Change:
    """Return the change that has a schedule run once. Raises ServiceError.

    Reads GET …/schedules/{name}; sends POST …/schedules/{name}/trigger.
    """
    one = _fresh(connection, ref, target)
    what = "monitor" if one.action == "monitor" else one.action or "job"
    return Change(
        verb="trigger-schedule", workspace=ref.id, target=id_of(ref, "schedules", one.name), name=one.name,
        what=f"run the schedule {one.name} now",
        rows=(Row("next run", one.due or UNSAID, "now, and then as before"),),
        notes=(Note("starts", f"one {what} run, which costs what its compute costs", True),
               Note("undo", "the run it starts can be canceled among the runs")),
        az=az(ref, "ml schedule trigger", "--name", one.name), seen=_seen(one),
        call=write_call(connection, ref, "POST", path_of("schedules", one.name, "trigger"), API,
                        {"scheduleTime": datetime.now(UTC).isoformat(timespec="seconds")}),
    )  # fmt: skip


def look_trigger(connection: Connection, change: Change) -> Seen:
    """Return how the schedule stands. Only the run that it starts tells whether it did."""
    one = _fresh(connection, workspace_of(change), target_of(change))
    return Seen(
        _seen(one), None, says=UNSAID if one.is_on is None else f"the schedule is {'on' if one.is_on else 'off'}"
    )


VERBS = (
    Verb("trigger-schedule", "Microsoft.MachineLearningServices/workspaces/schedules/trigger/action", plan_trigger,
         look_trigger),
)  # fmt: skip
