"""The parts a run is looked at in: each one line here and one file. Tab line, keys, help and palette follow from it."""

from __future__ import annotations

from app.run_parts.part import Part
from widgets.safe import plain

PARTS: tuple[Part, ...] = (
    Part("overview", plain("Overview"), "w", "app.run_parts.overview:Overview", plain("What it is and how it went")),
    Part("metrics", plain("Metrics"), "m", "app.run_parts.metrics:Metrics", plain("Every logged metric and its nodes")),
)

BY_PART: dict[str, Part] = {part.name: part for part in PARTS}
