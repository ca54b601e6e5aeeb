"""Batch: the batch endpoints with what stands behind each, and how its jobs do."""

from __future__ import annotations

from app.batch_rows import BatchRow
from app.cells import ago, az, exact, fact, number, titled, value
from app.words import resource_state, run_state, state_cell
from widgets import format as fmt
from widgets.pane import Cell, Column, Drill, Fact, Line, Look, Pane, Reference, Section, Span
from widgets.safe import Safe, plain


def head(row: BatchRow, look: Look) -> Line:
    """`geo-tiles / tiles  ✓ ready`."""
    name = f"{row.endpoint} / {row.deployment}" if row.deployment else row.endpoint
    return titled(name, resource_state(row.state), look)


def what(row: BatchRow, look: Look) -> Cell:
    """The model, or the pipeline component that runs in place of one."""
    return fmt.words(row.model or row.component)


def allowed(row: BatchRow, look: Look) -> Cell:
    """How many inputs may fail before a job is given up; `any` for never."""
    if row.error_threshold is None:
        return fmt.DASH
    return (Span(plain("any") if row.error_threshold < 0 else fmt.count(row.error_threshold), "muted"),)


def last(row: BatchRow, look: Look) -> Cell:
    """How the newest job of the endpoint stands, and how old it is."""
    if row.last_status is None:
        return fmt.DASH
    return (*state_cell(run_state(row.last_status), look), Span(Safe(f" {fmt.age(row.last_job, look.now)}"), "muted"))


def failed(row: BatchRow, look: Look) -> Cell:
    """Failed jobs of all that are listed."""
    if row.jobs is None:
        return fmt.DASH
    return (Span(Safe(f"{row.failed_jobs or 0} of {row.jobs}"), "err" if row.failed_jobs else "muted"),)


def retry(row: BatchRow, look: Look) -> Cell | None:
    """`3 times, 30s each`."""
    if row.retries is None:
        return None
    each = f", {fmt.duration(row.retry_timeout)} each" if row.retry_timeout else ""
    return (Span(Safe(f"{row.retries} times{each}")),)


def default(row: BatchRow, look: Look) -> Cell:
    """A word at the deployment that gets the jobs."""
    return (Span(plain("default" if row.is_default else ""), "accent"),)


def output(row: BatchRow, look: Look) -> Cell | None:
    """How results are written, and into which file."""
    return fmt.words(" ".join(filter(None, (row.output_action, row.output_file)))) if row.output_action else None


BATCH: Pane[BatchRow] = Pane(
    name="batch",
    title="Batch endpoints",
    digit="",
    record=BatchRow,
    table="batch_rows",
    noun="batch deployments",
    sources=("batch_endpoints", "batch_deployments", "batch_jobs", "batch_rows"),
    order="endpoint",
    in_tabs=False,
    trouble="state=Failed | failed_jobs>0",
    empty="No batch endpoints. `az ml batch-endpoint create` makes the first.",
    columns=(
        Column("state", lambda row, look: state_cell(resource_state(row.state), look), 12, "state", rank=1),
        Column("endpoint", value("endpoint", "muted"), 16, "endpoint", grows=True, rank=1),
        Column("deployment", value("deployment"), 12, "deployment", rank=1),
        Column("", default, 7, "is_default", rank=4),
        Column("runs", what, 16, "model", rank=4),
        Column("compute", value("compute", "muted"), 12, "compute", rank=5),
        Column("instances", number("instances"), 9, "instances", is_right=True, rank=6),
        Column("mini-batch", number("mini_batch"), 10, "mini_batch", is_right=True, rank=5),
        Column("errors", allowed, 6, "error_threshold", is_right=True, rank=6),
        Column("last job", last, 18, "last_status", sort="last_job", rank=2),
        Column("failed", failed, 8, "failed_jobs", is_right=True, rank=2),
    ),
    head=head,
    sections=(
        Section(
            "",
            facts=(
                Fact("default", lambda row, look: (Span(fmt.flag(row.is_default)),), "is_default"),
                fact("model", "model"),
                fact("component", "component"),
                fact("image", "environment"),
                fact("compute", "compute"),
                fact("instances", "instances", number),
            ),
        ),
        Section(
            "Jobs",
            facts=(
                fact("mini-batch", "mini_batch", number),
                Fact("errors", lambda row, look: allowed(row, look) if row.error_threshold is not None else None,
                     "error_threshold"),
                fact("at once", "concurrency", number),
                Fact("retry", retry, "retries"),
                Fact("output", output, "output_action"),
                Fact("last job", last, "last_status"),
                Fact("failed", failed, "failed_jobs"),
            ),
        ),
        Section(
            "",
            facts=(
                Fact("auth", lambda row, look: fmt.words(row.auth_mode) if row.auth_mode else None, "auth_mode"),
                fact("address", "scoring_uri"),
                fact("location", "location"),
                fact("created", "created", exact),
                fact("by", "created_by"),
                fact("changed", "modified", ago),
                fact("about", "description"),
            ),
        ),
    ),
    drills=(
        Drill("enter", "jobs", "batch-jobs", lambda row: f'endpoint="{row.endpoint}"'),
        Drill("P", "online endpoints", "endpoints", lambda row: ""),
    ),
    reference=Reference(
        lambda row: row.id,
        lambda row, workspace: _path(row, workspace),
        lambda row, workspace: f"/endpoints/batch/{row.endpoint}/detail?wsid={workspace}",
        lambda row, ref: az(ref, "batch-endpoint", "show", n=row.endpoint),
    ),
    help="Batch endpoints with their deployments: mini-batches, errors allowed, and how the last jobs went.",
)  # fmt: skip


def _path(row: BatchRow, workspace: str) -> str:
    below = f"/deployments/{row.deployment}" if row.deployment else ""
    return f"{workspace}/batchEndpoints/{row.endpoint}{below}"
