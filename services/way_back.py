"""How to take back what did it, or to go round what fails: the split before, the instances before. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from services.capacity import ready
from services.change_kinds import scale_of, split_before
from services.endpoint_failures import command
from services.failure_cause import Cause
from services.minutes import counts_of, total
from services.onset import LEAST_SHARE
from services.step import Step, values_of
from services.suspects import Suspect
from services.traffic import live, said
from services.triage_facts import Facts

LIKELY = 0.4
"""The score from which on taking back a suspect is worth a step of its own."""
_NO_HELP = (401, 403, 429)
"""Codes that follow the caller or the load to whatever deployment gets the traffic."""


def undo(facts: Facts, cause: Cause, suspects: tuple[Suspect, ...]) -> Iterator[Step]:
    """Yield how to take back what the first suspect did, and how to go round the deployment that fails."""
    yield from _scale_back(facts, suspects[:1])
    found = None if _is_no_help(cause) else _split_before(facts, suspects) or _round(facts, cause)
    if found is not None:
        split, why = found
        yield Step(
            say=f"shift the traffic back: {said(split)}", why=why, writes=True,
            command=command("traffic", values_of(facts, cause.deployment, split)),
        )  # fmt: skip


def stand_in(facts: Facts, cause: Cause) -> Step | None:
    """Return how to use a deployment that is there but was not seen to answer; None where there is none."""
    able = [name for name in _able(facts, cause) if not _requests(facts, name)]
    if _is_no_help(cause) or not able or not (cause.deployment or cause.name == "zeroed traffic"):
        return None
    split = _all_to(facts, able[0])
    return Step(
        say=f"or give {able[0]} the traffic, once a test call to it went well", writes=True,
        why="it is there, and no request to it is known",
        command=command("traffic", values_of(facts, cause.deployment, split)),
    )  # fmt: skip


def _is_no_help(cause: Cause) -> bool:
    return cause.code in _NO_HELP or cause.name == "silence"


def _scale_back(facts: Facts, top: tuple[Suspect, ...]) -> Iterator[Step]:
    for one in top:
        scaled = scale_of(one.change) if one.change is not None and one.score >= LIKELY else None
        if one.change is not None and scaled and scaled[0] > scaled[1]:
            name = (one.change.resource or "").rsplit("/", 1)[-1]
            yield Step(
                say=f"give {name} {scaled[0]} instances again", why=f"as before {one.at:%H:%M}Z", writes=True,
                command=command("scale", values_of(facts, name, instances=scaled[0])),
            )  # fmt: skip


def _split_before(facts: Facts, suspects: tuple[Suspect, ...]) -> tuple[dict[str, int], str] | None:
    """Return the split before a suspect that moved it, if its deployments are still there."""
    names = {one.name.lower() for one in facts.deployments or ()}
    for one in suspects:
        before = split_before(one.change) if one.change is not None and one.score >= LIKELY else None
        if before and live(before) and (not names or all(name.lower() in names for name in live(before))):
            return before, f"as before {one.at:%H:%M}Z"
    return None


def _round(facts: Facts, cause: Cause) -> tuple[dict[str, int], str] | None:
    """Return all traffic to a deployment that answers well; None where none is known to."""
    good = {name: share for name in _able(facts, cause) if (share := _failed(facts, name)) is not None}
    good = {name: share for name, share in good.items() if share < LEAST_SHARE}
    if not cause.deployment or not good:
        return None
    best = min(good, key=lambda name: (good[name], name))
    return _all_to(facts, best), f"{best} answers well, {cause.deployment} does not"


def _able(facts: Facts, cause: Cause) -> list[str]:
    """Return the deployments that could answer, the largest first."""
    able = [
        one for one in facts.deployments or ()
        if (one.state or "").lower() == "succeeded" and one.instances != 0 and ready(facts, one.name) != 0
        and one.name.lower() != cause.deployment.lower()
    ]  # fmt: skip
    return [one.name for one in sorted(able, key=lambda one: (-(one.instances or 0), one.name))]


def _all_to(facts: Facts, name: str) -> dict[str, int]:
    return {name: 100} | {one.name: 0 for one in facts.deployments or () if one.name != name}


def _requests(facts: Facts, deployment: str) -> float:
    return total(counts_of(facts.signals, deployment).requests) or 0.0


def _failed(facts: Facts, deployment: str) -> float | None:
    """Return the share of errors of a deployment in its newest minutes; None where it got no request."""
    counts = counts_of(facts.signals, deployment)
    errors, requests = total(counts.errors, counts.newest()), total(counts.requests, counts.newest())
    return errors / requests if errors is not None and requests else None
