"""What a run was asked to do: command, environment, limits, inputs and outputs, the search of a sweep, its code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from services.job_definition import Definition, JobInput, JobOutput
from services.run import Run
from widgets import format as fmt
from widgets.detail import Block
from widgets.lines import say
from widgets.pane import Cell, Line, Look, Span
from widgets.safe import Safe, plain, safe

MOST = 40
"""Inputs, outputs and variables that are listed of each."""


def asked_blocks(run: Run, definition: Definition | None, look: Look) -> list[Block]:
    """Everything there is to say, the command first."""
    given = definition or Definition(id=run.id, kind=run.kind or "")
    made = [
        Block(facts=tuple(_work(run, given))),
        Block(_title("Limits"), facts=tuple(_limits(given))),
        Block(_title("Search"), facts=tuple(_search(given))),
        Block(_title("Inputs"), lines=tuple(_input(one) for one in given.inputs[:MOST])),
        Block(_title("Outputs"), lines=tuple(_output(one) for one in given.outputs[:MOST])),
        Block(_title("Steps"), lines=tuple(_steps(given))),
        Block(_title("Variables"), lines=tuple(_variables(given))),
        Block(_title("Code"), facts=tuple(_code(run))),
    ]
    return [block for block in made if block.facts or block.lines]


def _title(text: str) -> Line:
    return say(Safe(text), "strong")


def _facts(*given: tuple[str, object]) -> list[tuple[Safe, Cell]]:
    return [(Safe(label), say(safe(value, 2000))) for label, value in given if value not in (None, "", {}, 0)]


def _work(run: Run, given: Definition) -> list[tuple[Safe, Cell]]:
    work = given.work
    return _facts(
        ("command", work.command or run.command),
        ("environment", _short(work.environment) or run.environment),
        ("nodes", work.instances or run.nodes),
        ("size", work.instance_type or run.vm_size),
        ("distribution", _pairs(work.distribution, "distributionType")),
        ("shared memory", work.shm_size),
        ("docker", work.docker_args),
        ("identity", given.identity),
        ("tier", given.job_tier),
    )


def _limits(given: Definition) -> list[tuple[Safe, Cell]]:
    return _facts(
        ("timeout", fmt.duration(given.timeout) if given.timeout else None),
        ("of a trial", fmt.duration(given.trial_timeout) if given.trial_timeout else None),
        ("trials", given.trials),
        ("at once", given.concurrent_trials),
    )


def _search(given: Definition) -> list[tuple[Safe, Cell]]:
    if not given.search_space and not given.sampling:
        return []
    aim = f"{given.goal or ''} {given.primary_metric or ''}".strip()
    stop = _pairs(given.early_termination, "policyType") or "none"
    space = [(name, _distribution(one)) for name, one in given.search_space.items()]
    return _facts(("aim", aim), ("sampling", given.sampling), ("ends early", stop), *space[:MOST])


def _distribution(one: object) -> str:
    """`loguniform -10.6 … -3.9`, `choice 16 32 64`: as the service gives it, without its brackets."""
    text = json.dumps(one, ensure_ascii=False) if not isinstance(one, str) else one
    return text.translate(str.maketrans("", "", '[]"')).replace(",", "")


def _pairs(given: Mapping[str, Any], first: str) -> str:
    """A block as `PyTorch, processCountPerInstance 2`: its type, then what was set."""
    rest = [f"{name} {value}" for name, value in given.items() if name != first]
    return ", ".join(str(part) for part in (given.get(first), *rest) if part)


def _input(one: JobInput) -> Line:
    what = one.uri or one.value
    how = "" if one.kind == "literal" else f"{one.kind}{f', {one.mode}' if one.mode else ''}  "
    return _named(one.name, how, what)


def _output(one: JobOutput) -> Line:
    how = f"{one.kind}{f', {one.mode}' if one.mode else ''}  "
    return _named(one.name, how, one.uri or "in the run's own place")


def _named(name: str, how: str, what: str | None) -> Line:
    label = safe(name, 18)
    return (Span(Safe(f"{label:<19}"), "muted"), Span(safe(what if what is not None else "–", 600)),
            Span(safe(f"  {how}".rstrip(), 80), "muted"))  # fmt: skip


def _steps(given: Definition) -> list[Line]:
    lines: list[Line] = []
    for name, one in list(given.steps.items())[:MOST]:
        kind, compute = one.get("type"), str(one.get("computeId") or one.get("compute") or "")
        lines.append(_named(name, str(compute.rstrip("/").rpartition("/")[2]), str(kind or "command")))
    return lines


def _variables(given: Definition) -> list[Line]:
    return [_named(name, "", value) for name, value in list(given.work.variables.items())[:MOST]]


def _code(run: Run) -> list[tuple[Safe, Cell]]:
    facts = _facts(("repository", run.git_repo), ("branch", run.git_branch), ("commit", run.git_commit))
    if run.is_git_dirty is not None:
        dirty = say(plain("uncommitted changes"), "warn") if run.is_git_dirty else say(plain("clean"), "muted")
        facts.append((plain("tree"), dirty))
    return [*facts, *_facts(("snapshot", run.snapshot))]


def _short(asset: str | None) -> str | None:
    """`fraud-train:41` for an asset's ARM id; the id itself when it is none."""
    if not asset or "/environments/" not in asset:
        return asset
    name, _, version = asset.rpartition("/environments/")[2].partition("/versions/")
    return f"{name}:{version}" if version else name
