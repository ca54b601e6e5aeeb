"""Other endpoints: serverless ones, and web services of the SDK's first version, which Azure retires."""

from __future__ import annotations

from app.cells import ago, exact, fact, paragraph, titled, value
from app.words import COMPLETED, FAILED, State, resource_state, state_cell
from services.other_endpoints import OtherEndpoint
from widgets.pane import Column, Drill, Line, Look, Pane, Reference, Section
from widgets.safe import plain, safe

_STATES = {
    "online": COMPLETED._replace(word=plain("online")),
    "healthy": COMPLETED._replace(word=plain("healthy")),
    "unhealthy": FAILED._replace(word=plain("unhealthy")),
}


def state_of(one: OtherEndpoint) -> State:
    """Its own word for how it is, with the sign of what that means."""
    return _STATES.get((one.state or "").lower()) or resource_state(one.state)


def head(one: OtherEndpoint, look: Look) -> Line:
    """Name and state."""
    return titled(one.name, state_of(one), look)


def _arm_id(one: OtherEndpoint, workspace: str) -> str | None:
    return f"{workspace}/serverlessEndpoints/{one.name}" if one.kind == "serverless" else None


OTHER_ENDPOINTS: Pane[OtherEndpoint] = Pane(
    name="other-endpoints",
    title="Other endpoints",
    digit="",
    record=OtherEndpoint,
    table="other_endpoints",
    noun="endpoints of other kinds",
    sources=("other_endpoints",),
    order="kind",
    in_tabs=False,
    trouble="state=Unhealthy | state=Failed",
    empty="No serverless endpoints, and no web services of the SDK's first version.",
    columns=(
        Column("state", lambda one, look: state_cell(state_of(one), look), 12, "state", rank=1),
        Column("endpoint", value("name"), 20, "name", grows=True, rank=1),
        Column("kind", value("kind", "muted"), 12, "kind", rank=1),
        Column("model", value("model"), 26, "model", rank=3),
        Column("auth", value("auth", "muted"), 6, "auth", rank=4),
        Column("changed", ago("modified"), 9, "modified", is_right=True, rank=3),
    ),
    head=head,
    sections=(
        Section("What went wrong", lines=paragraph("error", 6)),
        Section(
            "",
            facts=(
                fact("kind", "kind"),
                fact("model", "model"),
                fact("auth", "auth"),
                fact("address", "address"),
                fact("location", "location"),
                fact("created", "created", exact),
                fact("by", "created_by"),
                fact("changed", "modified", exact),
                fact("about", "description"),
            ),
        ),
    ),
    drills=(Drill("P", "online endpoints", "endpoints", lambda one: ""),),
    reference=Reference(lambda one: str(safe(one.name)), _arm_id),
    help="Serverless endpoints, and web services on ACI and AKS made with the SDK's first version: read only. "
    "Keys are off on ACI unless asked for, on on AKS; tokens do not exist on ACI and are off on AKS unless asked for; "
    "a service takes one of the two, never both.",
)
