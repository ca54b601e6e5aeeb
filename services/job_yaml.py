"""A job's definition as the document that `az ml job create` reads: the same things in the words of its schema.

What cannot be written down is said in notes, and never left out silently.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from services.job_definition import Definition, JobInput, JobOutput, Work
from services.planning import listed
from services.redact import REDACTED
from services.run import is_azures_own
from services.wire import as_dict, text_at

Json = dict[str, Any]

SCHEMA = "https://azuremlschemas.azureedge.net/latest/{kind}Job.schema.json"
STEP_KINDS = ("command", "parallel", "spark", "pipeline")
"""Steps of a pipeline that are written down: each is a reference to the component it ran."""


class Written(NamedTuple):
    """The document, and what to know about it: a sentence each. Without a document the notes say why there is none."""

    document: Json | None
    notes: tuple[str, ...]


def written(given: Definition) -> Written:
    """Return a definition as a document of the CLI's schema."""
    make = {"command": _command, "sweep": _sweep, "pipeline": _pipeline}.get(given.kind)
    if make is None or given.work.command == "import":
        kind = given.kind if make is None else "import"
        return Written(None, (f"A job of the kind {kind} cannot be written down here; submit it again instead.",))
    odd = [
        f"{name} ({text_at(step, 'type') or 'unknown'})"
        for name, step in given.steps.items()
        if not _can_be_written(step)
    ]
    if odd:
        return Written(None, (f"Steps of other kinds cannot be written down: {listed(odd)}; submit it again instead.",))
    head: Json = {"$schema": SCHEMA.format(kind=given.kind), "type": given.kind}
    named = _set({"display_name": given.name, "experiment_name": given.experiment, "description": given.description})
    tags = {
        name: value or "" for name, value in given.tags.items() if not is_azures_own(name) and name != "hyperparameters"
    }
    return Written({**head, **named, **_set({"tags": tags}), **make(given)}, tuple(_notes(given)))


def _command(given: Definition) -> Json:
    return {**_work(given, given.work), **_where(given), **_set({
        "inputs": _inputs(given), "outputs": _outputs(given), "limits": _set({"timeout": _whole(given.timeout)}),
    })}  # fmt: skip


def _sweep(given: Definition) -> Json:
    limits = _set({
        "max_total_trials": given.trials, "max_concurrent_trials": given.concurrent_trials,
        "timeout": _whole(given.timeout), "trial_timeout": _whole(given.trial_timeout),
    })  # fmt: skip
    objective = _set({"goal": given.goal and given.goal.lower(), "primary_metric": given.primary_metric})
    policy = {_snake(name): value for name, value in given.early_termination.items() if name != "policyType"}
    kind = _snake(text_at(given.early_termination, "policyType") or "")
    trial = _work(given, given.work)
    return {
        "trial": trial, **_where(given), **_set({"inputs": _inputs(given), "outputs": _outputs(given)}),
        "sampling_algorithm": (given.sampling or "random").lower(), "objective": objective, "limits": limits,
        "search_space": {name: _space(one) for name, one in given.search_space.items()},
        **({"early_termination": {"type": kind, **policy}} if kind else {}),
    }  # fmt: skip


def _pipeline(given: Definition) -> Json:
    settings = {name: _short(value) if name in ("default_compute", "default_datastore") else value
                for name, value in given.settings.items() if not name.startswith("_")}  # fmt: skip
    return _set({
        "inputs": _inputs(given), "outputs": _outputs(given), "compute": _compute(given), "settings": settings,
        "jobs": {name: _step(given, step) for name, step in given.steps.items()},
    })  # fmt: skip


def _short(asset: Any) -> Any:
    """Return a compute or a datastore by its name, as the schema wants it."""
    return f"azureml:{asset.rpartition('/')[2].removeprefix('azureml:')}" if isinstance(asset, str) else asset


def _can_be_written(step: Mapping[str, Any]) -> bool:
    return text_at(step, "type") in STEP_KINDS and text_at(step, "componentId") is not None


def _step(given: Definition, step: Json) -> Json:
    return _set({
        "type": text_at(step, "type"),
        "component": _reference(given, str(step["componentId"])),
        "compute": _short(text_at(step, "computeId")),
        "inputs": {name: _binding(given, as_dict(one)) for name, one in as_dict(step.get("inputs")).items()},
        "outputs": {name: text_at(as_dict(one), "value") for name, one in as_dict(step.get("outputs")).items()
                    if text_at(as_dict(one), "value")},
        "environment_variables": as_dict(step.get("environment_variables")),
    })  # fmt: skip


def _binding(given: Definition, one: Json) -> Any:
    uri = text_at(one, "uri")
    if uri is None:
        return one.get("value")
    return _set(
        {"type": text_at(one, "job_input_type"), "path": _reference(given, uri), "mode": _mode(text_at(one, "mode"))}
    )


def _work(given: Definition, work: Work) -> Json:
    resources = _set({
        "instance_count": work.instances if work.instances != 1 else None, "instance_type": work.instance_type,
        "shm_size": work.shm_size if work.shm_size != "2g" else None, "docker_args": work.docker_args,
    })  # fmt: skip
    kind = (text_at(work.distribution, "distributionType") or "").lower()
    distribution = {_snake(name): value for name, value in work.distribution.items() if name != "distributionType"}
    return _set({
        "command": work.command or "", "environment": work.environment and _reference(given, work.environment),
        "code": work.code and _reference(given, work.code),
        "environment_variables": {name: value or "" for name, value in work.variables.items()},
        "resources": resources, "distribution": {"type": kind, **distribution} if kind else None,
    })  # fmt: skip


