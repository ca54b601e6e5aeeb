"""The ways a bill can be cut, and what has to be read for each: plain names, for the screen and the command line."""

from __future__ import annotations

from typing import NamedTuple

from services.cost_cuts import METER, RESOURCE, SUBCATEGORY, tag_keys_of

ACTUAL, AMORTIZED = "ActualCost", "AmortizedCost"
KIND_WORDS = {ACTUAL: "actual cost", AMORTIZED: "amortised cost"}

SERVICE, GROUP, ENDPOINT, DEPLOYMENT, COMPUTE = "service", "group", "endpoint", "deployment", "compute"
NAMED = (ENDPOINT, DEPLOYMENT, COMPUTE)
"""The cuts by a tag whose values are names of such things, whatever its key."""

CUTS = (RESOURCE, METER, SERVICE, GROUP, ENDPOINT, DEPLOYMENT, COMPUTE, SUBCATEGORY)
"""The cuts there always are; those by tag are found."""

NOTHING = {
    RESOURCE: "no resource", METER: "no meter", SERVICE: "no service", GROUP: "no group", SUBCATEGORY: "no resource",
    ENDPOINT: "no endpoint", DEPLOYMENT: "no deployment", COMPUTE: "no compute",
}  # fmt: skip
"""What a line is called that names none."""


class Looked(NamedTuple):
    """How a bill is looked at."""

    cut: str = RESOURCE
    kind: str = ACTUAL


def split_key(key: str) -> tuple[str, str]:
    """Kind and cut of a lookup's key. Raises ValueError for another key."""
    kind, bar, cut = key.partition("|")
    if not bar or kind not in KIND_WORDS:
        raise ValueError(f"no cut of costs: {key}")
    return kind, cut


def lookup_of(looked: Looked) -> str | None:
    """The key of the lookup that brings what a cut is made of; None where the daily bill holds it.

    Each is read alone, what tells endpoints, deployments or computes apart as soon as it is found: each tag is a call.
    """
    kind, cut = looked.kind, looked.cut
    if cut in (RESOURCE, SERVICE, GROUP):
        return None if kind == ACTUAL else f"{kind}|{RESOURCE}"
    return f"{kind}|{cut}"


def title_of(cut: str) -> str:
    """A cut as it is called: `meter`, `tag team`, `tags endpoint and deployment`."""
    keys = tag_keys_of(cut)
    return f"{'tag' if len(keys) == 1 else 'tags'} {' and '.join(keys)}" if keys else cut
