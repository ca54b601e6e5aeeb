"""Submitting a job again: its definition as Azure has it now, under a new name, as one PUT.

The definition is read afresh and never from the cache, whose documents are redacted: secrets go along as Azure keeps
them, and are shown nowhere.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from services.change import Answers, Change, Note, Row, Seen, Verb
from services.errors import NotFound
from services.job_definition import Definition, parse_definition
from services.job_yaml import hidden_variables
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
    workspace_of,
    write_call,
    wrong_state,
)
from services.records import WorkspaceRef
from services.redact import redact
from services.run import is_azures_own
from services.wire import as_dict, asset_name, text_at

if TYPE_CHECKING:
    from services.connection import Connection

API = "2024-01-01-preview"
LONGEST_STEM = 40

_OWN = ("status", "parameters", "parentJobName", "isArchived", "provisioningState", "interactionEndpoints")
"""What the service says of a job and nobody asks for."""
_SERVICES = ("tracking", "studio")
_CODE = ("mlflow.source.git.", "azureml.git.")
"""Properties that say where the code came from: the new job has the same."""
_ENDING = re.compile(r"_again_[0-9a-f]{8}$")


def plan_resubmit(connection: Connection, ref: WorkspaceRef, target: str, answers: Answers) -> Change:
    """Return the change that submits a job again under a new name. Raises ServiceError; Conflict for what is no job.

    Reads GET …/jobs/{name}; sends PUT …/jobs/{new name}, which makes one job however often it is taken.
    """
    (name,) = names_of(target, "jobs")
    try:
        found = document(connection, connection.arm(ref.id + path_of("jobs", name), API))
    except NotFound as error:
        raise wrong_state(f"{name} is no job of its own: steps, trials and flows go with their parent",
                          on=f"run {name}") from error  # fmt: skip
    given = parse_definition(redact(msgspec.json.encode(found)))
    new = f"{_ENDING.sub('', name)[:LONGEST_STEM]}_again_{secrets.token_hex(4)}"
    return Change(
        verb="resubmit", workspace=ref.id, target=id_of(ref, "jobs", name), name=given.name or name,
        what=f"submit {given.name or name} again as {new}", rows=rows_of(given, new),
        notes=notes_of(given, "as Azure has them"), undo=f"cancel {new}",
        az=az(ref, "ml job create", "--name", new, "--file", f"{name}.yml"), seen=fingerprint(None),
        call=write_call(connection, ref, "PUT", path_of("jobs", new), API,
                        {"properties": again(as_dict(found.get("properties")), name)}),
        makes=id_of(ref, "jobs", new),
    )  # fmt: skip


def again(job: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return the properties of a job as somebody would ask for them: without what the service added to them."""
    kept = {key: value for key, value in job.items() if value is not None and key not in _OWN}
    outputs = {key: one for key, one in as_dict(job.get("outputs")).items() if not _is_own(as_dict(one), name)}
    services = {key: one for key, one in as_dict(job.get("services")).items() if key.lower() not in _SERVICES}
    own = {key: value for key, value in as_dict(job.get("properties")).items() if key.startswith(_CODE)}
    tags = {key: value for key, value in as_dict(job.get("tags")).items() if not is_azures_own(key)}
    return {**kept, "outputs": outputs, "services": services, "properties": own, "tags": tags}


def _is_own(output: Mapping[str, Any], name: str) -> bool:
    # The next job would write over what this one wrote.
    return (text_at(output, "uri") or "").rstrip("/").endswith(f"dcid.{name}")


def rows_of(given: Definition, new: str) -> tuple[Row, ...]:
    """Return what a new job is and where it runs, a row each."""
    work = given.work
    said = (("job", new), ("experiment", given.experiment), ("compute", given.compute),
            ("environment", asset_name(work.environment)), ("command", work.command))  # fmt: skip
    return tuple(Row(label, UNSAID, value) for label, value in said if value)


def notes_of(given: Definition, how: str) -> tuple[Note, ...]:
    """Return what a new job takes, and what goes along unseen; `how` says in which form secrets do."""
    notes: list[Note] = []
    nodes = counted(given.work.instances or 1, "node")
    if given.compute and given.kind == "command":
        notes.append(Note("takes", f"{nodes} of {given.compute}, as soon as there is room"))
    if names := hidden_variables(given):
        notes.append(Note("secrets", f"{listed(names)} go along {how}; they are shown nowhere", True))
    if given.kind in ("command", "sweep") and given.work.code is None:
        notes.append(Note("code", "the definition names no code folder, so none goes along", True))
    return tuple(notes)


def look_resubmit(connection: Connection, change: Change) -> Seen:
    """Return whether there is a job of the new name: then it was taken, once."""
    ref = workspace_of(change)
    (name,) = names_of(change.makes[len(change.workspace) :], "jobs")
    try:
        found = document(connection, connection.arm(ref.id + path_of("jobs", name), API))
    except NotFound:
        return Seen(fingerprint(None), is_done=False, says="there is no such job")
    status = text_at(as_dict(found.get("properties")), "status")
    return Seen(fingerprint(name), is_done=True, says=f"{name} is there: {status or 'its state is not known'}")


VERBS = (Verb("resubmit", "Microsoft.MachineLearningServices/workspaces/jobs/write", plan_resubmit, look_resubmit),)
