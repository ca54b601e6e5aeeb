"""Test calls among the actions of `a`: of an endpoint, of a deployment, of several deployments against each other."""

from __future__ import annotations

from collections.abc import Mapping

from app.deployment_row import DeploymentRow
from app.endpoint_secrets import ACTIONS
from app.offering import Errand, Right
from app.rows import EndpointRow
from services.endpoint_calls import MOST
from widgets.choices import Choice
from widgets.lines import NO_LINE, say
from widgets.safe import Safe, plain, safe

GROUP = plain("As a caller")
ABOUT = plain(
    "Sends one request with a payload you choose, and shows status, latency and answer. It is billed, and what is in "
    "production answers it."
)


def called_by(errand: Errand) -> tuple[str, tuple[str, ...]] | None:
    """The endpoint and the deployments that the rows stand for; None where rows cannot be called."""
    records = [row.record for row in errand.rows]
    if len(records) == 1 and isinstance(records[0], EndpointRow):
        return records[0].name, ()
    deployments = [one for one in records if isinstance(one, DeploymentRow)]
    if not deployments or len(deployments) < len(records):
        return None
    return deployments[0].endpoint, tuple(one.name for one in deployments)


def actions(errand: Errand) -> frozenset[str]:
    """The actions of Azure that a call takes before it: reading the key."""
    record = errand.rows[0].record
    mode = (record.auth_mode or "").lower() if isinstance(record, EndpointRow) else ""
    needed = {"key": ACTIONS["primary"], "amltoken": ACTIONS["token"]}.get(mode)
    return frozenset((needed,) if needed else ())


def choices(errand: Errand, rights: Mapping[str, Right], off: str | None) -> list[Choice]:
    """One line, where the rows can be called; `off` says why no call can be made here at all."""
    found = called_by(errand)
    if found is None:
        return []
    why = safe(off, 300) if off is not None else _why_not(errand, found[1])
    denied = next((rights[one].denied for one in actions(errand) if one in rights), None)
    reason = why or denied
    state = say(plain("off") if off is not None else plain("not now"), "muted") if reason is not None else NO_LINE
    return [Choice("call:", say(_title(found[1])), state, GROUP, "test call score invoke request", reason,
                   reason or ABOUT)]  # fmt: skip


def _title(deployments: tuple[str, ...]) -> Safe:
    if len(deployments) < 2:
        return plain("Test call")
    return Safe(f"Test call, {' against '.join(safe(one, 24) for one in deployments[:MOST])}")


def _why_not(errand: Errand, deployments: tuple[str, ...]) -> Safe | None:
    if len(deployments) > MOST:
        return Safe(f"{len(deployments)} deployments are marked; {MOST} at most get one payload.")
    endpoints = {row.record.endpoint for row in errand.rows if isinstance(row.record, DeploymentRow)}
    if len(endpoints) > 1:
        return plain("They are of different endpoints, so no payload is for all of them.")
    return None
