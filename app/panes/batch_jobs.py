"""Batch jobs: what was asked of a batch endpoint, what differed from its deployment, what failed."""

from __future__ import annotations

from app.batch_rows import BatchJobRow
from app.cells import ago, az, commas, exact, fact, number, titled, value
from app.words import run_state, state_cell
from widgets import format as fmt
from widgets.pane import Cell, Column, Drill, Fact, Line, Look, Pane, Reference, Section, Span


def head(row: BatchJobRow, look: Look) -> Line:
    """The name of the job and its state."""
    return titled(row.name, run_state(row.status), look)


def failed(row: BatchJobRow, look: Look) -> Cell:
    """Failed mini-batches; a dash where the job does not say."""
    if row.failed_batches is None:
        return fmt.DASH
    return (Span(fmt.count(row.failed_batches), "err" if row.failed_batches else "muted"),)


BATCH_JOBS: Pane[BatchJobRow] = Pane(
    name="batch-jobs",
    title="Batch jobs",
    digit="",
    record=BatchJobRow,
    table="batch_job_rows",
    noun="batch jobs",
    sources=("batch_endpoints", "batch_deployments", "batch_jobs", "batch_job_rows"),
    order="-created",
    in_tabs=False,
    trouble="status=Failed | failed_batches>0",
    empty="No batch endpoint has a job. `az ml batch-endpoint invoke` starts one.",
    columns=(
        Column("state", lambda row, look: state_cell(run_state(row.status), look), 13, "status", rank=1),
        Column("job", value("name"), 20, "name", grows=True, rank=1),
        Column("endpoint", value("endpoint", "muted"), 16, "endpoint", rank=4),
        Column("deployment", value("deployment", "muted"), 12, "deployment", rank=5),
        Column("instances", number("instances"), 9, "instances", is_right=True, rank=5),
        Column("mini-batch", number("mini_batch"), 10, "mini_batch", is_right=True, rank=6),
        Column("failed", failed, 6, "failed_batches", is_right=True, rank=2),
        Column("overridden", commas("overrides", "warn"), 28, "overrides", rank=4),
        Column("created", ago("created"), 9, "created", is_right=True, rank=2),
    ),
    head=head,
    sections=(
        Section(
            "",
            facts=(
                fact("endpoint", "endpoint"),
                fact("deployment", "deployment"),
                fact("compute", "compute"),
                fact("instances", "instances", number),
                fact("mini-batch", "mini_batch", number),
                Fact("failed", failed, "failed_batches"),
                fact("errors", "error_threshold", number),
                fact("at once", "concurrency", number),
                fact("output", "output_file"),
                fact("overridden", "overrides", commas),
                fact("created", "created", exact),
                fact("by", "created_by"),
                fact("changed", "modified", exact),
            ),
        ),
    ),
    drills=(
        Drill("enter", "its run", "runs", lambda row: f'id="{row.id}"'),
        Drill("P", "batch endpoint", "batch", lambda row: f'endpoint="{row.endpoint}"'),
    ),
    reference=Reference(
        lambda row: row.id,
        lambda row, workspace: f"{workspace}/jobs/{row.id}",
        lambda row, workspace: f"/runs/{row.id}?wsid={workspace}",
        lambda row, ref: az(ref, "job", "show", n=row.id),
    ),
    help="Jobs of batch endpoints. A job is a run: {open} leads to it.",
)
