"""What can be done to a compute instance: start, stop, restart, and when to stop by itself."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from services.change import Answers, Change, Inverse, Note, Row, Seen, Verb, rest_text
from services.compute import API, get_compute
from services.compute_record import BELONGS, Compute
from services.parsing import seconds
from services.planning import (
    UNSAID,
    az,
    fingerprint,
    id_of,
    length,
    names_of,
    only,
    path_of,
    target_of,
    workspace_of,
    write_call,
    wrong_answer,
    wrong_state,
)
from services.records import WorkspaceRef

if TYPE_CHECKING:
    from services.connection import Connection

_ML = "Microsoft.MachineLearningServices/workspaces/computes"


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One operation on an instance: from which states it may be asked for, and what it leads to."""

    name: str
    done_name: str
    """How Azure's `lastOperation` calls it."""
    allowed: tuple[str, ...]
    going: str
    after: str
    inverse: str = ""
    is_typed: bool = False
    notes: tuple[Note, ...] = ()


_ENDS = Note("kernels", "kernels, terminals and whatever runs on it end; unsaved work in memory is lost", True)

OPERATIONS = (
    Operation(name="start", done_name="Start", allowed=("Stopped",), going="Starting", after="Running", inverse="stop",
              notes=(Note("costs", "it is paid for from now until it is stopped"),)),
    Operation(name="stop", done_name="Stop", allowed=("Running", "JobRunning", "Unusable"), going="Stopping",
              after="Stopped", inverse="start", is_typed=True,
              notes=(_ENDS, Note("costs", "a stopped instance still pays for its disk"))),
    Operation(name="restart", done_name="Restart", allowed=("Running", "JobRunning", "Unusable"), going="Restarting",
              after="Running", is_typed=True, notes=(_ENDS,)),
)  # fmt: skip


def _fresh(connection: Connection, ref: WorkspaceRef, target: str) -> Compute:
    (name,) = names_of(target, "computes")
    compute = only(get_compute(connection, ref, name), on=name)
    if compute.kind != "ComputeInstance":
        raise wrong_state(f"{compute.name} is no compute instance but {compute.kind}", on=f"compute {compute.name}")
    return compute


def _seen(compute: Compute) -> str:
    """Return the fingerprint of an instance: what it does since when, because a restart ends where it began."""
    changed = compute.changed.isoformat() if compute.changed else None
    return fingerprint(compute.state, compute.last_operation, changed)


def plan_operation(
    connection: Connection, ref: WorkspaceRef, target: str, answers: Answers, *, operation: Operation
) -> Change:
    """Return the change that starts, stops or restarts an instance. Raises ServiceError; Conflict in another state.

    Its name has to be typed where work is lost: to stop and to restart.
    Reads GET …/computes/{name}; sends POST …/computes/{name}/{start|stop|restart}.
    """
    compute = _fresh(connection, ref, target)
    name, on = compute.name, f"compute {compute.name}"
    if compute.state not in operation.allowed:
        do = f"it takes a {operation.name} while it is {' or '.join(operation.allowed[:2])}; nothing was sent"
        raise wrong_state(f"{name} is {compute.state or 'in a state Azure does not say'}", on=on, do=do)
    undo = f"{operation.inverse} it; what ran on it does not come back" if operation.name == "stop" else ""
    return Change(
        verb=operation.name, workspace=ref.id, target=id_of(ref, "computes", name), name=name,
        what=f"{operation.name} {name}", rows=(Row("state", compute.state, _after(compute, operation)),),
        notes=(*operation.notes, *_about(compute, operation)),
        undo=undo or (f"{operation.inverse} it" if operation.inverse else ""),
        az=az(ref, f"ml compute {operation.name}", "--name", name), seen=_seen(compute),
        call=write_call(connection, ref, "POST", path_of("computes", name, operation.name), API),
        inverse=Inverse(operation.inverse, {}) if operation.inverse else None,
        typed=name if operation.is_typed else "",
    )  # fmt: skip


def _after(compute: Compute, operation: Operation) -> str:
    """Return the state it ends in; where that is the one it begins in, what it goes through."""
    return f"{operation.going}, then {operation.after}" if compute.state == operation.after else operation.after


def _about(compute: Compute, operation: Operation) -> tuple[Note, ...]:
    notes: list[Note] = []
    if operation.after == "Running":
        idle = compute.idle_shutdown
        text = f"after {length(idle)} without use" if idle else "never: it runs until somebody stops it"
        notes.append(Note("stops itself", text, is_warning=idle is None))
    if compute.state == "JobRunning":
        notes.append(Note("job", "a job is running on it and fails", True))
    if compute.assigned_to or compute.owner:
        notes.append(Note(BELONGS, compute.assigned_to or compute.owner or UNSAID))
    return tuple(notes)


