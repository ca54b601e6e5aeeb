"""Cells of a deployment's detail that say more than one field."""

from __future__ import annotations

from collections.abc import Callable

from services.deployment_settings import Probe
from services.deployments import Deployment
from widgets import format as fmt
from widgets.pane import Cell, Look, Span
from widgets.safe import Safe, plain, safe


def switch(field: str) -> Callable[[Deployment, Look], Cell]:
    """`on` or `off`; a dash where Azure did not say."""

    def cell(one: Deployment, look: Look) -> Cell:
        known = getattr(one, field)
        return fmt.DASH if known is None else (Span(plain("on" if known else "off"), "text" if known else "muted"),)

    return cell


def collected(one: Deployment, look: Look) -> Cell:
    """`on: model_inputs, model_outputs`."""
    names = f": {safe(', '.join(one.collected), 60)}" if one.collected else ""
    return (*switch("has_data_collector")(one, look), Span(Safe(names), "muted"))


def scaling(one: Deployment, look: Look) -> Cell | None:
    """`by hand`, or by how much Kubernetes adds and takes instances."""
    if one.scale_type is None:
        return None
    if one.scale_type.lower() == "default":
        return (Span(plain("by hand")),)
    ends = f" {fmt.count(one.scale_min)} to {fmt.count(one.scale_max)}" if one.scale_max is not None else ""
    target = f", at {one.scale_target} % of use" if one.scale_target is not None else ""
    every = f", looked at every {fmt.duration(one.scale_polling)}" if one.scale_polling is not None else ""
    word = "by use:" if one.scale_type.lower() == "targetutilization" else safe(one.scale_type, 24)
    return (Span(Safe(f"{word}{ends}{target}{every}")),)


def at_once(one: Deployment, look: Look) -> Cell:
    """Requests at the same time: of one instance, and of all there are. Twice as many wait, the rest gets a 429."""
    if one.max_concurrent is None:
        return fmt.DASH
    own = Span(Safe(f"{one.max_concurrent:,} an instance"))
    if not one.instances:
        return (own,)
    return (own, Span(Safe(f", {one.max_concurrent * one.instances:,} in all"), "muted"))


def probe(field: str) -> Callable[[Deployment, Look], Cell | None]:
    """`every 10s, 2s each, unwell after 30`; what Azure left out is left out."""

    def cell(one: Deployment, look: Look) -> Cell | None:
        given: Probe | None = getattr(one, field)
        if given is None:
            return None
        parts = (
            (given.period, f"every {fmt.duration(given.period)}"),
            (given.timeout, f"{fmt.duration(given.timeout)} each"),
            (given.failures, f"unwell after {given.failures}"),
            (given.successes, f"well after {given.successes}"),
            (given.initial_delay, f"first at {fmt.duration(given.initial_delay)}"),
        )
        return (Span(Safe(", ".join(text for known, text in parts if known is not None))),)

    return cell


def resources(field: str) -> Callable[[Deployment, Look], Cell | None]:
    """`cpu 1, memory 2Gi`."""

    def cell(one: Deployment, look: Look) -> Cell | None:
        known: dict[str, str | None] = getattr(one, field)
        return (Span(safe(", ".join(f"{name} {much}" for name, much in known.items()), 60)),) if known else None

    return cell
