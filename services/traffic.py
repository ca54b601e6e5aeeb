"""A split of traffic: read from what somebody typed, laid over the one there is, and judged. No I/O."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from services.planning import listed, wrong_answer

Split = Mapping[str, int]
"""Per cent of the requests by deployment."""

_PART = re.compile(r"([A-Za-z][A-Za-z0-9-]{0,63})=(\d{1,3})%?")
WHOLE = 100


def split_of(text: str, on: str = "") -> dict[str, int]:
    """Return a split written as `blue=10 green=90`, blanks or commas between. Raises Refused for anything else."""
    if not text.strip():
        raise wrong_answer("No shares of traffic were named", on, do="write blue=10 green=90")
    found: dict[str, int] = {}
    for word in re.split(r"[\s,]+", text.strip()):
        part = _PART.fullmatch(word)
        if part is None or part[1] in found or int(part[2]) > WHOLE:
            raise wrong_answer(
                f"{word!r} is no share of traffic",
                on,
                do="write blue=10 green=90: whole numbers to 100, each name once",
            )
        found[part[1]] = int(part[2])
    return found


def split_text(split: Split) -> str:
    """Return a split as `split_of` and `az` read it."""
    return " ".join(f"{name}={share}" for name, share in split.items())


def said(split: Split) -> str:
    """Return a split as a sentence says it: `blue 90 % and green 10 %`; `nothing` for an empty one."""
    return listed([f"{name} {share} %" for name, share in split.items() if share]) or "nothing"


def merged(now: Split, given: Split, deployments: Sequence[str], on: str = "") -> dict[str, int]:
    """Return the split after: the named deployments get their share, the others keep theirs.

    Raises Refused for an unknown deployment and for any sum but 100: a sum of 0 would leave every caller with a 404.
    """
    known = {name.lower(): name for name in deployments}
    for name in given:
        if name.lower() not in known:
            raise wrong_answer(f"{name} is no deployment of it", on, do=f"it has {listed(list(deployments)) or 'none'}")
    named = {known[name.lower()]: share for name, share in given.items()}
    if len(named) < len(given):
        raise wrong_answer("A deployment is named twice", on)
    after = {**{known.get(name.lower(), name): share for name, share in now.items()}, **named}
    lost = [name for name, share in after.items() if share and name.lower() not in known]
    if lost:
        raise wrong_answer(f"{listed(lost)} would get traffic and is no deployment of it any more", on)
    total = sum(after.values())
    if total == 0:
        raise wrong_answer("No deployment would have traffic: every call would be answered 404", on)
    if total != WHOLE:
        kept = [f"{name}={share}" for name, share in after.items() if share and name not in named]
        rest = f" with {listed(kept)} as it is" if kept else ""
        raise wrong_answer(f"The shares add up to {total}, not to 100{rest}", on, do="name every share that changes")
    return after


def live(split: Split) -> dict[str, int]:
    """Return the shares that get any traffic."""
    return {name: share for name, share in split.items() if share}
