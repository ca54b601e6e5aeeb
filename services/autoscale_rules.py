"""One rule of an autoscale setting, and how a person would say it. No I/O."""

from __future__ import annotations

from typing import NamedTuple

import msgspec


class Bounds(NamedTuple):
    """How many instances a profile allows."""

    minimum: int | None = None
    maximum: int | None = None
    default: int | None = None


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """When a metric crosses a threshold for `window` seconds, instances come or go; then nothing for `cooldown`."""

    metric: str | None = None
    operator: str | None = None
    """GreaterThan, LessThanOrEqual … as given."""
    threshold: float | None = None
    window: float | None = None
    statistic: str | None = None
    direction: str | None = None
    """Increase or Decrease."""
    kind: str | None = None
    """ChangeCount, PercentChangeCount, ExactCount."""
    change: float | None = None
    cooldown: float | None = None

    @property
    def is_above(self) -> bool:
        """Whether it applies while the metric is high."""
        return (self.operator or "").lower() in ("greaterthan", "greaterthanorequal")

    @property
    def is_below(self) -> bool:
        """Whether it applies while the metric is low."""
        return (self.operator or "").lower() in ("lessthan", "lessthanorequal")

    @property
    def adds(self) -> bool:
        """Whether it gives instances."""
        return (self.direction or "").lower() == "increase"

    @property
    def takes(self) -> bool:
        """Whether it takes instances away."""
        return (self.direction or "").lower() == "decrease"


_SIGNS = {
    "greaterthan": "above", "greaterthanorequal": "at or above", "lessthan": "below", "lessthanorequal": "at or below",
    "equals": "at", "notequals": "not at",
}  # fmt: skip


def condition(rule: Rule) -> str:
    """Return when a rule applies: `CpuUtilizationPercentage above 70`."""
    sign = _SIGNS.get((rule.operator or "").lower(), rule.operator or "at")
    threshold = f"{rule.threshold:g}" if rule.threshold is not None else "an unknown threshold"
    return f"{rule.metric or 'a metric'} {sign} {threshold}"


def effect(rule: Rule) -> str:
    """Return what a rule does: `adds 2`, `takes 10 %`, `sets 4`."""
    much = f"{rule.change:g}" if rule.change is not None else "some"
    kind = (rule.kind or "").lower()
    if kind == "exactcount":
        return f"sets {much}"
    word = "adds" if rule.adds else "takes" if rule.takes else rule.direction or "changes"
    return f"{word} {much}{' %' if kind == 'percentchangecount' else ''}"


def rule_text(rule: Rule) -> str:
    """Return a rule as one line: `CpuUtilizationPercentage above 70: adds 1, then rests 300 s`."""
    rest = f", then rests {rule.cooldown:g} s" if rule.cooldown else ""
    return f"{condition(rule)}: {effect(rule)}{rest}"
