"""What can be done to an alert: say that somebody has seen to it, that it is done with, or that it is neither."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from services.alerts import API, Alert, get_alert, path_to
from services.change import Answers, Change, Inverse, Note, Row, Seen, Verb, rest_text
from services.errors import Refused
from services.parsing import is_guid
from services.planning import (
    UNSAID,
    fingerprint,
    names_of,
    only,
    path_of,
    target_of,
    workspace_of,
    write_call,
    wrong_answer,
)
from services.records import WorkspaceRef

if TYPE_CHECKING:
    from services.connection import Connection

STATES = {"acknowledged": "Acknowledged", "closed": "Closed", "new": "New"}
"""What an alert may be set to, as it is typed and as Azure spells it."""


def _place(target: str) -> tuple[str, str]:
    """Return the path of the target and the GUID. Raises Refused for another path."""
    kinds = target.strip("/").split("/")[::2]
    names = names_of(target, *kinds[:-2], "providers", "alerts")
    if names[-2].lower() != "microsoft.alertsmanagement" or not is_guid(names[-1]):
        raise Refused(f"{target!r} is no alert", do="nothing was sent")
    parts = [part for pair in zip(kinds[:-2], names[:-2], strict=True) for part in pair]
    return path_of(*parts), names[-1]


def _fresh(connection: Connection, ref: WorkspaceRef, target: str) -> Alert:
    below, key = _place(target)
    return only(get_alert(connection, ref, below, key), f"alert {key}")


def _seen(alert: Alert) -> str:
    return fingerprint(alert.state)


def plan_state(connection: Connection, ref: WorkspaceRef, target: str, answers: Answers) -> Change:
    """Return the change of an alert's state. Raises ServiceError; Refused for a state there is not, or has already.

    `answers["state"]` is acknowledged, closed or new. What Azure Monitor measures goes on whatever is said of it.
    Reads GET …/providers/Microsoft.AlertsManagement/alerts/{id}; sends POST …/changestate.
    """
    alert = _fresh(connection, ref, target)
    below, key = _place(target)
    on, asked = f"alert {alert.name}", answers.get("state", "").strip().lower()
    wanted, before = STATES.get(asked), STATES.get((alert.state or "").lower())
    if wanted is None:
        raise wrong_answer(f"{asked!r} is no state of an alert", on, do="name acknowledged, closed or new")
    if wanted == before:
        raise wrong_answer(f"It is {asked} already", on)
    call = write_call(connection, ref, "POST", f"{path_to(below, key)}/changestate", API)
    change = Change(
        verb="alert-state", workspace=ref.id, target=ref.id + path_to(below, key), name=alert.name,
        what=f"set the alert {alert.name} to {asked}",
        rows=(Row("state", alert.state or UNSAID, wanted),), notes=_notes(alert, wanted), seen=_seen(alert),
        call=replace(call, params={**call.params, "newState": wanted}),
        undo=f"set it to {before.lower()} again" if before else "",
        inverse=Inverse("alert-state", {"state": before}) if before else None,
    )  # fmt: skip
    return replace(change, az=rest_text(change))


def _notes(alert: Alert, wanted: str) -> tuple[Note, ...]:
    on = Note("on", f"{alert.target_kind or 'resource'} {alert.target_name or alert.target}")
    tells = Note("seen by", "everybody who looks at the alerts of this subscription")
    if alert.condition != "Fired" or wanted != "Closed":
        return on, tells
    return on, tells, Note("still fires", "closing it mends nothing; the rule fires anew once it was resolved", True)


def look_state(connection: Connection, change: Change) -> Seen:
    """Return what the alert is set to now."""
    alert = _fresh(connection, workspace_of(change), target_of(change))
    return Seen(_seen(alert), alert.state == change.call.params.get("newState"), says=alert.state or UNSAID)


VERBS = (Verb("alert-state", "Microsoft.AlertsManagement/alerts/changestate/action", plan_state, look_state),)
