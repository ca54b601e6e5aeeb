"""The parts a run is looked at in: each one line here and one file. Tab line, keys, help and palette follow from it."""

from __future__ import annotations

from app.run_parts.part import Part
from widgets.safe import plain

PARTS: tuple[Part, ...] = (
    Part("overview", plain("Overview"), "w", "app.run_parts.overview:Overview", plain("What it is and how it went")),
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
