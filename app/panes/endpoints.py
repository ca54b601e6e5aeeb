"""Endpoints: where requests arrive, how they are split and what stands behind them."""

from __future__ import annotations

from collections.abc import Sequence

from app.cells import ago, az, commas, exact, fact, number, per_hour, titled, value
from app.panes.endpoint_verbs import ENDPOINT_VERBS
from app.panes.schedules import BY_KEY
from app.price_lines import price_lines
from app.rows import EndpointRow
from app.stack import LOGS, REQUESTS, TRIAGE
from app.words import FAILED, SILENT, State, resource_state, state_cell
from widgets import format as fmt
from widgets.pane import Cell, Column, Drill, Fact, Line, Look, Pane, Reference, Section, Span, Tally, Tone
from widgets.safe import Safe, plain, safe

_AUTH = {"Key": plain("key"), "AMLToken": plain("aml token"), "AADToken": plain("entra token")}


_ANSWERS = {
    "failing": FAILED._replace(word=plain("failing")),
    "refusing": FAILED._replace(word=plain("refusing")),
    "silent": FAILED._replace(word=plain("silent")),
    "slow": SILENT._replace(word=plain("slow")),
}
"""How one that does not answer as it should is called: `services.verdict` judges its signals."""


def endpoint_state(row: EndpointRow) -> State:
    """Its own failure first, then how it answers, then traffic that goes nowhere, then a failed deployment."""
    if row.state == "Failed":
        return resource_state(row.state)
    if row.is_unhealthy and row.health in _ANSWERS:
        return _ANSWERS[row.health]
    if row.state in ("Deleting", "Creating", "Updating"):
        return resource_state(row.state)
    if row.deployments and row.traffic is not None and not any(row.traffic.values()):
        return FAILED._replace(word=plain("no traffic"))
    if row.worst == "Failed":
        return SILENT._replace(word=plain("degraded"))
    return resource_state(row.state)


def tone_of(name: str, position: int) -> Tone:
    """A deployment called blue or green wears its name; others take the series in turn."""
    known: dict[str, Tone] = {"blue": "series5", "green": "series3"}
    others: tuple[Tone, ...] = ("series1", "series2", "series4", "series6")
    return known.get(name.lower()) or others[position % len(others)]


def traffic_text(row: EndpointRow, look: Look) -> Cell:
    """`blue 90 green 10`; the sign of zeroed traffic is said in words."""
    if row.traffic is None:
        return fmt.DASH
    live = sorted(((name, share) for name, share in row.traffic.items() if share), key=lambda pair: -pair[1])
    if not live:
        return (Span(plain("none"), "err" if row.deployments else "muted"),)
    spans: list[Span] = []
    for position, (name, share) in enumerate(live):
        spans.append(Span(Safe(f"{'  ' if spans else ''}{safe(name, 16)} "), tone_of(name, position)))
        spans.append(Span(Safe(f"{share:g}")))
    return tuple(spans)


def traffic_bars(row: EndpointRow, look: Look) -> Sequence[Line]:
    """A bar a deployment, twenty cells for the whole."""
    lines: list[Line] = []
    for position, (name, share) in enumerate(sorted((row.traffic or {}).items(), key=lambda pair: -pair[1])):
        full = round(min(100.0, max(0.0, share)) / 5)
        on, off = ("=", "-") if look.is_ascii else ("━", "─")
        lines.append(
            (
                Span(Safe(f"{safe(name, 14):<15}"), "muted"),
                Span(Safe(on * full), tone_of(name, position)),
                Span(Safe(off * (20 - full)), "line"),
                Span(Safe(f" {share:g} %")),
            )
        )
    for name, share in (row.mirror or {}).items():
        lines.append((Span(Safe(f"{safe(name, 14):<15}"), "muted"), Span(Safe(f"mirror {share:g} %"), "muted")))
    if not lines and row.deployments:
        lines.append((Span(plain("No deployment has traffic: every call answers 404."), "err"),))
    return lines


def autoscale_lines(row: EndpointRow, look: Look) -> Sequence[Line]:
    """How far each deployment is scaled by rules, and what is wrong with them."""
    warn = plain("! ") if look.is_ascii else plain("▲ ")
    wrong: list[Line] = [(Span(warn, "warn"), Span(safe(text, 200))) for text in row.autoscale_problems]
    return (*wrong, *((Span(safe(text, 80)),) for text in row.autoscale))


def auth(row: EndpointRow, look: Look) -> Cell:
    """How callers prove who they are."""
    if row.auth_mode is None:
        return fmt.DASH
    return (Span(_AUTH.get(row.auth_mode) or safe(row.auth_mode), "muted"),)


def key_age(row: EndpointRow, look: Look) -> Cell | None:
    """How long its keys are what they are: exactly where the activity log tells, else at most as old as itself."""
    if (row.auth_mode or "").lower() != "key":
        return None
    if row.keys_changed is not None:
        return (Span(Safe(f"{fmt.age(row.keys_changed, look.now)} since one was regenerated")),)
    most = f", at most {fmt.age(row.created, look.now)}" if row.created is not None else ""
    return (Span(Safe(f"age unknown{most}"), "muted"),)


def failed(row: EndpointRow, look: Look) -> Cell:
    """The share of the requests of the last minutes that failed; red from where it counts as trouble."""
    if row.failed is None:
        return fmt.DASH
    return (Span(Safe(f"{100 * row.failed:.1f}"), "err" if row.is_unhealthy and row.failed >= 0.05 else "text"),)


