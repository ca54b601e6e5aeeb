"""Between how many instances autoscale may move a deployment: changed in its setting, which lies beside the workspace.

The setting is written whole, as Azure's own clients do: it is read as it is, three numbers of the profile that applies
without a schedule are changed, and the rest goes back untouched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from services.autoscale import API, Autoscale, list_autoscale, parse_autoscale
from services.autoscale_lint import problems_of
from services.autoscale_rules import Bounds
from services.change import Answers, Change, Inverse, Note, Row, Seen, Verb
from services.deployment_verbs import instances_of, most_instances, read_deployment
from services.errors import Conflict, NotFound
from services.planning import (
    UNSAID,
    az,
    counted,
    document,
    fingerprint,
    id_of,
    target_of,
    workspace_of,
    wrong_answer,
    wrong_state,
)
from services.records import WorkspaceRef

if TYPE_CHECKING:
    from services.connection import Connection
    from services.deployments import Deployment

_KEPT = ("location", "tags")
"""What a setting is written with beside its properties."""


def _fresh(connection: Connection, ref: WorkspaceRef, one: Deployment) -> tuple[Autoscale, dict[str, Any]]:
    """Return the setting of a deployment, and its document as it is. Raises NotFound where there is none."""
    pages = list_autoscale(connection, ref)
    listed = next((found for page in pages for found in page.records if found.id.lower() == one.id.lower()), None)
    if listed is None:
        raise NotFound(f"{one.id} has no autoscale setting", do="make one with az monitor autoscale create")
    # Not the listed document: what was kept of it is redacted, and must never be written back.
    raw = document(connection, connection.arm(_path(ref, listed), API))
    setting = parse_autoscale(msgspec.json.encode(raw), ref)
    if setting.id.lower() != one.id.lower():
        raise Conflict(f"{listed.name} is not the setting of {one.id} any more", do="look again")
    return setting, raw


def _seen(setting: Autoscale) -> str:
    return fingerprint(setting.name, setting.is_on, setting.minimum, setting.maximum, setting.default)


def bounds_of(answers: Answers, setting: Autoscale, most: int | None, on: str) -> Bounds:
    """Return the bounds that are asked for; the default moves no further than it must. Raises Refused."""
    low = instances_of(answers.get("minimum", ""), most, on)
    high = instances_of(answers.get("maximum", ""), most, on)
    if low > high:
        raise wrong_answer(f"The minimum {low} is above the maximum {high}", on)
    usual = setting.default if setting.default is not None else low
    return Bounds(low, high, min(max(usual, low), high))


def plan_bounds(connection: Connection, ref: WorkspaceRef, target: str, answers: Answers) -> Change:
    """Return the change of a deployment's autoscale bounds. Raises ServiceError; NotFound where it has no setting.

    `answers["minimum"]` and `["maximum"]` are numbers. The endpoint's name has to be typed for a lower maximum, as
    requests may be refused. Reads GET …/onlineEndpoints/{name}, …/deployments, …/skus and the autoscale settings of the
    resource group; sends PUT …/providers/Microsoft.Insights/autoscaleSettings/{name}.
    """
    _, one = read_deployment(connection, ref, target)
    on = f"deployment {one.id}"
    setting, raw = _fresh(connection, ref, one)
    bounds = bounds_of(answers, setting, most_instances(connection, ref, one), on)
    before = Bounds(setting.minimum, setting.maximum, setting.default)
    if bounds == before:
        raise wrong_state(f"{one.name} may have {_said(bounds)} already", on)
    options = ("--name", setting.name, "--min-count", str(bounds.minimum), "--max-count", str(bounds.maximum),
               "--count", str(bounds.default))  # fmt: skip
    # az monitor knows no workspaces.
    command = az(ref, "monitor autoscale update", *options).replace(f" --workspace-name {ref.name}", "")
    is_lower = before.maximum is not None and (bounds.maximum or 0) < before.maximum
    rows = tuple(
        Row(label, UNSAID if now is None else str(now), str(after))
        for label, now, after in zip(("minimum", "maximum", "default"), before, bounds, strict=True)
        if now != after
    )
    return Change(
        verb="autoscale", workspace=ref.id, name=one.id, what=f"let autoscale keep {one.id} at {_said(bounds)}",
        target=id_of(ref, "onlineEndpoints", one.endpoint, "deployments", one.name), rows=rows,
        notes=_notes(setting, bounds, one), undo=_undo(before), az=command, seen=_seen(setting),
        call=replace(connection.arm(_path(ref, setting), API), method="PUT", body=_body(raw, bounds)),
        inverse=_inverse(before), typed=one.endpoint if is_lower else "",
    )  # fmt: skip


def _path(ref: WorkspaceRef, setting: Autoscale) -> str:
    group = f"/subscriptions/{ref.subscription}/resourceGroups/{ref.resource_group}"
    return f"{group}/providers/Microsoft.Insights/autoscaleSettings/{setting.name}"


def _body(raw: dict[str, Any], bounds: Bounds) -> dict[str, Any]:
    """Return the setting to write: as it was read, with other numbers in the profile without a schedule."""
    properties: dict[str, Any] = dict(raw.get("properties") or {})
    profiles: list[dict[str, Any]] = [dict(one) for one in properties.get("profiles") or ()]
    usual = next((one for one in profiles if not (one.get("fixedDate") or one.get("recurrence"))), profiles[0])
    numbers = zip(("minimum", "maximum", "default"), bounds, strict=True)
    usual["capacity"] = {**(usual.get("capacity") or {}), **{name: str(number) for name, number in numbers}}
    return {**{name: raw[name] for name in _KEPT if name in raw}, "properties": {**properties, "profiles": profiles}}


def _said(bounds: Bounds) -> str:
    if bounds.minimum == bounds.maximum and bounds.maximum is not None:
        return counted(bounds.maximum, "instance")
    return f"{bounds.minimum} to {bounds.maximum} instances"


def _undo(before: Bounds) -> str:
    return f"set it to {_said(before)} again" if None not in before else ""


def _inverse(before: Bounds) -> Inverse | None:
    if before.minimum is None or before.maximum is None:
        return None
    return Inverse("autoscale", {"minimum": str(before.minimum), "maximum": str(before.maximum)})


def _notes(setting: Autoscale, bounds: Bounds, one: Deployment) -> tuple[Note, ...]:
    notes = [Note("setting", f"{setting.name}, in the resource group: a role on the workspace alone does not reach it")]
    if setting.is_on is False:
        notes.append(Note("off", "the setting is switched off: nothing scales until it is on", True))
    if one.instances is not None and not (bounds.minimum or 0) <= one.instances <= (bounds.maximum or one.instances):
        notes.append(Note("now", f"it has {counted(one.instances, 'instance')}: Azure moves it into the bounds", True))
    if setting.schedules:
        notes.append(Note("schedules", f"{', '.join(setting.schedules)} keep their own numbers"))
    notes += [Note("problem", text, True) for text in problems_of(bounds, setting.rules)]
    return tuple(notes)


def look_bounds(connection: Connection, change: Change) -> Seen:
    """Return what the setting says now."""
    ref = workspace_of(change)
    _, one = read_deployment(connection, ref, target_of(change))
    setting, _ = _fresh(connection, ref, one)
    wanted = parse_autoscale(msgspec.json.encode(change.call.body), ref)
    now = Bounds(setting.minimum, setting.maximum, setting.default)
    is_done = now == Bounds(wanted.minimum, wanted.maximum, wanted.default)
    return Seen(_seen(setting), is_done, says=_said(now))


VERBS = (Verb("autoscale", "Microsoft.Insights/autoscaleSettings/write", plan_bounds, look_bounds),)
