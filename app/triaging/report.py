"""A triage as data and as the draft of a post-mortem: the judgement of the screen, for scripts and hand-over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from app.markdown import escaped
from app.note import Note
from services.triage import Triage
from services.triage_facts import Facts, SourceOn
from widgets.safe import safe, safe_lines


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What `amldeck triage --json` gives. Times are UTC, shares from 0 to 1, latencies seconds, rates a second."""

    endpoint: str
    at: datetime
    state: str
    is_unhealthy: bool
    sentence: str
    kind: str | None = None
    cause: str | None = None
    """`424`, `oom`, `zeroed traffic` …"""
    meaning: str | None = None
    since: datetime | None = None
    ended: datetime | None = None
    failed: float | None = None
    usual_failed: float | None = None
    p95: float | None = None
    usual_p95: float | None = None
    rate: float | None = None
    deployments: tuple[tuple[str, float], ...] = ()
    """Which part of the failures each has."""
    suspects: tuple[ReportedSuspect, ...] = ()
    cleared: tuple[ReportedChange, ...] = ()
    untouched: tuple[str, ...] = ()
    codes: tuple[ReportedCode, ...] = ()
    steps: tuple[ReportedStep, ...] = ()
    missing: tuple[str, ...] = ()
    sources: tuple[SourceOn, ...] = ()
    notes: tuple[Note, ...] = ()
    """What people wrote down, oldest first."""


class ReportedSuspect(msgspec.Struct, frozen=True, kw_only=True):
    """A change that may have done it."""

    what: str
    kind: str
    score: float
    at: datetime
    minutes_before: float
    who: str | None = None
    reason: str
    operation: str | None = None
    resource: str | None = None


class ReportedChange(msgspec.Struct, frozen=True, kw_only=True):
    """A change that was looked at and is not suspect."""

    what: str
    at: datetime
    reason: str


class ReportedCode(msgspec.Struct, frozen=True, kw_only=True):
    """A status code of a deployment."""

    deployment: str
    code: int
    model_code: int | None = None
    requests: float
    share: float | None = None
    meaning: str | None = None


class ReportedStep(msgspec.Struct, frozen=True, kw_only=True):
    """What to do next."""

    say: str
    why: str | None = None
    command: str | None = None
    writes: bool = False


def report_of(facts: Facts, found: Triage, notes: Sequence[Note] = ()) -> Report:
    """Return the judgement as data."""
    said = found.verdict
    return Report(
        endpoint=found.endpoint, at=found.now, state=said.state, is_unhealthy=said.is_unhealthy,
        sentence=found.sentence, kind=found.kind, cause=found.cause.name if found.cause else None,
        meaning=said.meaning, since=said.since, ended=said.ended, failed=said.failed, usual_failed=said.usual_failed,
        p95=said.p95, usual_p95=said.usual_p95, rate=said.rate, deployments=said.where,
        suspects=tuple(
            ReportedSuspect(
                what=one.what, kind=one.kind, score=round(one.score, 3), at=one.at, who=one.who, reason=one.reason,
                minutes_before=round(one.minutes_before, 1),
                operation=one.change.operation if one.change else None,
                resource=one.change.resource if one.change else None,
            )
            for one in found.suspects
        ),
        cleared=tuple(ReportedChange(what=one.what, at=one.change.at, reason=one.reason) for one in found.cleared),
        untouched=found.untouched,
        codes=tuple(
            ReportedCode(
                deployment=one.deployment, code=one.code, model_code=one.model_code, requests=one.requests,
                share=one.share, meaning=one.meaning,
            )
            for one in found.codes
        ),
        steps=tuple(
            ReportedStep(say=one.say, why=one.why, command=one.command, writes=one.writes) for one in found.steps
        ),
        missing=found.missing, sources=facts.sources, notes=tuple(notes),
    )  # fmt: skip


def markdown(facts: Facts, found: Triage, notes: Sequence[Note] = ()) -> str:
    """Return the draft of a post-mortem: what is known is filled in, what only people know is asked for."""
    return "\n".join(_markdown(facts, found, notes)) + "\n"


def _markdown(facts: Facts, found: Triage, notes: Sequence[Note]) -> Iterator[str]:
    yield f"# {escaped(found.endpoint)}: {escaped(found.sentence)}"
    yield ""
    yield f"As known {found.now:%Y-%m-%d %H:%M} UTC, from amldeck's cache. Times are UTC."
    yield from _section("Timeline", _timeline(found))
    yield from _section("What may have done it", _suspects(found))
    yield from _section("How it answered", _codes(found))
    yield from _section("What the logs say", _lines(facts))
    yield from _section("What to do", _steps(found))
    yield from _section("Notes", tuple(_note(one) for one in notes))
    yield from _section("What is not known", (f"- {escaped(one)}" for one in found.missing))
    for title in ("Impact", "What went well, what did not", "Actions, with an owner each"):
        yield from _section(title, ("_to be written_",))


def _section(title: str, lines: Iterator[str] | tuple[str, ...]) -> Iterator[str]:
    shown = list(lines)
    if shown:
        yield from ("", f"## {title}", "", *shown)


def _timeline(found: Triage) -> Iterator[str]:
    moments = [(one.at, f"{escaped(one.what)}{f' by {escaped(one.who)}' if one.who else ''}") for one in found.suspects]
    if found.onset is not None:
        moments.append((found.onset, f"**onset**: {escaped(found.kind)}"))
    if found.verdict.ended is not None:
        moments.append((found.verdict.ended, "back within what is usual"))
    for at, words in sorted(moments):
        yield f"- {at:%Y-%m-%d %H:%M} {words}"


def _suspects(found: Triage) -> Iterator[str]:
    for place, one in enumerate(found.suspects, start=1):
        yield f"{place}. {escaped(one.what)} ({one.score:.2f}): {escaped(one.reason)}"
    if found.cleared:
        yield f"\n{len(found.cleared)} other changes were looked at and are not suspect."


def _codes(found: Triage) -> Iterator[str]:
    if not found.codes:
        return
    yield "| deployment | code | requests | share | meaning |"
    yield "|---|---:|---:|---:|---|"
    for one in found.codes:
        share = "" if one.share is None else f"{100 * one.share:.1f} %"
        yield f"| {escaped(one.deployment)} | {one.code} | {one.requests:,.0f} | {share} | {escaped(one.meaning)} |"


def _lines(facts: Facts) -> Iterator[str]:
    for one in facts.lines or ():
        if one.first is not None:
            yield f"- {one.first:%H:%M} {escaped(one.deployment)}: `{_code(one.line)}` ×{one.count}"


def _steps(found: Triage) -> Iterator[str]:
    for place, one in enumerate(found.steps, start=1):
        yield f"{place}. {escaped(one.say)}{f': {escaped(one.why)}' if one.why else ''}"
        if one.command:
            yield f"\n   ```sh\n   {safe(one.command, 1000)}\n   ```"


def _note(note: Note) -> str:
    by = f" {escaped(note.by)}" if note.by else ""
    return f"- {note.at:%Y-%m-%d %H:%M}{by}: {' '.join(escaped(line) for line in safe_lines(note.text))}"


def _code(text: str) -> str:
    return safe(text, 300).replace("`", "'")
