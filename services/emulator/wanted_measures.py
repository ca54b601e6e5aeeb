"""What a question of Azure Monitor's metrics asks for, once it is understood."""

from __future__ import annotations

from typing import NamedTuple

from services.emulator.ticks import MINUTE

GRAINS = {"PT1M": 1, "PT5M": 5, "PT15M": 15, "PT30M": 30, "PT1H": 60, "PT6H": 360, "PT12H": 720, "P1D": 1440}
"""The grains that may be asked for, in minutes."""


class Wanted(NamedTuple):
    """What is asked about each resource."""

    names: tuple[str, ...]
    start: int
    end: int
    grain: str
    aggregations: tuple[str, ...]
    terms: dict[str, str]
    top: int

    @property
    def step(self) -> int:
        """The grain in ticks."""
        return GRAINS[self.grain] * MINUTE
