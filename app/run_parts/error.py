"""Why a run failed: the innermost sentence first, what is known about it, then the chain, the ids and the traceback."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from textual.app import ComposeResult

from app.family import children_of
from app.key_map import KeyMap
from app.panes.runs import head
from app.run_parts.part import RunPart
from app.source_state import Refreshed
from services.error_report import ErrorReport, error_report
from services.known_causes import KnownCause, known_cause
from services.run import Run
from widgets import format as fmt
from widgets.detail import Block, Detail
from widgets.footer import Hint
from widgets.lines import say
from widgets.pane import Cell, Line, Look, Span
from widgets.safe import Safe, plain, safe, safe_lines

CHILDREN = 5
"""Failed children that are named."""
LINES = 200
"""Lines of a message or traceback that are shown; the document has all of them."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of why a run failed."""

    report: ErrorReport | None = None
    cause: KnownCause | None = None
    failed: tuple[Run, ...] = ()
    """Its children that failed, the first ones first."""


class Error(RunPart):
    """The error of a run, from the document that was kept of it."""

    def compose(self) -> ComposeResult:
        """One panel that scrolls."""
        yield Detail(id="error")

    def opened(self) -> None:
        """Read what is kept."""
        super().opened()
        self.told: Told | None = None
        self._load()

    def refreshed(self, event: Refreshed) -> None:
        """The run may be another one now."""
        if event.keys is None or event.keys:
            self._load()

    def tick(self) -> None:
        """Ages change."""
        super().tick()
        self._show()

    def hints(self) -> Sequence[Hint]:
        """Where to look next."""
        told = self.told
        if told is None or told.report is None:
            return ()
        return [Hint(plain("j k"), plain("scroll"))]

    def _load(self) -> None:
        session, run = self.desk.session, self.run
        store, scope, now = session.store, session.scope, session.now()

        def read() -> Told:
            document = store.document("runs", scope, run.id)
            failed = tuple(one for one in children_of(store, scope, run.id, now) if one.status == "Failed")
            try:
                report = error_report(document) if document else None
            except msgspec.MsgspecError:
                report = None
            if report is None and (run.error or run.error_code):
                report = ErrorReport(sentence=run.error, codes=tuple((run.error_code or "").split("/")))
            return Told(report, known_cause(report) if report is not None else None, failed)

        self.ask(read, self._take)

    def _take(self, told: Told) -> None:
        self.told = told
        self._show()
        self.post_message(self.Says())

    def _show(self) -> None:
        if self.told is not None:
            look = self.desk.look
            made = blocks(self.run, self.told, look, self.desk.keys)
            self.query_one(Detail).show(self.run.id, head(self.run, look), made)


def blocks(run: Run, told: Told, look: Look, keys: KeyMap) -> list[Block]:
    """Everything, the decisive first."""
    report = told.report
    made = [Block(lines=tuple(_first(run, told, look)))]
    if told.cause is not None:
        made.append(Block(_title("Likely cause"), lines=tuple(_cause(told.cause))))
    if told.failed:
        made.append(Block(_title("Children that failed"), lines=tuple(_failed(told.failed, look, keys))))
    if report is not None:
        made.append(Block(_title("The chain"), lines=tuple(_chain(report))))
        made.append(Block(_title("Who said it"), facts=tuple(_facts(report, look))))
        if report.traceback:
            lines = safe_lines(report.traceback)[:LINES]
            made.append(Block(_title("Traceback"), lines=tuple(say(line) for line in lines)))
        if report.warnings:
            sign = plain("! " if look.is_ascii else "▲ ")
            told_of = tuple((Span(sign, "warn"), Span(safe(one, 400))) for one in report.warnings)
            made.append(Block(_title("Warnings"), lines=told_of))
    return [block for block in made if block.facts or block.lines]


def _title(text: str) -> Line:
    return say(Safe(text), "strong")


def _first(run: Run, told: Told, look: Look) -> list[Line]:
    """The innermost sentence, or why there is none."""
    report = told.report
    if report is None or report.sentence is None:
        if run.status == "Failed":
            return [say(plain("It failed, and Azure does not say why."), "strong", bold=True),
                    say(plain("The log says more: l."), "muted")]  # fmt: skip
        return [say(plain("Nothing went wrong, as far as Azure says."), "text")] if report is None else []
    is_failure = run.status == "Failed"
    glyphs = ("x ", "! ") if look.is_ascii else ("✗ ", "▲ ")
    mark = Span(Safe(glyphs[0] if is_failure else glyphs[1]), "err" if is_failure else "warn")
    first, *rest = safe_lines(report.sentence)
    return [(mark, Span(first, "strong", bold=True)), *(say(Safe(f"  {line}"), "muted") for line in rest[:6])]


def _cause(cause: KnownCause) -> list[Line]:
    lines: list[Line] = [say(safe(cause.cause, 400))]
    lines += [(Span(Safe(f"{at} "), "accent"), Span(safe(step, 400))) for at, step in enumerate(cause.steps, start=1)]
    return lines


def _failed(runs: Sequence[Run], look: Look, keys: KeyMap) -> list[Line]:
    sign = Span(plain("x " if look.is_ascii else "✗ "), "err")
    lines: list[Line] = [(sign, Span(safe(one.name, 40)), Span(Safe(f"  {safe(one.error or '', 200)}"), "muted"))
                         for one in runs[:CHILDREN]]  # fmt: skip
    more = len(runs) - CHILDREN
    rest = (
        f"and {more:,} more: {{children}} shows them"
        if more > 0
        else "{children} shows them, {child_logs} there opens the log of one"
    )
    return [*lines, say(keys.said(rest), "muted")]


def _chain(report: ErrorReport) -> list[Line]:
    """From the inside out: code in bold, its words under it; equal words are not said twice."""
    lines: list[Line] = []
    said: set[str] = set()
    for frame in reversed(report.frames):
        target = f"  on {safe(frame.target, 80)}" if frame.target else ""
        lines.append((Span(safe(frame.code or "without a code", 80), "text", bold=True), Span(Safe(target), "muted")))
        if frame.message and frame.message not in said:
            said.add(frame.message)
            lines += [say(Safe(f"  {line}"), "muted") for line in safe_lines(frame.message)[:LINES]]
    return lines


def _facts(report: ErrorReport, look: Look) -> list[tuple[Safe, Cell]]:
    given: list[tuple[str, str | None]] = [
        ("component", report.component),
        ("exit code", None if report.exit_code is None else str(report.exit_code)),
        ("log", report.log),
        ("about it", report.link),
        ("region", report.location),
        ("operation id", report.operation),
        ("request id", report.request),
    ]
    facts: list[tuple[Safe, Cell]] = [(Safe(label), say(safe(text, 300))) for label, text in given if text]
    if report.at is not None:
        facts.insert(0, (plain("when"), say(fmt.moment(report.at, look))))
    return facts
