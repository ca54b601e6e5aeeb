"""The first screen of someone who has chosen nothing yet: sign in, paste a studio address, or the demo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Input

from app.screens.first_rows import WAYS, Choosing, Fact, Shown, Way, Who
from app.screens.leaving import leave
from app.screens.sheet import Sheet
from app.studio_url import BadAddress, Wanted, parse_workspace
from widgets.field import Field
from widgets.footer import Footer, Hint
from widgets.lines import fit_line, say
from widgets.pane import Span
from widgets.safe import Safe, plain, safe

KEYS = (
    (plain("↓ ↑ j k"), plain("move")),
    (plain("enter"), plain("choose")),
    (plain("1"), plain("sign in as az is: no secret is asked for or kept")),
    (plain("L"), plain("sign in another way: device code, browser, certificate …")),
    (plain("2"), plain("paste the address of any studio page of a workspace")),
    (plain("3"), plain("an invented workspace that lives, to look around")),
    (plain("esc"), plain("leave the address field")),
    (plain("q"), plain("quit")),
)
HINTS = (Hint(plain("enter"), plain("choose")), Hint(plain("1 2 3"), plain("pick")), Hint(plain("q"), plain("quit")))


class FirstRun(Screen[tuple[Way, Wanted | None] | None]):
    """Gives the way chosen, with the workspace when an address was pasted; None to quit.

    `who` is asked on a worker: it may take seconds.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j,tab", "move(1)", show=False),
        Binding("up,k,shift+tab", "move(-1)", show=False),
        Binding("enter", "pick", show=False),
        *(Binding(str(number), f"pick({number - 1})", show=False) for number in (1, 2, 3)),
        Binding("escape", "leave_field", show=False),
        Binding("L", "another_way", show=False),
        Binding("q,ctrl+c,ctrl+q", "quit_deck", show=False),
        Binding("question_mark", "keys", show=False),
    ]
    AUTO_FOCUS = ""

    def __init__(self, who: Callable[[], Who], facts: Sequence[Fact], version: Safe) -> None:
        super().__init__()
        self._who = who
        self._start = Shown(facts, version)

    def compose(self) -> ComposeResult:
        """The choices, the field behind the second, the keys."""
        yield Choosing(self._start)
        yield Field(placeholder=plain("https://ml.azure.com/…?wsid=/subscriptions/…"))
        yield Footer(id="footer")

    def on_mount(self) -> None:
        """Ask who is there without waiting for it."""
        self.query_one(Field).display = False
        self.query_one(Footer).say(
            [
                Hint(plain("enter"), plain("choose")),
                Hint(plain("1 2 3"), plain("pick")),
                Hint(plain("q"), plain("quit")),
            ]
        )
        self._ask()

    def _ask(self) -> None:
        self.run_worker(self._look, thread=True, exclusive=True, group="who")

    def _look(self) -> None:
        found = self._who()
        self.app.call_from_thread(self._found, found)  # pyright: ignore[reportUnknownMemberType]

    def _found(self, found: Who) -> None:
        self._show(who=found)

    @property
    def shown(self) -> Shown:
        """What stands on the screen."""
        return self.query_one(Choosing).shown

    def _show(self, *, at: int | None = None, who: Who | None = None, said: Safe | None = None) -> None:
        now = self.shown
        self.query_one(Choosing).show(
            replace(
                now,
                at=now.at if at is None else at,
                who=now.who if who is None else who,
                said=now.said if said is None else said,
            )
        )

    def action_move(self, by: int) -> None:
        """Move the cursor, round and round."""
        self._show(at=(self.shown.at + by) % len(WAYS), said=plain(""))

    def action_pick(self, at: int | None = None) -> None:
        """Take a choice: the one under the cursor, or the one with this number."""
        if at is not None:
            self._show(at=at, said=plain(""))
        way = WAYS[self.shown.at]
        if way == "address":
            self._open_field()
        elif way == "demo":
            leave(self, (way, None))
        else:
            self._sign_in()

    def _sign_in(self) -> None:
        who = self.shown.who
        if who is not None and who.user is not None:
            leave(self, ("sign in", None))
        elif who is not None:
            self.action_another_way()

    def action_another_way(self) -> None:
        """Sign in, but not as az is."""
        leave(self, ("another way", None))

    def _open_field(self) -> None:
        field = self.query_one(Field)
        choosing = self.query_one(Choosing)
        left = choosing.margin + 23
        field.styles.offset = (left, choosing.row_of(1))
        field.styles.width = max(20, self.size.width - left - 3)
        field.display = True
        field.focus()

    def action_leave_field(self) -> None:
        """Close the field; nothing was chosen."""
        self.query_one(Field).display = False
        self.set_focus(None)
        self._show(said=plain(""))

    def action_keys(self) -> None:
        """What the keys do here."""
        rows = [(*fit_line(say(key, "accent"), 10), Span(words)) for key, words in KEYS]
        self.app.push_screen(Sheet(plain("Keys"), rows))  # pyright: ignore[reportUnknownMemberType]

    def action_quit_deck(self) -> None:
        """Leave amldeck."""
        leave(self, None)

    @on(Choosing.Pressed)
    def _pressed(self, event: Choosing.Pressed) -> None:
        self.action_pick(event.at)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        try:
            wanted = parse_workspace(event.value)
        except BadAddress as bad:
            self._show(said=safe(str(bad)))
            return
        leave(self, ("address", wanted))
