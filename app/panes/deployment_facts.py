"""Cells of a deployment's detail that say more than one field."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.deployment_row import DeploymentRow
from services.deployment_settings import Probe
from widgets import format as fmt
from widgets.pane import Cell, Line, Look, Span
from widgets.safe import Safe, plain, safe


def switch(field: str) -> Callable[[DeploymentRow, Look], Cell]:
    """`on` or `off`; a dash where Azure did not say."""

    def cell(one: DeploymentRow, look: Look) -> Cell:
        known = getattr(one, field)
        return fmt.DASH if known is None else (Span(plain("on" if known else "off"), "text" if known else "muted"),)

    return cell


def collected(one: DeploymentRow, look: Look) -> Cell:
    """`on: model_inputs, model_outputs`."""
    names = f": {safe(', '.join(one.collected), 60)}" if one.collected else ""
    return (*switch("has_data_collector")(one, look), Span(Safe(names), "muted"))


def traffic(one: DeploymentRow, look: Look) -> Cell:
    """Its part of the requests; a dash while that is not known."""
    if one.traffic is None:
        return fmt.DASH
    return (Span(Safe(f"{one.traffic:g} %"), "text" if one.traffic else "muted"),)


def share(one: DeploymentRow, look: Look) -> Cell | None:
    """Its part of the requests, and of the copies."""
    copies = f", and copies of {one.mirror:g} %" if one.mirror else ""
    return None if one.traffic is None else (*traffic(one, look), Span(Safe(copies), "muted"))


def autoscale(one: DeploymentRow, look: Look) -> Cell:
    """`2–10`, in the colour of a warning where the rules contradict themselves; nothing without a setting."""
    if not one.has_autoscale:
        return fmt.DASH if one.has_autoscale is None else (Span(plain("no"), "muted"),)
    if one.autoscale_on is False:
        return (Span(plain("off"), "muted"),)
    sign = plain("! " if look.is_ascii else "▲ ") if one.autoscale_problems else plain("")
    between = "-" if look.is_ascii else "–"
    text = Safe(f"{fmt.count(one.autoscale_min)}{between}{fmt.count(one.autoscale_max)}")
    return (Span(sign, "warn"), Span(text, "warn" if one.autoscale_problems else "text"))


def bounds(one: DeploymentRow) -> str | None:
    """`2 to 10, switched off`, `none`; None while it is not known."""
    if not one.has_autoscale:
        return None if one.has_autoscale is None else "none"
    state = ", switched off" if one.autoscale_on is False else ""
    return f"{fmt.count(one.autoscale_min)} to {fmt.count(one.autoscale_max)}{state}"


def autoscale_lines(one: DeploymentRow, look: Look) -> Sequence[Line]:
    """What is wrong with its setting first, then its bounds and its rules."""
    if not one.has_autoscale:
        return ()
    warn = plain("! ") if look.is_ascii else plain("▲ ")
    lines: list[Line] = [(Span(warn, "warn"), Span(safe(text, 200))) for text in one.autoscale_problems]
    state = plain(", switched off") if one.autoscale_on is False else plain("")
    low, high, usual = map(fmt.count, (one.autoscale_min, one.autoscale_max, one.autoscale_default))
    lines.append((Span(Safe(f"{low} to {high} instances, {usual} without a metric{state}")),))
    if one.last_scaled is not None:
        when = f"{fmt.age(one.last_scaled, look.now)} ago, {fmt.clock(one.last_scaled, look)}"
        lines.append((Span(Safe(f"last scaled from {safe(one.last_scale or '', 40)}, {when}")),))
    lines += [(Span(safe(rule, 200)),) for rule in one.autoscale_rules]
    return (*lines, (Span(safe(one.autoscale_name or ""), "muted"),))


def scaling(one: DeploymentRow, look: Look) -> Cell | None:
    """`by hand`, by its autoscale setting, or by how much Kubernetes adds and takes instances."""
    if one.has_autoscale and one.autoscale_on is not False:
        return (Span(plain("by the rules below")),)
    if one.scale_type is None:
        return None
    if one.scale_type.lower() == "default":
        return (Span(plain("by hand")),)
    ends = f" {fmt.count(one.scale_min)} to {fmt.count(one.scale_max)}" if one.scale_max is not None else ""
    target = f", at {one.scale_target} % of use" if one.scale_target is not None else ""
    every = f", looked at every {fmt.duration(one.scale_polling)}" if one.scale_polling is not None else ""
    word = "by use:" if one.scale_type.lower() == "targetutilization" else safe(one.scale_type, 24)
    return (Span(Safe(f"{word}{ends}{target}{every}")),)


def at_once(one: DeploymentRow, look: Look) -> Cell:
    """Requests at the same time: of one instance, and of all there are. Twice as many wait, the rest gets a 429."""
    if one.max_concurrent is None:
        return fmt.DASH
    own = Span(Safe(f"{one.max_concurrent:,} an instance"))
    if not one.instances:
        return (own,)
    return (own, Span(Safe(f", {one.max_concurrent * one.instances:,} in all"), "muted"))


def probe(field: str) -> Callable[[DeploymentRow, Look], Cell | None]:
    """`every 10s, 2s each, unwell after 30`; what Azure left out is left out."""

    def cell(one: DeploymentRow, look: Look) -> Cell | None:
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


def resources(field: str) -> Callable[[DeploymentRow, Look], Cell | None]:
    """`cpu 1, memory 2Gi`."""

    def cell(one: DeploymentRow, look: Look) -> Cell | None:
        known: dict[str, str | None] = getattr(one, field)
        return (Span(safe(", ".join(f"{name} {much}" for name, much in known.items()), 60)),) if known else None

    return cell
