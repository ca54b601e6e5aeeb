"""What to do next, in order, each with its exact command: undo what did it, then what is known to help. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

import msgspec

from services.capacity import Capacity
from services.change_kinds import scale_of, split_before
from services.endpoint_failures import command
from services.failure_cause import Broken, Cause
from services.minutes import counts_of, total
from services.suspects import Suspect
from services.traffic import live, said, split_text
from services.triage_facts import Facts

LIKELY = 0.4
"""The score from which on undoing a suspect is worth a step of its own."""
MOST = 8


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


def steps_of(
    facts: Facts,
    cause: Cause,
    suspects: tuple[Suspect, ...],
    capacities: tuple[Capacity, ...],
    failed: tuple[Broken, ...],
) -> tuple[Step, ...]:
    """Return what to do about an incident, the most helpful first, none twice."""
    found = [*_undo(facts, cause, suspects), *_known(facts, cause, capacities), *of_broken(facts, failed)]
    return _distinct([*found, *of_sources(facts)])


def quiet_steps(facts: Facts, failed: tuple[Broken, ...]) -> tuple[Step, ...]:
    """Return what to do where nothing is wrong with the answers."""
    return _distinct([*of_broken(facts, failed), *of_sources(facts)])


def values_of(
    facts: Facts, deployment: str, split: dict[str, int] | None = None, instances: int | None = None
) -> dict[str, str]:
    """Return what the places of a command stand for, as far as it is known."""
    values = {"endpoint": facts.endpoint.name, "where": ""}
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
    if facts.workspace is not None:
        ref = facts.workspace
        where = (
            "--resource-group",
            ref.resource_group,
            "--workspace-name",
            ref.name,
            "--subscription",
            ref.subscription,
        )
        values |= {"group": ref.resource_group, "workspace": ref.name, "subscription": ref.subscription}
        values["where"] = shlex.join(where)
    return values


def _undo(facts: Facts, cause: Cause, suspects: tuple[Suspect, ...]) -> Iterator[Step]:
    """Yield how to take back what the first suspect did, or how to go round the deployment that fails."""
    top = suspects[0] if suspects and suspects[0].score >= LIKELY else None
    change = top.change if top else None
    if top is not None and change is not None and (scaled := scale_of(change)) and scaled[0] > scaled[1]:
        values = values_of(facts, _deployment(facts, cause, top), instances=scaled[0])
        yield Step(
            say=f"give {values.get('deployment', 'it')} {scaled[0]} instances again", why=f"as before {top.at:%H:%M}Z",
            command=command("scale", values), writes=True,
        )  # fmt: skip
    split = _split_back(facts, cause, suspects)
    if split is not None:
        yield Step(
            say=f"shift the traffic back: {said(split[0])}", why=split[1],
            command=command("traffic", values_of(facts, cause.deployment, split[0])), writes=True,
        )  # fmt: skip


def _split_back(facts: Facts, cause: Cause, suspects: tuple[Suspect, ...]) -> tuple[dict[str, int], str] | None:
    """Return the split that helps and why: the one before, else all to what works; None where none is known to."""
    if cause.code in (401, 403, 429) or cause.name == "silence":
        return None
    names = {one.name.lower() for one in facts.deployments or ()}
    for one in suspects:
        before = split_before(one.change) if one.change is not None and one.score >= LIKELY else None
        if before and live(before) and all(name.lower() in names or not names for name in live(before)):
            return before, f"as before {one.at:%H:%M}Z"
    good = _best(facts, cause)
    if good is None:
        return None
    why = "it has no failures" if cause.deployment else "it is the one that is ready"
    return {good: 100} | {one.name: 0 for one in facts.deployments or () if one.name != good}, why


def _best(facts: Facts, cause: Cause) -> str | None:
    """Return the deployment that should get all requests: ready, and with the fewest failures of those known."""
    able = [
        one for one in facts.deployments or ()
        if (one.state or "").lower() == "succeeded" and one.instances != 0
        and one.name.lower() != cause.deployment.lower()
    ]  # fmt: skip
    if not cause.deployment and cause.name != "zeroed traffic":
        return None
    shares = {one.name: _share(facts, one.name) for one in able}
    good = [one for one in able if (shares[one.name] or 0.0) < 0.05]
    return (
        min(
            good, key=lambda one: (shares[one.name] is None, shares[one.name] or 0.0, -(one.instances or 0), one.name)
        ).name
        if good
        else None
    )


def _share(facts: Facts, deployment: str) -> float | None:
    counts = counts_of(facts.signals, deployment)
    errors, requests = total(counts.errors, counts.newest()), total(counts.requests, counts.newest())
    return errors / requests if errors is not None and requests else None


def _known(facts: Facts, cause: Cause, capacities: tuple[Capacity, ...]) -> Iterator[Step]:
    """Yield what is known to help, without the traffic: that was said where it helps."""
    if cause.failure is None:
        return
    deployment = _deployment(facts, cause)
    room = next((one for one in capacities if one.deployment.lower() == deployment.lower()), None)
    needed = room.needed if room and room.needed and room.needed > (room.instances or 0) else None
    values = values_of(facts, deployment, instances=needed)
    for step in cause.failure.steps:
        if step.run == "traffic":
            continue
        say = (
            f"{step.say}: {values['instances']} of {deployment}"
            if step.run == "scale" and "instances" in values
            else step.say
        )
        yield Step(
            say=say, why=room.formula if step.run == "scale" and room else None,
            command=command(step.run, values), writes=step.writes, docs=cause.failure.docs,
        )  # fmt: skip


def _deployment(facts: Facts, cause: Cause, top: Suspect | None = None) -> str:
    """Return the deployment that commands are about: where it fails, else the one with most traffic, else the first."""
    if top is not None and top.touches == "this deployment" and top.change is not None:
        return (top.change.resource or "").rsplit("/", 1)[-1]
    if cause.deployment:
        return cause.deployment
    traffic = facts.endpoint.traffic or {}
    names = [one.name for one in facts.deployments or ()] or list(traffic)
    return max(names, key=lambda name: (traffic.get(name, 0.0), name), default="")


def of_broken(facts: Facts, failed: tuple[Broken, ...]) -> Iterator[Step]:
    """Yield how to go on with deployments that did not come up."""
    for one in failed:
        values = values_of(facts, one.deployment)
        if one.failure is None:
            yield Step(say=f"read why {one.deployment} did not come up", command=command("logs", values))
            continue
        for step in one.failure.steps[:2]:
            yield Step(
                say=f"{one.deployment}: {step.say}", why=one.failure.meaning, command=command(step.run, values),
                writes=step.writes, docs=one.failure.docs,
            )  # fmt: skip


def of_sources(facts: Facts) -> Iterator[Step]:
    """Yield how to switch on what is off."""
    for source in facts.sources:
        if source.is_on is False and source.switch_on:
            yield Step(say=f"switch {source.name} on", why=source.said, command=source.switch_on, writes=True)


def _distinct(steps: list[Step]) -> tuple[Step, ...]:
    kept: dict[str, Step] = {}
    for step in steps:
        kept.setdefault(step.command or step.say, step)
    return tuple(kept.values())[:MOST]
