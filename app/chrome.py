"""What header, tabs, footer and notice say, made from the desk and the view."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from app.desk import Desk
from app.differing import has_pairs
from app.foot import footer, opened_footer
from app.freshness import ages, badge, main_source, pane_age, sources_of
from app.here import Here
from app.pane_view import PaneView
from app.panes import PANES
from app.run_parts import BY_PART
from app.source_state import SourceState
from app.stack import BILL, OF_ENDPOINTS, Visit
from app.standing import standing
from app.writing_state import left_text
from services.comparison import FEWEST, MOST
from services.run import Run
from widgets import format as fmt
from widgets.age import Age
from widgets.command_line import CommandLine
from widgets.footer import Footer, Hint
from widgets.header import Header, HeaderFacts
from widgets.lines import NO_LINE, say, spaced
from widgets.notice import Notice
from widgets.pane import Line, Span
from widgets.safe import Safe, plain, safe
from widgets.tabs import Tab, Tabs

if TYPE_CHECKING:
    from app.deck import Deck

TYPING = (
    Hint(plain("enter"), plain("keep")),
    Hint(plain("tab"), plain("complete")),
    Hint(plain("↑ ↓"), plain("earlier filters")),
    Hint(plain("esc"), plain("as it was")),
)
COMMANDING = (
    Hint(plain("enter"), plain("do it")),
    Hint(plain("tab"), plain("complete")),
    Hint(plain("↑ ↓"), plain("earlier commands")),
    Hint(plain("esc"), plain("leave")),
)

MODES = {"demo": plain("demo"), "emulator": plain("emulator")}


def crumbs(visit: Visit, titles: Mapping[str, str]) -> tuple[Safe, ...]:
    """The way here: each pane and the row that was drilled into, the present pane or part last."""
    here = BY_PART[visit.part].title if visit.run and visit.part in BY_PART else safe(titles[visit.pane])
    if visit.parent is None:
        return (here,)
    crumb = (visit.crumb,) if visit.crumb else ()
    before = crumbs(visit.parent, titles)
    if visit.part == BILL:
        return (*before, *crumb)
    if visit.endpoint:
        # From one thing of an endpoint into the next the endpoint is named once.
        named = before if visit.parent.endpoint and visit.part else (*before, *crumb)
        return (*named, OF_ENDPOINTS[visit.part]) if visit.part in OF_ENDPOINTS else named
    # From one run into the next the part is no place of its own.
    return (*(before[:-1] if visit.parent.run and visit.run else before), *crumb, here)


def header(desk: Desk, part_age: Age | None = None) -> HeaderFacts:
    """The top row."""
    look = desk.look
    unlocked = desk.session.lock.unlocked
    own = (part_age,) if part_age else ()
    return HeaderFacts(
        workspace=desk.workspace_name or plain("no workspace"),
        region=desk.learned.region,
        mode=left_text(unlocked) if unlocked else read_only(desk),
        crumbs=crumbs(desk.trail.now, {pane.name: pane.title for pane in PANES}),
        ages=(*own, *(one for one in ages(desk.states, look.now) if one.name not in {age.name for age in own})),
        age=part_age or pane_age(desk.pane, desk.states, look.now),
        badge=_badge(desk),
        is_writing=unlocked is not None,
    )


def read_only(desk: Desk) -> Safe:
    """What the header says while nothing can be written, as at every start."""
    mode = MODES.get(desk.session.mode)
    zone = plain("local times") if desk.is_local else plain("UTC")
    tokens = plain(", tokens in memory") if desk.learned.has_memory_only else plain("")
    return Safe(f"{mode}, read-only, {zone}{tokens}") if mode else Safe(f"read-only, {zone}{tokens}")


def _badge(desk: Desk) -> Line:
    """The right end: how the connection stands, or that it is a bundle, and of when."""
    bundle, look = desk.session.bundle, desk.look
    if bundle is not None:
        sign = plain("# bundle of " if desk.is_ascii else "■ bundle of ")
        return (Span(sign, "warn", bold=True), Span(fmt.moment(bundle.at, look), "warn"))
    return badge(desk.pane, desk.states, look, has_refresher=desk.session.is_online, is_paused=desk.is_paused)


def tabs(desk: Desk) -> list[Tab]:
    """A tab for every pane with a digit, with what needs a look there."""
    made: list[Tab] = []
    for pane in PANES:
        if pane.in_tabs and pane.digit:
            short = safe(pane.short or pane.title)
            made.append(Tab(pane.name, safe(pane.digit), safe(pane.title), short, _tab_badge(desk, pane.name)))
    return made


def _tab_badge(desk: Desk, name: str) -> Line:
    """`2` for what is failing there, `▲` when its source is refused, throttled or broken."""
    number = desk.learned.badges.get(name, 0)
    if number:
        return say(Safe(str(number) if number < 100 else "99"), "err")
    pane = next(pane for pane in PANES if pane.name == name)
    main = main_source(pane, desk.states) if pane.sources else None
    if main is not None and main.problem is not None and main.problem.kind not in ("offline", "waiting", "signed out"):
        return say(plain("!") if desk.is_ascii else plain("▲"), "warn")
    return NO_LINE


def active_tab(desk: Desk) -> str:
    """The tab to light: the pane's own, or that of the pane it was drilled from."""
    visit: Visit | None = desk.trail.now
    named = {pane.name for pane in PANES if pane.digit}
    while visit is not None and visit.pane not in named:
        visit = visit.parent
    return visit.pane if visit is not None else ""


