"""Experiments: how each line of work is doing, by its runs."""

from __future__ import annotations

from app.cells import CellOf, ago, commas, fact, number, titled, value
from app.estimate_words import estimate_cell
from app.rows import ExperimentRow
from app.words import COMPLETED, FAILED, QUEUED, RUNNING, State, state_cell
from services.estimates import Sum
from widgets import format as fmt
from widgets.pane import Cell, Column, Drill, Fact, Line, Look, Pane, Reference, Section, Span, Tally, Tone
from widgets.safe import Safe, plain, safe_lines


def experiment_state(row: ExperimentRow) -> State:
    """Running while anything runs, waiting while anything waits, then how the last one ended."""
    if row.running:
        return RUNNING
    if row.queued:
        return QUEUED._replace(word=plain("waiting"))
    if row.last_failure is not None and row.last_failure == row.last_run:
        return FAILED._replace(word=plain("failed last"))
    if row.runs:
        return COMPLETED._replace(word=plain("quiet"))
    return QUEUED._replace(word=plain("no runs"))


def some(field: str, tone: Tone = "text") -> CellOf:
    """A count; nothing is a muted dot, so that numbers stand out."""

    def cell(row: ExperimentRow, look: Look) -> Cell:
        held: int = getattr(row, field)
        return (Span(fmt.count(held), tone) if held else Span(plain("·"), "muted"),)

    return cell


def success(row: ExperimentRow, look: Look) -> Cell:
    """Share of the last week's ended runs that completed."""
    return (Span(fmt.percent(row.success_7d), "muted" if row.success_7d is None else "text"),)


def cost(row: ExperimentRow, look: Look) -> Cell:
    """What the runs of the last week cost by list prices."""
    amounts = {row.cost_7d.currency: row.cost_7d.amount} if row.cost_7d is not None else {}
    return estimate_cell(Sum(amounts, row.cost_unknown_7d), look)


def head(row: ExperimentRow, look: Look) -> Line:
    """Name and how it is doing."""
    return titled(row.name, experiment_state(row), look)


def last_failure(row: ExperimentRow, look: Look) -> list[Line]:
    """When it last failed and why."""
    if row.last_failure is None:
        return []
    lines: list[Line] = [(Span(fmt.moment(row.last_failure, look), "muted"),)]
    return lines + [(Span(line),) for line in safe_lines(row.last_error or "")[:6]]


def verdict(tally: Tally, look: Look) -> Line:
    """How many, how many of them work now, and how the last week went over all."""
    rows: list[ExperimentRow] = list(tally.rows())
    ended = sum(row.ended_7d for row in rows)
    good = sum((row.success_7d or 0) * row.ended_7d for row in rows)
    running = sum(1 for row in rows if row.running)
    spans = [Span(Safe(f"{len(rows):,} experiments"), "strong", bold=True)]
    if running:
        spans.append(Span(Safe(f"   {running:,} running now"), "text"))
    if ended:
        spans.append(Span(Safe(f"   {fmt.percent(good / ended)} of {ended:,} runs ended well in 7 days"), "muted"))
    return tuple(spans)


EXPERIMENTS: Pane[ExperimentRow] = Pane(
    name="experiments",
    title="Experiments",
    short="Exps",
    digit="2",
    record=ExperimentRow,
    table="experiment_rows",
    noun="experiments",
    sources=("experiments", "runs", "experiment_rows"),
    order="-last_run",
    trouble="failed>0",
    empty="No experiments yet. The first job that is submitted makes one.",
    columns=(
        Column("state", lambda row, look: state_cell(experiment_state(row), look), 13, rank=1),
        Column("experiment", value("name"), 16, "name", grows=True, rank=1),
        Column("runs", number("runs"), 6, "runs", is_right=True, rank=1),
        Column("running", some("running"), 7, "running", is_right=True, rank=3),
        Column("waiting", some("queued"), 7, "queued", is_right=True, rank=5),
        Column("failed", some("failed", "err"), 6, "failed", is_right=True, rank=2),
        Column("done", some("completed"), 6, "completed", is_right=True, rank=4),
        Column("success 7d", success, 10, "success_7d", is_right=True, rank=3),
        Column(
            "hours 7d",
            lambda row, look: (Span(fmt.count(None if row.hours_7d is None else round(row.hours_7d)), "muted"),),
            8,
            "hours_7d",
            is_right=True,
            rank=6,
        ),
        Column("cost $ 7d", cost, 10, "cost_7d", is_right=True, rank=4),
        Column("last failure", ago("last_failure"), 12, "last_failure", is_right=True, rank=4),
        Column("last run", ago("last_run", "text"), 10, "last_run", is_right=True, rank=1),
    ),
    head=head,
    verdict=verdict,
    sections=(
        Section(
            "",
            facts=(
                fact("runs", "runs", number),
                Fact("running", some("running"), "running"),
                Fact("waiting", some("queued"), "queued"),
                Fact("completed", some("completed"), "completed"),
                Fact("failed", some("failed", "err"), "failed"),
                Fact("canceled", some("canceled"), "canceled"),
                Fact("success 7d", success, "success_7d"),
                Fact("cost 7d", lambda row, look: cost(row, look) if row.cost_7d else None, "cost_7d"),
                fact("people", "users", commas),
                Fact(
                    "created",
                    lambda row, look: (Span(fmt.moment(row.created, look)),) if row.created else None,
                    "created",
                ),
                Fact("about", lambda row, look: fmt.words(row.description) if row.description else None, "description"),
            ),
        ),
        Section("Last failure", lines=last_failure),
    ),
    drills=(Drill("enter", "runs", "runs", lambda row: f'experiment="{row.name}" parent:none'),),
    reference=Reference(lambda row: row.name, None, lambda row, workspace: f"/experiments?wsid={workspace}"),
    help="Experiments with their run counts, the newest first. Counts and trends come from the runs in the cache.",
)
