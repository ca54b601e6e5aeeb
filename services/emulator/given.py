"""Jobs that somebody submitted to a world: they take their place among the runs that its scripts start."""

from __future__ import annotations

from typing import Any

import msgspec

from services.emulator.dice import Dice
from services.emulator.given_parts import as_object
from services.emulator.scripts import Part, Script
from services.emulator.ticks import SECOND

Json = dict[str, Any]

FIRST = 1 << 40
"""Numbers from here on are submitted runs; the scripts of a world never come so far."""

FAMILY = 1 << 12
"""Numbers a submitted run has for itself and everything under it."""

KINDS = {"command": "command", "sweep": "sweep", "pipeline": "pipeline", "automl": "automl"}
"""What ARM calls a job → the kind of its run."""


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """One submitted job: its name, when it was taken, who submitted it, and its `properties` as they came."""

    name: str
    experiment: str
    number: int
    """Which submission of its workspace it is, from 0."""
    at: int
    person: tuple[str, str]
    """Object id and name."""
    job: Json
    part: Part
    """How its life goes, and what is under it."""

    @property
    def command(self) -> str:
        """The command line; a sweep's is its trial's."""
        return str(self.job.get("command") or as_object(self.job.get("trial")).get("command") or "")

    @property
    def literals(self) -> dict[str, str]:
        """Its inputs that are plain values: the parameters of the run."""
        inputs = as_object(self.job.get("inputs")).items()
        return {
            name: str(one["value"])
            for name, one in ((name, as_object(given)) for name, given in inputs)
            if str(one.get("jobInputType")).lower() == "literal"
        }

    def dice(self, seed: object, place: int = 0) -> Dice:
        """Return the throws of this run, or of the one at a place under it."""
        return Dice(seed, "given", self.name, *((place,) if place else ()))

    @property
    def accepted(self) -> int:
        """When it stands in the queue."""
        return self.at + 3 * SECOND


def index_of(number: int, place: int = 0) -> int:
    """Return the number among all runs of a submission's run, or of the one at a place under it."""
    return FIRST + number * FAMILY + place


def who_of(index: int) -> tuple[int, int]:
    """Return which submission a run belongs to, and its place under it: the other way round."""
    return divmod(index - FIRST, FAMILY)


def script_of(experiment: str) -> Script:
    """Return the script of an experiment that only submitted runs belong to: it starts nothing itself."""
    return Script(name=experiment, minutes=60, parts=(), steps=400)
