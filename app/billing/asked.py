"""The ways a bill can be cut, and what has to be read for each: plain names, for the screen and the command line."""

from __future__ import annotations

from typing import NamedTuple

from services.cost_cuts import METER, RESOURCE, SUBCATEGORY, TAG

ACTUAL, AMORTIZED = "ActualCost", "AmortizedCost"
KIND_WORDS = {ACTUAL: "actual cost", AMORTIZED: "amortised cost"}

SERVICE, GROUP, ENDPOINT, DEPLOYMENT, COMPUTE = "service", "group", "endpoint", "deployment", "compute"
TAGS = "tags"
"""The lookup of every tag: which keys there are is known only then."""

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


def lookup_of(looked: Looked, *, is_named: bool = False) -> str | None:
    """The key of the lookup that brings what a cut is made of; None where the daily bill holds it.

    Every tag is read at once, but for one that somebody named: then nobody has to find out which there are.
    """
    kind, cut = looked.kind, looked.cut
    if cut in (RESOURCE, SERVICE, GROUP):
        return None if kind == ACTUAL else f"{kind}|{RESOURCE}"
    if is_named and cut.startswith(TAG):
        return f"{kind}|{cut}"
    if cut.startswith(TAG) or cut in (ENDPOINT, DEPLOYMENT, COMPUTE):
        return f"{kind}|{TAGS}"
    return f"{kind}|{cut}"


def title_of(cut: str) -> str:
    """A cut as it is called: `meter`, `tag team`."""
    return f"tag {cut.removeprefix(TAG)}" if cut.startswith(TAG) else cut
