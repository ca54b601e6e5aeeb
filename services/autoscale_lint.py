"""What of an autoscale setting contradicts itself: said before it costs a night or a fortune. No I/O.

The first rule is in the documentation's own sample: a rule meant to take instances away that says Increase.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.autoscale_rules import Bounds, Rule, condition, effect


def problems_of(bounds: Bounds, rules: Sequence[Rule]) -> tuple[str, ...]:
    """Return what is wrong with a profile, a sentence each without a full stop; nothing when all is well."""
    wrong_ways = tuple(_of_directions(rules))
    # A rule that goes the wrong way is why there is none for the right way: once said is enough.
    return (*_of_bounds(bounds), *(wrong_ways or _of_ways(rules)), *_of_thresholds(rules))


def _of_bounds(bounds: Bounds) -> Iterator[str]:
    low, high, usual = bounds
    if low is not None and high is not None and low > high:
        yield f"the minimum {low} is above the maximum {high}"
    elif usual is not None and ((low is not None and usual < low) or (high is not None and usual > high)):
        yield f"the default {usual} is outside of {low} to {high}"


def _of_directions(rules: Sequence[Rule]) -> Iterator[str]:
    for rule in rules:
        if rule.is_below and rule.adds:
            yield f"{condition(rule)} {effect(rule)}: a rule to scale in says Increase, so it never takes one away"
        elif rule.is_above and rule.takes:
            yield f"{condition(rule)} {effect(rule)}: it takes instances away while there is more to do"


def _of_ways(rules: Sequence[Rule]) -> Iterator[str]:
    is_exact = any((rule.kind or "").lower() == "exactcount" for rule in rules)
    if is_exact or not rules:
        return
    adds, takes = any(rule.adds for rule in rules), any(rule.takes for rule in rules)
    if adds and not takes:
        yield "no rule takes instances away: what was added stays and is paid for"
    elif takes and not adds:
        yield "no rule adds instances: what was taken away stays away"


def _of_thresholds(rules: Sequence[Rule]) -> Iterator[str]:
    for up in rules:
        for down in rules:
            is_pair = up.adds and up.is_above and down.takes and down.is_below and up.metric == down.metric
            if is_pair and up.threshold is not None and down.threshold is not None and down.threshold >= up.threshold:
                yield f"it takes instances away below {down.threshold:g} and adds them above {up.threshold:g}: it flaps"
