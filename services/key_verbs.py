"""What can be done to the keys of an online endpoint: have Azure make one of the two anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.change import Answers, Change, Note, Row, Seen, Verb
from services.endpoints import Endpoint, get_endpoint
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
    wrong_answer,
    wrong_state,
)
from services.records import WorkspaceRef

if TYPE_CHECKING:
    from services.connection import Connection

API = "2024-04-01"
KEYS = ("primary", "secondary")


def _fresh(connection: Connection, ref: WorkspaceRef, target: str) -> Endpoint:
    (name,) = names_of(target, "onlineEndpoints")
    return only(get_endpoint(connection, ref, name), f"endpoint {name}")


def _seen(endpoint: Endpoint) -> str:
    return fingerprint(endpoint.state, endpoint.auth_mode)


def _is_moving(endpoint: Endpoint) -> bool:
    return (endpoint.state or "").lower() not in ("succeeded", "failed", "canceled")


def plan_regenerate(connection: Connection, ref: WorkspaceRef, target: str, answers: Answers) -> Change:
    """Return the change that makes one of an endpoint's keys anew. Raises ServiceError; Refused for another key.

    `answers["key"]` is primary or secondary. The endpoint's name has to be typed: who still uses the old key is turned
    away. Reads GET …/onlineEndpoints/{name}; sends POST …/regenerateKeys. No key is read.
    """
    endpoint = _fresh(connection, ref, target)
    name, on, key = endpoint.name, f"endpoint {endpoint.name}", answers.get("key", "").strip().lower()
    if key not in KEYS:
        raise wrong_answer(f"{key!r} is none of its keys", on, do="name primary or secondary")
    if (endpoint.auth_mode or "").lower() != "key":
        raise wrong_state(f"{name} takes {endpoint.auth_mode or 'what Azure does not say'}, it has no keys", on=on)
    if _is_moving(endpoint):
        raise wrong_state(f"{name} is {endpoint.state or 'in a state Azure does not say'}: wait until it is done", on)
    other = KEYS[1 - KEYS.index(key)]
    return Change(
        verb="regenerate-key", workspace=ref.id, target=id_of(ref, "onlineEndpoints", name), name=name,
        what=f"regenerate the {key} key of {name}", rows=(Row(f"{key} key", "in use", "another one"),),
        notes=(Note("callers", f"those that use the {key} key get a 401 until they have the new one", True),
               Note("meanwhile", f"the {other} key goes on working: move callers to it first"),
               Note("new key", "“Copy” among the actions puts it on the clipboard; it is never shown")),
        az=az(ref, "ml online-endpoint regenerate-keys", "--name", name, "--key-type", key), seen=_seen(endpoint),
        call=write_call(connection, ref, "POST", path_of("onlineEndpoints", name, "regenerateKeys"), API,
                        {"keyType": key.title()}),
        typed=name,
    )  # fmt: skip


def look_regenerate(connection: Connection, change: Change) -> Seen:
    """Return how the endpoint stands. Only Azure's own report tells whether the key is another one."""
    endpoint = _fresh(connection, workspace_of(change), target_of(change))
    return Seen(_seen(endpoint), None, is_moving=_is_moving(endpoint), says=endpoint.state or UNSAID)


VERBS = (
    Verb("regenerate-key", "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/regenerateKeys/action",
         plan_regenerate, look_regenerate),
)  # fmt: skip
