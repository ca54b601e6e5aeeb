"""A job written down so that it can be run again: as YAML for `az ml job create`, as Python, as commands of a shell."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pprint import pformat
from typing import Any, Literal

from services.job_definition import Definition
from services.job_yaml import Written, written
from services.planning import az
from services.records import WorkspaceRef
from services.wire import as_dict

Form = Literal["yaml", "python", "command"]
FORMS: tuple[Form, ...] = ("yaml", "python", "command")


def reproduce(given: Definition, ref: WorkspaceRef, form: Form) -> str:
    """Return the text, with what to know about it as comments in front. Where it cannot be written, comments alone."""
    made = written(given)
    notes = _comments([f"{given.name or given.id} ({given.id}) of {ref.name}", *made.notes])
    if made.document is None:
        return notes
    return notes + {"yaml": _yaml, "python": _python, "command": _command}[form](given, ref, made)


def _comments(notes: Sequence[str]) -> str:
    return "".join(f"# {' '.join(_visible(note).split())}\n" for note in notes)


def _visible(text: str) -> str:
    """Return foreign text without what would end a comment or move a cursor."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _yaml(given: Definition, ref: WorkspaceRef, made: Written) -> str:
    return dumped(made.document)


def dumped(document: Any) -> str:
    """Return a document as YAML, in the order it has."""
    import yaml

    return yaml.safe_dump(document, sort_keys=False, allow_unicode=False, width=110)


def _command(given: Definition, ref: WorkspaceRef, made: Written) -> str:
    text, name = dumped(made.document), f"{given.id}.yml"
    end = "END"
    while end in text.splitlines():
        end += "_"
    file = shlex.quote(name)
    return f"cat > {file} <<'{end}'\n{text}{end}\n{az(ref, 'ml job create', '--file', name)}\n"


def _python(given: Definition, ref: WorkspaceRef, made: Written) -> str:
    assert made.document is not None
    body = _own_builder(made.document) if given.kind == "command" else _loaded(made.document)
    where = ", ".join(map(repr, (ref.subscription, ref.resource_group, ref.name)))
    return (
        f"{body[0]}from azure.identity import DefaultAzureCredential\n\n{body[1]}\n"
        f"ml = MLClient(DefaultAzureCredential(), {where})\n"
        "job = ml.jobs.create_or_update(job)\nprint(job.studio_url)\n"
    )


def _loaded(document: dict[str, Any]) -> tuple[str, str]:
    """Return imports and code for what the SDK builds best from a file: sweeps and pipelines."""
    text = dumped(document)
    return (
        "from io import StringIO\n\nfrom azure.ai.ml import MLClient, load_job\n",
        f"job = load_job(StringIO({_block(text)}))\n",
    )


def _block(text: str) -> str:
    if '"""' in text or "\\" in text:
        return repr(text)
    return f'"""\\\n{text}"""'


_DISTRIBUTIONS = {"mpi": "MpiDistribution", "pytorch": "PyTorchDistribution", "tensorflow": "TensorFlowDistribution",
                  "ray": "RayDistribution"}  # fmt: skip
_IDENTITIES = {"aml_token": "AmlTokenConfiguration", "managed_identity": "ManagedIdentityConfiguration",
               "user_identity": "UserIdentityConfiguration"}  # fmt: skip


def _own_builder(document: dict[str, Any]) -> tuple[str, str]:
    """Return imports and code for a command job, made with `azure.ai.ml.command`."""
    names, given = {"MLClient", "command"}, dict(document)
    for gone in ("$schema", "type"):
        del given[gone]
    after = ""
    entities: set[str] = set()
    given |= given.pop("resources", {})
    if limits := given.pop("limits", None):
        entities.add("CommandJobLimits")
        after = f"job.limits = CommandJobLimits(timeout={limits['timeout']!r})\n"
    if distribution := given.get("distribution"):
        names.add(kind := _DISTRIBUTIONS[distribution["type"]])
        given["distribution"] = _Call(kind, {name: value for name, value in distribution.items() if name != "type"})
    if identity := given.pop("identity", None):
        entities.add(kind := _IDENTITIES[identity["type"]])
        given["identity"] = _Call(kind, {})
    given |= given.pop("queue_settings", {})
    for block, kind in (("inputs", "Input"), ("outputs", "Output")):
        calls: dict[str, Any] = {
            name: _Call(kind, one) if (one := as_dict(value)) else value
            for name, value in as_dict(given.get(block)).items()
        }
        if any(isinstance(one, _Call) for one in calls.values()):
            names.add(kind)
        given |= {block: calls} if calls else {}
    imports = f"from azure.ai.ml import {', '.join(sorted(names, key=str.lower))}\n"
    imports += f"from azure.ai.ml.entities import {', '.join(sorted(entities))}\n" if entities else ""
    lines = "".join(f"    {name}={_written(value)},\n" for name, value in given.items())
    return imports, f"job = command(\n{lines})\n{after}"


class _Call:
    """A value that is a call of a class of the SDK."""

    def __init__(self, name: str, given: dict[str, Any]) -> None:
        self._text = f"{name}({', '.join(f'{key}={value!r}' for key, value in given.items())})"

    def __repr__(self) -> str:
        return self._text


def _written(value: Any) -> str:
    return pformat(value, width=100, sort_dicts=False).replace("\n", "\n    ")
