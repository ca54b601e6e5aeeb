"""Deployments: what answers behind every online endpoint."""

from __future__ import annotations

from app.cells import ago, az, exact, fact, lasted, machine, number, paragraph, per_hour, titled, value
from app.deployment_row import DeploymentRow
from app.panes.deployment_facts import (
    at_once,
    autoscale,
    autoscale_lines,
    collected,
    probe,
    resources,
    scaling,
    share,
    switch,
    traffic,
)
from app.panes.endpoint_verbs import DEPLOYMENT_VERBS
from app.price_lines import price_lines
from app.stack import COMPARE, LOGS, REQUESTS
from app.words import resource_state, state_cell
from widgets import format as fmt
from widgets.pane import Column, Drill, Fact, Line, Look, Pane, Reference, Section, Span


def head(one: DeploymentRow, look: Look) -> Line:
    """`fraud-score / blue  ✓ ready`."""
    return titled(f"{one.endpoint} / {one.name}", resource_state(one.state), look)


DEPLOYMENTS: Pane[DeploymentRow] = Pane(
    name="deployments",
    title="Deployments",
    digit="",
    record=DeploymentRow,
    table="deployment_rows",
    noun="deployments",
    sources=("endpoints", "deployments", "autoscale", "deployment_rows"),
    order="endpoint",
    in_tabs=False,
    trouble="state=Failed",
    empty="This endpoint has no deployment: every call to it answers 404.",
    columns=(
        Column("state", lambda one, look: state_cell(resource_state(one.state), look), 12, "state", rank=1),
        Column("endpoint", value("endpoint", "muted"), 14, "endpoint", rank=3),
        Column("deployment", value("name"), 12, "name", grows=True, rank=1),
        Column("model", value("model"), 18, "model", rank=2),
        Column("size", machine("instance_type"), 12, "instance_type", rank=4),
        Column("traffic", traffic, 7, "traffic", is_right=True, rank=4),
        Column("instances", number("instances"), 9, "instances", is_right=True, rank=2),
        Column("$/h", per_hour("per_hour"), 7, "per_hour", is_right=True, rank=3),
        Column("autoscale", autoscale, 9, "has_autoscale", is_right=True, rank=5),
        Column("timeout", lasted("request_timeout"), 7, "request_timeout", is_right=True, rank=6),
        Column("concurrent", number("max_concurrent", "muted"), 10, "max_concurrent", is_right=True, rank=7),
        Column("image", value("environment", "muted"), 20, "environment", rank=6),
        Column("changed", ago("modified"), 9, "modified", is_right=True, rank=3),
    ),
    head=head,
    sections=(
        Section(
            "",
            facts=(
                fact("model", "model"),
                fact("image", "environment"),
                fact("size", "instance_type", machine),
                fact("instances", "instances", number),
                Fact("traffic", share, "traffic"),
                Fact("scaling", scaling, "scale_type"),
            ),
        ),
        Section("An hour", lines=price_lines),
        Section("What went wrong", lines=paragraph("error", 6)),
        Section("Autoscale", lines=autoscale_lines),
        Section(
            "Requests",
            facts=(
                Fact("timeout", lambda one, look: (Span(fmt.duration(one.request_timeout)),), "request_timeout"),
                Fact("at once", at_once, "max_concurrent"),
                Fact("queue wait", lambda one, look: (Span(fmt.duration(one.queue_wait)),), "queue_wait"),
                Fact("app insights", switch("has_app_insights"), "has_app_insights"),
                Fact("collected", collected, "has_data_collector"),
                fact("egress", "egress"),
            ),
        ),
        Section(
            "Probes",
            facts=(
                Fact("liveness", probe("liveness"), "liveness"),
                Fact("readiness", probe("readiness"), "readiness"),
            ),
        ),
        Section(
            "",
            facts=(
                fact("script", "script"),
                Fact("asks for", resources("requests"), "requests"),
                Fact("at most", resources("limits"), "limits"),
                fact("kind", "kind"),
                fact("created", "created", exact),
                fact("by", "created_by"),
                fact("changed", "modified", exact),
                fact("about", "description"),
            ),
        ),
    ),
    drills=(
        Drill("enter", "its model", "versions", lambda one: f'id="{one.model or ""}"'),
        Drill("=", "compare", "", lambda one: one.id, part=COMPARE),
        Drill("l", "container log", "endpoints", lambda one: f"{one.endpoint}/{one.name}", part=LOGS),
        Drill("R", "requests", "endpoints", lambda one: f"{one.endpoint}/{one.name}", part=REQUESTS),
        Drill("P", "endpoint", "endpoints", lambda one: f'name="{one.endpoint}"'),
    ),
    verbs=DEPLOYMENT_VERBS,
    reference=Reference(
        lambda one: f"{one.endpoint}/{one.name}",
        lambda one, workspace: f"{workspace}/onlineEndpoints/{one.endpoint}/deployments/{one.name}",
        lambda one, workspace: f"/endpoints/realtime/{one.endpoint}/detail?wsid={workspace}",
        lambda one, ref: az(ref, "online-deployment", "show", n=one.name, e=one.endpoint),
    ),
    help="The deployments of every online endpoint, with model, size and instances.",
)
