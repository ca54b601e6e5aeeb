"""What to do next, in order, each with its exact command: undo what did it, then what is known to help. Pure."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from services.capacity import Capacity, ready
from services.endpoint_failures import KnownStep, command
from services.failure_cause import CONTAINER, Broken, Cause
from services.step import Step, values_of
from services.suspects import Suspect
from services.triage_facts import Facts
from services.way_back import stand_in, undo

MOST = 8


def steps_of(
    facts: Facts,
    cause: Cause,
    suspects: tuple[Suspect, ...],
    capacities: tuple[Capacity, ...],
    failed: tuple[Broken, ...],
) -> tuple[Step, ...]:
    """Return what to do about an incident, the most helpful first, none twice."""
    own = tuple(one for one in failed if one.deployment.lower() == cause.deployment.lower())
    rest = tuple(one for one in failed if one not in own)
    found = [*undo(facts, cause, suspects)]
    helpful = [[*of_broken(facts, own)], [*_known(facts, cause, capacities)]]
    for each in reversed(helpful) if cause.name in CONTAINER else helpful:
        found += each
    if (other := stand_in(facts, cause)) is not None:
        found.append(other)
    return _distinct([*found, *of_broken(facts, rest), *of_sources(facts)])


def quiet_steps(facts: Facts, failed: tuple[Broken, ...]) -> tuple[Step, ...]:
    """Return what to do where nothing is wrong with the answers."""
    return _distinct([*of_broken(facts, failed), *of_sources(facts)])


def _known(facts: Facts, cause: Cause, capacities: tuple[Capacity, ...]) -> Iterator[Step]:
    """Yield what is known to help. The traffic is left out: it was said where it helps."""
    deployment = cause.deployment or _busiest(facts)
    room = next((one for one in capacities if one.deployment.lower() == deployment.lower()), None)
    needed = room.needed if room and room.needed and room.needed > (room.instances or 0) else None
    values = values_of(facts, deployment, instances=needed)
    for step in cause.failure.steps if cause.failure else ():
        # More instances of what does not start are no help.
        if step.run == "traffic" or (step.run == "scale" and ready(facts, deployment) == 0):
            continue
        is_scale = step.run == "scale" and "instances" in values
        yield Step(
            say=f"{step.say}: {values['instances']} of {deployment}" if is_scale else step.say,
            why=room.formula if is_scale and room else _caller(facts, step), command=command(step.run, values),
            writes=step.writes, docs=cause.failure.docs if cause.failure else None,
        )  # fmt: skip


def _caller(facts: Facts, step: KnownStep) -> str | None:
    """Return who it is, where a step is to find a caller and callers are known."""
    callers = [one for one in facts.callers or () if one.requests > 0]
    if "which caller" not in step.say or not callers:
        return None
    most = max(callers, key=lambda one: (one.requests, one.agent or ""))
    share = most.requests / sum(one.requests for one in callers)
    return f"{most.agent or most.identity or 'a caller without a name'} sends {100 * share:.0f} % of the requests"


def _busiest(facts: Facts) -> str:
    """Return the deployment that commands are about where none is known to fail: the one with most traffic."""
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
        key = step.command or step.say
        kept[key] = msgspec.structs.replace(kept[key], why=kept[key].why or step.why) if key in kept else step
    return tuple(kept.values())[:MOST]