def look_operation(connection: Connection, change: Change, *, operation: Operation) -> Seen:
    """Return how the instance stands. A restart is done when the last operation is one that was not there before."""
    compute = _fresh(connection, workspace_of(change), target_of(change))
    now = _seen(compute)
    is_done = compute.state == operation.after and now != change.seen
    if operation.name == "restart":
        is_done = is_done and compute.last_operation == operation.done_name
    is_moving = compute.state in ("Starting", "Stopping", "Restarting")
    return Seen(now, is_done, is_moving=is_moving, says=compute.state or UNSAID)


SHORTEST, LONGEST = 15 * 60.0, 3 * 86_400.0
NEVER = "never"
_PLAIN = re.compile(r"(\d{1,5})\s*(m|min|h|d)?", re.IGNORECASE)
_UNITS = {"": 60.0, "m": 60.0, "min": 60.0, "h": 3_600.0, "d": 86_400.0}


def idle_of(text: str, on: str = "") -> float | None:
    """Return an idle time in seconds from `45`, `45m`, `2h`, `1d` or ISO 8601; None for `never`.

    Raises Refused for anything else, and for a time that Azure does not take: 15 minutes to 3 days.
    """
    written = text.strip()
    if written.lower() == NEVER:
        return None
    plain = _PLAIN.fullmatch(written)
    try:
        found = float(plain[1]) * _UNITS[(plain[2] or "").lower()] if plain else seconds(written)
    except ValueError:
        found = None
    if found is None or not SHORTEST <= found <= LONGEST or found % 60:
        raise wrong_answer(f"{written!r} is no idle time", on, do="15 minutes to 3 days, as 45m, 2h or 1d, or never")
    return found


def iso_minutes(idle: float | None) -> str | None:
    """Return seconds as Azure wants an idle time: PT45M."""
    return None if idle is None else f"PT{round(idle / 60)}M"


def _said(idle: float | None) -> str:
    return NEVER if idle is None else length(idle)


def plan_idle(connection: Connection, ref: WorkspaceRef, target: str, answers: Answers) -> Change:
    """Return the change of when an instance stops by itself. Raises ServiceError; Refused for a time Azure refuses.

    `answers["idle"]` is read by `idle_of`. Reads GET …/computes/{name}; sends POST …/updateIdleShutdownSetting, which
    `az ml` has no command for.
    """
    compute = _fresh(connection, ref, target)
    name, now = compute.name, compute.idle_shutdown
    idle = idle_of(answers.get("idle", ""), on=f"compute {name}")
    if idle == now:
        raise wrong_state(f"{name} stops itself {_when(now)} already", on=f"compute {name}")
    path = path_of("computes", name, "updateIdleShutdownSetting")
    change = Change(
        verb="idle-shutdown", workspace=ref.id, target=id_of(ref, "computes", name), name=name,
        what=f"let {name} stop itself {_when(idle)}", rows=(Row("idle shutdown", _said(now), _said(idle)),),
        notes=_idle_notes(compute, idle), undo=f"set it back to {_said(now)}", seen=fingerprint(now),
        call=write_call(connection, ref, "POST", path, API, {"idleTimeBeforeShutdown": iso_minutes(idle)}),
        inverse=Inverse("idle-shutdown", {"idle": iso_minutes(now) or NEVER}),
    )  # fmt: skip
    return msgspec.structs.replace(change, az=rest_text(change))


def _when(idle: float | None) -> str:
    return NEVER if idle is None else f"after {length(idle)} without use"


def _idle_notes(compute: Compute, idle: float | None) -> tuple[Note, ...]:
    if idle is None:
        return (Note("costs", "it runs, and is paid for, until somebody stops it", True),)
    unseen = Note("not counted", "a terminal or a process alone is no use in Azure's eyes: kernels and jobs are")
    soon = Note("soon", "it is running: if it has been idle for as long already, it stops within minutes", True)
    return (unseen, soon) if compute.state == "Running" else (unseen,)


def look_idle(connection: Connection, change: Change) -> Seen:
    """Return whether the instance has the idle time that was to be set."""
    compute = _fresh(connection, workspace_of(change), target_of(change))
    wanted = msgspec.convert(change.call.body, dict[str, str | None])["idleTimeBeforeShutdown"]
    is_done = compute.idle_shutdown == (seconds(wanted) if wanted else None)
    return Seen(fingerprint(compute.idle_shutdown), is_done, says=_said(compute.idle_shutdown))


VERBS = (
    *(
        Verb(one.name, f"{_ML}/{one.name}/action", partial(plan_operation, operation=one),
             partial(look_operation, operation=one))
        for one in OPERATIONS
    ),
    Verb("idle-shutdown", f"{_ML}/updateIdleShutdownSetting/action", plan_idle, look_idle),
)  # fmt: skip
