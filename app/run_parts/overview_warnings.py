"""What of a run is worth a second look: limits nobody set, secrets in variables, uncommitted code, a second attempt."""

from __future__ import annotations

from collections.abc import Iterator

from app.key_map import DEFAULT, KeyMap
from services.job_definition import Definition
from services.redact import REDACTED
from services.run import Run
from widgets.pane import Line, Look, Span
from widgets.safe import Safe, plain, safe


def warning_lines(run: Run, definition: Definition | None, look: Look, keys: KeyMap = DEFAULT) -> list[Line]:
    """A line each, with the sign of attention."""
    sign = Span(plain("! " if look.is_ascii else "▲ "), "warn")
    return [(sign, Span(text)) for text in _warnings(run, definition, keys)]


def _warnings(run: Run, definition: Definition | None, keys: KeyMap) -> Iterator[Safe]:
    if run.attempt is not None and run.attempt > 1:
        yield Safe(f"This is attempt {run.attempt}: earlier ones were lost or preempted.")
    if (run.compute or "").lower() == "local" or (definition is not None and definition.compute == "local"):
        yield plain("A local run: it ran on the machine of who submitted it, not on a compute of the workspace.")
    if run.warnings:
        said = f"{run.warnings} warnings" if run.warnings > 1 else "1 warning"
        them = "them" if run.warnings > 1 else "it"
        yield Safe(f"Azure gave {said}: {keys.name('error')} shows {them}.")
    if definition is None:
        return
    if definition.kind in ("command", "sweep") and definition.timeout is None:
        yield plain("No timeout is set: a run that hangs costs until somebody sees it.")
    if definition.kind == "sweep" and not definition.early_termination:
        yield plain("No early termination: trials that cannot win run to their end.")
    secrets = [name for name, value in definition.work.variables.items() if value and REDACTED in value]
    if secrets:
        named = ", ".join(safe(name, 40) for name in secrets[:4])
        yield Safe(f"Secrets in environment variables, for everybody who may read the job: {named}")
