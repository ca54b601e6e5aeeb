"""The deck: composes the screen, switches panes, routes messages. What actions do is in `app.doing`."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, TypeVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from app import beginning, chrome, fetching, hearing, keeping, showing
from app.desk import Desk
from app.doing import run, run_chosen
from app.doing.keys import Keyed, bindings
from app.drawing import Drawing
from app.driver import driver_class
from app.keys import why_not
from app.opened import Opened
from app.pane_view import PaneView
from app.panes import PANES
from app.refreshing import RefresherFactory
from app.run_parts.part import RunPart
from app.run_view import RunView
from app.screens.home import Home
from app.session import Session
from app.settings import Settings
from app.source_state import Refreshed
from app.stack import Visit
from app.triaging.view import TriageView
from app.watchman import Watchman
from widgets.command_line import CommandLine
from widgets.footer import Footer
from widgets.header import Header
from widgets.lines import say
from widgets.notice import Notice
from widgets.safe import Safe, safe
from widgets.tabs import Tabs
from widgets.theme import own_no_color, use_themes

if TYPE_CHECKING:
    from app.screens.menu import Menu

W = TypeVar("W", bound=Widget)

AGES_EVERY = 10.0  # seconds between two looks at the clock: nothing on the screen counts seconds


class Deck(Keyed, inherit_bindings=False):
    """The whole screen. `desk` is what it knows; everything else is routing."""

    ENABLE_COMMAND_PALETTE = False
    TITLE = "amldeck"
    CSS_PATH = "deck.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings()]
    HORIZONTAL_BREAKPOINTS = [(0, "-thin"), (40, "-narrow"), (140, "-wide")]  # noqa: RUF012 (Textual's own shape)
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (10, "-short"), (20, "-normal"), (30, "-tall")]  # noqa: RUF012

    class Told(Message):
        """The refresher said something, on one of its threads."""

        def __init__(self, event: Refreshed) -> None:
            self.event = event
            super().__init__()

    def __init__(
        self,
        session: Session,
        refresher_factory: RefresherFactory | None = None,
        *,
        settings: Settings | None = None,
        pane: str | None = None,
        workspace: str = "",
        run: str = "",
    ) -> None:
        with own_no_color(os.environ) as is_mono:
            super().__init__(driver_class=driver_class())
        self.settings = settings or Settings()
        self.use_keys(self.settings)
        use_themes(self, beginning.theme_for(self.settings, os.environ, is_mono=is_mono))
        self.wanted, self.notes = beginning.choose_or_say(session, workspace)
        self._make_refresher = refresher_factory or beginning.refresher
        self.desk = self.desk_for(session, pane)
        self.wanted_run = run
        self.workspace_menu: Menu | None = None
        self.interrupted_at = float("-inf")
        self.kept: tuple[object, float] = (None, 0.0)
        self.is_leaving = False
        self.watchman = Watchman(self)
        self.parting: Callable[[], None] | None = None
        self.drawing = Drawing(self)

    def desk_for(self, session: Session, pane: str | None) -> Desk:
        """A desk for a session, with a refresher that talks to this deck."""
        session.depth = self.settings.depth  # before there is a refresher: it reads so far back
        refresher = self._make_refresher(session, lambda event: self.post_message(self.Told(event)))
        return beginning.desk_of(session, refresher, pane, self.settings, self.keys)

    def compose(self) -> ComposeResult:
        """Chrome around one view."""
        yield Header(id="header")
        yield Tabs(id="tabs")
        yield PaneView(self.desk, id="view")
        yield RunView(self.desk, id="run")
        yield TriageView(self.desk, id="triage")
        yield Notice(id="notice")
        yield CommandLine(self._complete, id="command")
        yield Footer(help_key=self.keys.first("help"), id="footer")
        yield Static("amldeck needs 40 columns and 10 rows.", id="tiny", markup=False)

    def _complete(self, text: str) -> list[Safe]:
        from app.commands import complete

        return complete(text, PANES, self.desk.learned.workspaces)

    def get_default_screen(self) -> Home:
        """The screen that the parts are on."""
        return Home(id="_default")

    def on_mount(self) -> None:
        """Show what is cached, then ask for what is fresh."""
        self.set_interval(AGES_EVERY, self._tick)
        beginning.begin(self)
        self.call_after_refresh(beginning.spare_what_stays)

    @property
    def is_over(self) -> bool:
        """Whether it ends, however it came to that: what is said from then on has nothing to be said on."""
        return self.is_leaving or not self.is_running or not self.screen_stack

    @property
    def view(self) -> PaneView:
        """The pane on the screen."""
        return self.part(PaneView)

    @property
    def run_view(self) -> RunView:
        """The run that is open over its rows, or was last."""
        return self.part(RunView)

    def part(self, kind: type[W]) -> W:
        """A part of the deck's own screen, whatever lies over it."""
        return self.screen_stack[0].query_one(kind)

    def leave_view(self) -> None:
        """Note how the view is left."""
        self.desk.trail.leave(showing.left(self))

    def show(self, visit: Visit | None) -> None:
        """Show a view of the trail."""
        if visit is not None:
            showing.show(self, visit)
            self.draw_chrome()

    def tick(self) -> None:
        """Time went on, or everything looks different now."""
        showing.tick(self)

    def tell(self, words: Safe) -> None:
        """Say what just happened."""
        self.part(Notice).tell(say(words))

    @on(PaneView.Changed)
    @on(Opened.Changed)
    def draw_chrome(self) -> None:
        """Say again what header, tabs, notice and footer say, once for all that changes now."""
        self.drawing.next()

    def _tick(self) -> None:
        if not self.is_over:
            fetching.look_at(self)
            self.watchman.tick()

    def do(self, action: str) -> None:
        """Run an action, or say why it cannot be now. Keys, clicks and lists all end here."""
        reason = why_not(action, chrome.here(self.desk, self.view))
        if reason is not None:
            self.tell(self.keys.said(reason))
        else:
            run(self, action)
            self.draw_chrome()

    def run_chosen(self, id: str | None) -> None:
        """Run what was picked from a list or clicked: an action, or a place by its kind."""
        run_chosen(self, id or "")

    def leave(self) -> None:
        """Quit, remembering how the view was left."""
        self.leave_view()
        self.parting = keeping.last_picture(self)
        self.is_leaving = True
        self.exit(return_code=0)

    def on_deck_told(self, message: Told) -> None:
        """The refresher said something."""
        hearing.take(self, message.event)

    @on(RunPart.Opens)
    def _opens(self, message: RunPart.Opens) -> None:
        from app.doing.runs import open_run

        open_run(self, message.run.id, safe(message.run.name, 40), message.part)

    @on(RunPart.Says)
    def _says(self, message: RunPart.Says) -> None:
        if self.is_over:
            return
        if message.words is not None:
            self.tell(message.words)
        self.run_view.say()

    @on(Opened.Says)
    def _told(self, message: Opened.Says) -> None:
        if not self.is_over:
            self.tell(message.words)

    @on(CommandLine.Submitted)
    @on(CommandLine.Closed)
    def _commanded(self, message: CommandLine.Submitted | CommandLine.Closed) -> None:
        showing.take_focus(self)
        self.draw_chrome()
        if isinstance(message, CommandLine.Submitted):
            from app.doing.asking import run_command

            run_command(self, message.text)

    def _fatal_error(self) -> None:
        """Textual's way out after an exception: ours leaves a short message and a private report."""
        from app.crash import report

        error = self._exception or RuntimeError("unknown")
        session = self.desk.session
        cache = session.store.path if session.bundle is None else None  # a bundle's ends with it
        self._exit_renderables.append(Text(report(error, cache)))
        self._close_messages_no_wait()
