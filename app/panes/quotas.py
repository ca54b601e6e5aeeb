"""Quotas: what may still be started in this region, the fullest first, with what is really left and what waits."""

from __future__ import annotations

from collections.abc import Sequence

from app.cells import commas, fact, number, value
from app.machine_rows import QuotaRow
from app.words import COMPLETED, FAILED, PAUSED, SILENT, UNKNOWN, State, state_cell
from services.quota_request import ACTION
from services.quotas import Quota
from widgets import format as fmt
from widgets.pane import Cell, Column, Drill, Fact, Line, Look, Pane, Reference, Section, Span, Tally, Tone
from widgets.safe import Safe, plain, safe

_BAR = 20
_NOISE = ("standard", "family", "cluster", "dedicated", "regional", "vcpus")
"""Words that are in the name of every quota, or in a column of their own."""
_STATES: dict[str, State] = {
    "full": FAILED._replace(word=plain("full")),
    "near": SILENT._replace(word=plain("near limit")),
    "room": COMPLETED._replace(word=plain("room")),
    "none": PAUSED._replace(word=plain("none given")),
}


_GIVEN = PAUSED._replace(word=plain("set aside"))
"""The limit of a workspace: what it uses of it Azure does not say."""


def state_of(quota: QuotaRow) -> State:
    """Full, near its limit, with room, or none at all; unknown without a limit."""
    unknown = _GIVEN if quota.workspace and quota.limit is not None else UNKNOWN
    return _STATES.get(quota.standing or "", unknown)


def share(quota: Quota) -> float | None:
    """Used part of the limit; None when either is unknown or the limit is no limit (0 or negative)."""
    if quota.used is None or quota.limit is None or quota.limit <= 0:
        return None
    return quota.used / quota.limit


def gauge(quota: Quota, look: Look) -> Cell:
    """A bar of twenty cells: calm below 90 %, warning above, red when full."""
    used = share(quota)
    if used is None:
        return fmt.DASH
    tone: Tone = "run" if used < 0.9 else "warn" if used < 1 else "err"
    full = min(_BAR, round(used * _BAR))
    on, off = ("=", "-") if look.is_ascii else ("━", "─")
    return (Span(Safe(on * full), tone), Span(Safe(off * (_BAR - full)), "line"))


def free(quota: Quota, look: Look) -> Cell:
    """What is left of the limit; warns when nothing is."""
    if quota.used is None or quota.limit is None or quota.limit < 0:
        return fmt.DASH
    left = quota.limit - quota.used
    return (Span(fmt.count(left), "warn" if left <= 0 < quota.limit else "text"),)


def headroom(quota: QuotaRow, look: Look) -> Cell:
    """What is really left; loud where less is left than the limit says."""
    if quota.headroom is None:
        return fmt.DASH
    is_less = quota.free is not None and quota.headroom < quota.free
    return (Span(fmt.count(quota.headroom), "warn" if is_less else "text"),)


def waiting(quota: QuotaRow, look: Look) -> Cell:
    """`2 need 96`: runs that wait for it and the cores they need."""
    if not quota.waiting:
        return (Span(plain("0"), "muted"),)
    need = f" need {quota.waiting_cores:,}" if quota.waiting_cores is not None else ""
    return (Span(Safe(f"{quota.waiting}{need}"), "warn"),)


def may_change(quota: QuotaRow, look: Look) -> Cell | None:
    """Who may give it: whether the account is among them."""
    told = {
        "allowed": "you may, where your role is held on the subscription",
        "denied": f"you may not: {ACTION} is missing",
    }
    return (Span(safe(told.get(quota.may or "", "not known: your rights were not read"))),)


def basis_lines(quota: QuotaRow, look: Look) -> Sequence[Line]:
    """How the headroom came about, a step a line."""
    return [(Span(safe(text, 200), "muted"),) for text in quota.basis]


def request_lines(quota: QuotaRow, look: Look) -> Sequence[Line]:
    """The words that ask for more, as they are copied."""
    return [(Span(safe(text, 200), "muted"),) for text in quota.request.split("\n") if text]