def here(desk: Desk, view: PaneView) -> Here:
    """What the view offers now: decides which keys work."""
    pane, row = view.pane, view.row
    reference = pane.reference
    return Here(
        pane=pane,
        has_row=row is not None,
        row_count=view.keeper.count,
        marked=len(view.marks),
        is_filtered=view.is_filtered and view.opened is None,
        has_own_filter=view.is_filtered and view.query_text != pane.filter,
        has_everywhere=bool(desk.everywhere),
        has_document=bool(pane.sources),
        has_origin=row is not None or desk.trail.now.part == BILL,
        has_studio=reference is not None and reference.studio is not None and desk.session.workspace is not None,
        has_arm_id=reference is not None and reference.arm_id is not None and desk.session.workspace is not None,
        depth=desk.trail.now.depth,
        has_earlier=desk.trail.has_earlier,
        has_later=desk.trail.has_later,
        has_refresher=desk.session.is_online,
        is_paused=desk.is_paused,
        is_refused=view.is_refused,
        is_detail=view.has_class("-detail-only"),
        is_in_detail=view.detail.has_focus,
        is_writing=desk.session.lock.unlocked is not None,
        has_commands=bool(desk.commands(pane.name)),
        is_planning=desk.writing.planning is not None,
        missing=len(view.drops) if view.keeper.count == 0 and len(view.drops) > 1 else 0,
        is_opened=view.opened is not None,
        part=desk.trail.now.part,
        has_pairs=view.opened is None and any(has_pairs(one.record) for one in view.table.rows_shown),
    )


def hints(desk: Desk, view: PaneView, *, is_commanding: bool = False) -> list[Hint]:
    """The footer."""
    if is_commanding:
        return list(COMMANDING)
    if view.line.is_editing:
        return list(TYPING)
    if view.opened is not None:
        return [*view.opened.hints(), *opened_footer(here(desk, view), desk.keys)]
    return footer(here(desk, view), desk.keys)


def marks(view: PaneView) -> Line:
    """The left of the notice row: what is wrong with the filter, or what is marked."""
    if view.opened is not None:
        return NO_LINE
    if view.problems:
        return (Span(plain("▲ "), "warn"), Span(view.problems[0].message))
    count = len(view.table.marks)
    if not count:
        return NO_LINE
    keys = [(view.desk.keys.first(id), word) for id, word in (("mark", "mark"), ("unmark", "clear"))]
    if view.pane.record is Run and FEWEST <= count <= MOST:
        keys.insert(0, (view.desk.keys.first("compare"), "compare"))
    parts = [(Span(key, "accent"), Span(Safe(f" {word}"), "muted")) for key, word in keys if key]
    return spaced([say(Safe(f"{fmt.count(count)} marked"), "accent", bold=True), *parts], 3)


def extent(desk: Desk, view: PaneView) -> Line:
    """The right of the notice row: how much of it is read, which columns are seen."""
    if view.opened is not None:
        return spaced([_progress(state) for state in view.opened.states()], 3)
    main = main_source(desk.pane, desk.states) if desk.pane.sources else None
    history = desk.states.get("history") if "history" in desk.pane.sources else None
    main = history if history is not None and history.is_reading and history.done is not None else main
    parts: list[Line] = [_progress(main)] if main is not None else []
    columns = view.table.columns_text
    parts.append(say(columns, "muted") if columns else NO_LINE)
    return spaced(parts, 3)


def _progress(state: SourceState) -> Line:
    if not state.is_reading or not state.progress:
        return NO_LINE
    if state.done is not None:
        of = f" of {fmt.count(state.total)}" if state.total and state.total >= state.done else ""
        return say(Safe(f"{fmt.count(state.done)}{of} synced"), "muted")
    of = f" of {fmt.count(state.total)}" if state.total else "…"
    return say(Safe(f"{fmt.count(state.progress)}{of} read"), "muted")


def draw(deck: Deck) -> None:
    """Say all of it. What reads as before sends nothing to the terminal."""
    desk, view = deck.desk, deck.view
    if desk.writing.has_ended(desk.session.lock.unlocked):
        deck.tell(plain("Read-only again: the time is over. :rw unlocks writing."))
    opened = view.opened
    deck.part(Header).say(header(desk, opened.age() if opened is not None else None))
    deck.part(Tabs).say(tabs(desk), active_tab(desk))
    deck.part(Footer).say(hints(desk, view, is_commanding=deck.part(CommandLine).display))
    deck.part(Notice).state(marks(view), extent(desk, view), is_urgent=bool(view.problems))
    own = opened.states() if opened is not None else sources_of(desk.pane, desk.states)
    deck.part(Notice).stand(*standing(own, desk.states, desk.look, is_told=view.has_class("-card")))