def _where(given: Definition) -> Json:
    identity = {"amltoken": "aml_token", "managed": "managed_identity", "useridentity": "user_identity"}
    kind = identity.get((given.identity or "").lower())
    return _set({
        "compute": _compute(given), "identity": {"type": kind} if kind else None,
        "queue_settings": _set({"job_tier": given.job_tier and given.job_tier.lower()}),
    })  # fmt: skip


def _compute(given: Definition) -> str | None:
    return f"azureml:{given.compute}" if given.compute else None


def _inputs(given: Definition) -> Json:
    return {one.name: _input(given, one) for one in given.inputs}


def _input(given: Definition, one: JobInput) -> Any:
    if one.uri is None:
        return _plain(one.value)
    return _set({"type": one.kind, "path": _reference(given, one.uri), "mode": _mode(one.mode)})


def _outputs(given: Definition) -> Json:
    return {one.name: _output(given, one) for one in given.outputs if one.name != "default" or one.uri}


def _output(given: Definition, one: JobOutput) -> Json:
    return _set({"type": one.kind, "path": one.uri and _reference(given, one.uri), "mode": _mode(one.mode)})


_MODES = {"readonlymount": "ro_mount", "readwritemount": "rw_mount", "evalmount": "eval_mount",
          "evaldownload": "eval_download"}  # fmt: skip


def _mode(mode: str | None) -> str | None:
    return None if mode is None else _MODES.get(mode.lower(), mode.lower())


_SPACES: dict[str, tuple[str, ...]] = {
    "choice": ("values",), "randint": ("upper",), "uniform": ("min_value", "max_value"),
    "loguniform": ("min_value", "max_value"), "quniform": ("min_value", "max_value", "q"),
    "qloguniform": ("min_value", "max_value", "q"), "normal": ("mu", "sigma"), "lognormal": ("mu", "sigma"),
    "qnormal": ("mu", "sigma", "q"), "qlognormal": ("mu", "sigma", "q"),
}  # fmt: skip


def _space(given: Any) -> Any:
    """Return `["uniform", [0, 1]]` as `{type: uniform, min_value: 0, max_value: 1}`."""
    if not (isinstance(given, list) and len(given) == 2 and given[0] in _SPACES and isinstance(given[1], list)):  # pyright: ignore[reportUnknownArgumentType]
        return given  # pyright: ignore[reportUnknownVariableType]
    kind, values = str(given[0]), list[Any](given[1])  # pyright: ignore[reportUnknownArgumentType]
    return {"type": kind, **dict(zip(_SPACES[kind], values, strict=False))}


_ASSET = re.compile(r"(?P<workspace>/subscriptions/.+?)/(?:environments|data|models|components)/(?P<name>[^/]+)"
                    r"/versions/(?P<version>[^/]+)", re.IGNORECASE)  # fmt: skip


def _reference(given: Definition, asset: str) -> str:
    """Return an asset as the schema names it: short for one of the same workspace, an ARM id for others."""
    found = _ASSET.fullmatch(asset)
    if found and found["workspace"].lower() == given.workspace.lower() and found["name"] != "azureml_anonymous":
        return f"azureml:{found['name']}:{found['version']}"
    return f"azureml:{asset}" if asset.lower().startswith("/subscriptions/") else asset


def _plain(value: str | None) -> Any:
    """Return a literal as YAML writes it: a number without quotes where that reads back as the same text."""
    for kind in (int, float):
        try:
            if value is not None and str(kind(value)) == value:
                return kind(value)
        except (ValueError, OverflowError):
            continue
    return value


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _whole(seconds: float | None) -> int | None:
    return None if seconds is None else int(seconds)


def _set(given: Mapping[str, Any]) -> Json:
    """Return what somebody set: no null, and no block without anything in it."""
    return {name: value for name, value in given.items() if value is not None and value != {}}


def _notes(given: Definition) -> Sequence[str]:
    notes: list[str] = []
    of_steps = [as_dict(step.get("environment_variables")) for step in given.steps.values()]
    secret = {name for one in (given.work.variables, *of_steps) for name, value in one.items() if _is_hidden(value)}
    if secret:
        notes.append(f"{listed(sorted(secret))}: what looks like a secret is not written down; fill it in.")
    if _is_hidden(given.work.command):
        notes.append("The command held what looks like a secret; it is not written down, fill it in.")
    if given.kind in ("command", "sweep") and given.work.code is None:
        kept = f" Azure keeps it as the snapshot {given.snapshot}." if given.snapshot else ""
        notes.append(f"The code is not part of the definition.{kept} Name its folder with `code:`.")
    if given.git_commit:
        dirty = ", with changes that were not committed" if given.is_git_dirty else ""
        notes.append(f"It ran from commit {given.git_commit} of {given.git_repo or 'its repository'}{dirty}.")
    return notes


def _is_hidden(value: Any) -> bool:
    return isinstance(value, str) and REDACTED in value
