"""Runs: everything that ran, is running or waits, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote

from app.cells import az, fact, lasted, listed, number, titled, value
from app.estimate_words import estimate_cell
from app.panes.run_verbs import RUN_VERBS
from app.words import run_state, state_cell
from services.estimates import cost_of
from services.run import ENDED_RUNS, is_azures_own
from services.runs import Run
from widgets import format as fmt
from widgets.pane import Cell, Column, Drill, Fact, Line, Look, Pane, Reference, Section, Span, Tally
from widgets.safe import Safe, plain, safe, safe_lines

_WAITING = ("queued", "not started", "preparing", "starting", "provisioning")


def ran(run: Run, look: Look) -> Cell:
    """How long it ran, or has been running; a queued run shows how long it has waited, muted."""
    seconds = elapsed_seconds(run, look.now)
    if seconds is None and run.status not in ENDED_RUNS and run.created is not None:
        waited = (look.now - run.created).total_seconds()
        return (Span(fmt.duration(waited), "muted"),)
    return (Span(fmt.duration(seconds), "text" if seconds is not None else "muted"),)


def elapsed_seconds(run: Run, now: datetime) -> float | None:
    """Seconds the run took or has taken so far; None when it never started or nobody says."""
    if run.duration is not None:
        return run.duration
    if run.started is None:
        return None
    if run.ended is not None:
        return (run.ended - run.started).total_seconds()
    return None if run.status in ENDED_RUNS else max(0.0, (now - run.started).total_seconds())


def cost(run: Run, look: Look) -> Cell:
    """What it cost by list prices: `≈12.40`, with `>` where a part of it is not known; dollars need no sign here."""
    return estimate_cell(cost_of(run), look)


def named(run: Run, look: Look) -> Cell:
    """The name; one that was archived says so, because Azure's own lists leave it out."""
    return (*fmt.words(run.name), Span(plain("  archived"), "muted")) if run.is_archived else fmt.words(run.name)


def head(run: Run, look: Look) -> Line:
    """The detail's title: name, state, how long, where, whether it was archived."""
    where = f"  {safe(run.compute)}" if run.compute else ""
    archived = plain("  archived") if run.is_archived else plain("")
    after = Span(Safe(f"  {ran(run, look)[0].text}{where}{archived}"), "muted")
    return (*titled(run.name, run_state(run.status), look), after)


def error_lines(run: Run, look: Look) -> Sequence[Line]:
    """Why it failed: the innermost sentence first, then the code and who said it."""
    if not run.error and not run.error_code:
        return ()
    is_failure = run.status == "Failed"
    mark = plain("x " if look.is_ascii else "✗ ") if is_failure else plain("! " if look.is_ascii else "▲ ")
    first, *rest = safe_lines(run.error or run.error_code or "")
    lines: list[Line] = [(Span(mark, "err" if is_failure else "warn"), Span(first, "strong", bold=True))]
    lines += [(Span(Safe(f"  {line}"), "muted"),) for line in rest[:6]]
    told = " · ".join(part for part in (run.error_code, run.error_component) if part and part != run.error)
    if told:
        lines.append((Span(Safe(f"  {safe(told)}"), "muted"),))
    return lines


def pair_lines(pairs: dict[str, str | None] | dict[str, float]) -> Sequence[Line]:
    """Names and values, names in order, ours hidden: what Azure keeps for itself starts with an underscore."""
    lines: list[Line] = []
    for name in sorted(pairs):
        if is_azures_own(name):
            continue
        value = pairs[name]
        shown = fmt.metric(value) if isinstance(value, float) else safe(value if value is not None else "–", 200)
        label = safe(name, 22)
        lines.append((Span(Safe(f"{label:<23}"), "muted"), Span(shown)))
    return lines


def started_by(run: Run, look: Look) -> Cell:
    """`19 Nov 2026 20:31:07Z, by li`."""
    by = f", by {safe(run.user)}" if run.user else ""
    return (Span(Safe(f"{fmt.moment(run.started or run.created, look)}{by}")),)


def took(run: Run, look: Look) -> Cell:
    """`5h 40m, after 2m queued`."""
    after = f", after {fmt.duration(run.queued)} queued" if run.queued else ""
    return (Span(Safe(f"{ran(run, look)[0].text}{after}")),)


def compute_of(run: Run, look: Look) -> Cell:
    """`t4-spot, 2 nodes, NC4as T4 v3`."""
    parts = [safe(run.compute)] if run.compute else []
    if run.nodes:
        parts.append(Safe(f"{run.nodes} node{'s' if run.nodes != 1 else ''}"))
    if run.vm_size:
        parts.append(fmt.vm_size(run.vm_size))
    return (Span(Safe(", ".join(parts))),) if parts else fmt.DASH


