"""Posture: how safe the workspace is, a fact a line, what needs action first."""

from __future__ import annotations

from app.cells import ago, exact, fact, paragraph, value
from app.words import State
from services.posture_lines import PostureLine
from widgets import format as fmt
from widgets.lines import say
from widgets.pane import Cell, Column, Fact, Line, Look, Pane, Reference, Section, Span, Tally, Verb
from widgets.safe import Safe, plain, safe, safe_lines

_STATES = {
    "weak": State(plain("▲"), plain("!"), plain("weak"), "warn", "warn"),
    "unknown": State(plain("?"), plain("?"), plain("unknown"), "muted"),
    "note": State(plain("◇"), plain("o"), plain("note"), "muted"),
    "ok": State(plain("✓"), plain("v"), plain("ok"), "ok"),
}


def state_of(one: PostureLine) -> State:
    """Glyph, word and colour of a line: only what needs action is coloured."""
    return _STATES.get(one.standing) or _STATES["unknown"]


def standing(one: PostureLine, look: Look) -> Cell:
    """Glyph and word."""
    state = state_of(one)
    return (
        Span(state.ascii if look.is_ascii else state.glyph, state.tone),
        Span(Safe(f" {state.word}"), state.word_tone),
    )


def head(one: PostureLine, look: Look) -> Line:
    """What the line is about, and how it stands."""
    glyph, word = standing(one, look)
    return (Span(safe(one.about), "strong", bold=True), Span(Safe("  "), "muted"), glyph, word)


def fact_lines(one: PostureLine, look: Look) -> list[Line]:
    """The fact, and what more is known of it."""
    lines = [say(safe(one.fact))]
    return lines + [say(line, "muted") for line in safe_lines(one.detail or "")[:8]]


def source(one: PostureLine, look: Look) -> Cell:
    """The call the fact came from, with its age."""
    age = f", {fmt.age(one.seen, look.now)} ago" if one.seen is not None else ""
    return (Span(Safe(f"{safe(one.source)}{age}"), "muted"),)


def verdict(tally: Tally, look: Look) -> Line:
    """`▲ 2 things are weak  3 cannot be seen  12 notes`; badges for HBI and an own key."""
    rows: list[PostureLine] = list(tally.rows())
    found = {name: sum(one.standing == name for one in rows) for name in _STATES}
    weak, unknown = found["weak"], found["unknown"]
    state = _STATES["weak"] if weak else _STATES["unknown"] if unknown or not rows else _STATES["ok"]
    said = f"{weak} thing{' is' if weak == 1 else 's are'} weak" if weak else "Nothing seen is weak"
    spans = [
        Span(Safe(f"{state.ascii if look.is_ascii else state.glyph} "), state.tone),
        Span(Safe(said), "strong", bold=True),
    ]
    if unknown:
        spans.append(Span(Safe(f"   {unknown} cannot be seen"), "muted"))
    spans.append(Span(Safe(f"   {found['note']} notes, {found['ok']} ok"), "muted"))
    badges = [badge for key, badge in _BADGES if any(one.id == key and one.fact == "on" for one in rows)]
    return (*spans, *(Span(Safe(f"   {badge}"), "text") for badge in badges))


_BADGES = (("encryption/hbi", plain("HBI")), ("encryption/cmk", plain("CMK")))

POSTURE: Pane[PostureLine] = Pane(
    name="posture",
    title="Posture",
    digit="",
    record=PostureLine,
    table="posture",
    noun="facts",
    sources=(
        "workspace_settings", "stores", "identity_grants", "outbound_rules", "diagnostics", "policies", "job_variables",
        "endpoints", "posture",
    ),
    order="rank",
    in_tabs=False,
    trouble="standing=weak",
    empty="Nothing is known of this workspace's safety yet.",
    columns=(
        Column("standing", standing, 10, "standing", rank=1, sort="rank"),
        Column("about", value("about"), 19, "about", grows=True, rank=1),
        Column("fact", value("fact"), 24, "fact", rank=1),
        Column("area", value("area", "muted"), 13, "area", rank=4),
        Column("age", ago("seen"), 4, "seen", is_right=True, rank=3),
        Column("source", value("source", "muted"), 40, "source", rank=7),
    ),
    head=head,
    verdict=verdict,
    sections=(
        Section("", lines=fact_lines),
        Section("Why it matters", lines=paragraph("why")),
        Section("How to change it", lines=paragraph("change")),
        Section(
            "",
            facts=(
                Fact("source", source, "source"),
                fact("read", "seen", exact),
                fact("about it", "document"),
            ),
        ),
    ),
    verbs=(
        Verb("resync-keys", "Resync keys", "resync", lambda one: "", lambda one: None,
             about="Have the workspace read the keys of its storage, registry and insights again."),
    ),
    reference=Reference(lambda one: one.change or one.about),
    help="How safe the workspace is: fact, source, why it matters, how to change it. {trouble} keeps what is weak, "
    "{copy} copies the command that changes it.",
)  # fmt: skip
