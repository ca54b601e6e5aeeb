"""What can be done to a run: cancel it, archive and restore it, tag it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from services.calls import Call
from services.change import Answers, Change, Inverse, Note, Row, Seen, Verb
from services.planning import (
    UNSAID,
    az,
    counted,
    document,
    fingerprint,
    id_of,
    length,
    listed,
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
from services.redact import redact
from services.run import Run
from services.runs import get_run

if TYPE_CHECKING:
    from services.connection import Connection

API = "2023-04-01-preview"
LONG = 3_600.0
"""Seconds of work that are worth typing a name for before they are thrown away."""

ENDED = frozenset({"completed", "failed", "canceled"})
CANCELING = "cancelrequested"
_WITH_CHILDREN = {"pipeline": "step", "sweep": "trial", "automl": "trial"}
_ML = "Microsoft.MachineLearningServices/workspaces"


def _fresh(connection: Connection, ref: WorkspaceRef, target: str) -> Run:
    (name,) = names_of(target, "jobs")
    return only(get_run(connection, ref, name), on=name)


def _phase(run: Run) -> str:
    """Return what matters to canceling: going, being canceled, or how it ended. Preparing or Running is the same."""
    status = run.status.lower()
    return status if status in ENDED or status == CANCELING else "going"


def plan_cancel(connection: Connection, ref: WorkspaceRef, target: str, answers: Answers) -> Change:
    """Return the change that cancels a run. Raises ServiceError; Conflict for a run that is over or is another's part.

    The name has to be typed where much goes with it: the run has worked for more than an hour, or has children.
    Reads GET …/runs/{id} of run history; sends POST …/jobs/{id}/cancel.
    """
    run = _fresh(connection, ref, target)
    if _phase(run) != "going":
        how = "is being canceled already" if _phase(run) == CANCELING else f"is over: it is {run.status}"
        raise wrong_state(f"{run.name} {how}", on=f"run {run.id}")
    if run.parent:
        raise wrong_state(
            f"{run.name} is a {run.kind or 'child'} of {run.parent}",
            on=f"run {run.id}",
            do=f"cancel {run.parent} instead",
        )
    if run.kind == "flow":
        raise wrong_state(f"{run.name} is a prompt flow: Azure has no job to cancel for it", on=f"run {run.id}")
    is_long = (run.compute_duration or 0) > LONG
    return Change(
        verb="cancel", workspace=ref.id, target=id_of(ref, "jobs", run.id), name=run.name,
        what=f"cancel {run.name}", rows=(Row("status", run.status, "Canceled"),), notes=_lost(run, is_long=is_long),
        az=az(ref, "ml job cancel", "--name", run.id), seen=fingerprint(_phase(run)),
        call=write_call(connection, ref, "POST", path_of("jobs", run.id, "cancel"), API),
        typed=_typed(run) if is_long or run.kind in _WITH_CHILDREN else "",
    )  # fmt: skip


_EASY = re.compile(r"[A-Za-z0-9._-]{1,40}")


def _typed(run: Run) -> str:
    """Return what to type for a run: its name on screen when a keyboard can write that, else its id."""
    return run.name if _EASY.fullmatch(run.name) else run.id


def _lost(run: Run, *, is_long: bool) -> tuple[Note, ...]:
    notes: list[Note] = []
    if run.compute_duration:
        text = f"it has worked for {length(run.compute_duration)}; what it did not save is lost"
        notes.append(Note("work", text, is_warning=is_long))
    if run.kind in _WITH_CHILDREN:
        notes.append(Note("children", f"every {_WITH_CHILDREN[run.kind]} that is not over is canceled with it", True))
    elif run.compute and run.nodes:
        notes.append(Note("frees", f"{counted(run.nodes, 'node')} of {run.compute}"))
    return (*notes, Note("after", "a canceled run cannot be resumed, only submitted again"))


def look_cancel(connection: Connection, change: Change) -> Seen:
    """Return how the run stands: done when it is Canceled, moving while it is being canceled."""
    run = _fresh(connection, workspace_of(change), target_of(change))
    phase = _phase(run)
    return Seen(fingerprint(phase), phase == "canceled", is_moving=phase == CANCELING, says=run.status)


def _patch(connection: Connection, ref: WorkspaceRef, run: Run, body: object) -> Call:
    """Return the PATCH of a run; run history wants to know its experiment, by name or by id."""
    if run.experiment:
        path = path_of("experiments", run.experiment, "runs", run.id)
    elif run.experiment_id:
        path = path_of("experimentids", run.experiment_id, "runs", run.id)
    else:
        raise wrong_state(f"Azure does not say which experiment {run.name} belongs to", on=f"run {run.id}")
    return connection.run_history(ref, path, method="PATCH", body=body)


def _shown(hidden: bool | None) -> str:
    return {True: "archived", False: "listed", None: UNSAID}[hidden]


def plan_hide(
    connection: Connection, ref: WorkspaceRef, target: str, answers: Answers, *, verb: str, hidden: bool
) -> Change:
    """Return the change that archives or restores a run. Raises ServiceError; Conflict where it is so already.

    Reads GET …/runs/{id} of run history; sends PATCH …/experiments/{name}/runs/{id}.
    """
    run = _fresh(connection, ref, target)
    if bool(run.is_archived) == hidden:
        raise wrong_state(f"{run.name} is {_shown(hidden)} already", on=f"run {run.id}")
    other = "restore" if hidden else "archive"
    is_going = hidden and _phase(run) == "going"
    going = (Note("still going", f"it is {run.status}: archiving hides it, it does not stop it", True),)
    return Change(
        verb=verb, workspace=ref.id, target=id_of(ref, "jobs", run.id), name=run.name,
        what=f"{verb} {run.name}", rows=(Row("list", _shown(run.is_archived), _shown(hidden)),),
        notes=going if is_going else (), undo=f"{other} it", az=az(ref, f"ml job {verb}", "--name", run.id),
        call=_patch(connection, ref, run, {"hidden": hidden}), seen=fingerprint(bool(run.is_archived)),
        inverse=Inverse(other, {}),
    )  # fmt: skip


def look_hide(connection: Connection, change: Change, *, hidden: bool) -> Seen:
    """Return whether the run is archived (or listed) as it should be."""
    run = _fresh(connection, workspace_of(change), target_of(change))
    return Seen(fingerprint(bool(run.is_archived)), bool(run.is_archived) == hidden, says=_shown(run.is_archived))


Tags = Mapping[str, str | None]


def tags_of(text: str, on: str = "") -> dict[str, str | None]:
    """Return tags written as `team=risk note='two words'`; a name alone has no value. Raises Refused for others.

    Names that Azure keeps for itself (`_aml_system_`, `mlflow.`, `azureml.`) are refused.
    """
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise wrong_answer(f"The tags cannot be read: {error}", on, do="write name=value name='two words'") from error
    found: dict[str, str | None] = {}
    for word in words:
        name, has_value, value = word.partition("=")
        if not name or name in found or name.lower().startswith(("_aml_system_", "mlflow.", "azureml.")):
            raise wrong_answer(f"{word!r} is no tag that can be set", on, do="write name=value, each name once")
        found[name] = value if has_value else None
    if not found:
        raise wrong_answer("No tag was named", on, do="write name=value")
    return found


def tags_text(tags: Tags) -> str:
    """Return tags as `tags_of` reads them."""
    return shlex.join(name if value is None else f"{name}={value}" for name, value in tags.items())


def _tags(connection: Connection, ref: WorkspaceRef, run: Run) -> dict[str, Any]:
    """Return a run's tags as they are. The record's are redacted, and writing those back would destroy them."""
    found = document(connection, connection.run_history(ref, path_of("runs", run.id))).get("tags")
    return found if isinstance(found, dict) else {}  # pyright: ignore[reportUnknownVariableType]


def plan_tag(connection: Connection, ref: WorkspaceRef, target: str, answers: Answers) -> Change:
    """Return the change that sets tags of a run, and leaves its others. Raises ServiceError; Refused for odd answers.

    `answers["tags"]` is read by `tags_of`. A tag that is new can only be emptied again, its name stays. Where a value
    before looks like a secret it is not kept, so that nothing can take the change back.
    Reads GET …/runs/{id} of run history; sends PATCH …/experiments/{name}/runs/{id}, which merges.
    """
    run = _fresh(connection, ref, target)
    after = tags_of(answers.get("tags", ""), on=f"run {run.id}")
    now = _tags(connection, ref, run)
    before = {name: now.get(name) for name in after}
    if all(name in now and now[name] == value for name, value in after.items()):
        raise wrong_state(f"{run.name} has these tags already", on=f"run {run.id}")
    shown = msgspec.json.decode(redact(msgspec.json.encode(before)), type=dict[str, str | None])
    is_secret = shown != before
    text = tags_text(before)
    return Change(
        verb="tag", workspace=ref.id, target=id_of(ref, "jobs", run.id), name=run.name,
        what=f"set {listed(list(after))} of {run.name}",
        rows=tuple(Row(name, _value(shown[name], name in now), _value(value, True)) for name, value in after.items()),
        undo="" if is_secret else f"tag it {text}", az=_az_tag(ref, run, after), seen=fingerprint(before),
        call=_patch(connection, ref, run, {"tags": after}),
        inverse=None if is_secret else Inverse("tag", {"tags": text}),
    )  # fmt: skip


def _value(value: str | None, is_there: bool) -> str:
    return UNSAID if not is_there else "no value" if value is None else value


def _az_tag(ref: WorkspaceRef, run: Run, tags: Tags) -> str:
    sets = [f"tags.{name}={value or ''}" for name, value in tags.items()]
    return az(ref, "ml job update", "--name", run.id, "--set", *sets)


def look_tag(connection: Connection, change: Change) -> Seen:
    """Return whether the run has the tags that were to be set."""
    ref = workspace_of(change)
    run = _fresh(connection, ref, target_of(change))
    wanted = msgspec.convert(change.call.body, dict[str, dict[str, str | None]])["tags"]
    now = _tags(connection, ref, run)
    found = {name: now.get(name) for name in wanted}
    is_done = all(name in now for name in wanted) and found == wanted
    return Seen(fingerprint(found), is_done, says="tagged" if is_done else "tagged otherwise")


VERBS = (
    Verb("cancel", f"{_ML}/jobs/cancel/action", plan_cancel, look_cancel),
    Verb("archive", f"{_ML}/experiments/runs/write", partial(plan_hide, verb="archive", hidden=True),
         partial(look_hide, hidden=True)),
    Verb("restore", f"{_ML}/experiments/runs/write", partial(plan_hide, verb="restore", hidden=False),
         partial(look_hide, hidden=False)),
    Verb("tag", f"{_ML}/experiments/runs/write", plan_tag, look_tag),
)  # fmt: skip