def code_of(run: Run, look: Look) -> Cell | None:
    """`9f2c1ab on main, changed files`; None without git."""
    if not run.git_commit:
        return None
    branch = f" on {safe(run.git_branch)}" if run.git_branch else ""
    dirty = plain(", with uncommitted changes") if run.is_git_dirty else plain("")
    return (Span(Safe(f"{safe(run.git_commit[:7])}{branch}")), Span(dirty, "warn"))


def verdict(tally: Tally, look: Look) -> Line:
    """`14 running  3 waiting  41 failed  …`: runs by state, steps and trials left out."""
    found = tally.by("status", "parent:none")
    running = found.get("Running", 0)
    waiting = sum(number for status, number in found.items() if run_state(status).word in _WAITING)
    spans = [Span(Safe(f"{running:,} running"), "strong", bold=True)]
    if waiting:
        spans.append(Span(Safe(f"   {waiting:,} waiting"), "text"))
    for status, word in (("Failed", "failed"), ("Completed", "completed"), ("Canceled", "canceled")):
        if found.get(status):
            spans.append(Span(Safe(f"   {found[status]:,} {word}"), "muted"))
    return tuple(spans)


def arm_id(run: Run, workspace: str) -> str:
    """The job's ARM id."""
    return f"{workspace}/jobs/{run.id}"


def studio(run: Run, workspace: str) -> str:
    """The run's page in the studio."""
    return f"/runs/{quote(run.id, safe='')}?wsid={workspace}"


RUNS: Pane[Run] = Pane(
    name="runs",
    title="Runs",
    digit="3",
    record=Run,
    table="runs",
    noun="runs",
    sources=("experiments", "runs", "history"),
    order="-created",
    filter="parent:none",
    trouble="status=Failed,NotResponding",
    empty="No runs yet. They appear here as soon as a job is submitted.",
    columns=(
        Column("status", lambda run, look: state_cell(run_state(run.status), look), 14, "status", rank=1),
        Column("run", named, 16, "name", grows=True, rank=1),
        Column("experiment", value("experiment", "muted"), 10, "experiment", rank=4),
        Column("created", listed("created"), 12, "created", is_right=True, rank=2),
        Column("ran", ran, 7, "duration", is_right=True, rank=2),
        Column("compute", value("compute", "muted"), 10, "compute", rank=3),
        Column("user", value("user", "muted"), 16, "user", rank=5),
        Column("cost $", cost, 9, "cost", is_right=True, rank=4),
        Column("kind", value("kind", "muted"), 8, "kind", rank=5),
        Column("queued", lasted("queued"), 7, "queued", is_right=True, rank=6),
        Column("nodes", number("nodes", "muted"), 5, "nodes", is_right=True, rank=7),
        Column("ended", listed("ended"), 12, "ended", is_right=True, rank=8),
        Column("error", value("error_code", "muted"), 16, "error_code", rank=8),
        Column("id", value("id", "muted"), 24, "id", rank=9),
    ),
    head=head,
    verdict=verdict,
    sections=(
        Section("Why", lines=error_lines),
        Section(
            "",
            facts=(
                fact("experiment", "experiment"),
                fact("kind", "kind"),
                Fact("started", started_by, "started"),
                Fact("ran", took, "duration"),
                Fact("compute", compute_of, "compute"),
                fact("parent", "parent"),
                fact("image", "environment"),
                Fact("code", code_of, "git_commit"),
                fact("command", "command"),
                fact("schedule", "schedule"),
                fact("primary metric", "primary_metric"),
                fact("about", "description"),
                fact("id", "id"),
            ),
        ),
        Section("Metrics", lines=lambda run, look: pair_lines(run.metrics)),
        Section("Parameters", lines=lambda run, look: pair_lines(run.params)),
        Section("Tags", lines=lambda run, look: pair_lines(run.tags)),
    ),
    drills=(
        Drill("enter", "look into", "runs", lambda run: run.id, "overview"),
        Drill("h", "children", "runs", lambda run: run.id, "children"),
        Drill("E", "experiment", "experiments", lambda run: f'name="{run.experiment or ""}"'),
        Drill("K", "compute", "compute", lambda run: f'name="{run.compute or ""}"'),
    ),
    verbs=RUN_VERBS,
    reference=Reference(lambda run: run.id, arm_id, studio, lambda run, ref: az(ref, "job", "show", n=run.id)),
    help="Every run of the chosen workspace. `parent:none` hides steps and trials; clear it to see them all. "
    "`is:gone` lists those the service has no longer, `is_archived=true` those that were archived.",
)
