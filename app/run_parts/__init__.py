"""The parts a run is looked at in: each one line here and one file. Tab line, keys, help and palette follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from services.run import Run
from widgets.safe import Safe, plain

if TYPE_CHECKING:
    from app.desk import Desk
    from app.run_parts.part import RunPart


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an opened run. `key` opens it; the overview needs none beside that of the detail.

    `make` names its class: `app.run_parts.logs:Logs`.
    """

    name: str
    title: Safe
    key: str
    make: str
    about: Safe
    """A sentence for help and palette."""

    def made(self, desk: Desk, run: Run) -> RunPart:
        """The part for a run, imported when it is first looked at."""
        module, _, name = self.make.partition(":")
        made: RunPart = getattr(import_module(module), name)(desk, run)
        return made


PARTS: tuple[Part, ...] = (
    Part("overview", plain("Overview"), "", "app.run_parts.overview:Overview", plain("What it is and how it went")),
    Part("metrics", plain("Metrics"), "m", "app.run_parts.metrics:Metrics", plain("Every logged metric and its nodes")),
    Part("logs", plain("Logs"), "l", "app.run_parts.logs:Logs", plain("Its logs, the one that matters first")),
    Part("outputs", plain("Outputs"), "t", "app.run_parts.outputs:Outputs", plain("What it left, to look at or take")),
    Part("children", plain("Children"), "h", "app.run_parts.children:Children", plain("Steps and trials")),
    Part("error", plain("Error"), "x", "app.run_parts.error:Error", plain("Why it failed, and what to do")),
    Part(
        "compare",
        plain("Compare"),
        "=",
        "app.run_parts.compare:Compare",
        plain("What differs from the last good run, or between the marked ones"),
    ),
)

BY_PART: dict[str, Part] = {part.name: part for part in PARTS}