def latency(row: EndpointRow, look: Look) -> Cell:
    """The 95th percentile, in seconds."""
    if row.p95 is None:
        return fmt.DASH
    return (Span(Safe(f"{row.p95:.2f}"), "warn" if row.health == "slow" else "text"),)


def rate(row: EndpointRow, look: Look) -> Cell:
    """Requests a second."""
    return fmt.DASH if row.rate is None else (Span(Safe(f"{row.rate:,.1f}")),)


def head(row: EndpointRow, look: Look) -> Line:
    """Name and state."""
    return titled(row.name, endpoint_state(row), look)


def verdict(tally: Tally, look: Look) -> Line:
    """What is broken first, else that all stand."""
    rows: list[EndpointRow] = list(tally.rows())
    bad = [row for row in rows if endpoint_state(row).tone == "err"]
    degraded = [row for row in rows if endpoint_state(row).tone == "warn"]
    instances = sum(row.instances or 0 for row in rows)
    if bad:
        first = (
            Span(plain("x " if look.is_ascii else "✗ "), "err"),
            Span(Safe(f"{len(bad)} of {len(rows)} endpoints fail"), "strong", bold=True),
        )
    elif degraded:
        first = (
            Span(plain("! " if look.is_ascii else "▲ "), "warn"),
            Span(Safe(f"{len(degraded)} of {len(rows)} endpoints are degraded"), "strong", bold=True),
        )
    else:
        first = (
            Span(plain("v " if look.is_ascii else "✓ "), "ok"),
            Span(Safe(f"{len(rows)} endpoints stand"), "strong", bold=True),
        )
    return (*first, Span(Safe(f"   {instances:,} instances"), "muted"))


ENDPOINTS: Pane[EndpointRow] = Pane(
    name="endpoints",
    title="Endpoints",
    digit="6",
    record=EndpointRow,
    table="endpoint_rows",
    noun="endpoints",
    sources=("endpoints", "deployments", "autoscale", "endpoint_rows"),
    order="name",
    trouble="is_unhealthy:true | state=Failed | worst=Failed",
    empty="No online endpoints. `az ml online-endpoint create` makes the first.",
    columns=(
        Column("state", lambda row, look: state_cell(endpoint_state(row), look), 12, "state", rank=1),
        Column("endpoint", value("name"), 18, "name", grows=True, rank=1),
        Column("traffic", traffic_text, 22, "traffic", rank=1),
        Column("err %", failed, 6, "failed", is_right=True, rank=2),
        Column("p95 s", latency, 6, "p95", is_right=True, rank=3),
        Column("rps", rate, 7, "rate", is_right=True, rank=3),
        Column("deployments", number("deployments"), 11, "deployments", is_right=True, rank=5),
        Column("instances", number("instances"), 9, "instances", is_right=True, rank=2),
        Column("$/h", per_hour("per_hour"), 7, "per_hour", is_right=True, rank=3),
        Column("auth", auth, 11, "auth_mode", rank=3),
        Column("models", commas("models", "muted"), 20, "models", rank=4),
        Column(
            "public",
            lambda row, look: fmt.words((row.public_access or "").lower(), "muted"),
            8,
            "public_access",
            rank=6,
        ),
        Column("kind", lambda row, look: fmt.words((row.kind or "").lower(), "muted"), 8, "kind", rank=7),
        Column("changed", ago("modified"), 9, "modified", is_right=True, rank=3),
    ),
    head=head,
    verdict=verdict,
    sections=(
        Section("Traffic", lines=traffic_bars),
        Section("Autoscale", lines=autoscale_lines),
        Section("An hour", lines=price_lines),
        Section(
            "",
            facts=(
                fact("deployments", "deployments", number),
                fact("instances", "instances", number),
                fact("models", "models", commas),
                Fact("auth", auth, "auth_mode"),
                Fact("key age", key_age, "keys_changed"),
                fact("public", "public_access"),
                fact("address", "scoring_uri"),
                fact("identity", "identity"),
                fact("location", "location"),
                fact("created", "created", exact),
                fact("by", "created_by"),
                fact("changed", "modified", exact),
                fact("about", "description"),
            ),
        ),
    ),
    drills=(
        Drill("enter", "triage", "", lambda row: row.id, part=TRIAGE),
        Drill("l", "container log", "endpoints", lambda row: row.name, part=LOGS),
        Drill("R", "requests", "endpoints", lambda row: row.name, part=REQUESTS),
        Drill("E", "deployments", "deployments", lambda row: f'endpoint="{row.name}"'),
        Drill("J", "batch", "batch", lambda row: ""),
        Drill("K", "other kinds", "other-endpoints", lambda row: ""),
        BY_KEY,
        Drill("A", "activity", "activity", lambda row: f"resource:{row.name}"),
    ),
    verbs=ENDPOINT_VERBS,
    reference=Reference(
        lambda row: row.name,
        lambda row, workspace: f"{workspace}/onlineEndpoints/{row.name}",
        lambda row, workspace: f"/endpoints/realtime/{row.name}/detail?wsid={workspace}",
        lambda row, ref: az(ref, "online-endpoint", "show", n=row.name),
    ),
    help="Online endpoints with their traffic split. {open} says what is wrong with one, since when, and what changed; "
    "{act} calls one with a payload, where `test_calls` in the settings lets it. "
    "`amldeck certificate NAME` looks at the certificate of its host. Streamed answers are not looked into: the "
    "caller's own client shows them.",
)
