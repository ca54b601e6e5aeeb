"""Signing in, step by step: what is going on, the device code to type, and how it ended."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from app.screens.dialog import Dialog
from app.screens.leaving import leave
from app.signing import WhoAmI
from services.errors import NotSignedIn, ServiceError
from services.login_transport import Cancelled
from services.records import Stop
from services.sign_in import DeviceCode
from widgets.card import CardView, wrapped
from widgets.drawn_lines import content
from widgets.footer import Hint, hint_line
from widgets.lines import NO_LINE, say, spaced
from widgets.pane import Line, Span
from widgets.safe import Safe, join, plain, safe
from widgets.theme import palette_of

SignIn = Callable[[Callable[[DeviceCode], None], Stop], WhoAmI]
"""Signs in: shows a code with the first, and gives up when the second says so. Raises ServiceError."""

WIDTH = 60
LOOK_EVERY = 15.0
"""Seconds between two looks at how long the code is still good: minutes are told, so nothing is drawn in between."""


def waiting(method: Safe) -> list[Line]:
    """What is said until Azure answers."""
    if method == "browser":
        return [say(plain("The sign-in page opens in your browser."), "strong", bold=True), NO_LINE,
                say(plain("Sign in there, then come back. Nothing is typed here."), "muted")]  # fmt: skip
    return [say(Safe(f"Asking Azure for a sign-in with {method}…"), "strong", bold=True)]


def code_lines(code: DeviceCode, now: float) -> list[Line]:
    """The code, set apart and letter by letter, the page to type it on, and how long it is good."""
    letters = join([safe(letter) for letter in code.code], Safe(" "))
    return [
        say(plain("In any browser, on any device, open")),
        NO_LINE,
        (Span(plain("  ")), Span(safe(code.url), "accent", bold=True)),
        NO_LINE,
        say(plain("and type this code")),
        NO_LINE,
        (Span(plain("  ")), Span(letters, "strong", bold=True)),
        NO_LINE,
        say(left_words(code.expires - now), "muted"),
        say(plain("Type it only if you began this yourself. Never pass it on."), "muted"),
    ]


def left_words(seconds: float) -> Safe:
    """How long a code is still good, in words that change once a minute."""
    minutes = int(seconds // 60)
    if seconds <= 0:
        return plain("The code is over.")
    if minutes < 1:
        return plain("It is good for less than a minute.")
    return Safe(f"It is good for {minutes} more minute{'' if minutes == 1 else 's'}.")


def failed(error: ServiceError) -> list[Line]:
    """Why it did not work, and what to do."""
    lines: list[Line] = [(Span(plain("▲ "), "warn", bold=True), Span(safe(error.what, 600), "strong", bold=True))]
    if error.do:
        step = error.do[:1].upper() + error.do[1:]
        lines += [NO_LINE, say(safe(f"{step}.", 600))]
    if error.code:
        lines += [NO_LINE, say(safe(error.code), "muted")]
    return lines


class SigningIn(Dialog[WhoAmI | Literal["retype"] | None]):
    """Gives who is signed in; None when it was left, "retype" where what was typed is wrong and is typed anew.

    The sign-in runs on a worker and ends when this is closed. `is_typed` says that it was made of a form.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,ctrl+c", "leave", show=False, priority=True),
        Binding("y", "copy", show=False),
        Binding("enter,r", "again", show=False),
    ]

    def __init__(self, method: Safe, run: SignIn, copy: Callable[[Safe], None], *, is_typed: bool = False) -> None:
        super().__init__()
        self._is_typed = is_typed
        self._method = method
        self._run = run
        self._copy = copy
        self._code: DeviceCode | None = None
        self._error: ServiceError | None = None
        self._is_over = False
        self._turn = 0

    def compose(self) -> ComposeResult:
        """The dialog."""
        with Vertical(id="dialog", classes="-sheet") as dialog:
            title = say(Safe(f"Sign in with {self._method}"), "strong", bold=True)
            dialog.border_title = content(title, palette_of(self), "surface")
            yield CardView(id="sheet", on="surface")
            yield Static(id="hints", markup=False)

    def on_mount(self) -> None:
        """Begin."""
        self.query_one(CardView).focus()
        self.set_interval(LOOK_EVERY, self._draw)
        self._begin()

    def on_unmount(self) -> None:
        """Whoever still waits for Azure need not."""
        self._is_over = True

    def _begin(self) -> None:
        self._code, self._error = None, None
        self._turn += 1
        turn = self._turn
        self._draw()
        self.run_worker(lambda: self._work(turn), thread=True, group="sign-in")

    def _work(self, turn: int) -> None:
        def is_over() -> bool:
            return self._is_over or turn != self._turn

        def show(code: DeviceCode) -> None:
            self._tell(is_over, lambda: self._shown(code))

        try:
            made = self._run(show, is_over)
        except ServiceError as error:
            failure = error
            self._tell(is_over, lambda: self._failed(failure))
        else:
            self._tell(is_over, lambda: self._done(made))

    def _tell(self, is_over: Stop, act: Callable[[], None]) -> None:
        """Do something on the event loop, unless the dialog is gone meanwhile."""
        if not is_over():
            self.call_later(lambda: None if is_over() else act())

    def _shown(self, code: DeviceCode) -> None:
        self._code = code
        self._draw()

    def _failed(self, error: ServiceError) -> None:
        if isinstance(error, Cancelled):
            return
        self._code, self._error = None, error
        self._draw()

    def _done(self, made: WhoAmI) -> None:
        leave(self, made)

    def _lines(self) -> Sequence[Line]:
        if self._error is not None:
            return failed(self._error)
        return code_lines(self._code, time.time()) if self._code is not None else waiting(self._method)

    def _draw(self) -> None:
        lines = tuple(self._lines())
        sheet = self.query_one(CardView)
        sheet.say(NO_LINE, NO_LINE, lines)
        sheet.styles.height = len(wrapped(lines, WIDTH))
        row = spaced([hint_line(hint) for hint in self._hints()])
        self.query_one("#hints", Static).update(content(row, palette_of(self), "surface"))

    def _hints(self) -> list[Hint]:
        made = [Hint(plain("esc"), plain("cancel" if self._error is None else "leave"))]
        if self._code is not None:
            made.insert(0, Hint(plain("y"), plain("copy the code")))
        if self._error is not None:
            made.insert(0, Hint(plain("enter"), plain("type it anew" if self._is_wrong else "try again")))
        return made

    @property
    def _is_wrong(self) -> bool:
        """Whether the same once more would fail once more: Azure did not take what was typed."""
        return self._is_typed and isinstance(self._error, NotSignedIn)

    def action_leave(self) -> None:
        """Give up; nothing was changed."""
        self._is_over = True
        leave(self, None)

    def action_copy(self) -> None:
        """Copy the code."""
        if self._code is not None:
            self._copy(safe(self._code.code))

    def action_again(self) -> None:
        """Begin anew after a failure, with what is typed anew where that was wrong."""
        if self._is_wrong:
            leave(self, "retype")
        elif self._error is not None:
            self._begin()
