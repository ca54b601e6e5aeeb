"""Alerts: what Azure Monitor raised on the workspace and below it in thirty days, the newest first."""

from __future__ import annotations

from app.cells import ago, commas, exact, fact, paragraph, titled, value
from app.quoting import quoted
from app.stack import TRIAGE
from app.words import CANCELED, COMPLETED, FAILED, SILENT, UNKNOWN, State, state_cell
from services.alerts import Alert, path_to
from widgets import format as fmt
from widgets.pane import Cell, Column, Drill, Fact, Line, Look, Pane, Question, Reference, Section, Span, Tally, Verb
from widgets.safe import Safe, plain

_SEEN = SILENT._replace(word=plain("seen"))


def state_of(one: Alert) -> State:
    """Whether it fires, and whether somebody has seen to it."""
    said, condition = (one.state or "").lower(), (one.condition or "").lower()
    if condition == "resolved":
        return COMPLETED._replace(word=plain("resolved"))
    if said == "closed":
        return CANCELED._replace(word=plain("closed"))
    if said == "acknowledged":
        return _SEEN
    return FAILED._replace(word=plain("fires")) if condition == "fired" else UNKNOWN


def severity(one: Alert, look: Look) -> Cell:
    """Sev0 to Sev4; red needs somebody now, and nothing that is over is red."""
    sev = (one.severity or "").lower()
    if not one.is_open or sev not in ("sev0", "sev1", "sev2"):
        return fmt.words(one.severity, "muted")
    return fmt.words(one.severity, "warn" if sev == "sev2" else "err")


def told(one: Alert, look: Look) -> Cell:
    """Action groups of its rule; nobody is a warning, unknown a dash."""
    if one.notifies == ():
        return (Span(plain("nobody"), "warn"),)
    return commas("notifies", "muted")(one, look) if one.notifies else fmt.DASH


def head(one: Alert, look: Look) -> Line:
    """Name and state."""
    return titled(one.name, state_of(one), look)


def verdict(tally: Tally, look: Look) -> Line:
    """How many fire, and how many of those nobody has seen to."""
    rows: list[Alert] = list(tally.rows())
    firing = [one for one in rows if one.is_open]
    new = sum((one.state or "").lower() == "new" for one in firing)
    if not firing:
        return (Span(plain("v " if look.is_ascii else "✓ "), "ok"), Span(plain("No alert fires"), "strong", bold=True),
                Span(Safe(f"   {len(rows):,} in 30 days"), "muted"))  # fmt: skip
    sign = plain("x ") if look.is_ascii else plain("✗ ")
    words = Safe(f"{len(firing)} alert{'s fire' if len(firing) > 1 else ' fires'}")
    unseen = f"{new} that nobody has seen to" if new else "somebody has seen to all of them"
    return (Span(sign, "err" if new else "warn"), Span(words, "strong", bold=True),
            Span(Safe(f"   {unseen}   {len(rows):,} in 30 days"), "muted"))  # fmt: skip


def target(one: Alert) -> str:
    """The alert's path below the workspace."""
    return path_to(one.below or "", one.id)


def about(one: Alert) -> str:
    """What enter leads to: the triage of an endpoint, the compute, else the rule that raised it."""
    if one.endpoint:
        return f"{TRIAGE} {one.endpoint}"
    if one.target_kind == "compute":
        return f"compute name={quoted(one.target_name or '')}"
    return f"alert-rules name={quoted(one.rule or one.name)}"


def why_not(one: Alert) -> str | None:
    """What lies outside of the workspace is not what writing was unlocked for."""
    if one.below is None:
        return "It is about a resource outside of the workspace, which unlocking this workspace does not open."
    return None


def next_state(one: Alert) -> str:
    """What is mostly wanted next: what is new is acknowledged, what is acknowledged is closed."""
    return "closed" if (one.state or "").lower() == "acknowledged" else "acknowledged"


def _check(one: Alert, text: str) -> str | None:
    if text.strip().lower() not in ("acknowledged", "closed", "new"):
        return "Name acknowledged, closed or new."
    return f"It is {text.strip().lower()} already." if text.strip().lower() == (one.state or "").lower() else None


VERBS: tuple[Verb[Alert], ...] = (
    Verb("alert-state", "Acknowledge or close", "set", target, why_not,
         (Question("state", "What it is from now on", next_state, _check,
                   lambda one: tuple(word for word in ("acknowledged", "closed", "new")
                                     if word != (one.state or "").lower())),),
         about="Say that somebody has seen to it, or that it is done with. What is measured goes on as it is."),
)  # fmt: skip


def _lasted(one: Alert, look: Look) -> Cell | None:
    if one.fired is None:
        return None
    until = one.resolved or (look.now if one.is_open else None)
    return (Span(fmt.duration((until - one.fired).total_seconds())),) if until is not None else None


ALERTS: Pane[Alert] = Pane(
    name="alerts",
    title="Alerts",
    digit="",
    record=Alert,
    table="alerts",
    noun="alerts",
    sources=("alert_rules", "alerts"),
    order="-fired",
    in_tabs=False,
    trouble="condition=Fired state!=Closed",
    empty="Azure Monitor raised no alert here in 30 days. Rules that watch the workspace are among the alert rules.",
    columns=(
        Column("state", lambda one, look: state_cell(state_of(one), look), 10, "condition", rank=1),
        Column("sev", severity, 4, "severity", rank=1),
        Column("fired", ago("fired"), 7, "fired", is_right=True, rank=1),
        Column("alert", value("name"), 22, "name", grows=True, rank=1),
        Column("on", value("target_name"), 14, "target_name", rank=2),
        Column("kind", value("target_kind", "muted"), 10, "target_kind", rank=5),
        Column("said", lambda one, look: fmt.words((one.state or "").lower(), "muted"), 12, "state", rank=3),
        Column("by", value("changed_by", "muted"), 20, "changed_by", rank=6),
        Column("tells", told, 18, "notifies", rank=4),
    ),
    head=head,
    verdict=verdict,
    sections=(
        Section("What it says", lines=paragraph("description", 6)),
        Section(
            "",
            facts=(
                fact("severity", "severity"),
                fact("condition", "condition"),
                fact("state", "state"),
                fact("fired", "fired", exact),
                fact("resolved", "resolved", exact),
                Fact("lasted", _lasted, "fired"),
                Fact("on", lambda one, look: fmt.words(" ".join(filter(None, (one.target_kind, one.target_name)))),
                     "target_name"),
                fact("signal", "signal"),
                fact("comes from", "service"),
                fact("rule", "rule"),
                Fact("tells", told, "notifies"),
                Fact("actions", lambda one, look: fmt.words("suppressed", "warn") if one.is_suppressed else None,
                     "is_suppressed"),
                fact("set by", "changed_by"),
                fact("changed", "changed", exact),
            ),
        ),
    ),
    drills=(
        Drill("enter", "what it is about", "", about),
        Drill("R", "rules", "alert-rules", lambda one: ""),
    ),
    verbs=VERBS,
    reference=Reference(lambda one: one.name, lambda one, workspace: one.target or None),
    help="Alerts of Azure Monitor on the workspace, its endpoints, deployments and computes. {act} says that one is "
    "seen to, or closed.",
)  # fmt: skip
