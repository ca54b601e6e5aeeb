"""What can be done to an online endpoint: shift its traffic, and scale a deployment behind it.

The traffic is written with the whole endpoint: a PUT that left it out would take every deployment off line. So the
endpoint is read as it is, one map in it is changed, and the rest goes back untouched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from services.calls import Call
from services.change import Answers, Change, Inverse, Note, Row, Seen, Verb
from services.deployments import Deployment, list_deployments
from services.endpoints import Endpoint, parse_endpoint
from services.planning import (
    UNSAID,
    az,
    counted,
    document,
    fingerprint,
    id_of,
    listed,
    names_of,
    path_of,
    target_of,
    workspace_of,
    write_call,
    wrong_state,
)
from services.records import WorkspaceRef
from services.traffic import live, merged, said, split_of, split_text

if TYPE_CHECKING:
    from services.connection import Connection

API = "2024-04-01"
_ML = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints"

UNEVEN = 1.5
"""How many times its even part of the requests an instance may get before that is worth a warning."""

_OWN = ("id", "name", "type", "systemData")
_OWN_PROPERTIES = ("provisioningState", "scoringUri", "swaggerUri")
_OWN_IDENTITY = ("principalId", "tenantId")
"""What only Azure writes: Microsoft's own clients do not send it either."""


class Standing(msgspec.Struct, frozen=True):
    """An endpoint as it was just read: the record, the raw document, and its deployments in Azure's order."""

    endpoint: Endpoint
    raw: dict[str, Any]
    deployments: tuple[Deployment, ...]

    @property
    def on(self) -> str:
        """The endpoint, as an error names it."""
        return f"endpoint {self.endpoint.name}"

    @property
    def split(self) -> dict[str, int]:
        """The traffic now. Azure gives whole numbers, older versions of its answers with a point."""
        return {name: round(share) for name, share in (self.endpoint.traffic or {}).items()}

    @property
    def is_moving(self) -> bool:
        """Whether Azure is still working on the endpoint."""
        return (self.endpoint.state or "").lower() not in ("succeeded", "failed", "canceled")

    @property
    def seen(self) -> str:
        """The fingerprint of what matters: the split, the state, and what stands behind it."""
        behind = sorted((one.name, one.state, one.instances) for one in self.deployments)
        return fingerprint(live(self.split), self.endpoint.state, behind)


def read_standing(connection: Connection, ref: WorkspaceRef, name: str) -> Standing:
    """Return an endpoint as it stands. Raises ServiceError. Reads GET …/onlineEndpoints/{name} and …/deployments."""
    raw = document(connection, _endpoint_call(connection, ref, name))
    endpoint = parse_endpoint(msgspec.json.encode(raw))
    pages = list_deployments(connection, ref, endpoints=[endpoint.name])
    return Standing(endpoint, raw, tuple(one for page in pages for one in page.records))


def _endpoint_call(connection: Connection, ref: WorkspaceRef, name: str) -> Call:
    return connection.arm(ref.id + path_of("onlineEndpoints", name), API)


def put_body(raw: dict[str, Any], traffic: dict[str, int]) -> dict[str, Any]:
    """Return the endpoint to write: the document as it was read with another traffic, without what only Azure writes.

    Every other field is kept, known to amldeck or not; mirrored traffic is untouched.
    """
    body = {name: value for name, value in raw.items() if name not in _OWN}
    inner: dict[str, Any] = raw.get("properties") or {}
    kept = {name: value for name, value in inner.items() if name not in _OWN_PROPERTIES}
    body["properties"] = {**kept, "traffic": traffic}
    if isinstance(identity := raw.get("identity"), dict):
        given: dict[str, Any] = identity  # pyright: ignore[reportUnknownVariableType]
        body["identity"] = {name: value for name, value in given.items() if name not in _OWN_IDENTITY}
    return body