def short(quota: QuotaRow) -> str:
    """`NCSv3`, `NCSv3 low-priority`, `all families, dedicated`: the kind and the unit have columns of their own."""
    title = quota.title or quota.name
    words = [word for word in title.split() if word.lower() not in _NOISE]
    if words[:1] == ["Total"] and "vcpus" in title.lower():
        return f"all families, {' '.join(word for word in words[1:]).lower() or 'dedicated'}"
    return " ".join(words) or title


def family(quota: QuotaRow, look: Look) -> Cell:
    """The family alone; of a limit that a workspace was given, to which."""
    name = fmt.words(short(quota))
    return (*name, Span(Safe(f" for {safe(quota.workspace, 40)}"), "muted")) if quota.workspace else name


def head(quota: QuotaRow, look: Look) -> Line:
    """Its title and how it stands."""
    state = state_of(quota)
    glyph = state.ascii if look.is_ascii else state.glyph
    return (Span(safe(quota.title or quota.name), "strong", bold=True), Span(Safe(f"  {glyph} "), state.tone),
            Span(state.word, state.word_tone))  # fmt: skip


def verdict(tally: Tally, look: Look) -> Line:
    """What is full, what is near its limit, what waits."""
    rows: list[QuotaRow] = list(tally.rows())
    full, near = (sum(row.standing == word for row in rows) for word in ("full", "near"))
    runs = sum(row.waiting for row in rows)
    tone: Tone = "err" if full else "warn" if near else "strong"
    said = f"{full} full, {near} near the limit" if full or near else "Every quota in use has room"
    waits = Span(Safe(f"   {runs} job{'s wait' if runs != 1 else ' waits'} for quota"), "warn" if runs else "muted")
    places = sorted({row.location for row in rows if row.location})
    where = Span(Safe(f"   {safe(', '.join(places), 60)}, vCPUs"), "muted")
    return (Span(Safe(said), tone, bold=True), waits, where) if runs else (Span(Safe(said), tone, bold=True), where)


QUOTAS: Pane[QuotaRow] = Pane(
    name="quotas",
    title="Quota",
    digit="",
    record=QuotaRow,
    table="quota_rows",
    noun="quotas",
    sources=("quotas", "vm_sizes", "quota_rows"),
    order="-used",
    in_tabs=False,
    trouble="standing=full,near | waiting>0",
    empty="Azure lists no quota for this region.",
    columns=(
        Column("state", lambda quota, look: state_cell(state_of(quota), look), 12, "standing", rank=2),
        Column("family", family, 24, "name", grows=True, rank=1),
        Column("kind", value("kind", "muted"), 12, "kind", rank=4),
        Column("", gauge, _BAR, rank=5),
        Column("used", number("used"), 6, "used", is_right=True, rank=1),
        Column("limit", number("limit", "muted"), 6, "limit", is_right=True, rank=1),
        Column("free", free, 6, is_right=True, rank=2),
        Column("left", headroom, 6, "headroom", is_right=True, rank=2),
        Column("waiting", waiting, 12, "waiting", is_right=True, rank=3),
        Column("workspace", value("workspace", "muted"), 12, "workspace", rank=7),
        Column("region", value("location", "muted"), 12, "location", rank=7),
    ),
    head=head,
    verdict=verdict,
    sections=(
        Section(
            "",
            facts=(
                fact("used", "used", number),
                fact("limit", "limit", number),
                fact("for upgrades", "reserve", number),
                fact("left", "headroom", number),
                fact("given", "given", number),
                fact("waiting", "waiting_for", commas),
                fact("they need", "waiting_cores", number),
                fact("workspace", "workspace"),
                Fact("may give", may_change, "may"),
            ),
        ),
        Section("How much is left", lines=basis_lines),
        Section("To ask for more", lines=request_lines),
    ),
    drills=(Drill("P", "sizes", "sizes", lambda quota: ""),),
    reference=Reference(lambda quota: quota.name, request=lambda quota: quota.request),
    help="Cores used against their limits, and what is left after what deployments keep for upgrades: a fifth of their "
    "instances, rounded up. {trouble} keeps what is full, near or waited for; {copy} copies a request for more.",
)
