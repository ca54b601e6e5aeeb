"""One thing to do, and what the places of its command stand for. Pure."""

from __future__ import annotations

import shlex

import msgspec

from services.traffic import split_text
from services.triage_facts import Facts


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to do."""

    say: str
    """What it does: `give blue 10 % and green 90 % of the traffic`."""
    why: str | None = None
    command: str | None = None
    """Exact; None where no command does it, or where one of its values is not known."""
    writes: bool = False
    """It changes something in Azure: done in amldeck it asks for the typed name."""
    docs: str | None = None


def values_of(
    facts: Facts, deployment: str, split: dict[str, int] | None = None, instances: int | None = None
) -> dict[str, str]:
    """Return what the places of a command stand for, as far as it is known."""
    values = {"endpoint": facts.endpoint.name, "where": "", **_workspace(facts)}
    own = next((one for one in facts.deployments or () if one.name.lower() == deployment.lower()), None)
    if deployment:
        values["deployment"] = deployment
    if own is not None and own.max_concurrent:
        values["concurrency"] = str(2 * own.max_concurrent)
    if instances is None and own is not None and own.instances is not None:
        instances = own.instances + 1
    if instances is not None:
        values["instances"] = str(instances)
    if split:
        values["split"] = shlex.quote(split_text(split))
    return values


def _workspace(facts: Facts) -> dict[str, str]:
    ref = facts.workspace
    if ref is None:
        return {}
    names = {"group": ref.resource_group, "workspace": ref.name, "subscription": ref.subscription}
    options = ("--resource-group", ref.resource_group, "--workspace-name", ref.name, "--subscription", ref.subscription)
    return {**names, "where": shlex.join(options)}
