"""What can be done to endpoints and deployments. What it changes in Azure is in `services.endpoint_verbs`."""

from __future__ import annotations

from app.deployment_row import DeploymentRow
from app.panes.answers import wrong
from app.rows import EndpointRow
from widgets.pane import Question, Verb


def endpoint_target(row: EndpointRow) -> str:
    """The endpoint's path below the workspace."""
    return f"/onlineEndpoints/{row.name}"


def deployment_target(one: DeploymentRow) -> str:
    """The deployment's path below the workspace."""
    return f"/onlineEndpoints/{one.endpoint}/deployments/{one.name}"


def _moving(state: str | None) -> str | None:
    if state in ("Creating", "Updating", "Scaling", "Deleting"):
        return f"It is {state.lower()}; Azure takes one change at a time."
    return None


def why_not_shift(row: EndpointRow) -> str | None:
    """Without deployments there is nothing to send traffic to."""
    return _moving(row.state) or ("It has no deployment to send traffic to." if row.deployments == 0 else None)


def why_not_scale(one: DeploymentRow) -> str | None:
    """A deployment that scales by itself would undo it."""
    if (one.scale_type or "Default") != "Default":
        return "It scales by its own rules, which would undo this."
    return _moving(one.state)


def why_not_regenerate(row: EndpointRow) -> str | None:
    """Only an endpoint that takes keys has any."""
    if row.auth_mode is not None and row.auth_mode.lower() != "key":
        return "It takes tokens, so it has no keys."
    return _moving(row.state)


def check_key(row: EndpointRow, text: str) -> str | None:
    """What is wrong with the key that is named."""
    return None if text.strip().lower() in ("primary", "secondary") else "Name primary or secondary."


def split_text(row: EndpointRow) -> str:
    """The present split as it is typed: `blue=90 green=10`."""
    return " ".join(f"{name}={share:g}" for name, share in sorted((row.traffic or {}).items()))


def check_split(row: EndpointRow, text: str) -> str | None:
    """What is wrong with the split as it is typed. Which deployments there are is read afresh when it is planned."""
    from services.traffic import merged, split_of

    now = {name: round(share) for name, share in (row.traffic or {}).items()}

    def read() -> None:
        given = split_of(text)
        merged(now, given, [*now, *given])

    return wrong(read)


def check_instances(one: DeploymentRow, text: str) -> str | None:
    """What is wrong with the number as it is typed. How many there may be is read afresh when it is planned."""
    from services.deployment_verbs import instances_of

    return wrong(lambda: instances_of(text, None))


def why_not_bound(one: DeploymentRow) -> str | None:
    """Without a setting there are no bounds; one it may have that was not read is found out when it is planned."""
    return "It has no autoscale setting." if one.has_autoscale is False else None


def why_not_delete(one: DeploymentRow) -> str | None:
    """What answers requests, or gets copies of them, stays."""
    if one.traffic or one.mirror:
        return "It gets traffic: shift that to another deployment first."
    return _moving(one.state)


ENDPOINT_VERBS: tuple[Verb[EndpointRow], ...] = (
    Verb("shift-traffic", "Shift traffic", "shift", endpoint_target, why_not_shift,
         (Question("traffic", "Percent of the traffic by deployment", split_text, check_split,
                   hint="blue=10 green=90; a deployment that is left out keeps its share"),),
         about="Change which deployment answers how much of the traffic. The split before can be restored."),
    Verb("regenerate-key", "Regenerate a key", "regenerate", endpoint_target, why_not_regenerate,
         (Question("key", "Which key", lambda row: "secondary", check_key, lambda row: ("primary", "secondary")),),
         about="Make one of the two keys anew. Callers that use it are refused until they have the new one."),
)  # fmt: skip

DEPLOYMENT_VERBS: tuple[Verb[DeploymentRow], ...] = (
    Verb("scale", "Scale", "scale", deployment_target, why_not_scale,
         (Question("instances", "Instances", lambda one: str(one.instances or 1), check_instances,
                   hint="how many machines answer; each costs money"),),
         about="Change how many instances answer."),
    Verb("autoscale", "Change autoscale bounds", "set", deployment_target, why_not_bound,
         (Question("minimum", "At least", lambda one: str(one.autoscale_min or 1), check_instances,
                   hint="instances that are always there, and paid for"),
          Question("maximum", "At most", lambda one: str(one.autoscale_max or 1), check_instances,
                   hint="instances autoscale may go up to; the quota has to have room for them")),
         about="Change between how many instances autoscale keeps it. Rules and schedules stay as they are."),
    Verb("delete-deployment", "Delete", "delete", deployment_target, why_not_delete,
         about="Delete a deployment that no traffic goes to. Nothing brings it back."),
)  # fmt: skip
