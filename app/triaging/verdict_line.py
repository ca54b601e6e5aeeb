"""The verdict of a triage as a line: how it stands, since when, against what is usual, and where it comes from."""

from __future__ import annotations

from app.panes.endpoints import tone_of
from services.triage import Triage
from services.verdict import NO_TRAFFIC, Verdict
from widgets import format as fmt
from widgets.lines import NO_LINE, clip_line, say, spaced
from widgets.pane import Line, Look, Span, Tone
from widgets.safe import Safe, plain, safe

_STATES: dict[str, tuple[Safe, Safe, Tone]] = {
    "healthy": (plain("✓"), plain("v"), "ok"),
    "recovered": (plain("✓"), plain("v"), "ok"),
    "no traffic": (plain("■"), plain("#"), "muted"),
    "unknown": (plain("?"), plain("?"), "muted"),
    "slow": (plain("▲"), plain("!"), "warn"),
}
_BAD: tuple[Safe, Safe, Tone] = (plain("✗"), plain("x"), "err")


def verdict_line(found: Triage, look: Look, width: int) -> Line:
    """State, since when, errors against usual, latency, rate, and where it comes from."""
    said = found.verdict
    glyph, sign, tone = _STATES.get(said.state, _BAD)
    is_wide = width >= 120
    parts: list[Line] = [
        (Span(sign if look.is_ascii else glyph, tone), Span(Safe(f" {safe(said.state)}"), tone, bold=True))
    ]
    if said.since is not None:
        since = fmt.clock(said.since, look)
        lasted = fmt.duration(((said.ended or look.now) - said.since).total_seconds())
        before = "before " if said.is_before else ""
        until = f" to {fmt.clock(said.ended, look)}" if said.ended is not None else f", {lasted}"
        parts.append(say(Safe(f"since {before}{since}{until}" if is_wide else f"{since}{until}"), "muted"))
    parts += _measures(said, is_wide=is_wide)
    parts.append(_where(said))
    return clip_line(spaced(parts, 3 if is_wide else 2), width)


def _measures(said: Verdict, *, is_wide: bool) -> list[Line]:
    parts: list[Line] = []
    if said.failed is not None:
        word = "refused" if said.state == "refusing" else "errors"
        usual = fmt.percent(said.usual_failed) if said.usual_failed is not None else None
        was = plain("") if usual is None else Safe(f", {usual} {safe(said.usual_is)}" if is_wide else f", was {usual}")
        parts.append((Span(fmt.percent(said.failed), "strong", bold=True), Span(Safe(f" {word}{was}"), "muted")))
    if said.p95 is not None:
        parts.append((Span(Safe(f"{said.p95:.2f} s"), "strong", bold=True), Span(plain(" p95"), "muted")))
    if said.rate is not None and is_wide:
        rate = f"{said.rate:,.1f}" if said.rate < 10 else f"{said.rate:,.0f}"
        parts.append((Span(Safe(rate), "strong", bold=True), Span(plain(" rps"), "muted")))
    return parts


def _where(said: Verdict) -> Line:
    """`all from blue`, or each deployment with its part of the failures."""
    named = [(name, share) for name, share in said.where if name and share >= 0.1]
    if not named:
        return NO_LINE
    if named[0][1] > 0.95:
        return (Span(plain("all from "), "muted"), Span(safe(named[0][0], 20), tone_of(named[0][0], 0)))
    spans: list[Span] = [Span(plain("from "), "muted")]
    for place, (name, share) in enumerate(named):
        spans += [Span(plain(", " if place else ""), "muted"), Span(safe(name, 20), tone_of(name, place)),
                  Span(Safe(f" {fmt.percent(share)}"), "muted")]  # fmt: skip
    return tuple(spans)


def meaning_lines(found: Triage, width: int) -> list[Line]:
    """What kind of failure it is, and what tells so."""
    cause = found.cause
    if cause is None and found.state == NO_TRAFFIC and not any(row.traffic for row in found.deployments):
        return [say(plain("No deployment has traffic: every call is answered with 404."), "text")]
    if cause is None:
        return []
    said = [text for text in (found.verdict.meaning, cause.evidence) if text]
    return [clip_line(say(safe("; ".join(said), 400), "text"), width)] if said else []