def plan_shift(connection: Connection, ref: WorkspaceRef, target: str, answers: Answers) -> Change:
    """Return the change that splits an endpoint's traffic anew. Raises ServiceError; Refused for a split that is wrong.

    `answers["traffic"]` is read by `split_of`; deployments that are not named keep their share, the sum is 100. The
    endpoint's name has to be typed: callers notice at once.
    Reads GET …/onlineEndpoints/{name} and …/deployments; sends PUT …/onlineEndpoints/{name}.
    """
    (name,) = names_of(target, "onlineEndpoints")
    standing = read_standing(connection, ref, name)
    name, now = standing.endpoint.name, standing.split
    if standing.is_moving:
        state = standing.endpoint.state or "in a state Azure does not say"
        raise wrong_state(f"{name} is {state}: wait until it is done", on=standing.on)
    given = split_of(answers.get("traffic", ""), standing.on)
    after = merged(now, given, [one.name for one in standing.deployments], standing.on)
    if live(after) == live(now):
        raise wrong_state(f"{name} is split so already: {said(now)}", on=standing.on)
    can_return = sum(now.values()) == sum(after.values())
    traffic = split_text(after)
    return Change(
        verb="shift-traffic", workspace=ref.id, target=id_of(ref, "onlineEndpoints", name), name=name,
        what=f"shift the traffic of {name} to {said(after)}", rows=_rows(standing, after),
        notes=_shift_notes(standing, after), undo=f"shift it back to {said(now)}" if can_return else "",
        az=az(ref, "ml online-endpoint update", "--name", name, "--traffic", traffic), seen=standing.seen,
        call=write_call(connection, ref, "PUT", path_of("onlineEndpoints", name), API, put_body(standing.raw, after)),
        inverse=Inverse("shift-traffic", {"traffic": split_text(now)}) if can_return else None, typed=name,
    )  # fmt: skip


def _rows(standing: Standing, after: dict[str, int]) -> tuple[Row, ...]:
    now = standing.split
    names = list(dict.fromkeys([*(one.name for one in standing.deployments), *after]))
    return tuple(Row(one, f"{now.get(one, 0)} %", f"{after.get(one, 0)} %", after.get(one, 0) / 100) for one in names)


def _shift_notes(standing: Standing, after: dict[str, int]) -> tuple[Note, ...]:
    notes = [note for one in standing.deployments for note in _deployment_notes(standing, one, after)]
    gone = [name for name, share in standing.split.items() if share and not after.get(name)]
    if gone:
        notes.append(Note("no more requests", f"for {listed(gone)}, which runs on and is paid for"))
    if any((standing.endpoint.mirror or {}).values()):
        mirror = {name: round(share) for name, share in (standing.endpoint.mirror or {}).items()}
        notes.append(Note("mirror", f"copies still go to {said(mirror)}"))
    notes.append(Note("in flight", "requests on their way end where they began; all gateways follow within minutes"))
    return tuple(notes)


def _deployment_notes(standing: Standing, one: Deployment, after: dict[str, int]) -> list[Note]:
    share, before = after.get(one.name, 0), standing.split.get(one.name, 0)
    if not share:
        return []
    notes: list[Note] = []
    if (one.state or "").lower() != "succeeded":
        notes.append(Note(one.name, f"it is {one.state or UNSAID} and would get {share} % of the requests", True))
    if (standing.endpoint.mirror or {}).get(one.name):
        notes.append(Note(one.name, "it gets mirrored traffic: Azure does not take live traffic for it as well", True))
    total = sum(each.instances or 0 for each in standing.deployments)
    if one.instances and share > before and share * total > 100 * one.instances * UNEVEN:
        text = f"{one.instances} of {counted(total, 'instance')} would get {share} % of the requests: scale it first"
        notes.append(Note(one.name, text, True))
    return notes


def look_shift(connection: Connection, change: Change) -> Seen:
    """Return how the endpoint stands: done when it has the split and Azure says that it is finished."""
    (name,) = names_of(target_of(change), "onlineEndpoints")
    standing = read_standing(connection, workspace_of(change), name)
    wanted = msgspec.convert(change.call.body, _Put).properties.traffic
    is_done = live(standing.split) == live(wanted) and (standing.endpoint.state or "").lower() == "succeeded"
    return Seen(standing.seen, is_done, is_moving=standing.is_moving, says=said(standing.split))


class _PutProperties(msgspec.Struct):
    traffic: dict[str, int]


class _Put(msgspec.Struct):
    properties: _PutProperties


VERBS = (Verb("shift-traffic", f"{_ML}/write", plan_shift, look_shift),)
