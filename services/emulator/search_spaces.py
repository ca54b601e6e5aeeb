"""What a sweep draws its trials from: spaces as ARM and as a pipeline's node spell them, and a draw from one."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any, cast

from services.emulator.dice import Dice

Json = dict[str, Any]
Spread = tuple[str, str, tuple[Any, ...]]
"""A parameter, its distribution in lower case, and the numbers or values of that."""

_NUMBERS = ("min_value", "max_value", "mu", "sigma", "upper", "q")


def spread_of(space: Json) -> tuple[Spread, ...]:
    """Return the parameters of a search space, those that are spelled in a way nobody knows left out."""
    return tuple(one for name, given in space.items() if (one := _spread(name, given)) is not None)


def _spread(name: str, given: object) -> Spread | None:
    if isinstance(given, list) and len(cast("list[Any]", given)) == 2:
        kind, values = cast("list[Any]", given)
        if str(kind).lower() == "choice" and isinstance(values, list) and values:
            values = cast("list[Any]", values)[0]
        return _known(name, str(kind), cast("list[Any]", values) if isinstance(values, list) else [values])
    if isinstance(given, dict):
        one = cast(Json, given)
        values = one.get("values")
        numbers = [one[key] for key in _NUMBERS if key in one]
        return _known(name, str(one.get("type")), cast("list[Any]", values) if isinstance(values, list) else numbers)
    return None


def _known(name: str, kind: str, values: list[Any]) -> Spread | None:
    kind = kind.lower()
    least = 1 if kind in ("choice", "randint") else 2
    is_right = kind == "choice" or all(isinstance(one, int | float) for one in values)
    values = [one if isinstance(one, str | int | float) else json.dumps(one) for one in values]
    return (name, kind, tuple(values)) if is_right and len(values) >= least and kind in _DRAWS else None


def draw(spreads: tuple[Spread, ...], key: str) -> dict[str, str]:
    """Return the values of one trial, as text; the same for the same key."""
    found: dict[str, str] = {}
    for name, kind, given in spreads:
        value = _DRAWS[kind](Dice("draw", key, name), given)
        found[name] = f"{value:.4g}" if isinstance(value, float) else str(value)
    return found


def _choice(dice: Dice, given: tuple[Any, ...]) -> Any:
    return dice.pick(0, given)


def _randint(dice: Dice, given: tuple[Any, ...]) -> int:
    return dice.whole(0, max(1, int(given[0])))


def _uniform(dice: Dice, given: tuple[Any, ...]) -> float:
    return _stepped(dice.between(0, given[0], given[1]), given)


def _loguniform(dice: Dice, given: tuple[Any, ...]) -> float:
    return _stepped(_exp(dice.between(0, given[0], given[1])), given)


def _normal(dice: Dice, given: tuple[Any, ...]) -> float:
    return _stepped(given[0] + given[1] * _bell(dice), given)


def _lognormal(dice: Dice, given: tuple[Any, ...]) -> float:
    return _stepped(_exp(given[0] + given[1] * _bell(dice)), given)


def _bell(dice: Dice) -> float:
    """Return a number about 0 that is seldom far from it: twelve throws are near enough to a normal one."""
    return sum(dice.unit(throw) for throw in range(12)) - 6


def _exp(power: float) -> float:
    return math.exp(min(600.0, power))


def _stepped(value: float, given: tuple[Any, ...]) -> float:
    step = given[2] if len(given) > 2 else 0
    return round(value / step) * step if step else float(value)


_DRAWS: dict[str, Callable[[Dice, tuple[Any, ...]], Any]] = {
    "choice": _choice, "randint": _randint, "uniform": _uniform, "quniform": _uniform, "loguniform": _loguniform,
    "qloguniform": _loguniform, "normal": _normal, "qnormal": _normal, "lognormal": _lognormal,
    "qlognormal": _lognormal,
}  # fmt: skip
