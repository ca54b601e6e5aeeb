"""Alert rules: what of the workspace Azure Monitor watches, and whom it tells."""

from __future__ import annotations

from app.cells import commas, fact, lasted, paragraph, titled, value
from app.quoting import quoted
from app.words import CANCELED, COMPLETED, SILENT, UNKNOWN, State, state_cell
from services.alert_rules import AlertRule
from widgets.pane import Cell, Column, Drill, Line, Look, Pane, Reference, Section, Span, Tally
from widgets.safe import Safe, plain


def state_of(one: AlertRule) -> State:
    """Whether it watches, and whether anybody hears of it."""
    if one.is_on is None:
        return UNKNOWN
    if not one.is_on:
        return CANCELED._replace(word=plain("off"))
    return SILENT._replace(word=plain("mute")) if one.is_mute else COMPLETED._replace(word=plain("on"))


def told(one: AlertRule, look: Look) -> Cell:
    """Its action groups; nobody is a warning where the rule is on."""
    if not one.notifies:
        return (Span(plain("nobody"), "warn" if one.is_mute else "muted"),)
    return commas("notifies")(one, look)


def head(one: AlertRule, look: Look) -> Line:
    """Name and state."""
    return titled(one.name, state_of(one), look)


def verdict(tally: Tally, look: Look) -> Line:
    """How many rules there are, and how many tell nobody."""
    rows: list[AlertRule] = list(tally.rows())
    mute = sum(one.is_mute for one in rows)
    first = Span(Safe(f"{len(rows):,} alert rule{'s' if len(rows) != 1 else ''}"), "strong", bold=True)
    if not mute:
        return (first,)
    return (Span(plain("! " if look.is_ascii else "▲ "), "warn"), first,
            Span(Safe(f"   {mute} tell{'s' if mute == 1 else ''} nobody"), "muted"))  # fmt: skip


ALERT_RULES: Pane[AlertRule] = Pane(
    name="alert-rules",
    title="Alert rules",
    digit="",
    record=AlertRule,
    table="alert_rules",
    noun="alert rules",
    sources=("alert_rules",),
    order="name",
    in_tabs=False,
    trouble="is_mute:true",
    empty="No alert rule of this resource group watches the workspace. `az monitor metrics alert create` makes one.",
    columns=(
        Column("state", lambda one, look: state_cell(state_of(one), look), 8, "is_mute", rank=1),
        Column("sev", value("severity", "muted"), 4, "severity", rank=2),
        Column("rule", value("name"), 24, "name", grows=True, rank=1),
        Column("watches", value("watches", "muted"), 28, "watches", rank=3),
        Column("of", commas("targets"), 16, "targets", rank=2),
        Column("tells", told, 18, "notifies", rank=1),
        Column("kind", value("kind", "muted"), 6, "kind", rank=6),
        Column("every", lasted("every"), 5, "every", is_right=True, rank=7),
    ),
    head=head,
    verdict=verdict,
    sections=(
        Section("What it says", lines=paragraph("description", 6)),
        Section(
            "",
            facts=(
                fact("watches", "watches"),
                fact("of", "targets", commas),
                fact("severity", "severity"),
                fact("looks back", "window", lasted),
                fact("every", "every", lasted),
                fact("tells", "notifies", commas),
                fact("kind", "kind"),
            ),
        ),
    ),
    drills=(Drill("enter", "its alerts", "alerts", lambda one: f"name={quoted(one.name)}"),),
    reference=Reference(lambda one: one.name, lambda one, workspace: one.id),
    help="Alert rules of the resource group that watch this workspace. One without an action group fires unheard.",
)
