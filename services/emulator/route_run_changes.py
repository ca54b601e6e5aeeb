"""Writes on runs: cancel through ARM, archive, restore and tag through run history."""

from __future__ import annotations

from typing import cast

from msgspec.structs import replace

from services.emulator.answers import Json, Response
from services.emulator.changes import CANCELING_FOR
from services.emulator.job_documents import TYPES
from services.emulator.plans import NEVER, Plan
from services.emulator.route_history import find_run
from services.emulator.routing import Ask, Route, Write
from services.emulator.run_documents import run_document
from services.emulator.writing import Task, accepted, done, refusal


def cancel_job(ask: Ask) -> Response:
    """Answer 202 and ask the run to stop; a run that is over is the 400 the service gives. Asking twice is no error."""
    name = ask.parts["job"]
    plan = ask.book.find(name, ask.now)
    if plan is None or plan.parent is not None or plan.kind not in TYPES:
        raise ask.missing(f"Job {name} not found.", "JobNotFound")
    if plan.has_ended(ask.now):
        message = f"The pipeline run {name} is in terminal status, it can't be canceled."
        raise refusal(ask, 400, message, "BadArgument", "ArgumentInvalid", "CancelPipelineRunInTerminalStatus")
    change = ask.world.changes.run(ask.place.name, plan)
    if change.canceled_at == NEVER:
        ask.world.changes.change_run(ask.place.name, plan, replace(change, canceled_at=ask.now))
    return accepted(ask, Task("job", name=name, has_status=False), {})


def patch_run(ask: Ask) -> Response:
    """Answer the run after `hidden` and `tags` were taken: tags are merged, and null leaves a tag without a value."""
    plan, body = find_run(ask), ask.request.json()
    change = ask.world.changes.run(ask.place.name, plan)
    if isinstance(hidden := body.get("hidden"), bool):
        change = replace(change, hidden=hidden)
    if isinstance(body.get("tags"), dict):
        change = replace(change, tags={**change.tags, **_tags(ask, cast(Json, body["tags"]))})
    ask.world.changes.change_run(ask.place.name, plan, replace(change, edited_at=ask.now))
    return done(ask, _document(ask, plan), body)


def _tags(ask: Ask, given: Json) -> dict[str, str | None]:
    for name, value in given.items():
        if not name or not isinstance(value, str | None):
            raise refusal(
                ask, 400, f"The tag {name!r} must have a text as its value.", "BadArgument", "ArgumentInvalid"
            )
    return given


def _document(ask: Ask, plan: Plan) -> Json:
    return run_document(ask.place, ask.book, ask.book.plan(plan.ledger, plan.index), ask.now)


_CANCEL = Write("jobs/cancel/action", "Cancel Job", CANCELING_FOR)
_PATCH = Write("experiments/runs/write", "Create or Update Run")
_H = "/history/v1.0{ws}"

ROUTES = (
    Route("POST", "arm", "{ws}/jobs/{job}/cancel", cancel_job, write=_CANCEL),
    Route("PATCH", "data", _H + "/experiments/{experiment}/runs/{run}", patch_run, write=_PATCH),
    Route("PATCH", "data", _H + "/runs/{run}", patch_run, write=_PATCH),
)
