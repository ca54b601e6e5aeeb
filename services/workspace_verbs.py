"""What can be done to a workspace itself: read the keys of its storage, registry and insights again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.change import Answers, Change, Note, Row, Seen, Verb
from services.planning import UNSAID, az, document, fingerprint, names_of, workspace_of, write_call, wrong_state
from services.records import WorkspaceRef
from services.wire import as_dict, text_at

if TYPE_CHECKING:
    from services.connection import Connection

API = "2024-10-01"


def _state(connection: Connection, ref: WorkspaceRef) -> str | None:
    found = document(connection, connection.arm(ref.id, API))
    return text_at(as_dict(found.get("properties")), "provisioningState")


def plan_resync(connection: Connection, ref: WorkspaceRef, target: str, answers: Answers) -> Change:
    """Return the change that has a workspace read its keys again. Raises ServiceError; Conflict while it is changed.

    Its name has to be typed: everything that works with the workspace is touched.
    Reads GET of the workspace; sends POST …/resyncKeys.
    """
    names_of(target)
    state = _state(connection, ref)
    if state != "Succeeded":
        raise wrong_state(f"{ref.name} is {state or 'in a state Azure does not say'}", on=f"workspace {ref.name}")
    return Change(
        verb="resync-keys", workspace=ref.id, target=ref.id, name=ref.name, what=f"resync the keys of {ref.name}",
        rows=(Row("keys", "as last read", "read again"),),
        notes=(Note("for", "after keys of the storage account, the registry or Application Insights were changed"),
               Note("jobs", "jobs that start meanwhile may be refused by the storage account", True),
               Note("again", "nothing is lost when it is done twice")),
        az=az(ref, "ml workspace sync-keys", "--name", ref.name), seen=fingerprint(state),
        call=write_call(connection, ref, "POST", "/resyncKeys", API), typed=ref.name,
    )  # fmt: skip


def look_resync(connection: Connection, change: Change) -> Seen:
    """Return how the workspace stands. Only its own report tells whether keys were read again."""
    state = _state(connection, workspace_of(change))
    is_moving = state not in ("Succeeded", "Failed", None)
    return Seen(fingerprint(state), None, is_moving=is_moving, says=state or UNSAID)


VERBS = (
    Verb("resync-keys", "Microsoft.MachineLearningServices/workspaces/resyncKeys/action", plan_resync, look_resync),
)  # fmt: skip
