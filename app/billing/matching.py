"""Which tags tell endpoints, deployments and computes apart: their keys are found by their values, not assumed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from app.billing.asked import COMPUTE, DEPLOYMENT, ENDPOINT
from services.cost_cuts import PAIR, TAG, CutLine

if TYPE_CHECKING:
    from cache.store import Store

MATCHED = {ENDPOINT: ("endpoints", "name"), DEPLOYMENT: ("deployments", "name"), COMPUTE: ("compute", "name")}
"""Whose names the values of a tag have to be, for the tag to tell these apart."""

Tagged = Mapping[str, Sequence[CutLine]]
"""The lines of each cut by tags."""


def by_tag(cuts: Iterable[CutLine], kind: str) -> dict[str, list[CutLine]]:
    """The lines of each cut by one tag or two."""
    found: dict[str, list[CutLine]] = {}
    for line in cuts:
        if line.cut.startswith((TAG, PAIR)) and line.kind == kind:
            found.setdefault(line.cut, []).append(line)
    return found


def matching(store: Store, scope: str, tagged: Tagged, cut: str) -> str | None:
    """The cut by tag to look at: the one asked for, or the one whose values are names of such things.

    Deployments are told apart by two tags where both were read: `blue` is the name of many.
    """
    if cut.startswith(TAG):
        return next((one for one in tagged if one.lower() == cut.lower()), None)
    if cut not in MATCHED:
        return None
    if cut == DEPLOYMENT and (pair := _matching_pair(store, scope, tagged)):
        return pair
    names = names_of(store, scope, cut)
    scores = {one: _share((line.value for line in lines), names) for one, lines in tagged.items()
              if one.startswith(TAG)}  # fmt: skip
    best = max(scores, key=lambda one: (scores[one], one), default=None)
    return best if best is not None and scores[best] > 0.5 else None


def names_of(store: Store, scope: str, cut: str) -> Collection[str]:
    """The names of endpoints, deployments or computes, in lower case."""
    table, field = MATCHED[cut]
    return {str(getattr(seen.record, field)).lower() for seen in store.records(table, scope)}


def _matching_pair(store: Store, scope: str, tagged: Tagged) -> str | None:
    """The two tags that name endpoint and deployment: those of deployments long gone need not be known any more."""
    ids = {seen.record.id.lower() for seen in store.records("deployments", scope)}
    endpoints = names_of(store, scope, ENDPOINT)
    for cut in sorted(one for one in tagged if one.startswith(PAIR)):
        found = {f"{line.value}/{line.detail}".lower() for line in tagged[cut] if line.value and line.detail}
        if found & ids and _share((line.value for line in tagged[cut]), endpoints) > 0.5:
            return cut
    return None


def _share(values: Iterable[str | None], names: Collection[str]) -> float:
    """The share of a tag's values that are such names."""
    known = {value.lower() for value in values if value}
    return sum(value in names for value in known) / len(known) if known else 0.0
