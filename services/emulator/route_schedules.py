"""ARM: the schedules of a workspace; those that are off are listed only when they are asked for."""

from __future__ import annotations

from dataclasses import replace

from services.emulator.answers import Json, Response
from services.emulator.callers import caller_of
from services.emulator.endpoints import created_at
from services.emulator.given import Given
from services.emulator.given_parts import part_of
from services.emulator.paging import paged
from services.emulator.places import Place
from services.emulator.routing import Ask, Route, Write
from services.emulator.samples import PEOPLE
from services.emulator.schedules import SCHEDULES, Planned
from services.emulator.ticks import DAY, day_text, stamp
from services.emulator.writing import done

PAGE = 50


def list_schedules(ask: Ask) -> Json:
    """Answer the schedules of the workspace."""
    wanted = (ask.query("listViewType") or "EnabledOnly").lower()
    kept = {"all": (True, False), "enabledonly": (True,), "disabledonly": (False,)}.get(wanted)
    if kept is None:
        raise ask.wrong(f"The list view type {wanted} is not valid.")
    found = [one for one in SCHEDULES.get(ask.place.name, ()) if one.is_on in kept]
    return paged(ask, [_document(ask.place, one, ask.now) for one in found], PAGE)


def get_schedule(ask: Ask) -> Json:
    """Answer one schedule."""
    return _document(ask.place, find_schedule(ask), ask.now)


def find_schedule(ask: Ask) -> Planned:
    """Return the schedule of the path. Raises Refusal (404) when there is none."""
    name = ask.parts["schedule"]
    for one in SCHEDULES.get(ask.place.name, ()):
        if one.name.lower() == name.lower():
            return one
    raise ask.missing(f"Resource Trigger {name} not found", "TriggerNotFound")


def trigger(ask: Ask) -> Response:
    """Answer the name of the run that is started, for the person who asks."""
    one, caller, given = find_schedule(ask), caller_of(ask.request), ask.world.changes.given(ask.place.name)
    name, job = f"{one.name}_{len(given)}", _job(ask.place, one)
    part = replace(part_of(name, "command", job), monitor=one.name)
    ask.world.changes.submit(ask.place.name, Given(
        name=name, experiment=one.experiment or one.name, number=len(given), at=ask.now,
        person=(caller.id, caller.title), job=job, part=part,
    ))  # fmt: skip
    return done(ask, {"submissionId": name, "scheduleActionType": _action(ask.place, one)["actionType"]},
                ask.request.json())  # fmt: skip


def _job(place: Place, one: Planned) -> Json:
    """Return the job that a schedule makes."""
    return {"jobType": "Command", "displayName": one.title or one.name, "experimentName": one.experiment or one.name,
            "status": "NotStarted", "computeId": f"{place.id}/computes/cpu-ci", "command": "python train.py",
            "tags": {}, "properties": {}, "environmentId": f"{place.id}/environments/churn-env/versions/4"}  # fmt: skip


def _document(place: Place, one: Planned, now: int) -> Json:
    """Return a schedule as ARM writes it: its times have no zone, which the trigger names."""
    made = created_at(one.days, one.owner, now)
    start = f"{day_text(made // DAY)}T00:00:00"
    trigger = {"endTime": None, "startTime": start, "timeZone": "UTC", **one.trigger}
    person = {"createdBy": PEOPLE[one.owner], "createdByType": "User", "createdAt": stamp(made)}
    return {
        "id": f"{place.id}/schedules/{one.name}", "name": one.name,
        "type": "Microsoft.MachineLearningServices/workspaces/schedules",
        "properties": {"description": one.about, "tags": {}, "properties": {}, "displayName": one.title or None,
                       "isEnabled": one.is_on, "trigger": trigger, "action": _action(place, one),
                       "provisioningState": "Succeeded"},
        "systemData": {**person, "lastModifiedAt": stamp(made), "lastModifiedBy": PEOPLE[one.owner],
                       "lastModifiedByType": "User"},
    }  # fmt: skip


def _action(place: Place, one: Planned) -> Json:
    if not one.signals:
        return {"actionType": "CreateJob", "jobDefinition": _job(place, one)}
    endpoint, _, deployment = one.watched.partition("/")
    target = {"taskType": "Classification", "modelId": None,
              "deploymentId": f"azureml:{place.id}/onlineEndpoints/{endpoint}/deployments/{deployment}"}  # fmt: skip
    emails = {"emailNotificationSettings": {"emails": list(one.emails)}} if one.emails else None
    compute = {"computeType": "ServerlessSpark", "instanceType": "standard_e4s_v3", "runtimeVersion": "3.4",
               "computeIdentity": {"computeIdentityType": "AmlToken"}}  # fmt: skip
    return {"actionType": "CreateMonitor", "monitorDefinition": {
        "monitoringTarget": target, "signals": one.signals, "computeConfiguration": compute,
        "alertNotificationSettings": emails,
    }}  # fmt: skip


_SCHEDULE = "{ws}/schedules/{schedule}"

ROUTES = (Route("GET", "arm", "{ws}/schedules", list_schedules), Route("GET", "arm", _SCHEDULE, get_schedule),
          Route("POST", "arm", _SCHEDULE + "/trigger", trigger,
                write=Write("schedules/trigger/action", "Trigger a schedule")))  # fmt: skip
